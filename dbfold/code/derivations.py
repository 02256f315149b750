"""What code makes of the text of a path, worked out on a text that is known.

`users.db` with another suffix is another file than `app.db` with another suffix: whether a text that is made of a path
changes with the path can be tried.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

Made = str | bool | tuple[str, ...]


class Step(NamedTuple):
    """One operation on a path: a method, an attribute or a function, with its other arguments, None where not known."""

    name: str
    arguments: tuple[str | None, ...] = ()

    def __str__(self) -> str:
        return _SHOWN.get(self.name, f".{self.name}" if self.name in _PATHS or self.name in _TEXTS else self.name)


_SHOWN = {"+": "a text that is put together", "[:]": "a part of the text"}
_TEXTS: dict[str, Callable[..., object]] = {
    name: getattr(str, name)
    for name in "replace removeprefix removesuffix split rsplit partition rpartition startswith endswith".split()
}
_PATHS: dict[str, Callable[..., object]] = {
    "name": lambda text: PurePosixPath(text).name,
    "stem": lambda text: PurePosixPath(text).stem,
    "suffix": lambda text: PurePosixPath(text).suffix,
    "parent": lambda text: str(PurePosixPath(text).parent),
    "with_suffix": lambda text, suffix: str(PurePosixPath(text).with_suffix(suffix)),
    "with_name": lambda text, name: str(PurePosixPath(text).with_name(name)),
    "with_stem": lambda text, stem: str(PurePosixPath(text).with_stem(stem)),
}
_FUNCTIONS: dict[str, Callable[..., object]] = {
    "os.path.basename": posixpath.basename,
    "os.path.dirname": lambda text: posixpath.dirname(text) or ".",
    "os.path.splitext": posixpath.splitext,
    "os.path.split": posixpath.split,
    "re.sub": lambda text, pattern, new: re.sub(pattern, new, text),
    "+": lambda text, more: text + more,
    "in": lambda text, part: part in text,
    "==": lambda text, other: text == other,
}
_KNOWN = {**_TEXTS, **_PATHS, **_FUNCTIONS}


def made(step: Step, text: str) -> Made | None:
    """What `step` makes of `text`; None where that is not known."""
    function = _KNOWN.get(step.name)
    if function is None or None in step.arguments:
        return None
    try:
        found = function(text, *step.arguments)
    except (ValueError, TypeError, re.error):
        return None  # arguments that the code would not get away with, or that stand in another order
    return tuple(map(str, found)) if isinstance(found, (list, tuple)) else found  # type: ignore[return-value]
