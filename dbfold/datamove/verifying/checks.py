"""Is everything there? Asked of the finished file and of copies of what it was made from, through another connection.

Nothing here runs the statements that moved the rows. What is taken from the ledger is what a reader of the new database
can look up, too: ids that changed, and values that lost a conflict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import apsw

from dbfold.datamove.ledger import check_balance
from dbfold.datamove.planning.draft import LEDGER_PREFIX
from dbfold.datamove.planning.plan import Account, Action, FinalTable, Plan, TableMove
from dbfold.datamove.results import Check
from dbfold.policy.model import OnConflict
from dbfold.sqlite.affinity import affinity, collation_of
from dbfold.sqlite.engine import (
    CHECK_CACHE_KIB,
    all_of,
    any_of,
    attach,
    comma_list,
    encoding_of,
    fetch,
    folded,
    immutable_uri,
    number,
    open_scratch,
    quoted,
    text_literal,
    value,
)
from dbfold.sqlite.inventory import Inventory, Kind, Table, take_inventory


def verify(path: Path, plan: Plan, copies: Mapping[str, Path], move_id: int, scratch: Path) -> Iterator[Check]:
    """Compare the database at `path` with `copies` (name → file), which it was made from by `plan` as move `move_id`.

    All files are read as they are and must not change meanwhile; `scratch` is a path for intermediate results.
    Yields a check after the other. Raises apsw.Error if the file cannot be read at all.
    """
    connection = open_scratch(scratch, encoding_of(path))
    try:
        attach(connection, path, "t")
        connection.pragma("cache_size", -CHECK_CACHE_KIB, schema="t")
        yield from _Verifier(connection, plan, copies, move_id).checks()
    finally:
        connection.close()
        scratch.unlink(missing_ok=True)


class _Verifier:
    def __init__(self, connection: apsw.Connection, plan: Plan, copies: Mapping[str, Path], move_id: int) -> None:
        self._connection = connection
        self._plan = plan
        self._move_id = move_id
        self._schemas: dict[str, str] = {}
        for index, name in enumerate(name for name in copies if name == plan.target or name in plan.sources):
            self._schemas[name] = f"d{index}"
            attach(connection, copies[name], f"d{index}")
        self._before = {name: take_inventory(connection, schema) for name, schema in self._schemas.items()}
        self._base = self._before.get(plan.target, Inventory())
        self._after = take_inventory(connection, "t")
        self._id_tables: dict[tuple[str, str], str] = {}
        self._read_ids()

    def checks(self) -> Iterator[Check]:
        yield self._integrity()
        yield self._accounts()
        yield self._counts()
        yield self._rows()
        yield self._foreign_keys()
        yield self._objects()
        yield self._counters()

    # -- the file -----------------------------------------------------------------------------------------------------

    def _integrity(self) -> Check:
        """Of the new file; rows that broke a CHECK in their old database may do so here."""
        rows = fetch(self._connection, "PRAGMA t.integrity_check(100)")
        return Check("integrity_check", "every page and index entry", tuple(row[0] for row in rows if row[0] != "ok"))

    def _accounts(self) -> Check:
        """moved + identical + mapped + conflict = rows, for every table, and the rows are those of the source."""
        found = [
            Account(*row)
            for row in fetch(
                self._connection,
                'SELECT "database", name, table_name, "rows", moved, identical, mapped, conflict, renumbered'
                " FROM t._dbfold_rows WHERE move = ?",
                (self._move_id,),
            )
        ]
        failures = check_balance(found)
        written = {(account.database, account.name): account.rows for account in found}
        for move in self._plan.moves:
            actual = number(self._connection, f"SELECT count(*) FROM {self._source(move)} NOT INDEXED")
            if written.get((move.database, move.name)) != actual:
                failures.append(
                    f"{move.database}: {move.name}: has {actual} rows, the ledger says"
                    f" {written.get((move.database, move.name), 'nothing')}"
                )
        return Check("accounting", f"{len(self._plan.moves)} tables, {sum(written.values()):,} rows", tuple(failures))

    def _counts(self) -> Check:
        """Each table has its own rows and those that moved."""
        moved: Counter[str] = Counter()
        for name, rows in fetch(
            self._connection, "SELECT table_name, moved FROM t._dbfold_rows WHERE move = ?", (self._move_id,)
        ):
            moved[folded(name)] += rows
        failures, total = [], 0
        for key, final in self._plan.finals.items():
            if final.definition.kind is not Kind.TABLE:
                continue
            base = self._base.table(key)
            expected = (base.rows if base else 0) + moved[key]
            after = self._after.table(key)
            total += expected
            if after is None or after.rows != expected:
                failures.append(f"{final.name}: {after.rows if after else 'no table'} instead of {expected} rows")
        return Check("row counts", f"{total:,} rows in {self._plan.target}", tuple(failures))

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _rows(self) -> Check:
        """Every row of every database is there, to the byte, or the ledger has what it lost."""
        failures: list[str] = []
        looked_at = 0
        appended = {folded(move.target) for move in self._plan.moves if move.action is Action.APPEND}
        for key in appended:
            failures += self._multiset(self._plan.final(key))
        for table in self._base.tables.values():
            if table.kind is not Kind.VIRTUAL and not self._is_exempt(table.name, appended):
                final = self._plan.final(table.name)
                failures += self._compare(final, self._plan.target, table, None)
                looked_at += table.rows
        for move in self._plan.moves:
            looked_at += move.rows
            if not self._is_exempt(move.target, appended):
                failures += self._compare(self._plan.final(move.target), move.database, move.source, move)
        return Check("contents", f"{looked_at:,} rows, column by column", tuple(failures))

    def _is_exempt(self, name: str, appended: set[str]) -> bool:
        """Tables compared as a whole, the ledger, and the insides of full-text indexes that were filled again."""
        key = folded(name)
        inside = any(key.startswith(f"{folded(owner)}_") for owner in (*self._plan.rebuilds, *appended))
        shadow = key in self._plan.finals and self._plan.finals[key].definition.kind is Kind.SHADOW
        return key in appended or key.startswith(LEDGER_PREFIX) or (shadow and inside)

    def _compare(self, final: FinalTable, database: str, table: Table, move: TableMove | None) -> list[str]:
        """Each row is found by what identifies it, and equal in every column."""
        columns = move.columns if move else tuple(c for c in table.stored if self._has(final, c))
        source = f"{self._schemas[database]}.{quoted(table.name)}"
        expected = {column: self._expected(final, move, column) for column in columns}
        place = self._identification(final, table, move, expected)
        if place is None:
            return self._multiset(final)
        found_by, always = place
        # In the order of the rows: that of an index would jump about in the other table.
        joined = f"FROM {source} AS s NOT INDEXED LEFT JOIN t.{quoted(final.name)} AS f ON {found_by}"
        exists = f"f.{self._never_null(final)} IS NOT NULL" if self._never_null(final) else "f.rowid IS NOT NULL"
        different = [
            f"(f.{quoted(column)} IS NOT {value} COLLATE BINARY{self._storage_differs(final, table, column, value)})"
            for column, value in expected.items()
        ]
        label = f"{database}: {table.name}"
        anything = any_of(different)
        ((missing, differing),) = fetch(
            self._connection,
            # LIMIT keeps the columns out of the aggregate, which can have 2,000 of them.
            "SELECT count(*) FILTER (WHERE NOT here), count(*) FILTER (WHERE here AND other)"
            f" FROM (SELECT {exists} AS here, {anything} AS other {joined} WHERE {always} LIMIT -1)",
        )
        failures = [f"{label}: {missing:,} rows are not in {final.name}"] if missing else []
        if always != "1":
            failures += self._rows_without_key(label, source, final, always, expected)
        if differing:
            for (column, value), condition in zip(expected.items(), different, strict=True):
                lost = number(
                    self._connection,
                    f"SELECT count(*) {joined} WHERE ({always}) AND ({exists}) AND {condition}"
                    f" AND NOT {self._is_recorded(final, column, value)}",
                )
                if lost:
                    failures.append(
                        f"{label}: {lost:,} values of {column} are neither in {final.name} nor in the ledger"
                    )
        return failures

    @staticmethod
    def _has(final: FinalTable, column: str) -> bool:
        return any(folded(column) == folded(name) for name in final.columns)

    @staticmethod
    def _never_null(final: FinalTable) -> str | None:
        """A column that tells whether there is a row."""
        if final.definition.rowid_alias:
            return quoted(final.definition.rowid_alias)
        if final.definition.without_rowid:
            return quoted(final.definition.primary_key[0])
        name = final.definition.rowid_name
        return name if name else None

    def _identification(
        self, final: FinalTable, table: Table, move: TableMove | None, expected: Mapping[str, str]
    ) -> tuple[str, str] | None:
        """How to find a row: a join condition, and for which rows it works. None: rows have nothing that tells them."""
        if move is not None and move.action is Action.MERGE:
            values = {folded(column): value for column, value in expected.items()}
            condition = " AND ".join(f"f.{quoted(c)} = {values[folded(c)]}" for c in final.key)
            filled = " AND ".join(f"s.{quoted(self._own(move, c))} IS NOT NULL" for c in final.key)
            return condition, filled
        if table.rowid_alias and self._has(final, table.rowid_alias):
            return f"f.{quoted(table.rowid_alias)} = {expected[table.rowid_alias]}", "1"
        if table.without_rowid:
            return " AND ".join(f"f.{quoted(c)} = {expected[c]}" for c in table.primary_key), "1"
        if table.rowid_name and final.definition.rowid_name:
            return f"f.{final.definition.rowid_name} = s.{table.rowid_name}", "1"
        return None

    @staticmethod
    def _own(move: TableMove, column: str) -> str:
        return next(name for name in move.columns if folded(name) == folded(column))

    def _storage_differs(self, final: FinalTable, table: Table, column: str, value: str) -> str:
        """1 and 1.0 are equal; where a column's type does not say which is stored, the storage class has to be too."""
        definition = final.definition.column(column)
        kinds = {
            affinity(definition, strict=final.definition.strict),
            affinity(table.column(column), strict=table.strict),
        }
        if definition is not None and len(kinds) == 1 and kinds != {"BLOB"}:
            return ""
        return f" OR typeof(f.{quoted(column)}) IS NOT typeof({value})"

    def _expected(self, final: FinalTable, move: TableMove | None, column: str) -> str:
        """What a column of a source row must hold now: itself, or the id that its id became."""
        name = f"s.{quoted(column)}"
        if move is None:
            return name
        if folded(column) == folded(final.id_column or "") and move.action is Action.MERGE:
            ids = self._id_tables.get((move.database, folded(final.name)))
        elif column in move.translations:
            translation = move.translations[column]
            ids = self._id_tables.get((translation.database, folded(translation.table)))
        else:
            ids = None
        if ids is None:
            return name
        new = f"CASE typeof({name}) WHEN 'text' THEN CAST(new AS TEXT) ELSE new END"
        return f"coalesce((SELECT {new} FROM {ids} WHERE old = {name}), {name})"

    def _is_recorded(self, final: FinalTable, column: str, value: str) -> str:
        """Did a conflict replace the value? Under fill-nulls a missing value never counts as lost."""
        name = next((own for own in final.columns if folded(own) == folded(column)), column)
        key = " || ',' || ".join(f"quote(f.{quoted(part)})" for part in final.key) or "NULL"
        recorded = (
            f"EXISTS (SELECT 1 FROM t._dbfold_conflicts AS c WHERE c.move = {self._move_id}"
            f" AND c.table_name = {text_literal(final.name)} AND c.column_name = {text_literal(name)}"
            f' AND c."key" = {key} AND c.lost IS {value})'
        )
        if final.on_conflict is OnConflict.FILL_NULLS:
            recorded = f"({recorded} OR {value} IS NULL)"
        return recorded

    def _rows_without_key(
        self, label: str, source: str, final: FinalTable, always: str, expected: Mapping[str, str]
    ) -> list[str]:
        """Rows with NULL in their key equal no other: each must have been added."""
        id_column = folded(final.id_column or "")
        same = all_of(
            f"f.{quoted(column)} IS {value} COLLATE BINARY"
            for column, value in expected.items()
            if folded(column) != id_column
        )
        missing = number(
            self._connection,
            f"SELECT count(*) FROM {source} AS s WHERE NOT ({always})"
            f" AND NOT EXISTS (SELECT 1 FROM t.{quoted(final.name)} AS f WHERE {same})",
        )
        return [f"{label}: {missing:,} rows without a key are not in {final.name}"] if missing else []

    def _multiset(self, final: FinalTable) -> list[str]:
        """A table in which rows may repeat: as many of each as in all databases together."""
        parts = [f"SELECT {comma_list(f'f.{quoted(c)}' for c in final.columns)}, 1 FROM t.{quoted(final.name)} AS f"]
        for database in final.contributors:
            move = next(
                (m for m in self._plan.moves if (m.database, folded(m.target)) == (database, folded(final.name))), None
            )
            table = move.source if move else self._base.tables[folded(final.name)]
            values = []
            for column in final.columns:
                own = next(
                    (name for name in (move.columns if move else table.stored) if folded(name) == folded(column)), None
                )
                is_visible = own is not None or final.definition.kind is Kind.VIRTUAL
                values.append(
                    self._expected(final, move, own or column) if is_visible else final.fillers[folded(column)]
                )
            schema = self._schemas[database]
            parts.append(f"SELECT {comma_list(values)}, -1 FROM {schema}.{quoted(table.name)} AS s")
        names = [f"c{index}" for index in range(len(final.columns))]
        groups = comma_list(f"{name} COLLATE BINARY, typeof({name})" for name in names)
        number_of = number(
            self._connection,
            f"WITH r({comma_list([*names, 'n'])}) AS ({' UNION ALL '.join(parts)})"
            f" SELECT count(*) FROM (SELECT 1 FROM r GROUP BY {groups} HAVING sum(n) <> 0)",
        )
        return [f"{final.name}: {number_of:,} rows are not there as often as before"] if number_of else []

    def _source(self, move: TableMove) -> str:
        return f"{self._schemas[move.database]}.{quoted(move.name)}"

    def _read_ids(self) -> None:
        """Ids that changed, from the ledger, in tables that can be searched."""
        for index, (database, name) in enumerate(
            fetch(
                self._connection,
                'SELECT DISTINCT "database", table_name FROM t._dbfold_ids WHERE move = ?',
                (self._move_id,),
            )
        ):
            final = self._plan.final(name)
            column = final.definition.column(final.id_column or "")
            kind = affinity(column, strict=final.definition.strict)
            self._connection.execute(
                f"CREATE TABLE main.i{index} (old {kind} COLLATE {collation_of(column)} PRIMARY KEY, new {kind})"
            )
            self._connection.execute(
                f"INSERT INTO main.i{index} SELECT old, new FROM t._dbfold_ids"
                ' WHERE move = ? AND "database" = ? AND table_name = ?',
                (self._move_id, database, name),
            )
            self._id_tables[database, folded(name)] = f"main.i{index}"

    # -- relations and schema -----------------------------------------------------------------------------------------

    def _foreign_keys(self) -> Check:
        """No reference leads to nothing that did not do so before, and none that did has found somebody else."""
        allowed: Counter[tuple[str, str]] = Counter()
        unchecked: set[str] = set()
        for database, inventory in self._before.items():
            names = {folded(move.name): folded(move.target) for move in self._plan.moves if move.database == database}
            rows, broken = self._violations(self._schemas[database], inventory)
            unchecked.update(names.get(table, table) for table in broken)
            for table, _, parent in rows:
                allowed[names.get(table, table), names.get(parent, parent)] += 1
        after, broken = self._violations("t", self._after)
        found = Counter((table, parent) for table, _, parent in after)
        failures = [f"{table}: {error}" for table, error in broken.items() if table not in unchecked]
        failures += [
            f"{table}: {count:,} rows refer to {parent} that do not exist; before it was {allowed[table, parent]:,}"
            for (table, parent), count in found.items()
            if count > allowed[table, parent]
        ]
        if not broken:
            failures += self._attached_rows({(table, rowid) for table, rowid, _ in after})
        return Check("foreign_key_check", f"{sum(found.values()):,} references to nothing, as before", tuple(failures))

    def _attached_rows(self, still: set[tuple[str, int | None]]) -> Iterator[str]:
        """Rows of the target that referred to nothing, and now to a row that has got the number by chance."""
        if self._plan.target not in self._schemas:
            return
        before, _ = self._violations(self._schemas[self._plan.target], self._base)
        attached = Counter(table for table, rowid, _ in before if (table, rowid) not in still)
        for table, count in attached.items():
            yield (
                f"{table}: {count:,} rows of {self._plan.target} referred to nothing, and now refer to rows that moved"
                " in; mend them first"
            )

    def _violations(
        self, schema: str, inventory: Inventory
    ) -> tuple[list[tuple[str, int | None, str]], dict[str, str]]:
        """Rows that refer to nothing (table, rowid, parent), and tables whose foreign keys SQLite cannot check: their
        parent has no such unique key, or there is no such parent. Names are in lower case.
        """
        rows: list[tuple[str, int | None, str]] = []
        broken: dict[str, str] = {}
        for key, table in inventory.tables.items():
            if table.foreign_keys:
                sql = f"PRAGMA {schema}.foreign_key_check({quoted(table.name)})"
                try:
                    rows += [(key, rowid, folded(parent)) for _, rowid, parent, _ in fetch(self._connection, sql)]
                except apsw.SQLError as error:
                    broken[key] = str(error)
        return rows, broken

    def _objects(self) -> Check:
        """Everything that was declared is declared, the target's own to the letter."""
        schema = {
            (type, folded(name)): sql
            for type, name, sql in fetch(self._connection, "SELECT type, name, sql FROM t.sqlite_schema")
        }
        failures = [
            f"the table {final.name} is missing"
            for key, final in self._plan.finals.items()
            if ("table", key) not in schema
        ]
        failures += [
            f"the {thing.type} {thing.name or thing.original} of {thing.database} is missing"
            for thing in self._plan.objects
            if (thing.type, folded(thing.name or thing.original)) not in schema
        ]
        for base in self._base.objects:
            if schema.get((base.type, folded(base.name))) != base.sql:
                failures.append(f"the {base.type} {base.name} is missing or has changed")
        for name, before, now in (
            ("user_version", self._base.user_version, self._after.user_version),
            ("application_id", self._base.application_id, self._after.application_id),
        ):
            if before != now:
                failures.append(f"{name} was {before} and is {now}")
        return Check("schema", f"{len(schema)} tables, indexes, views and triggers", tuple(failures))

    def _counters(self) -> Check:
        failures = [
            f"{name}: the AUTOINCREMENT counter is {self._after.sequences.get(name)}, and was {counter}"
            for name, counter in self._plan.sequences.items()
            if self._after.sequences.get(name, -1) < counter
        ]
        return Check("AUTOINCREMENT counters", f"{len(self._plan.sequences)} counters", tuple(failures))


def digests(path: Path, plan: Plan, copies: Mapping[str, Path]) -> list[tuple[str, str, str | None, str | None]]:
    """SHA3-256 over the rows of tables that moved unchanged: database, table, before, after.

    Digests are None for tables whose rows were merged or have other ids, which have no digest of before, and for the
    insides of full-text indexes that were filled again.
    """
    filled = tuple(f"{folded(name)}_" for name in plan.rebuilds)
    found: list[tuple[str, str, str | None, str | None]] = []
    for move in plan.moves:
        final = plan.final(move.target)
        is_filled = final.definition.kind is Kind.SHADOW and folded(final.name).startswith(filled)
        is_alone = len(final.contributors) == 1 and not move.translations and not is_filled
        order = comma_list(map(quoted, move.source.primary_key)) or move.source.rowid_name
        before = after = None
        if is_alone and order:
            columns = comma_list(map(quoted, move.columns))
            before, after = (
                _digest(file, f"SELECT {columns} FROM {quoted(name)} ORDER BY {order}")
                for file, name in ((copies[move.database], move.name), (path, move.target))
            )
        found.append((move.database, move.target, before, after))
    return found


def _digest(path: Path, query: str) -> str:
    """sha3_query takes the text of the query into the digest, so every table is read by the same one."""
    import apsw.sqlite_extra

    connection = apsw.Connection(immutable_uri(path), flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    try:
        apsw.sqlite_extra.load(connection, "shathree")
        connection.execute(f"CREATE TEMP VIEW dbfold_rows AS {query}")
        return str(value(connection, "SELECT lower(hex(sha3_query('SELECT * FROM dbfold_rows')))"))
    finally:
        connection.close()
