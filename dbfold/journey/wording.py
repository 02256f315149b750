"""Ways to write new names into a statement: as they are, with `main.` before them, with the old name as an alias.

`FROM people` may mean a WITH clause or a temporary table; `FROM main.people` cannot. `FROM people AS users` leaves all
that refers to `users.id` as it is: conditions in texts of their own, and the names of results.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

import apsw

from dbfold.journey.shapes import Word, words
from dbfold.sqlite.engine import folded, quoted

Names = Mapping[str, str]
"""Old names, as SQLite compares names, to new ones."""

_KEYWORDS = frozenset(map(folded, apsw.keywords))


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters from `start` to `end` of a statement."""

    start: int
    end: int
    text: str


def apply(sql: str, edits: tuple[Edit, ...]) -> str:
    """The text with all edits."""
    for edit in sorted(edits, key=lambda one: -one.start):
        sql = sql[: edit.start] + edit.text + sql[edit.end :]
    return sql


@dataclass(frozen=True, slots=True)
class Wording:
    """How new names are written: with `main.` before those of tables, with the old name as an alias behind them."""

    qualified: bool = False
    aliased: bool = False

    def edits(self, sql: str, chosen: Iterable[Word], names: Names, tables: AbstractSet[str]) -> tuple[Edit, ...]:
        """The edits of the `chosen` words of `sql`; those of `tables` are names of tables and views."""
        found = words(sql)
        before = {word.start: previous for previous, word in pairwise(found)}
        behind = {word.start: following for word, following in pairwise(found)}
        edits = []
        for word in chosen:
            previous, following = before.get(word.start), behind.get(word.start)
            if word.key not in tables or (following is not None and following.written == "."):
                if word.key not in tables or not self.aliased:
                    edits.append(edit(word, names[word.key]))
                continue
            has_schema = previous is not None and previous.written == "."
            prefix = "main." if self.qualified and not has_schema else ""
            suffix = f" AS {word.written}" if self.aliased and not _is_alias(following) else ""
            plain = edit(word, names[word.key])
            if prefix or suffix:
                plain = Edit(word.start, word.end, f"{prefix}{apply(word.written, (_within(plain, word),))}{suffix}")
            edits.append(plain)
        return tuple(edits)


def wordings(*, qualified: bool, aliased: bool) -> Sequence[Wording]:
    """All wordings in the order in which they are tried: what is asked for first, then the shortest."""
    found = [Wording(one, other) for one in (False, True) for other in (False, True)]
    return sorted(found, key=lambda one: (qualified and not one.qualified) + (aliased and not one.aliased))


def edit(word: Word, new: str) -> Edit:
    """The new name in the quotes of the old one; quoted if it needs it."""
    mark = word.written[0]
    if mark in "'\"`":
        return Edit(word.start + 1, word.end - 1, new.replace(mark, mark * 2))
    if mark == "[" and "]" not in new:
        return Edit(word.start + 1, word.end - 1, new)
    return Edit(word.start, word.end, written(new))


def written(name: str) -> str:
    """An identifier as it is written in SQL: in quotes if it needs them."""
    plain = name.isidentifier() and name.isascii() and folded(name) not in _KEYWORDS
    return name if plain else quoted(name)


def _is_alias(following: Word | None) -> bool:
    if following is None or not (following.may_be_name or following.is_text):
        return False
    return following.key == "as" or following.key not in _KEYWORDS


def _within(edit: Edit, word: Word) -> Edit:
    return Edit(edit.start - word.start, edit.end - word.start, edit.text)


def are_within(edits: Iterable[Edit], pieces: Sequence[tuple[int, int]] | None) -> bool:
    """Is all that changes inside of `pieces`, ranges of the text? None: all of it may change."""
    return pieces is None or all(any(first <= one.start and one.end <= last for first, last in pieces) for one in edits)


def moved(edits: Iterable[Edit], offset: int) -> Iterator[Edit]:
    """Edits of a part of a text as edits of the text in which it begins at `offset`."""
    yield from (Edit(one.start + offset, one.end + offset, one.text) for one in edits)
