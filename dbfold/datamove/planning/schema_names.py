"""A schema with the policy's new names in it. SQLite itself rewrites what refers to a renamed table, in an empty
copy; but for the columns of full-text tables that are called as the table, which it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import apsw

from dbfold.sqlite.affinity import accept_collations
from dbfold.sqlite.bodies import using, with_own_columns
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
    broken: tuple[str, ...] = ()
    """Views and triggers that cannot follow the new name of a full-text table."""


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
    broken: tuple[str, ...] = ()
    if changed and not taken:
        texts, broken = _rewritten(inventory, changed)
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
    return RenamedSchema(tables, tuple(_renamed_object(thing, wanted) for thing in objects), unknown, taken, broken)


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


def _rewritten(inventory: Inventory, changed: Mapping[str, str]) -> tuple[dict[tuple[str, str], str], tuple[str, ...]]:
    """Type and name (in lower case) → text of everything, after SQLite renamed the tables in `changed`; and the views
    and triggers that did work before, and do not after that.
    """
    connection = apsw.Connection(":memory:")
    accept_collations(connection)
    for sql in (*(table.sql for table in inventory.tables.values()), *(thing.sql for thing in inventory.objects)):
        try:
            connection.execute(sql)
        except apsw.Error:
            continue  # a module or function that only the application has: such text stays as it is
    virtual = {old: new for old, new in changed.items() if inventory.tables[old].kind is Kind.VIRTUAL}
    working = {thing.name for thing in inventory.objects if virtual and _works(connection, thing)}
    owned = [old for old in changed if inventory.tables[old].kind is not Kind.SHADOW and _exists(connection, old)]
    for number, old in enumerate(owned):  # in two steps, because tables may swap their names
        _rename_table(connection, inventory.tables[old].name, f"dbfold_{number}")
    for number, old in enumerate(owned):
        if not _exists(connection, changed[old]):  # two of one name are a problem of the plan
            _rename_table(connection, f"dbfold_{number}", changed[old])
    if virtual:
        _name_own_columns(connection, virtual)
    rows = fetch(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    objects = [SchemaObject(type, name, table, sql) for type, name, table, sql in rows]
    broken = tuple(one.name for one in objects if one.name in working and not _works(connection, one))
    connection.close()
    return {(one.type, folded(one.name)): one.sql for one in objects}, broken


def _name_own_columns(connection: apsw.Connection, virtual: Mapping[str, str]) -> None:
    """A full-text table has a column of its own name, which SQLite does not rename in triggers."""
    for name, sql in fetch(connection, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"):
        if (new := with_own_columns(sql, virtual)) != sql:
            connection.execute(f"DROP TRIGGER {quoted(name)}")
            connection.execute(new)


def _works(connection: apsw.Connection, thing: SchemaObject) -> bool:
    """Does SQLite compile what is inside of a view or a trigger? Of what has nothing inside it is not asked."""
    if thing.type not in ("view", "trigger"):
        return False
    try:
        columns = [row[1] for row in fetch(connection, f"PRAGMA table_info({quoted(thing.table)})")]
        connection.execute(f"EXPLAIN {using(thing.sql, thing.name, thing.table, columns)}")
    except apsw.Error:
        return False
    return True


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
