"""What the database that remains tells about its moves: tables whose names begin with `_dbfold_`.

_dbfold_moves      one row a move, with its plan as JSON
_dbfold_files      the databases that were read, with their fingerprints
_dbfold_rows       where the rows of each table went
_dbfold_ids        ids that changed
_dbfold_conflicts  values that lost, each with the one that stayed
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from dbfold.datamove.planning.plan import Account, Plan
from dbfold.sqlite.engine import fetch, number

TABLES = {
    "_dbfold_moves": "id INTEGER PRIMARY KEY, moved_at TEXT NOT NULL, target TEXT NOT NULL, backup TEXT,"
    " plan TEXT NOT NULL",
    "_dbfold_files": 'move INTEGER NOT NULL, "database" TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL',
    "_dbfold_rows": 'move INTEGER NOT NULL, "database" TEXT NOT NULL, name TEXT NOT NULL, table_name TEXT NOT NULL,'
    ' "rows" INTEGER NOT NULL, moved INTEGER NOT NULL, identical INTEGER NOT NULL, mapped INTEGER NOT NULL,'
    " conflict INTEGER NOT NULL, renumbered INTEGER NOT NULL",
    # Ids and values are kept as they are: columns without a type.
    "_dbfold_ids": 'move INTEGER NOT NULL, "database" TEXT NOT NULL, table_name TEXT NOT NULL, old, new',
    "_dbfold_conflicts": 'move INTEGER NOT NULL, "database" TEXT NOT NULL, table_name TEXT NOT NULL,'
    ' "key" TEXT NOT NULL,'
    " column_name TEXT NOT NULL, lost, kept",
}


def create(connection: apsw.Connection) -> int:
    """Make the tables in `main` that are missing; returns the number of the move that comes next."""
    for name, columns in TABLES.items():
        connection.execute(f"CREATE TABLE IF NOT EXISTS main.{name} ({columns})")
    return number(connection, "SELECT coalesce(max(id), 0) + 1 FROM main._dbfold_moves")


def exists(connection: apsw.Connection) -> bool:
    """Has anything been moved into this database?"""
    sql = "SELECT count(*) FROM main.sqlite_schema WHERE name = '_dbfold_moves'"
    return number(connection, sql) == 1


def record(
    connection: apsw.Connection, plan: Plan, move_id: int, moved_at: str, backup: str | None, document: str
) -> None:
    """Write down the move itself and its files."""
    connection.execute(
        "INSERT INTO main._dbfold_moves VALUES (?, ?, ?, ?, ?)", (move_id, moved_at, plan.target, backup, document)
    )
    for file in plan.files:
        connection.execute(
            "INSERT INTO main._dbfold_files VALUES (?, ?, ?, ?)", (move_id, file.name, file.sha256, file.size)
        )


def record_copied(connection: apsw.Connection, move_id: int, account: Account) -> None:
    """Write down a table whose rows all were moved."""
    connection.execute(
        "INSERT INTO main._dbfold_rows VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0)",
        (move_id, account.database, account.name, account.target, account.rows, account.moved),
    )


def accounts(connection: apsw.Connection, move_id: int, schema: str = "main") -> list[Account]:
    """Every table of a move, in the order in which it was moved."""
    rows = fetch(
        connection,
        'SELECT "database", name, table_name, "rows", moved, identical, mapped, conflict, renumbered'
        f" FROM {schema}._dbfold_rows WHERE move = ? ORDER BY rowid",
        (move_id,),
    )
    return [Account(*row) for row in rows]


def moved_files(connection: apsw.Connection) -> dict[str, set[str]]:
    """Database → fingerprints with which it was moved."""
    found: dict[str, set[str]] = {}
    if exists(connection):
        sql = (
            'SELECT f."database", f.sha256 FROM main._dbfold_files AS f JOIN main._dbfold_moves AS m ON m.id = f.move'
            ' WHERE f."database" <> m.target'
        )
        for database, sha256 in fetch(connection, sql):
            found.setdefault(database, set()).add(sha256)
    return found


def last_move(connection: apsw.Connection) -> tuple[int, str, str | None, str] | None:
    """Number, time, backup and plan of the last move into this database; None if there was none."""
    if not exists(connection):
        return None
    row = connection.execute(
        "SELECT id, moved_at, backup, plan FROM main._dbfold_moves ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return (int(row[0]), str(row[1]), row[2], str(row[3])) if row else None


def moved(connection: apsw.Connection) -> dict[str, str]:
    """When each database was moved into this one, the last time, by its name."""
    sql = (
        'SELECT f."database", max(m.moved_at) FROM main._dbfold_files AS f'
        ' JOIN main._dbfold_moves AS m ON m.id = f.move WHERE f."database" <> m.target GROUP BY f."database"'
    )
    return {str(name): str(moved_at) for name, moved_at in fetch(connection, sql)}


def check_balance(found: Sequence[Account]) -> list[str]:
    """Tables whose rows do not add up, in words."""
    return [
        f"{account.database}: {account.name}: {account.rows} rows are not {account.moved} moved + {account.identical}"
        f" identical + {account.mapped} mapped + {account.conflict} in conflict"
        for account in found
        if not account.balances
    ]
