"""What becomes of each statement: prepared on the schema before and after the move, and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from dbfold.code.texts import HOLE
from dbfold.datamove.planning.plan import FinalTable
from dbfold.journey.filling import Filled, fill
from dbfold.journey.meeting import met
from dbfold.journey.mending import is_same_error, lacking_function
from dbfold.journey.outlook import Merged, Outlook
from dbfold.journey.preparing import Prepared, Schema
from dbfold.journey.renaming import Edit, Renamed, Renamer, apply
from dbfold.journey.shapes import Shape, shape, split, words
from dbfold.journey.surroundings import NOTHING_AROUND, Surroundings, surroundings
from dbfold.sqlite.engine import folded
from dbfold.statements.model import Statement


class Effect(StrEnum):
    """What the move does to a statement; the later, the worse."""

    ELSEWHERE = "elsewhere"
    """It runs on what is no file of the application."""
    SAME = "same"
    """It means afterwards what it meant before, with the new names written into it where there are any."""
    FAILS_ALREADY = "fails-already"
    """SQLite rejects it before the move."""
    UNCHECKED = "unchecked"
    """Not bound to a database, or put together at run time from what cannot be filled in."""
    CHANGES = "changes"
    """SQLite accepts it, and it means something else."""
    BREAKS = "breaks"
    """SQLite accepted it, and does not any more."""


_ORDER = list(Effect)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a statement, why, and the names that have to be written into it for that."""

    statement: Statement
    effect: Effect
    message: str = ""
    edits: tuple[Edit, ...] = ()
    review: str = ""
    """A new name that could not be written into it."""
    tables: tuple[str, ...] = ()


@dataclass(slots=True)
class Judged:
    """All judgements of a tree."""

    judgements: tuple[Judgement, ...] = ()

    def of(self, effect: Effect) -> list[Judgement]:
        """Those with one effect."""
        return [one for one in self.judgements if one.effect is effect]

    @property
    def counts(self) -> Counter[Effect]:
        return Counter(one.effect for one in self.judgements)


@dataclass(slots=True)
class Judge:
    """Judges statements by an outlook.

    loose  names of tables that texts other than statements use
    named  results are asked for by their names somewhere
    """

    outlook: Outlook
    loose: AbstractSet[str] = frozenset()
    named: bool = False
    _renamers: dict[str, Renamer] = field(default_factory=dict)
    _around: dict[str, Surroundings] = field(default_factory=dict)
    _temporary: dict[str, frozenset[str]] = field(default_factory=dict)

    def judge(self, statements: Iterable[Statement]) -> Judged:
        """What becomes of each statement, in their order."""
        statements = list(statements)
        self._temporary = _temporary_tables(statements)
        self._around = surroundings(statements, self.outlook.before.schemas, self.loose, named=self.named)
        return Judged(tuple(self.of_statement(statement) for statement in statements))

    def of_statement(self, statement: Statement) -> Judgement:
        """The worst that happens to it on any of its databases."""
        if statement.elsewhere:
            return Judgement(statement, Effect.ELSEWHERE, statement.reason)
        if not statement.databases:
            return Judgement(statement, Effect.UNCHECKED, f"not bound to a database: {statement.reason}")
        found = [self._on(statement, database) for database in statement.databases]
        worst = max(found, key=lambda one: _ORDER.index(one.effect))
        if len({one.edits for one in found}) > 1:
            return Judgement(
                statement,
                Effect.BREAKS,
                f"runs on {' and '.join(statement.databases)}, where its tables get different names",
                tables=worst.tables,
            )
        return worst

    def renamer(self, database: str) -> Renamer | None:
        """Who writes new names into the statements of a database; None if it gets none."""
        merged = self.outlook.merged.get(database)
        names = merged.names.get(database) if merged else None
        if not names:
            return None
        if database not in self._renamers:
            around = self._around.get(database, NOTHING_AROUND)
            self._renamers[database] = Renamer(self.outlook.before.schemas[database], names, around)
        return self._renamers[database]

    def _on(self, statement: Statement, database: str) -> Judgement:
        merged = self.outlook.merged.get(database)
        schema = self.outlook.before.schemas.get(database)
        if merged is None or schema is None:
            return self._stays(statement, database, schema)
        worst = Judgement(statement, Effect.SAME)
        edits: list[Edit] = []
        reviews: list[str] = []
        tables: dict[str, None] = {}
        for offset, sql in split(statement.text):
            renamer = self.renamer(database)
            pieces = [(start - offset, end - offset) for start, end in statement.pieces]
            renamed = renamer.rename(sql, pieces or None) if renamer else Renamed(sql)
            temporary = self._temporary.get(statement.file, frozenset()) if renamed.edits or renamed.problem else ()
            changing = renamer.names if renamer else ()
            if shadowed := next((w.text for w in words(sql) if w.key in temporary and w.key in changing), None):
                renamed = Renamed(
                    sql, problem=f"{shadowed} is the name of a temporary table as well: look at it by hand"
                )
            edits += [Edit(one.start + offset, one.end + offset, one.text) for one in renamed.edits]
            reviews += [renamed.problem] if renamed.problem else []
            around = self._around.get(database, NOTHING_AROUND)
            piece = _Piece(merged, database, schema, self.outlook, around.temporary)
            effect, message, touched = piece.judge(sql, renamed)
            tables.update(dict.fromkeys(touched))
            if _ORDER.index(effect) > _ORDER.index(worst.effect):
                worst = Judgement(statement, effect, message)
        return Judgement(
            statement, worst.effect, worst.message, tuple(edits), "; ".join(dict.fromkeys(reviews)), tuple(tables)
        )

    def _stays(self, statement: Statement, database: str, schema: Schema | None) -> Judgement:
        """A database that neither goes nor takes others in."""
        if schema is None:
            return Judgement(
                statement, Effect.SAME, f"nothing is known of what is in {database}, and it stays as it is"
            )
        for _, sql in split(statement.text):
            if shape(sql).verb not in ("create", "pragma", "attach", "detach"):
                prepared = _prepared(schema, sql)
                if prepared is not None and prepared.error is not None:
                    return Judgement(statement, _failed(prepared.error), prepared.error)
        return Judgement(statement, Effect.SAME)


def _temporary_tables(statements: Iterable[Statement]) -> dict[str, frozenset[str]]:
    """By file: the names of temporary tables, which hide others of the same name."""
    found: dict[str, set[str]] = {}
    for statement in statements:
        for _, sql in split(statement.text):
            keys = [word.key for word in words(sql)[:3]]
            name = shape(sql).name
            if keys[:1] == ["create"] and {"temp", "temporary"} & set(keys) and name:
                found.setdefault(statement.file, set()).add(folded(name))
    return {file: frozenset(names) for file, names in found.items()}


def _failed(error: str) -> Effect:
    """A column that the schema has because this very statement adds it is no failure."""
    return Effect.SAME if error.startswith(("duplicate column name", "there is already")) else Effect.FAILS_ALREADY


def _prepared(schema: Schema, sql: str) -> Prepared | None:
    """What SQLite says; None for a text with holes that nothing fills."""
    filled = fill(schema, sql)
    return None if filled is None else schema.prepare(filled.text)


_Found = tuple[Effect, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Judges one statement of SQL that runs on `database`, which becomes part of `merged`."""

    merged: Merged
    database: str
    before: Schema
    outlook: Outlook
    temporary: Container[str] = ()

    def judge(self, sql: str, renamed: Renamed) -> _Found:
        found = shape(sql)
        if found.verb in ("pragma", "attach", "detach", "vacuum", "begin", "commit", "rollback"):
            return Effect.SAME, "", ()
        if found.verb == "create":
            return self._create(sql, renamed, found)
        before, filled = self._before(sql)
        if filled is None:
            return Effect.UNCHECKED, "put together at run time from what nothing was found for", ()
        prepared = self._prepared(before, filled.text)
        if prepared.error is not None:
            return self._failing(sql, prepared.error, renamed)
        after_sql = apply(filled.text, _refilled(filled, sql, renamed.edits))
        after = self.merged.schema.prepare(after_sql)
        tables = tuple(sorted(prepared.tables))
        if after.error is not None and renamed.problem:
            return Effect.BREAKS, renamed.problem, tables
        if after.error is not None:
            why = self._why(tables)
            return Effect.BREAKS, f"{after.error}{why}", tables
        changes = [
            *self._other_tables(before, tables),
            *self._results(sql, prepared, after),
            *self._written(found, before),
            *met(self.merged, self.outlook, self.database, sql, found, tables, before),
        ]
        if changes:
            return Effect.CHANGES, "; ".join(changes), tables
        if renamed.problem:
            return Effect.UNCHECKED, renamed.problem, tables
        return Effect.SAME, "", tables

    def _prepared(self, before: Schema, sql: str) -> Prepared:
        """What SQLite says before the move, with functions that only the application has."""
        prepared = before.prepare(sql)
        while prepared.error is not None and (name := lacking_function(prepared.error)) is not None:
            before.accept_function(name)
            self.merged.schema.accept_function(name)
            prepared = before.prepare(sql)
        return prepared

    def _failing(self, sql: str, error: str, renamed: Renamed) -> _Found:
        """What SQLite rejects before the move: afterwards it has to do so for the same reason."""
        _, is_table, name = error.partition("no such table: ")
        if renamed.edits and is_table and folded(name) in self.temporary:
            return Effect.SAME, "", ()  # which the renaming has proven, on temporary tables as well
        after = self.merged.schema.prepare(apply(sql, renamed.edits)).error if renamed.edits else error
        names = self.merged.names.get(self.database, {})
        if after is None or (renamed.edits and not is_same_error(error, after, names)):
            return Effect.CHANGES, f"fails before the move ({error}), and afterwards {after or 'no more'}", ()
        return _failed(error), error, ()

    def _before(self, sql: str) -> tuple[Schema, Filled | None]:
        """The schema on which the statement worked so far.

        Code that has been rewritten already names the target while the rows are still in the old databases.
        """
        filled = fill(self.before, sql)
        if filled is not None and self.before.prepare(filled.text).error is None:
            return self.before, filled
        if self.database == self.merged.target:
            for source, merged in self.outlook.merged.items():
                if merged is self.merged and source != self.database:
                    schema = self.outlook.before.schemas[source]
                    other = fill(schema, sql)
                    if other is not None and schema.prepare(other.text).error is None:
                        return schema, other
        return self.before, filled

    def _final(self, table: str) -> FinalTable | None:
        return self.merged.final_of(self.database, table)

    def _why(self, tables: Iterable[str]) -> str:
        shared = [
            f"{final.name} is the table of {final.contributors[0]}"
            for table in tables
            if (final := self._final(table)) is not None and self._is_foreign(final)
        ]
        return f" ({'; '.join(shared)})" if shared else ""

    def _is_foreign(self, final: FinalTable) -> bool:
        return final.is_undecided and final.contributors[0] != self.database

    def _other_tables(self, before: Schema, tables: Iterable[str]) -> Iterator[str]:
        """A name that means another database's table afterwards."""
        if before is not self.before:
            return
        for table in tables:
            final = self._final(table)
            if final is not None and self._is_foreign(final):
                yield f"{table} means the table of {final.contributors[0]}, and whether that is the same is undecided"

    def _results(self, sql: str, before: Prepared, after: Prepared) -> Iterator[str]:
        """`SELECT *` that gives other columns, or the same in another order."""
        if "*" in sql and before.columns != after.columns:
            yield _columns_changed(before.columns, after.columns)

    def _written(self, found: Shape, before: Schema) -> Iterator[str]:
        """INSERT by position, INSERT OR REPLACE by other keys, and what reaches rows of others."""
        final = self._final(found.name) if found.name else None
        if found.name is None or final is None:
            return
        after = self.merged.schema
        own, new = before.columns(found.name), after.columns(final.name)
        if found.verb == "insert" and not found.columns and own != new:
            yield f"inserts by position; {_columns_changed(own, new)}"
        if found.replaces:
            keys, new_keys = before.unique_keys(found.name), after.unique_keys(final.name)
            if keys != new_keys:
                yield f"replaces or ignores rows by other keys: {_keys(new_keys)} instead of {_keys(keys)}"
        others = [name for name in final.contributors if name != self.database]
        if others and (found.verb == "drop" or (found.verb in ("delete", "update") and not found.where)):
            yield f"reaches the rows of {', '.join(others)} as well"

    def _create(self, sql: str, renamed: Renamed, found: Shape) -> _Found:
        """CREATE … IF NOT EXISTS does nothing where the name is taken, whatever has it."""
        if found.name is None:
            return Effect.UNCHECKED, "the name of what it creates is put together at run time", ()
        if renamed.problem:
            return Effect.UNCHECKED, renamed.problem, (found.name,)
        if {"temp", "temporary"} & {word.key for word in words(sql)[:2]}:
            return Effect.SAME, "", ()  # of a connection alone: it meets nothing that is in a file
        new = shape(renamed.text)
        name = new.name or found.name
        existing = self.merged.schema.objects().get(folded(name))
        if existing is None:
            return Effect.SAME, "", ()
        kind, table, existing_sql = existing
        worse = Effect.CHANGES if found.lenient else Effect.BREAKS
        if kind != found.kind:
            return worse, f"meets a {kind} of that name", (found.name,)
        if kind == "table":
            return self._create_table(renamed.text, name, worse)
        own = self._same_text(self.before.objects().get(folded(found.name), ("", "", ""))[2], sql)
        if own and not self._same_text(existing_sql, renamed.text):
            return worse, f"meets another {kind} of that name, on {table}", (found.name,)
        return Effect.SAME, "", (found.name,)

    def _create_table(self, sql: str, name: str, worse: Effect) -> _Found:
        created = Schema([sql])
        columns = created.columns(name)
        if not columns:
            return Effect.FAILS_ALREADY, created.failed[0][1] if created.failed else "", ()
        have = {folded(column) for column in self.merged.schema.columns(name)}
        lacking = [column for column in columns if folded(column) not in have]
        final = self.merged.plan.finals.get(folded(name))
        if final is not None and self._is_foreign(final):
            without = f", without {', '.join(lacking)}" if lacking else ""
            return worse, f"meets the table {name} of {final.contributors[0]}{without}", (name,)
        if lacking:
            return worse, f"meets a table {name} without {', '.join(lacking)}", (name,)
        versions = list(met(self.merged, self.outlook, self.database, sql, shape(sql), (name,), created))
        return (Effect.CHANGES, "; ".join(versions), (name,)) if versions else (Effect.SAME, "", (name,))

    @staticmethod
    def _same_text(one: str, other: str) -> bool:
        """Are two CREATE statements the same from the object's name on?"""

        def behind_name(sql: str) -> list[str]:
            keys = [word.key for word in words(sql) if word.written != ";"]
            start = next((index for index, key in enumerate(keys) if key in ("on", "as", "after", "before")), 0)
            return keys[start:]

        return behind_name(one) == behind_name(other)


def _refilled(filled: Filled, written: str, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Edits of the text with holes as edits of the filled one."""
    if not filled.fillers:
        return edits
    shifts: list[tuple[int, int]] = []
    position = 0
    for filler in filled.fillers:
        hole = written.index(HOLE, position)
        shifts.append((hole, len(filler) - len(HOLE)))
        position = hole + 1

    def shifted(offset: int) -> int:
        return offset + sum(shift for hole, shift in shifts if hole < offset)

    return tuple(Edit(shifted(edit.start), shifted(edit.end), edit.text) for edit in edits)


def _columns_changed(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    if after[: len(before)] == before:
        return f"{', '.join(after[len(before) :])} after the columns it had"
    added = [column for column in after if column not in before]
    if not added and len(before) == len(after):
        return f"columns in another order: {', '.join(after)} instead of {', '.join(before)}"
    return f"other columns: {', '.join(after)} instead of {', '.join(before)}"


def _keys(keys: frozenset[tuple[str, ...]]) -> str:
    return " or ".join(f"({', '.join(key)})" for key in sorted(keys)) or "none"
