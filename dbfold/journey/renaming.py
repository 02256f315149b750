"""New names in statements: which words of a statement name a table or an index that gets another name?

A name may be a table here, an alias there and a column elsewhere. So the words are not guessed: SQLite has to find that
the renamed statement does to the renamed schema, action for action, what the old one does to the old schema. Where
several choices do, the one with the fewest words is taken: what is not needed is something else of the same name.

Which words mean it, is asked with names that exist nowhere. Then the real names are written, in one of several wordings
(`dbfold.journey.wording`): SQLite has to do the same actions in the same places, and to compile the same program, for a
WITH clause, an alias or a temporary table may have the new name already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from dbfold.code.texts import HOLE
from dbfold.journey.choosing import choices, fewest, mapped
from dbfold.journey.filling import fill
from dbfold.journey.mending import mended
from dbfold.journey.preparing import Prepared, Schema
from dbfold.journey.shapes import Shape, Word, shape, words
from dbfold.journey.surroundings import NOTHING_AROUND, Surroundings
from dbfold.journey.wording import Edit, Names, Wording, apply, are_within, edit, moved, wordings
from dbfold.sqlite.bodies import using, with_own_columns
from dbfold.sqlite.ddl import renamed
from dbfold.sqlite.engine import folded, quoted

__all__ = ["Edit", "Names", "Renamed", "Renamer", "apply"]

_Writable = Callable[[Iterable[Edit]], bool]
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
        self.hidden = frozenset(name for name in names if name in old.hidden_columns(name))
        self.names, self.around = dict(sorted(names.items(), key=lambda one: one[0] not in old.virtual)), around
        self.fresh = _fresh(self.names, old.virtual)
        new = _renamed_schema(old, self.fresh)
        real = _renamed_schema(new, {folded(fresh): names[name] for name, fresh in self.fresh.items()})
        self.old, self.new, self.real = old.copied(), new, real
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
            return self._failing(sql, before.error, candidates, is_writable)
        texts = [word for word in candidates if word.is_text] if before.reads_schema else []
        wanted = mapped(before.actions, self.fresh, self.hidden)
        for chosen in choices(sql, candidates):
            after = self.new.prepare(apply(sql, Wording().edits(sql, chosen, self.fresh, self.tables)))
            if after.error is None and mapped(after.actions, {}, frozenset()) == wanted:
                literals = [word for word in texts if word not in chosen]
                return self._worded(sql, before, chosen, literals, is_writable)
        return Renamed(sql, problem=f"no way to rename {candidates[0].text} in it keeps its meaning: do it by hand")

    def _failing(self, sql: str, error: str, candidates: list[Word], is_writable: _Writable) -> Renamed:
        """One that SQLite rejects already: renamed as on a schema that has what it misses."""
        schema = mended(self.old, sql)
        if schema is None:
            return Renamed(sql, problem=f"it names {candidates[0].text} and cannot be checked: {error}")
        return Renamer(schema, self.names, self.around)._rename(sql, is_writable)

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
        _, other_names, _, edits = min(same)
        if other_names and self.hidden and self.around.named:  # `bm25(docs)`, which no alias keeps
            which = next(one for one in before.columns if one not in self.real.prepare(apply(sql, edits)).columns)
            return Renamed(sql, problem=f"its result {which} would be called otherwise: name it with AS")
        return Renamed(apply(sql, edits), edits)

    def _is_same(self, sql: str, before: Prepared, text: str, after: Prepared) -> bool:
        if after.error is not None or after.places != before.places:
            return False
        if mapped(after.actions, {}, frozenset()) != mapped(before.actions, self.names, self.hidden):
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
        scratch = self.old.copied()
        if name in scratch.objects():
            scratch.execute(f"DROP {scratch.objects()[name][0]} {quoted(name)}")
        error = scratch.execute(sql)
        if error is not None or name not in scratch.objects():
            return Renamed(sql, problem=f"it names {candidates[0].text} and cannot be checked: {error}")
        before = words(scratch.objects()[name][2])
        body = _body(scratch, name)
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
        inside = self._followed(sql, name, body, chosen, candidates) if body.actions else chosen
        if inside is None:
            return Renamed(sql, problem=f"what is inside of it cannot follow the new name of {candidates[0].text}")
        if found.kind in ("index", "trigger") and self._is_hidden(inside):
            return Renamed(sql, problem=self._taken(inside))
        edits = tuple(edit(word, self.names[word.key]) for word in dict.fromkeys(inside))
        return Renamed(apply(sql, edits), edits)

    def _followed(
        self, sql: str, name: str, body: Prepared, chosen: list[Word], candidates: list[Word]
    ) -> list[Word] | None:
        """The words with the fewest others for which a view or a trigger does the same; None if there are none such.

        SQLite renames tables in them, and not the columns of full-text tables that are called as the table.
        """
        new_name = folded(self.fresh.get(name, name))
        for others in fewest([word for word in candidates if word not in chosen and self.hidden]):
            scratch = self.new.copied()
            if new_name in scratch.objects():
                scratch.execute(f"DROP {scratch.objects()[new_name][0]} {quoted(new_name)}")
            scratch.execute(apply(sql, tuple(edit(word, self.fresh[word.key]) for word in (*chosen, *others))))
            after = _body(scratch, new_name)
            if mapped(after.actions, {}, frozenset()) == mapped(body.actions, self.fresh, self.hidden):
                return [*chosen, *others]
        return None

    def _is_hidden(self, chosen: Sequence[Word]) -> bool:
        """An index or a trigger would be one of the temporary table that has the new name."""
        return self.around.computed or any(folded(self.names[word.key]) in self.around.temporary for word in chosen)


def _fresh(names: Names, virtual: AbstractSet[str]) -> dict[str, str]:
    """Names that exist nowhere. The tables in which a virtual table keeps what it holds are called after it."""
    fresh = {name: f"dbfold_{number}_{name}" for number, name in enumerate(names)}
    for name in fresh:
        owner = next((one for one in sorted(virtual & fresh.keys()) if name.startswith(f"{one}_")), None)
        if owner is not None:
            fresh[name] = fresh[owner] + name[len(owner) :]
    return fresh


def _body(schema: Schema, name: str) -> Prepared:
    """What a view or a trigger does when it is used; nothing of what is neither."""
    type, table, sql = schema.objects().get(name, ("", "", ""))
    if type not in ("view", "trigger"):
        return Prepared()
    return schema.prepare(using(sql, name, table, schema.columns(table)))


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
    new = old.copied()
    tables = [name for name in names if old.objects().get(name, ("",))[0] == "table"]
    for name in tables:
        if name in new.objects():  # else it went with its virtual table
            new.execute(f"ALTER TABLE {quoted(name)} RENAME TO {quoted(names[name])}")
    own = {name: names[name] for name in tables if name in old.hidden_columns(name)}
    for name, (type, _, sql) in new.objects().items() if own else ():
        if type == "trigger" and (changed := with_own_columns(sql, own)) != sql:
            new.execute(f"DROP TRIGGER {quoted(name)}")
            new.execute(changed)
    for name, (type, _, sql) in new.objects().items():
        if type in ("index", "view", "trigger") and name in names:
            new.execute(f"DROP {type} {quoted(name)}")
            new.execute(renamed(sql, names[name]))
    return new
