"""Have the tables that moved unchanged the SHA3-256 of their rows that they had?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dbfold.datamove.planning.plan import Plan
from dbfold.sqlite.engine import comma_list, folded, immutable_uri, quoted, value
from dbfold.sqlite.inventory import Kind


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
