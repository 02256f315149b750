"""SQLite as the move uses it: one library (apsw), one way to quote, a few ways to open.

apsw brings a current SQLite, whatever Python was built with. Two SQLite libraries in one process must not open the same
file (https://www.sqlite.org/howtocorrupt.html, section 2.2): nothing here uses the `sqlite3` module.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any
from urllib.parse import quote as _percent

import apsw

from dbfold.base.errors import UserError

CACHE_KIB = 65536
CHECK_CACHE_KIB = 32768
"""For files that integrity_check reads: it looks for every row in every index, all over the file."""

_LOWER_CASE = str.maketrans(ascii_uppercase, ascii_lowercase)
_LITERAL = re.compile(r"(?is)\(?\s*(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|x?'(?:[^']|'')*'|null|true|false)\s*\)?\Z")


class DatabaseError(UserError):
    """A database cannot be read, or what is in it cannot be moved. The message names the file and the remedy."""


def folded(name: str) -> str:
    """A name as SQLite compares names: the case of A to Z does not count, that of other letters does."""
    return name.lower() if name.isascii() else name.translate(_LOWER_CASE)


def quoted(name: str) -> str:
    """An identifier, quoted: any name is one."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def comma_list(items: Iterable[str]) -> str:
    """`a, b, c`."""
    return ", ".join(items)


def any_of(conditions: Iterable[str]) -> str:
    """`(a OR b OR c)`, 0 for none."""
    return _in_halves(list(conditions), "OR") or "0"


def all_of(conditions: Iterable[str]) -> str:
    """`(a AND b AND c)`, 1 for none."""
    return _in_halves(list(conditions), "AND") or "1"


def _in_halves(conditions: list[str], operator: str) -> str:
    """A table may have more columns than an expression may be deep (https://www.sqlite.org/limits.html, 6)."""
    if len(conditions) < 2:
        return "".join(conditions)
    middle = len(conditions) // 2
    halves = (_in_halves(part, operator) for part in (conditions[:middle], conditions[middle:]))
    return f"({f' {operator} '.join(halves)})"


def is_constant(default: str | None) -> bool:
    """Is this DEFAULT clause, as `PRAGMA table_xinfo` gives it, a value that is the same for every row?"""
    return default is not None and _LITERAL.match(default) is not None


def immutable_uri(path: Path) -> str:
    """A URI under which SQLite takes no locks and writes nothing, for files that are our own copies."""
    return f"file:{_percent(os.fsencode(path))}?immutable=1"


def open_copy(path: Path) -> apsw.Connection:
    """A read-only connection to a file that nobody changes."""
    return _configured(apsw.Connection(immutable_uri(path), flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI))


def encoding_of(path: Path) -> str:
    """The text encoding of a file that nobody changes, as `PRAGMA encoding` says it."""
    connection = open_copy(path)
    try:
        return str(value(connection, "PRAGMA encoding"))
    finally:
        connection.close()


def open_scratch(path: Path, encoding: str) -> apsw.Connection:
    """A connection for a file that is thrown away if anything goes wrong: no journal, no flushing, triggers off.

    A new file gets the text encoding; databases of another one cannot be attached.
    """
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
    connection = _configured(apsw.Connection(os.fspath(path), flags=flags))
    connection.execute(f"PRAGMA encoding = {text_literal(encoding)}")
    for pragma in (
        "locking_mode = EXCLUSIVE",
        "journal_mode = OFF",
        "synchronous = OFF",
        f"cache_size = -{CACHE_KIB}",
        "foreign_keys = OFF",
        "recursive_triggers = OFF",
    ):
        connection.pragma(*(part.strip() for part in pragma.split("=")))
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    return connection


def attach(connection: apsw.Connection, path: Path, schema: str) -> None:
    """Attach a file that nobody changes, as `schema`."""
    connection.execute(f"ATTACH {text_literal(immutable_uri(path))} AS {schema}")


def attach_scratch(connection: apsw.Connection, path: Path, schema: str) -> None:
    """Attach a new file for intermediate results, as `schema`."""
    connection.execute(f"ATTACH {text_literal('file:' + _percent(os.fsencode(path)))} AS {schema}")
    for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = OFF", "synchronous = OFF"):
        connection.execute(f"PRAGMA {schema}.{pragma}").fetchall()


def value(connection: apsw.Connection, sql: str, bindings: tuple[Any, ...] = ()) -> Any:
    """The first column of the first row, None if there is no row."""
    row = connection.execute(sql, bindings).fetchone()
    return None if row is None else row[0]


def fetch(connection: apsw.Connection, sql: str, bindings: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All rows."""
    return connection.execute(sql, bindings).fetchall()


def number(connection: apsw.Connection, sql: str) -> int:
    """A count. NULL and no row are 0."""
    return int(value(connection, sql) or 0)


def _configured(connection: apsw.Connection) -> apsw.Connection:
    connection.set_busy_timeout(0)
    # The schemas are other people's: what was legal when they were written has to be legal here.
    for option in (apsw.SQLITE_DBCONFIG_DQS_DDL, apsw.SQLITE_DBCONFIG_DQS_DML):
        connection.config(option, 1)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    return connection
