"""Which words of a statement to try under another name, and what SQLite has to find the same afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import combinations, pairwise

import apsw

from dbfold.journey.preparing import Action
from dbfold.journey.shapes import Word, words
from dbfold.journey.wording import Names
from dbfold.sqlite.engine import folded

_MOST_WORDS = 12
_BEFORE_TABLES = frozenset({"from", "join", "into", "update", "table", "references"})
_ON_COLUMNS = frozenset({apsw.SQLITE_READ, apsw.SQLITE_UPDATE})
# Actions whose second argument is a column, or no name of a schema's object at all.
_FIRST_ONLY = _ON_COLUMNS | {apsw.SQLITE_FUNCTION, apsw.SQLITE_PRAGMA, apsw.SQLITE_CREATE_VTABLE}


def mapped(actions: tuple[Action, ...], names: Names, hidden: AbstractSet[str]) -> tuple[Action, ...]:
    """Actions with the new names of tables and indexes.

    Tables of full-text search have a hidden column of their own name, which changes with it: those in `hidden`.
    """

    def new(name: str | None) -> str | None:
        return None if name is None else folded(names.get(folded(name), name))

    def second(action: int, first: str | None, other: str | None) -> str | None:
        if other is None or action not in _FIRST_ONLY:
            return new(other)
        is_own = action in _ON_COLUMNS and folded(other) == folded(first or "") and folded(other) in hidden
        return new(other) if is_own else folded(other)

    return tuple((action, new(first), second(action, first, other)) for action, first, other in actions)


def choices(sql: str, candidates: list[Word]) -> Iterator[list[Word]]:
    """Ways to choose among words: those that stand where tables do, then any, the fewest first.

    A text is a name only where SQLite takes nothing else, `FROM 'users'`. So it is chosen after all others, and only
    among the fewest: one that could as well be left out is a value.
    """
    named = [word for word in candidates if word.may_be_name]
    found = words(sql)
    before = {word.start: previous.key for previous, word in pairwise(found)}
    behind = {word.start: following.written for word, following in pairwise(found)}
    tables = [one for one in named if before.get(one.start) in _BEFORE_TABLES or behind.get(one.start) == "."]
    yield tables
    yield [one for one in named if one in tables or before.get(one.start) == ","]
    yield from fewest(named)
    either = [word for word in candidates if word.may_be_name or word.is_text]
    yield from fewest(either) if len(either) > len(named) else ()


def fewest(among: list[Word]) -> Iterator[list[Word]]:
    """Every choice among words, those of the fewest first; none at all among very many."""
    for size in range(len(among) + 1) if len(among) <= _MOST_WORDS else ():
        yield from (list(chosen) for chosen in combinations(among, size))
