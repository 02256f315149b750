"""Which files of a project hold a word: each file is split into words once in a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

from dbfold.references.contents import read
from dbfold.references.discovery import SourceFile

_BETWEEN = bytes(one if chr(one).isalnum() or one == ord("_") else ord(" ") for one in range(128)) + b" " * 128


def words_in(data: bytes) -> frozenset[bytes]:
    """The words of a text, those of ASCII alone."""
    return frozenset(data.translate(_BETWEEN).split())


class Words:
    """The words of `files`. Those that cannot be read hold none: they are reported where they are looked at."""

    def __init__(self, files: Iterable[SourceFile]) -> None:
        self.files = tuple(files)
        self._known: dict[str, Sequence[SourceFile]] = {}

    def naming(self, word: str) -> Sequence[SourceFile]:
        """The files that hold a word, in their order."""
        if word not in self._known:
            held = [set(self._places.get(part, ())) for part in words_in(word.encode())]
            places = set.intersection(*held) if held else range(len(self.files))
            self._known[word] = [self.files[place] for place in sorted(places)]
        return self._known[word]

    @cached_property
    def _places(self) -> Mapping[bytes, list[int]]:
        places: dict[bytes, list[int]] = {}
        for number, file in enumerate(self.files):
            with suppress(OSError):
                for word in words_in(read(file)):
                    places.setdefault(word, []).append(number)
        return places
