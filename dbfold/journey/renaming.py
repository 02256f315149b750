"""New names in statements: which words of a statement name a table or an index that gets another name?

A name may be a table here, an alias there and a column elsewhere. So the words are not guessed: SQLite has to find that
the renamed statement does to the renamed schema, action for action, what the old one does to the old schema. Where
several choices do, the one with the fewest words is taken: what is not needed is something else of the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

import apsw

from dbfold.journey.filling import fill
from dbfold.journey.preparing import Action, Schema
from dbfold.journey.shapes import Shape, Word, shape, words
from dbfold.sqlite.ddl import renamed
from dbfold.sqlite.engine import folded, quoted

Names = Mapping[str, str]
"""Old names, as SQLite compares names, to new ones."""

_MOST_WORDS = 12
_BEFORE_TABLES = frozenset({"from", "join", "into", "update", "table", "references"})
_ASKS_FOR = frozenset({"table_info", "table_xinfo", "index_list", "foreign_key_list", "index_info", "index_xinfo"})


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters from `start` to `end` of a statement."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """A statement under new names: the edits and the text after them, or why nobody can tell."""

    text: str
    edits: tuple[Edit, ...] = ()
    problem: str = ""


def apply(sql: str, edits: tuple[Edit, ...]) -> str:
    """The text with all edits."""
    for edit in sorted(edits, key=lambda one: -one.start):
        sql = sql[: edit.start] + edit.text + sql[edit.end :]
    return sql


class Renamer:
    """Renames in the statements of one database. `old` is its schema; `names` are those that change.

    The proof is done with names that exist nowhere: no old name means anything any more, even if names are swapped.
    """

    def __init__(self, old: Schema, names: Names) -> None:
        self.old, self.names = old, names
        self.fresh = {name: f"dbfold_{number}_{name}" for number, name in enumerate(names)}
        self.new = _renamed_schema(old, self.fresh)

    def rename(self, sql: str) -> Renamed:
        """One statement with the new names; it may have holes."""
        if not any(word.key in self.names for word in words(sql)):
            return Renamed(sql)
        filled = fill(self.old, sql)
        if filled is None:
            name = next(word.text for word in words(sql) if word.key in self.names)
            return Renamed(sql, problem=f"it names {name}, and is put together at run time: look at it by hand")
        result = self._rename(filled.text)
        if not filled.fillers or not result.edits:
            return Renamed(sql, problem=result.problem) if filled.fillers else result
        edits = tuple(
            Edit(filled.original_offset(sql, edit.start), filled.original_offset(sql, edit.end), edit.text)
            for edit in result.edits
        )
        return Renamed(apply(sql, edits), edits)

    def _rename(self, sql: str) -> Renamed:
        candidates = [word for word in words(sql) if word.key in self.names]
        found = shape(sql)
        if found.verb == "pragma":
            return self._pragma(sql, candidates)
        if found.verb == "create":
            return self._created(sql, found, candidates)
        before = self.old.prepare(sql)
        if before.error is not None:
            return Renamed(sql, problem=f"it names {candidates[0].text} and cannot be checked: {before.error}")
        literals = [word for word in candidates if word.is_text] if before.reads_schema else []
        named = [word for word in candidates if word.may_be_name]
        wanted = _mapped(before.actions, self.fresh)
        for chosen in _choices(sql, named):
            after = self.new.prepare(apply(sql, _edits(chosen, self.fresh)))
            if after.error is None and _mapped(after.actions, {}) == wanted:
                edits = _edits([*chosen, *literals], self.names)
                return Renamed(apply(sql, edits), edits)
        return Renamed(sql, problem=f"no way to rename {candidates[0].text} in it keeps its meaning: do it by hand")

    def _pragma(self, sql: str, candidates: list[Word]) -> Renamed:
        """`PRAGMA table_info(sessions)`: the argument is the name, quoted or as text."""
        if words(sql)[1].key not in _ASKS_FOR:
            return Renamed(sql)
        edits = _edits(candidates[-1:], self.names)
        return Renamed(apply(sql, edits), edits)

    def _created(self, sql: str, found: Shape, candidates: list[Word]) -> Renamed:
        """SQLite itself renames what a CREATE has put into the schema; the words that differ then are the ones."""
        name = folded(found.name or "")
        scratch = Schema(text for key, (_, _, text) in _in_order(self.old) if key != name)
        error = scratch.execute(sql)
        if error is not None or name not in scratch.objects():
            return Renamed(sql, problem=f"it names {candidates[0].text} and cannot be checked: {error}")
        before = words(scratch.objects()[name][2])
        for old, fresh in self.fresh.items():
            if scratch.objects().get(old, ("",))[0] == "table":
                scratch.execute(f"ALTER TABLE {quoted(old)} RENAME TO {quoted(fresh)}")
        stored = scratch.objects()
        after = words((stored.get(folded(self.fresh.get(name, name))) or stored[name])[2])
        written = words(sql)
        end = len(written) - sum(word.written == ";" for word in written[-1:])
        chosen = [
            written[end - len(before) + number]
            for number, (one, other) in enumerate(zip(before, after, strict=False))
            if one.key != other.key
        ]
        if found.kind == "index" and name in self.names:
            chosen.append(next(word for word in written if word.key == name))
        if "virtual" in [word.key for word in written[:3]]:
            chosen += [word for word in written if word.is_text and word.key in self.names]  # content='sessions'
        same_length = len(before) == len(after) and len(before) <= end
        if not same_length or any(word.key not in self.names for word in chosen):
            return Renamed(
                sql, problem=f"it names {candidates[0].text} in a way that cannot be followed: do it by hand"
            )
        edits = _edits(dict.fromkeys(chosen), self.names)
        return Renamed(apply(sql, edits), edits)


def _renamed_schema(old: Schema, names: Names) -> Schema:
    """The same schema under new names, which nothing in it has."""
    new = Schema(sql for _, (_, _, sql) in _in_order(old))
    tables = [name for name, (type, _, _) in old.objects().items() if type == "table" and name in names]
    for name in tables:
        new.execute(f"ALTER TABLE {quoted(name)} RENAME TO {quoted(names[name])}")
    for name, (type, _, sql) in new.objects().items():
        if type in ("index", "view", "trigger") and name in names:
            new.execute(f"DROP {type} {quoted(name)}")
            new.execute(renamed(sql, names[name]))
    return new


def _in_order(schema: Schema) -> list[tuple[str, tuple[str, str, str]]]:
    ranks = {"table": 0, "index": 1, "view": 2, "trigger": 3}
    return sorted(schema.objects().items(), key=lambda item: ranks.get(item[1][0], 4))


# Actions whose second argument is a column, or no name of a schema's object at all.
_FIRST_ONLY = frozenset(
    {apsw.SQLITE_READ, apsw.SQLITE_UPDATE, apsw.SQLITE_FUNCTION, apsw.SQLITE_PRAGMA, apsw.SQLITE_CREATE_VTABLE}
)


def _mapped(actions: tuple[Action, ...], names: Names) -> tuple[Action, ...]:
    """Actions with the new names of tables and indexes."""

    def new(name: str | None) -> str | None:
        return None if name is None else folded(names.get(folded(name), name))

    return tuple(
        (action, new(first), second if action in _FIRST_ONLY else new(second)) for action, first, second in actions
    )


def _choices(sql: str, named: list[Word]) -> Iterator[list[Word]]:
    """Ways to choose among words: those that stand where tables do, then any, the fewest first."""
    found = words(sql)
    before = {word.start: previous.key for previous, word in pairwise(found)}
    behind = {word.start: following.written for word, following in pairwise(found)}
    tables = [one for one in named if before.get(one.start) in _BEFORE_TABLES or behind.get(one.start) == "."]
    yield tables
    yield [one for one in named if one in tables or before.get(one.start) == ","]
    for size in range(len(named) + 1) if len(named) <= _MOST_WORDS else ():
        yield from (list(chosen) for chosen in combinations(named, size))


def _edits(chosen: Iterable[Word], names: Names) -> tuple[Edit, ...]:
    return tuple(_edit(word, names[word.key]) for word in chosen)


def _edit(word: Word, new: str) -> Edit:
    """The new name in the quotes of the old one; quoted if it needs it."""
    mark = word.written[0]
    if mark in "'\"`":
        return Edit(word.start + 1, word.end - 1, new.replace(mark, mark * 2))
    if mark == "[":
        return Edit(word.start + 1, word.end - 1, new)
    plain = new.isidentifier() and new.isascii()
    return Edit(word.start, word.end, new if plain else quoted(new))
