"""A schema with the policy's new names in it. SQLite itself rewrites what refers to a renamed table, in an empty
copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import apsw

from dbfold.sqlite.affinity import accept_collations
from dbfold.sqlite.ddl import renamed, with_content_table
from dbfold.sqlite.engine import fetch, folded, quoted
from dbfold.sqlite.inventory import Inventory, Kind, SchemaObject, Table


@dataclass(frozen=True)
class RenamedSchema:
    """Each table's name and text after renaming, by its old name in lower case, and the other objects."""

    tables: Mapping[str, tuple[str, str]]
    objects: tuple[SchemaObject, ...]
    unknown: tuple[str, ...] = ()
    """Names that the policy renames and the database does not have."""
    taken: tuple[str, ...] = ()
    """Tables that cannot get their new name: an index or a view of the database has it."""


def renamed_schema(inventory: Inventory, names: Mapping[str, str]) -> RenamedSchema:
    """The schema of `inventory` with `names` (old → new) applied to tables, virtual tables, views and indexes."""
    wanted = {folded(old): new for old, new in names.items()}
    known = {*inventory.tables, *(folded(thing.name) for thing in inventory.objects)}
    unknown = tuple(old for old in names if folded(old) not in known)
    tables = {
        key: (new, _text(table, new, wanted))
        for key, table in inventory.tables.items()
        for new in [_new_name(table, inventory, wanted)]
    }
    changed = {key: new for key, (new, _) in tables.items() if new != inventory.tables[key].name}
    others = {folded(thing.name) for thing in inventory.objects if thing.type != "trigger"}
    taken = tuple(inventory.tables[key].name for key, new in changed.items() if folded(new) in others)
    objects = inventory.objects
    if changed and not taken:
        texts = _rewritten(inventory, changed)
        tables = {
            key: (new, sql if inventory.tables[key].kind is Kind.VIRTUAL else texts.get(("table", folded(new)), sql))
            for key, (new, sql) in tables.items()
        }
        objects = tuple(
            replace(
                thing,
                table=changed.get(folded(thing.table), thing.table),
                sql=texts.get((thing.type, folded(thing.name)), thing.sql),
            )
            for thing in objects
        )
    return RenamedSchema(tables, tuple(_renamed_object(thing, wanted) for thing in objects), unknown, taken)


def _new_name(table: Table, inventory: Inventory, wanted: Mapping[str, str]) -> str:
    """A shadow table `docs_data` goes with its virtual table `docs`."""
    if folded(table.name) in wanted:
        return wanted[folded(table.name)]
    if table.kind is Kind.SHADOW:
        for owner in inventory.tables.values():
            prefix = folded(f"{owner.name}_")
            if owner.kind is Kind.VIRTUAL and folded(owner.name) in wanted and folded(table.name).startswith(prefix):
                return f"{wanted[folded(owner.name)]}_{table.name[len(prefix) :]}"
    return table.name


def _text(table: Table, name: str, wanted: dict[str, str]) -> str:
    sql = table.sql if name == table.name else renamed(table.sql, name)
    return with_content_table(sql, wanted) if table.kind is Kind.VIRTUAL else sql


def _renamed_object(thing: SchemaObject, wanted: Mapping[str, str]) -> SchemaObject:
    new = wanted.get(folded(thing.name))
    return thing if new is None else replace(thing, name=new, sql=renamed(thing.sql, new))


def _rewritten(inventory: Inventory, changed: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Type and name (in lower case) → text of everything, after SQLite renamed the ordinary tables in `changed`."""
    connection = apsw.Connection(":memory:")
    accept_collations(connection)
    for sql in (*(table.sql for table in inventory.tables.values()), *(thing.sql for thing in inventory.objects)):
        try:
            connection.execute(sql)
        except apsw.Error:
            continue  # a module or function that only the application has: such text stays as it is
    ordinary = {old: new for old, new in changed.items() if inventory.tables[old].kind is Kind.TABLE}
    for old in ordinary:  # in two steps, because tables may swap their names
        _rename_table(connection, inventory.tables[old].name, f"dbfold.{old}")
    for new, old in {folded(new): old for old, new in ordinary.items()}.items():
        if not _exists(connection, new):  # two of one name are a problem of the plan
            _rename_table(connection, f"dbfold.{old}", ordinary[old])
    rows = fetch(connection, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    connection.close()
    return {(type, folded(name)): sql for type, name, sql in rows}


def _rename_table(connection: apsw.Connection, old: str, new: str) -> None:
    """A view or trigger that is broken already stops SQLite; then it renames without looking at views and triggers."""
    statement = f"ALTER TABLE {quoted(old)} RENAME TO {quoted(new)}"
    try:
        connection.execute(statement)
    except apsw.SQLError:
        connection.config(apsw.SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 1)
        connection.execute(statement)
        connection.config(apsw.SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 0)


def _exists(connection: apsw.Connection, name: str) -> bool:
    return bool(fetch(connection, "SELECT 1 FROM sqlite_schema WHERE lower(name) = lower(?)", (name,)))
