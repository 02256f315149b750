"""What a database holds, as SQLite tells it: tables with their columns, keys and constraints, and the other objects.

Facts come from PRAGMAs (https://www.sqlite.org/pragma.html); text of the schema is kept as it is written there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import apsw

from dbfold.sqlite.engine import fetch, folded, number, quoted, text_literal, value

_ROWID_NAMES = ("rowid", "_rowid_", "oid")


class Kind(StrEnum):
    """What stands behind a table's name."""

    TABLE = "table"
    VIRTUAL = "virtual"
    SHADOW = "shadow"


@dataclass(frozen=True)
class Column:
    """A column. `hidden` is 0 for an ordinary one, 2 and 3 for generated ones, which hold nothing of their own."""

    name: str
    type: str
    not_null: bool
    default: str | None
    key_position: int
    hidden: int
    collation: str

    @property
    def is_generated(self) -> bool:
        return self.hidden in (2, 3)


@dataclass(frozen=True)
class ForeignKey:
    """Columns that hold values of `parent_columns` in the table `parent`."""

    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table that holds rows. `rowid_alias` is the column that is the rowid: INTEGER PRIMARY KEY."""

    name: str
    kind: Kind
    sql: str
    columns: tuple[Column, ...] = ()
    without_rowid: bool = False
    strict: bool = False
    rowid_alias: str | None = None
    foreign_keys: tuple[ForeignKey, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    indexed: bool = False
    rows: int = 0

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns that hold values, in order."""
        return tuple(column.name for column in self.columns if not column.is_generated)

    @property
    def primary_key(self) -> tuple[str, ...]:
        columns = sorted((column for column in self.columns if column.key_position), key=lambda c: c.key_position)
        return tuple(column.name for column in columns)

    @property
    def is_autoincrement(self) -> bool:
        return self.rowid_alias is not None and "AUTOINCREMENT" in self.sql.upper()

    @property
    def rowid_name(self) -> str | None:
        """A name under which SQL reaches the rowid; None if there is no rowid, or all its names are columns."""
        if self.without_rowid:
            return None
        taken = {folded(column.name) for column in self.columns}
        return self.rowid_alias or next((name for name in _ROWID_NAMES if name not in taken), None)

    def column(self, name: str) -> Column | None:
        """The column of that name, whatever its case."""
        return self._by_name.get(folded(name))

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {folded(column.name): column for column in self.columns}  # there may be 2,000, and each is asked for


@dataclass(frozen=True)
class SchemaObject:
    """An index, a view or a trigger. `table` is what it belongs to."""

    type: str
    name: str
    table: str
    sql: str


@dataclass(frozen=True)
class Inventory:
    """Everything in one database. Tables are found by their name in lower case."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    objects: tuple[SchemaObject, ...] = ()
    encoding: str = "UTF-8"
    page_size: int = 4096
    user_version: int = 0
    application_id: int = 0
    sequences: Mapping[str, int] = field(default_factory=dict)
    has_statistics: bool = False

    def table(self, name: str) -> Table | None:
        return self.tables.get(folded(name))


def take_inventory(connection: apsw.Connection, schema: str = "main", *, count: bool = True) -> Inventory:
    """Read what `schema` holds; rows are counted only if `count`. Raises apsw.Error for what SQLite cannot read."""
    rows = fetch(
        connection, f"SELECT type, name, tbl_name, sql FROM {schema}.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
    )
    kinds = {
        name: (kind, bool(without_rowid), bool(strict))
        for _, name, kind, _, without_rowid, strict in fetch(connection, f"PRAGMA {schema}.table_list")
    }
    tables = {
        folded(name): _table(connection, schema, name, sql, *kinds.get(name, ("virtual", False, False)), count=count)
        for type, name, _, sql in rows
        if type == "table" and not name.startswith("sqlite_")
    }
    names = {name for (name,) in fetch(connection, f"SELECT name FROM {schema}.sqlite_schema")}
    return Inventory(
        tables=tables,
        objects=tuple(SchemaObject(*row) for row in rows if row[0] != "table"),
        encoding=value(connection, f"PRAGMA {schema}.encoding"),
        page_size=value(connection, f"PRAGMA {schema}.page_size"),
        user_version=value(connection, f"PRAGMA {schema}.user_version"),
        application_id=value(connection, f"PRAGMA {schema}.application_id"),
        sequences=_sequences(connection, schema) if "sqlite_sequence" in names else {},
        has_statistics="sqlite_stat1" in names,
    )


def _table(
    connection: apsw.Connection,
    schema: str,
    name: str,
    sql: str,
    kind: str,
    without_rowid: bool,
    strict: bool,
    *,
    count: bool,
) -> Table:
    if kind == Kind.VIRTUAL:
        return _virtual_table(connection, schema, name, sql, count=count)
    columns = _columns(connection, schema, name)
    indexes = fetch(connection, f"PRAGMA {schema}.index_list({text_literal(name)})")
    primary = [column.name for column in columns if column.key_position]
    is_alias = len(primary) == 1 and not without_rowid and all(origin != "pk" for _, _, _, origin, _ in indexes)
    return Table(
        name=name,
        kind=Kind(kind),
        sql=sql,
        columns=columns,
        without_rowid=without_rowid,
        strict=strict,
        rowid_alias=primary[0] if is_alias else None,
        foreign_keys=_foreign_keys(connection, schema, name),
        uniques=_uniques(connection, schema, indexes),
        indexed=bool(indexes),
        rows=number(connection, f"SELECT count(*) FROM {schema}.{quoted(name)} NOT INDEXED") if count else 0,
    )


def _virtual_table(connection: apsw.Connection, schema: str, name: str, sql: str, *, count: bool) -> Table:
    """Its module may be unknown here; then its shadow tables still can be moved, its columns are not known."""
    try:
        columns = _columns(connection, schema, name)
        rows = number(connection, f"SELECT count(*) FROM {schema}.{quoted(name)}") if count else 0
    except apsw.Error:
        columns, rows = (), 0
    return Table(name=name, kind=Kind.VIRTUAL, sql=sql, columns=columns, rows=rows)


def _columns(connection: apsw.Connection, schema: str, table: str) -> tuple[Column, ...]:
    rows = fetch(connection, f"PRAGMA {schema}.table_xinfo({text_literal(table)})")
    return tuple(
        Column(name, type, bool(not_null), default, key, hidden, _collation(connection, schema, table, name))
        for _, name, type, not_null, default, key, hidden in rows
    )


def _collation(connection: apsw.Connection, schema: str, table: str, column: str) -> str:
    try:
        return str(connection.column_metadata(schema, table, column)[1])
    except apsw.SQLError:
        return "BINARY"


def _foreign_keys(connection: apsw.Connection, schema: str, table: str) -> tuple[ForeignKey, ...]:
    """Declared keys; where the parent's columns are not named, they are its primary key."""
    grouped: dict[int, list[tuple[str, str, str | None]]] = {}
    for id, _, parent, column, target, *_ in fetch(
        connection, f"PRAGMA {schema}.foreign_key_list({text_literal(table)})"
    ):
        grouped.setdefault(id, []).append((parent, column, target))
    keys = []
    for rows in grouped.values():
        parent = rows[0][0]
        targets = tuple(target for _, _, target in rows if target is not None) or _primary_key(
            connection, schema, parent
        )
        keys.append(ForeignKey(tuple(column for _, column, _ in rows), parent, targets))
    return tuple(keys)


def _primary_key(connection: apsw.Connection, schema: str, table: str) -> tuple[str, ...]:
    rows = fetch(connection, f"PRAGMA {schema}.table_info({text_literal(table)})")
    return tuple(name for _, name, *_, key in sorted(rows, key=lambda row: row[-1]) if key)


def _uniques(
    connection: apsw.Connection, schema: str, indexes: list[tuple[int, str, int, str, int]]
) -> tuple[tuple[str, ...], ...]:
    """Columns of unique constraints and indexes over whole columns of all rows, the primary key aside."""
    found = []
    for _, name, unique, origin, partial in sorted(indexes, key=lambda row: -row[0]):
        if unique and not partial and origin != "pk":
            rows = fetch(connection, f"PRAGMA {schema}.index_info({text_literal(name)})")
            columns = tuple(column for _, _, column in rows)
            if None not in columns:
                found.append(columns)
    return tuple(found)


def _sequences(connection: apsw.Connection, schema: str) -> dict[str, int]:
    rows = fetch(connection, f"SELECT name, seq FROM {schema}.sqlite_sequence")
    return {name: seq for name, seq in rows if isinstance(seq, int)}
