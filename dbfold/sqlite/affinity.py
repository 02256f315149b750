"""How a column's declaration decides what is stored in it and what equals it."""

from __future__ import annotations

import apsw

from dbfold.sqlite.engine import quoted
from dbfold.sqlite.inventory import Column


def affinity(column: Column | None, *, strict: bool = False) -> str:
    """The affinity of a declared type (https://www.sqlite.org/datatype3.html, section 3.1)."""
    declared = (column.type if column else "").upper()
    if strict and declared == "ANY":
        return "BLOB"
    if "INT" in declared:
        return "INTEGER"
    if any(word in declared for word in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    if not declared or "BLOB" in declared:
        return "BLOB"
    return "REAL" if any(word in declared for word in ("REAL", "FLOA", "DOUB")) else "NUMERIC"


def collation_of(column: Column | None) -> str:
    """A column's collation, quoted."""
    return quoted(column.collation if column else "BINARY")


def accept_collations(connection: apsw.Connection) -> None:
    """Let the connection read schemas with collations that only their application has. Texts compare by code points.

    For schemas without rows: an order of rows that is not the application's would damage its indexes.
    """
    connection.collation_needed(lambda db, name: db.create_collation(name, _by_code_points))


def _by_code_points(one: str, other: str) -> int:
    return (one > other) - (one < other)
