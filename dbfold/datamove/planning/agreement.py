"""Do the tables of several databases agree, and what would be a table for the rows of all of them?"""

from __future__ import annotations

from collections.abc import Mapping

from dbfold.sqlite.ddl import added_column, checks, unified
from dbfold.sqlite.engine import folded, is_constant
from dbfold.sqlite.inventory import Column, Table

Contributors = Mapping[str, Table]
"""Database → its table, in the order in which rows arrive; the first one's definition counts."""


def differences(contributors: Contributors) -> list[str]:
    """What keeps the tables from being the same to their rows, each in words; empty if they agree.

    Order of columns, defaults and foreign keys do not count.
    """
    (first_name, first), *others = contributors.items()
    found = _missing(contributors)
    for name, table in others:
        for column in first.columns:
            other = table.column(column.name)
            if other is not None and _facts(column) != _facts(other):
                found.append(f"{column.name} is {_shown(column)} in {first_name}, {_shown(other)} in {name}")
        if (first.without_rowid, first.strict) != (table.without_rowid, table.strict):
            found.append(f"WITHOUT ROWID or STRICT differs between {first_name} and {name}")
        if checks(first.sql) != checks(table.sql):
            found.append(f"CHECK differs between {first_name} and {name}")
        if _uniques(first) != _uniques(table):
            found.append(f"UNIQUE differs between {first_name} and {name}")
    return list(dict.fromkeys(found))


def _missing(contributors: Contributors) -> list[str]:
    """Columns that not all have, by those who have them."""
    owners: dict[tuple[str, ...], list[str]] = {}
    spelling = {folded(column.name): column.name for table in contributors.values() for column in table.columns}
    for name in spelling.values():
        having = tuple(database for database, table in contributors.items() if table.column(name) is not None)
        if len(having) < len(contributors):
            owners.setdefault(having, []).append(name)
    return [f"{', '.join(names)} only in {' and '.join(having)}" for having, names in owners.items()]


def _facts(column: Column) -> tuple[object, ...]:
    normal_type = " ".join(column.type.upper().split())
    return (normal_type, column.collation.upper(), column.not_null, column.key_position, column.hidden)


def _shown(column: Column) -> str:
    words = [column.type or "without a type"]
    if column.collation.upper() != "BINARY":
        words.append(f"COLLATE {column.collation}")
    if column.not_null:
        words.append("NOT NULL")
    if column.key_position:
        words.append("PRIMARY KEY")
    return " ".join(words)


def _uniques(table: Table) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(folded(name) for name in columns) for columns in table.uniques)


def stored_columns(contributors: Contributors) -> tuple[str, ...]:
    """The columns of all, in the first one's spelling and order, then those that others add.

    A column that is generated in the first one is not stored.
    """
    found: dict[str, str] = {}
    generated: set[str] = set()
    for table in contributors.values():
        for column in table.columns:
            if column.is_generated and folded(column.name) not in found:
                generated.add(folded(column.name))
            elif folded(column.name) not in generated:
                found.setdefault(folded(column.name), column.name)
    return tuple(found.values())


def unified_sql(contributors: Contributors, sql: str) -> str:
    """The CREATE TABLE `sql` of the first one with the columns of all.

    NOT NULL goes where a database has no value to offer and the definition has no constant default.
    """
    first, *_ = contributors.values()
    tables = contributors.values()
    columns = {folded(column.name) for table in tables for column in table.columns}
    lacking = {name for name in columns if any(table.column(name) is None for table in tables)}
    relaxed = {name for name in lacking if (own := first.column(name)) is not None and not is_constant(own.default)}
    added = []
    for table in contributors.values():
        for column in table.columns:
            name = folded(column.name)
            if first.column(name) is None and name in lacking:
                definition = added_column(table.sql, name, nullable=not is_constant(column.default))
                added.append(definition or column.name)
                lacking.discard(name)
    return unified(sql, frozenset(relaxed), added)


def fillers(contributors: Contributors) -> dict[str, str]:
    """Column in lower case → SQL of its value in rows that come without it: a constant default, else NULL."""
    found: dict[str, str] = {}
    for table in contributors.values():
        for column in table.columns:
            default = column.default if column.default and is_constant(column.default) else "NULL"
            found.setdefault(folded(column.name), default)
    return found
