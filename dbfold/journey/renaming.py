"""New names in statements: which words of a statement name a table or an index that gets another name?

A name may be a table here, an alias there and a column elsewhere. So the words are not guessed: SQLite has to find that
the renamed statement does to the renamed schema, action for action, what the old one does to the old schema. Where
several choices do, the one with the fewest words is taken: what is not needed is something else of the same name.

Which words mean it, is asked with names that exist nowhere. Then the real names are written, in one of several wordings
(`dbfold.journey.wording`): SQLite has to do the same actions in the same places, and to compile the same program, for a
WITH clause, an alias or a temporary table may have the new name already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, pairwise

import apsw

from dbfold.code.texts import HOLE
from dbfold.journey.filling import fill
from dbfold.journey.preparing import Action, Prepared, Schema
from dbfold.journey.shapes import Shape, Word, shape, words
from dbfold.journey.surroundings import NOTHING_AROUND, Surroundings
from dbfold.journey.wording import Edit, Names, Wording, apply, are_within, edit, moved, wordings
from dbfold.sqlite.ddl import renamed
from dbfold.sqlite.engine import folded, quoted

__all__ = ["Edit", "Names", "Renamed", "Renamer", "apply"]

_Writable = Callable[[Iterable[Edit]], bool]
_MOST_WORDS = 12
_BEFORE_TABLES = frozenset({"from", "join", "into", "update", "table", "references"})
_ASKS_FOR = frozenset({"table_info", "table_xinfo", "index_list", "foreign_key_list", "index_info", "index_xinfo"})
_COMPILED = frozenset({"select", "insert", "update", "delete", "values"})


@dataclass(frozen=True, slots=True)
class Renamed:
    """A statement under new names: the edits and the text after them, or why nobody can tell."""

    text: str
    edits: tuple[Edit, ...] = ()
    problem: str = ""


class Renamer:
    """Renames in the statements of one database. `old` is its schema; `names` are those that change.

    Words are looked for with names that exist nowhere: no old name means anything any more, even if names are swapped.
    """

    def __init__(self, old: Schema, names: Names, around: Surroundings = NOTHING_AROUND) -> None:
        self.names, self.around = names, around
        self.fresh = {name: f"dbfold_{number}_{name}" for number, name in enumerate(names)}
        new = _renamed_schema(old, self.fresh)
        real = _renamed_schema(new, {folded(fresh): names[name] for name, fresh in self.fresh.items()})
        self.old, self.new, self.real = _renamed_schema(old, {}), new, real
        for schema in (self.old, self.new, self.real):
            for name, columns in around.temporary.items():
                schema.execute(f"CREATE TEMP TABLE {quoted(name)} ({', '.join(map(quoted, columns))})")
        self.tables = frozenset(name for name, (kind, _, _) in old.objects().items() if kind in ("table", "view"))

    def rename(self, sql: str, pieces: Sequence[tuple[int, int]] | None = None) -> Renamed:
        """One statement with the new names; it may have holes. Only its `pieces` can be written, if they are given."""
        if not any(word.key in self.names for word in words(sql)):
            return Renamed(sql, problem=self._goes_on(sql))
        filled = fill(self.old, sql)
        if filled is None:
            name = next(word.text for word in words(sql) if word.key in self.names)
            return Renamed(sql, problem=f"it names {name}, and is put together at run time: look at it by hand")

        def as_written(edits: Iterable[Edit]) -> tuple[Edit, ...]:
            offset = partial(filled.original_offset, sql)
            return tuple(Edit(offset(one.start), offset(one.end), one.text) for one in edits)

        result = self._rename(filled.text, lambda edits: are_within(as_written(edits), pieces))
        edits = as_written(result.edits)
        return Renamed(apply(sql, edits), edits, result.problem)

    def _goes_on(self, sql: str) -> str:
        """`"SELECT name FROM "`: what is added to it elsewhere may be a name."""
        is_whole = HOLE in sql or self.old.prepare(sql).error != "incomplete input"
        return "" if is_whole else "it ends before its end, and what is added to it may be a name: look at it by hand"

    def _rename(self, sql: str, is_writable: _Writable) -> Renamed:
        candidates = [word for word in words(sql) if word.key in self.names]
        found = shape(sql)
        if found.verb == "pragma":
            return self._pragma(sql, candidates)
        if found.verb == "create":
            start = _select_of(sql, found)
            return self._created(sql, found, candidates) if start is None else self._created_as(sql, start, is_writable)
        before = self.old.prepare(sql)
        if before.error is not None:
            return Renamed(sql, problem=f"it names {candidates[0].text} and cannot be checked: {before.error}")
        literals = [word for word in candidates if word.is_text] if before.reads_schema else []
        named = [word for word in candidates if word.may_be_name]
        wanted = _mapped(before.actions, self.fresh)
        for chosen in _choices(sql, named):
            after = self.new.prepare(apply(sql, Wording().edits(sql, chosen, self.fresh, self.tables)))
            if after.error is None and _mapped(after.actions, {}) == wanted:
                return self._worded(sql, before, chosen, literals, is_writable)
        return Renamed(sql, problem=f"no way to rename {candidates[0].text} in it keeps its meaning: do it by hand")

    def _worded(
        self,
        sql: str,
        before: Prepared,
        chosen: Sequence[Word],
        literals: Sequence[Word],
        is_writable: _Writable,
    ) -> Renamed:
        """The statement with the real names, in the first wording that SQLite takes for the same.

        One that leaves the names of results as they are is better; so is one that can be written.
        """
        if not chosen and not literals:
            return Renamed(sql)
        if chosen and self.around.full_names and before.columns:
            return Renamed(sql, problem=f"its results are called {chosen[0].text}.…, by PRAGMA full_column_names")
        loose = any(word.key in self.around.loose for word in chosen)
        same: list[tuple[bool, bool, int, tuple[Edit, ...]]] = []
        for wording in wordings(qualified=self.around.computed, aliased=loose):
            edits = (*wording.edits(sql, chosen, self.names, self.tables), *self._literal_edits(literals))
            text = apply(sql, edits)
            after = self.real.prepare(text)
            if self._is_same(sql, before, text, after):
                same.append((not is_writable(edits), after.columns != before.columns, len(same), edits))
        if not same:
            return Renamed(sql, problem=self._taken(chosen))
        edits = min(same, key=lambda one: one[:3])[3]
        return Renamed(apply(sql, edits), edits)

    def _is_same(self, sql: str, before: Prepared, text: str, after: Prepared) -> bool:
        if after.error is not None or after.places != before.places:
            return False
        if _mapped(after.actions, {}) != _mapped(before.actions, self.names):
            return False
        return shape(sql).verb not in _COMPILED or self.old.program(sql) == self.real.program(text)

    def _taken(self, chosen: Sequence[Word]) -> str:
        names = ", ".join(dict.fromkeys(self.names[word.key] for word in chosen))
        return f"the new name {names} means something else in it, whatever way it is written: do it by hand"

    def _literal_edits(self, literals: Sequence[Word]) -> tuple[Edit, ...]:
        return tuple(edit(word, self.names[word.key]) for word in literals)

    def _pragma(self, sql: str, candidates: list[Word]) -> Renamed:
        """`PRAGMA table_info(sessions)`: the argument is the name, quoted or as text."""
        found = words(sql)
        at = 3 if found[2:3] and found[2].written == "." else 1
        if found[at].key not in _ASKS_FOR:
            return Renamed(sql)
        new = self.names[candidates[-1].key]
        edits = [edit(candidates[-1], new)]
        if at == 1 and (self.around.computed or folded(new) in self.around.temporary):
            edits.insert(0, Edit(found[1].start, found[1].end, f"main.{found[1].written}"))
        return Renamed(apply(sql, tuple(edits)), tuple(edits))

    def _created_as(self, sql: str, start: int, is_writable: _Writable) -> Renamed:
        """`CREATE TABLE … AS SELECT …`: the SELECT is a statement of its own, and the name that of a table."""
        head, query = sql[:start], sql[start:]
        named = [word for word in words(head) if word.key in self.names]
        if any(word.key in self.names for word in words(query)):
            result = self._rename(query, lambda edits: is_writable(moved(edits, start)))
        else:
            result = Renamed(query)
        if result.problem:
            return Renamed(sql, problem=result.problem)
        edits = (*(edit(word, self.names[word.key]) for word in named), *moved(result.edits, start))
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
        if found.kind in ("index", "trigger") and self._is_hidden(chosen):
            return Renamed(sql, problem=self._taken(chosen))
        edits = tuple(edit(word, self.names[word.key]) for word in dict.fromkeys(chosen))
        return Renamed(apply(sql, edits), edits)

    def _is_hidden(self, chosen: Sequence[Word]) -> bool:
        """An index or a trigger would be one of the temporary table that has the new name."""
        return self.around.computed or any(folded(self.names[word.key]) in self.around.temporary for word in chosen)


def _select_of(sql: str, found: Shape) -> int | None:
    """Where the SELECT of `CREATE TABLE … AS SELECT` or of a temporary view begins; None if there is none."""
    keys = words(sql)
    temporary = {"temp", "temporary"} & {word.key for word in keys[:2]}
    if found.kind != "table" and not (found.kind == "view" and temporary):
        return None
    for word, following in pairwise(keys):
        if word.written == "(" and found.kind == "table":
            return None
        if word.key == "as" and following.key in ("select", "with", "values"):
            return following.start
    return None


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
