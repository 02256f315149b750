"""How files of SQLite begin: https://www.sqlite.org/fileformat.html, sections 1.3, 3 and 4.1.

Imports nothing: a hook asks this about every file of a commit.
"""

from __future__ import annotations

import os

MAGIC = b"SQLite format 3\0"
WAL_MAGICS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
JOURNAL_MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"

_VERSIONS = slice(18, 20)
"""File format write and read version: 2 in WAL mode, 1 otherwise."""


def is_database(path: str | os.PathLike[str]) -> bool:
    """Does the file begin as an SQLite database does? Raises OSError if it cannot be read.

    Not for a file that this process has locked: closing it would drop the lock.
    """
    return _beginning(path, len(MAGIC)) == MAGIC


def is_wal(path: str | os.PathLike[str]) -> bool:
    """Does the database in this file keep a write-ahead log? Raises OSError; not for a locked file."""
    return _beginning(path, _VERSIONS.stop)[_VERSIONS] == b"\2\2"


def _beginning(path: str | os.PathLike[str], size: int) -> bytes:
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - a Path for every file of a directory
        return stream.read(size)
