"""Rows of a table that another database has already brought: found by a key, and what becomes of them.

All rows of the table are staged in `work`, where ids are translated. First every table's rows are matched by their
key and get their ids, parents before children; then conflicts are settled, gaps filled and new rows inserted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from dbfold.datamove.building.step import (
    DIFFERS,
    FILLS,
    MATCH,
    NEW,
    OLD,
    SAME,
    SID,
    WINS,
    Context,
    Step,
    dangling_check,
    lacking,
    translated,
)
from dbfold.datamove.planning.plan import FinalTable, TableMove
from dbfold.policy.model import OnConflict
from dbfold.sqlite.affinity import affinity, collation_of
from dbfold.sqlite.engine import any_of, comma_list, folded, quoted, text_literal
from dbfold.sqlite.inventory import Table

_LARGEST_ID = 9223372036854775807


def merge_steps(context: Context, moves: Sequence[TableMove]) -> Iterator[Step]:
    """All merged tables of one database, in the order of the plan."""
    merges = [_Merge(context, move) for move in moves]
    for _, group in groupby(merges, key=lambda merge: merge.move.circle):
        circle = list(group)
        for merge in circle:
            yield from merge.stage()
            yield from merge.match()
            if not merge.keeps_both:
                yield from merge.assign_ids()
        yield from _settle([merge for merge in circle if merge.keeps_both])
    for merge in merges:
        yield from merge.translate_late()
    for merge in merges:
        yield from merge.settle_conflicts()
        yield from merge.insert()
        yield from merge.account()
    for merge in merges:
        yield merge.step(f"DROP TABLE {merge.stage_table}", "done")


def _settle(merges: Sequence[_Merge]) -> Iterator[Step]:
    """Equal rows that refer to rows with another id are not equal: until nothing changes, then the ids."""
    statements = [statement for merge in merges for statement in merge.separations(merges)]
    if statements:
        yield merges[0].step("; ".join(statements), "equal rows", repeated=True)
    for merge in merges:
        yield from merge.assign_ids()


class _Merge:
    """The SQL for one table of one database."""

    def __init__(self, context: Context, move: TableMove) -> None:
        self.context = context
        self.move = move
        self.final: FinalTable = context.final(move)
        self.index = self.final.contributors.index(move.database)
        number = context.number(move)
        self.stage_table, self.id_table = f"work.s{number}", f"work.m{number}"
        self.target = f"main.{quoted(self.final.name)}"
        own = {folded(column): column for column in move.columns}
        self.id_column = own.get(folded(self.final.id_column or ""))
        self.shared = [column for column in self._columns_before() if folded(column) in own]
        self.keeps_both = self.final.on_conflict is OnConflict.KEEP_BOTH
        self.provenance = f"work.p{self._first_number()}"

    def step(self, sql: str, what: str, **options: object) -> Step:
        return self.context.step(self.move, sql, what, **options)

    def _first_number(self) -> int:
        """One provenance table for each final table: it has the number of the first merge."""
        return min(number for (_, name), number in self.context.numbers.items() if name == folded(self.final.name))

    def _columns_before(self) -> list[str]:
        """Columns in which rows may differ: those of databases before this one, without ids."""
        before = self.final.contributors[: self.index]
        known = {folded(column) for database in before for column in self.final.columns_of[database]}
        fixed = {folded(column) for column in (*filter(self._is_exact, self.final.key), self.final.id_column or "")}
        return [column for column in self.final.columns if folded(column) in known - fixed]

    def _is_exact(self, column: str) -> bool:
        """Are values of a key equal to the byte where they are equal? Not if case does not count, or 1 may be 1.0."""
        definition = self.final.definition.column(column)
        kind = affinity(definition, strict=self.final.definition.strict)
        return definition is not None and definition.collation.upper() == "BINARY" and kind in ("INTEGER", "TEXT")

    # -- expressions --------------------------------------------------------------------------------------------------

    def _same_key(self) -> str:
        """The table's column first: its collation and affinity decide, as they do in its own constraints."""
        return " AND ".join(f"t.{quoted(column)} = s.{quoted(column)}" for column in self.final.key)

    def _differs(self, column: str) -> str:
        """Not the same value, to the byte and the storage class."""
        name = quoted(column)
        return f"(t.{name} IS NOT s.{name} COLLATE BINARY OR typeof(t.{name}) IS NOT typeof(s.{name}))"

    def _provided(self, column: str) -> str | None:
        """Has one of the databases that brought the row in `main` this column? None if all have."""
        has = [
            index
            for index, database in enumerate(self.final.contributors[: self.index])
            if column in self.final.columns_of[database]
        ]
        if len(has) == self.index:
            return None
        bits = sum(1 << index for index in has)
        key = " AND ".join(f"p.{quoted(name)} = t.{quoted(name)}" for name in self.final.key)
        return f"(coalesce((SELECT mask FROM {self.provenance} AS p WHERE {key}), 1) & {bits} <> 0)"

    def _conflict(self, column: str) -> str:
        """Do both rows have a value for the column, and are they different?"""
        name = quoted(column)
        parts = [self._differs(column)]
        if self.final.on_conflict is OnConflict.FILL_NULLS:
            parts.append(f"t.{name} IS NOT NULL AND s.{name} IS NOT NULL")
        provided = self._provided(column)
        return " AND ".join([*parts, *([provided] if provided else [])])

    def _new_columns(self) -> list[str]:
        """Columns that the row in `main` may lack."""
        fixed = {folded(column) for column in (*self.final.key, *filter(None, [self.final.id_column]))}
        own = [column for column in self.final.columns_of[self.move.database] if folded(column) not in fixed]
        return [column for column in own if self._provided(column) is not None]

    # -- matching -----------------------------------------------------------------------------------------------------

    def stage(self) -> Iterator[Step]:
        """Every row, with types and collations of the final table, so that keys compare as they will there."""
        definition, source = self.final.definition, self.move.source
        declared = []
        for column in self.move.columns:
            facts = definition.column(column) or source.column(column)
            kind = affinity(facts, strict=definition.strict)
            collation = facts.collation if facts else "BINARY"
            declared.append(f"{quoted(column)} {kind} COLLATE {quoted(collation)}")
        controls = [OLD, NEW, MATCH, SAME, DIFFERS, WINS, FILLS]
        yield self.step(
            f"CREATE TABLE {self.stage_table} ({SID} INTEGER PRIMARY KEY, {comma_list([*declared, *controls])})",
            "stage",
        )
        columns = comma_list(map(quoted, self.move.columns))
        rowid = quoted(source.rowid_alias) if source.rowid_alias else source.rowid_name or "NULL"
        old = quoted(self.id_column) if self.id_column else "NULL"
        yield self.step(
            f"INSERT INTO {self.stage_table} ({SID}, {columns}, {OLD}) SELECT {rowid}, {columns}, {old}"
            f" FROM src.{quoted(self.move.name)}",
            f"{self.move.rows:,} rows",
        )
        yield from self._value_checks(source)
        for column in self.move.translations:
            if column not in self.move.late:
                yield from self._translate(column)

    def _value_checks(self, source: Table) -> Iterator[Step]:
        """A column of another type may store a value as something else: '007' as 7."""
        definition = self.final.definition
        for column in self.move.columns if source.rowid_name else ():
            kind, own = definition.column(column), source.column(column)
            if kind is not None and affinity(kind, strict=definition.strict) != affinity(own, strict=source.strict):
                name = quoted(column)
                yield self.step(
                    f"SELECT count(*) FROM {self.stage_table} AS s JOIN src.{quoted(self.move.name)} AS o"
                    f" ON o.{source.rowid_name} = s.{SID} WHERE typeof(o.{name}) IS NOT typeof(s.{name})",
                    f"does {column} keep its values?",
                    problem=f"{{n}} values of {column} would change, because its type is {kind.type or 'none'} in"
                    f" {self.final.contributors[0]} and {own.type if own else 'none'} here; give the table another"
                    f" name",
                    choices=(f"rename: {{{self.move.database}: {{{self.move.name}: ...}}}}",),
                )

    def _translate(self, column: str) -> Iterator[Step]:
        yield dangling_check(self.context, self.move, column, self.stage_table)
        name = quoted(column)
        new = translated(self.context, self.move.translations[column], name)
        yield self.step(f"UPDATE {self.stage_table} SET {name} = {new} WHERE {name} IS NOT NULL", f"ids in {column}")

    def translate_late(self) -> Iterator[Step]:
        """References in a circle, now that all ids are known."""
        for column in sorted(self.move.late):
            yield from self._translate(column)

    def match(self) -> Iterator[Step]:
        """Which rows are in the target already. NULL in a key is equal to nothing."""
        key = comma_list(map(quoted, self.final.key))
        filled = " AND ".join(f"{quoted(column)} IS NOT NULL" for column in self.final.key)
        shown = ", ".join(self.final.key)
        if self.index == 1:
            yield self.step(
                f"SELECT count(*) FROM (SELECT 1 FROM {self.target} WHERE {filled} GROUP BY {key} HAVING count(*) > 1)",
                "is the key unique?",
                problem=f"the key ({shown}) is not unique in {self.final.contributors[0]}: {{n}} of its values occur"
                " more than once; choose another under 'tables', or mend the rows",
            )
            yield self._create_provenance()
        yield self.step(
            f"SELECT count(*) FROM (SELECT 1 FROM {self.stage_table} WHERE {filled} GROUP BY {key} HAVING count(*)"
            f" > 1)",
            "is the key unique?",
            problem=f"the key ({shown}) is not unique: {{n}} of its values occur more than once; choose another under"
            " 'tables', or mend the rows",
        )
        id = f"t.{quoted(self.final.id_column)}" if self.final.id_column else "NULL"
        yield self.step(
            f"UPDATE {self.stage_table} AS s SET {MATCH} = 1, {NEW} = {id} FROM {self.target} AS t"
            f" WHERE {self._same_key()}",
            "match",
        )
        if self.keeps_both and not self.final.is_unified:  # rows with other columns are not equal
            different = any_of(map(self._differs, self.shared))
            # An id that this move has made up tells nothing.
            made_up = (
                f"SELECT new FROM main._dbfold_ids WHERE move = {self.context.move_id}"
                f" AND table_name = {text_literal(self.final.name)}"
            )
            yield self.step(
                f"UPDATE {self.stage_table} AS s SET {SAME} = 1 FROM {self.target} AS t"
                f" WHERE {self._same_key()} AND NOT ({different}) AND {id} NOT IN ({made_up})",
                "equal rows",
            )

    def _create_provenance(self) -> Step:
        """Which databases brought a row that is not the first one's alone; needed where some lack columns."""
        columns = []
        for name in self.final.key:
            column = self.final.definition.column(name)
            collation = quoted(column.collation if column else "BINARY")
            columns.append(
                f"{quoted(name)} {affinity(column, strict=self.final.definition.strict)} COLLATE {collation}"
            )
        key = comma_list(map(quoted, self.final.key))
        return self.step(
            f"CREATE TABLE {self.provenance} ({comma_list(columns)}, mask INTEGER, PRIMARY KEY ({key})) WITHOUT ROWID",
            "origins",
        )

    def separations(self, merges: Sequence[_Merge]) -> Iterator[str]:
        """A row is not equal to its match if it refers to one that will get another id."""
        for column in sorted(self.move.late):
            for parent in merges:
                if parent.final.name == self.move.translations[column].table:
                    yield (
                        f"UPDATE {self.stage_table} SET {SAME} = NULL WHERE {SAME} = 1 AND {quoted(column)} IN"
                        f" (SELECT {OLD} FROM {parent.stage_table} WHERE {MATCH} = 1 AND {SAME} IS NULL)"
                    )

    def assign_ids(self) -> Iterator[Step]:
        """Rows that match have the id of their match. Others keep theirs if it is free, or get one after the last."""
        if self.id_column is None:
            return
        stage, id, target_id = self.stage_table, quoted(self.id_column), quoted(self.final.id_column or "")
        if self.keeps_both:
            yield self.step(f"UPDATE {stage} SET {NEW} = NULL WHERE {MATCH} = 1 AND {SAME} IS NULL", "both stay")
        taken = f"EXISTS (SELECT 1 FROM {self.target} AS t WHERE t.{target_id} = {stage.rpartition('.')[2]}.{id})"
        yield self.step(f"UPDATE {stage} SET {NEW} = {id} WHERE {MATCH} IS NULL AND NOT {taken}", "ids that are free")
        if self.final.definition.rowid_alias is None:
            yield self.step(
                f"SELECT count(*) FROM {stage} WHERE {NEW} IS NULL AND {id} IS NOT NULL",
                "ids",
                problem=f"{{n}} of its rows have a {self.id_column} that another row has, and only numbers can be given"
                " anew; choose another key under 'tables', or mend the rows",
            )
        else:
            yield from self._new_ids(stage, id, target_id)
        kind = affinity(self.final.definition.column(self.id_column), strict=self.final.definition.strict)
        collation = collation_of(self.final.definition.column(self.id_column))
        yield self.step(
            f"CREATE TABLE {self.id_table} (old {kind} COLLATE {collation} PRIMARY KEY, new {kind})", "ids, old and new"
        )
        yield self.step(
            f"INSERT INTO {self.id_table} SELECT {OLD}, {NEW} FROM {stage} WHERE {OLD} IS NOT NULL", "ids, old and new"
        )

    def _new_ids(self, stage: str, id: str, target_id: str) -> Iterator[Step]:
        counter = self.context.plan.sequences.get(self.final.name, 0)
        last = (
            f"(SELECT max(coalesce((SELECT max({target_id}) FROM {self.target}), 0),"
            f" coalesce((SELECT max(max({id}), coalesce(max({NEW}), 0)) FROM {stage}), 0), {counter}))"
        )
        yield self.step(
            f"SELECT {last} > {_LARGEST_ID} - count(*) FROM {stage} WHERE {NEW} IS NULL",
            "ids",
            problem=f"new ids would be greater than {_LARGEST_ID}, the greatest that SQLite can hold; give the rows"
            f" with the greatest {self.id_column} smaller ones",
        )
        yield self.step(
            f"UPDATE {stage} AS s SET {NEW} = {last} + x.n FROM (SELECT {SID} AS sid, row_number() OVER (ORDER BY"
            f" {SID})"
            f" AS n FROM {stage} WHERE {NEW} IS NULL) AS x WHERE s.{SID} = x.sid",
            "new ids",
        )

    # -- rows ---------------------------------------------------------------------------------------------------------

    def settle_conflicts(self) -> Iterator[Step]:
        """Mark rows that differ, keep the values that lose, and change the rows that take values."""
        if self.keeps_both:
            return
        fills = [provided for column in self._new_columns() if (provided := self._provided(column))]
        if not self.shared and not fills:
            return
        differs = any_of(f"({self._conflict(column)})" for column in self.shared)
        gaps = [f"(NOT {self._provided(column)} AND {self._differs(column)})" for column in self._new_columns()]
        if self.final.on_conflict is OnConflict.FILL_NULLS:
            gaps += (f"(t.{quoted(c)} IS NULL AND s.{quoted(c)} IS NOT NULL)" for c in self.shared)
        yield self.step(
            f"UPDATE {self.stage_table} AS s SET {DIFFERS} = ({differs}), {WINS} = ({self._source_wins()}),"
            f" {FILLS} = ({any_of(gaps)}) FROM {self.target} AS t WHERE s.{MATCH} = 1 AND {self._same_key()}",
            "compare",
        )
        for column in self.shared:
            yield self._keep_losing_values(column)
        yield from self._take_values()

    def _source_wins(self) -> str:
        policy, by = self.final.on_conflict, quoted(self.final.newest_by or "")
        if policy is OnConflict.KEEP_SOURCE:
            return "1"
        if policy is OnConflict.NEWEST:
            return f"coalesce(s.{by} > t.{by}, t.{by} IS NULL AND s.{by} IS NOT NULL)"
        return "0"

    def _keep_losing_values(self, column: str) -> Step:
        name = quoted(column)
        key = " || ',' || ".join(f"quote(t.{quoted(part)})" for part in self.final.key)
        values = [str(self.context.move_id), text_literal(self.move.database), text_literal(self.final.name), key]
        wins = "0" if column in self.final.key else f"s.{WINS}"  # of a key, the first spelling stays
        lost, kept = (f"iif({wins}, {one}.{name}, {other}.{name})" for one, other in (("t", "s"), ("s", "t")))
        return self.step(
            'INSERT INTO main._dbfold_conflicts (move, "database", table_name, "key", column_name, lost, kept)'
            f" SELECT {comma_list([*values, text_literal(column), lost, kept])} FROM {self.stage_table} AS s"
            f" JOIN {self.target} AS t ON {self._same_key()} WHERE s.{MATCH} = 1 AND s.{DIFFERS} = 1"
            f" AND {self._conflict(column)}",
            f"losing values of {column}",
        )

    def _take_values(self) -> Iterator[Step]:
        assignments = []
        for column in dict.fromkeys((*self.shared, *self._new_columns())):
            if column in self.final.key:
                continue
            name, cases = quoted(column), []
            provided = self._provided(column)
            if provided:
                cases.append(f"WHEN NOT {provided} THEN s.{name}")
            if column in self.shared:
                if self.final.on_conflict in (OnConflict.KEEP_SOURCE, OnConflict.NEWEST):
                    cases.append(f"WHEN s.{WINS} THEN s.{name}")
                if self.final.on_conflict is OnConflict.FILL_NULLS:
                    cases.append(f"WHEN t.{name} IS NULL THEN s.{name}")
            if cases:
                assignments.append(f"{name} = CASE {' '.join(cases)} ELSE t.{name} END")
        if assignments:
            yield self.step(
                f"UPDATE {self.target} AS t SET {comma_list(assignments)} FROM {self.stage_table} AS s"
                f" WHERE {self._same_key()} AND s.{MATCH} = 1 AND ((s.{DIFFERS} AND s.{WINS}) OR s.{FILLS})",
                "values that are taken",
            )

    def insert(self) -> Iterator[Step]:
        """Rows that are new."""
        for unique in self.final.definition.uniques:
            if unique != self.final.key and all(self._own(column) for column in unique):
                yield self._unique_check(unique)
        columns, values = [], []
        for column in self.move.columns:
            columns.append(quoted(column))
            values.append(f"s.{NEW}" if column == self.id_column else f"s.{quoted(column)}")
        added_columns, added_values = lacking(self.final, self.move)
        yield self.step(
            f"INSERT INTO {self.target} ({comma_list([*columns, *added_columns])})"
            f" SELECT {comma_list([*values, *added_values])} FROM {self.stage_table} AS s WHERE {self._is_new()}"
            f" ORDER BY {SID}",
            "new rows",
        )
        bit = 1 << self.index
        key = comma_list(map(quoted, self.final.key))
        filled = " AND ".join(f"{quoted(column)} IS NOT NULL" for column in self.final.key)
        if self.final.is_unified:
            key_values = comma_list(
                f"{NEW}" if column == self.id_column else quoted(column) for column in self.final.key
            )
            yield self.step(
                f"INSERT INTO {self.provenance} ({key}, mask) SELECT {key_values}, coalesce({MATCH}, 0) | {bit}"
                f" FROM {self.stage_table} WHERE {filled}"
                f" ON CONFLICT ({key}) DO UPDATE SET mask = mask | {bit}",
                "origins",
            )

    def _own(self, column: str) -> bool:
        return any(folded(column) == folded(own) for own in self.move.columns)

    def _is_new(self) -> str:
        return f"({MATCH} IS NULL OR {SAME} IS NULL)" if self.keeps_both else f"{MATCH} IS NULL"

    def _unique_check(self, columns: tuple[str, ...]) -> Step:
        same = " AND ".join(f"t.{quoted(column)} = s.{quoted(column)}" for column in columns)
        shown = ", ".join(columns)
        key = f"tables: {{{self.final.name}: {{key: [{shown}]}}}}"
        return self.step(
            f"SELECT count(*) FROM {self.stage_table} AS s WHERE {self._is_new()}"
            f" AND EXISTS (SELECT 1 FROM {self.target} AS t WHERE {same})",
            f"is {shown} unique?",
            problem=f"{shown} is UNIQUE, and {{n}} rows that have other keys ({', '.join(self.final.key)}) have the"
            " value of a row that is there; choose that for the key, or another name for the table",
            choices=(key, f"rename: {{{self.move.database}: {{{self.move.name}: ...}}}}"),
        )

    def account(self) -> Iterator[Step]:
        """Where every row went; ids that changed, for those who look for the old one."""
        move, number = self.move, self.context.move_id
        names = comma_list(map(text_literal, (move.database, move.name, self.final.name)))
        id_changed = f"({NEW} IS NOT {OLD} OR typeof({NEW}) IS NOT typeof({OLD}))" if self.id_column else "0"
        if self.keeps_both:
            parts = (f"total({self._is_new()})", f"total({SAME} = 1)", "0", "0")
        else:
            conflict = f"{MATCH} = 1 AND coalesce({DIFFERS}, 0)"
            mapped = f"{MATCH} = 1 AND NOT coalesce({DIFFERS}, 0) AND (coalesce({FILLS}, 0) OR {id_changed})"
            identical = f"{MATCH} = 1 AND NOT coalesce({DIFFERS}, 0) AND NOT (coalesce({FILLS}, 0) OR {id_changed})"
            parts = (f"total({MATCH} IS NULL)", f"total({identical})", f"total({mapped})", f"total({conflict})")
        counts = comma_list(f"CAST({part} AS INTEGER)" for part in (*parts, f"total({id_changed})"))
        yield self.step(
            'INSERT INTO main._dbfold_rows (move, "database", name, table_name, "rows", moved, identical, mapped,'
            " conflict,"
            f" renumbered) SELECT {number}, {names}, count(*), {counts} FROM {self.stage_table}",
            "account",
        )
        if self.id_column is not None:
            yield self.step(
                'INSERT INTO main._dbfold_ids (move, "database", table_name, old, new)'
                f" SELECT {number}, {comma_list(map(text_literal, (move.database, self.final.name)))}, {OLD}, {NEW}"
                f" FROM {self.stage_table} WHERE {OLD} IS NOT NULL AND {id_changed}",
                "ids that changed",
            )
