"""A database in another text encoding. One connection cannot read two: https://www.sqlite.org/pragma.html#pragma_encoding."""

from __future__ import annotations

import os
from pathlib import Path

import apsw

from dbfold.sqlite.engine import DatabaseError, fetch, open_copy, quoted
from dbfold.sqlite.inventory import Inventory, Kind


def transcode(name: str, path: Path, other: Path, encoding: str, inventory: Inventory) -> None:
    """The same database in another text encoding, row by row: SQLite has no other way."""
    source = open_copy(path)
    copy = apsw.Connection(os.fspath(other))
    try:
        copy.execute(f"PRAGMA encoding = '{encoding}'; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").fetchall()
        copy.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
        rows = fetch(source, "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        for table in inventory.tables.values():
            if table.kind is not Kind.VIRTUAL:
                copy.execute(table.sql)
                _copy_rows(source, copy, table.name, table.stored, None if table.rowid_alias else table.rowid_name)
        _copy_sequences(copy, inventory)
        copy.execute("PRAGMA writable_schema = ON").fetchall()
        for type, object_name, table_name, sql in rows:
            if type == "index":
                copy.execute(sql)
            elif not _is_stored_table(inventory, type, object_name):
                copy.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, 0, ?)", (type, object_name, table_name, sql))
        copy.execute(f"PRAGMA user_version = {inventory.user_version}").fetchall()
    except UnicodeDecodeError as error:
        raise DatabaseError(
            f"{name}: holds text that is not valid {inventory.encoding} and cannot become {encoding} ({error.reason});"
            " mend it, or store it as BLOB"
        ) from None
    finally:
        source.close()
        copy.close()


def _is_stored_table(inventory: Inventory, type: str, name: str) -> bool:
    """Was the object made with its rows, or does SQLite make it by itself?"""
    table = inventory.table(name)
    return type == "table" and (name.startswith("sqlite_") or (table is not None and table.kind is not Kind.VIRTUAL))


def _copy_rows(
    source: apsw.Connection, copy: apsw.Connection, table: str, stored: tuple[str, ...], rowid: str | None
) -> None:
    columns = ", ".join(([rowid] if rowid else []) + [quoted(column) for column in stored])
    places = ", ".join("?" * (len(stored) + bool(rowid)))
    copy.execute("BEGIN")
    copy.executemany(
        f"INSERT INTO {quoted(table)} ({columns}) VALUES ({places})",
        source.execute(f"SELECT {columns} FROM {quoted(table)}"),
    )
    copy.execute("COMMIT")


def _copy_sequences(copy: apsw.Connection, inventory: Inventory) -> None:
    for name, counter in inventory.sequences.items():
        copy.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
        copy.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, counter))
