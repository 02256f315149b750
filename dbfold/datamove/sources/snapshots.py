"""A database's content at one instant, as files of our own: the bytes as they are, and a copy that SQLite can read.

The bytes are those of the file, its `-wal` and its `-journal`, taken under a lock. Nothing is recovered in place: a
source has the same bytes afterwards. Where there is a `-wal` or a `-journal`, SQLite applies it to a second copy.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from dbfold.base.errors import UserError
from dbfold.datamove.sources.encoding import transcode
from dbfold.datamove.sources.estate import companion_of, companions
from dbfold.datamove.sources.files import Snapshot, StoredFile
from dbfold.datamove.sources.locks import WAIT_SECONDS, DatabaseFile, LockedError
from dbfold.sqlite.engine import CHECK_CACHE_KIB, DatabaseError, fetch, open_copy
from dbfold.sqlite.inventory import Inventory, take_inventory

_CHUNK = 1 << 20


def copy_locked(name: str, path: Path, file: DatabaseFile, destination: Path) -> Snapshot:
    """Copy a database that `file` holds a lock on, companions included, and flush the copies to the disk.

    `destination` is the path of the copy. Raises UserError for what cannot be read, OSError for a full disk.
    """
    stored = [_copy(file.chunks(), "", path, destination)]
    for suffix, companion in companions(path):
        # Gone meanwhile: its writer, which could not commit, has rolled back.
        with suppress(FileNotFoundError), _opened(companion) as chunks:
            stored.append(_copy(chunks, suffix, companion, destination.with_name(destination.name + suffix)))
    link = str(path.readlink()) if path.is_symlink() else None
    return Snapshot(name, destination, tuple(stored), link)


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[bytes]]:
    try:
        with path.open("rb") as stream:
            yield iter(lambda: stream.read(_CHUNK), b"")
    except PermissionError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); run dbfold as a user who may read it") from None


def _copy(chunks: Iterable[bytes], suffix: str, path: Path, destination: Path) -> StoredFile:
    state = path.stat()
    digest, size = hashlib.sha256(), 0
    with destination.open("wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        stream.flush()
        os.fsync(stream.fileno())
    return StoredFile(suffix, size, digest.hexdigest(), state.st_mode & 0o7777, state.st_mtime_ns)


def copy_shared(name: str, path: Path, destination: Path, wait: float = WAIT_SECONDS) -> Snapshot:
    """Copy a database that others may be using, and let them write: for plans and trials.

    In rollback-journal mode a shared lock holds commits back for as long as the copy takes. In WAL mode a read
    transaction
    keeps the log from being overwritten. Where neither can be had, such as in a directory without write permission,
    the files are copied until nothing changed meanwhile. Raises UserError.
    """
    deadline = time.monotonic() + wait
    while True:
        with _reading(path) as (file, is_safe):
            before = _states(path)
            snapshot = copy_locked(name, path, file, destination)
            if is_safe or _states(path) == before:
                return snapshot
        if time.monotonic() > deadline:
            raise LockedError(
                f"{path}: changes all the time, and cannot be locked; stop what writes to it and try again"
            )


@contextmanager
def _reading(path: Path) -> Iterator[tuple[DatabaseFile, bool]]:
    """The file under a shared lock, and whether nothing can overwrite what is being copied."""
    file = DatabaseFile(path)
    connection = None
    try:
        file.lock(exclusive=False)
        if companion_of(path, "-shm").exists():
            connection = _read_transaction(path)
        yield file, connection is not None
    finally:
        if connection is not None:
            connection.close()
        file.close()


def _read_transaction(path: Path) -> apsw.Connection | None:
    """A connection that holds the log of a WAL database as it is; None where that is not possible."""
    try:
        connection = apsw.Connection(os.fspath(path), flags=apsw.SQLITE_OPEN_READONLY)
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.set_busy_timeout(int(WAIT_SECONDS * 1000))
        fetch(connection, "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1")
    except apsw.Error:
        return None
    return connection


def _states(path: Path) -> list[tuple[str, int, int, int]]:
    found = []
    for suffix, file in (("", path), *companions(path)):
        with suppress(FileNotFoundError):
            state = file.stat()
            found.append((suffix, state.st_ino, state.st_size, state.st_mtime_ns))
    return found


# -- a copy that can be read ------------------------------------------------------------------------------------------


def readable_copy(snapshot: Snapshot, scratch: Path, encoding: str | None = None) -> tuple[Path, Inventory]:
    """A file with the snapshot's whole content, checked, and what is in it.

    It is the stored copy itself where that is complete and has the `encoding` (the target's; one connection cannot read
    two), else a new file at `scratch`. Raises DatabaseError for what SQLite cannot read or finds damaged.
    """
    path = snapshot.stored if snapshot.is_complete else recovered(snapshot, scratch)
    inventory = check(snapshot.name, path)
    if encoding is not None and path.stat().st_size and inventory.encoding != encoding:
        other = scratch.with_name(scratch.name + "-encoded")
        transcode(snapshot.name, path, other, encoding, inventory)
        path, inventory = other, check(snapshot.name, other)
    return path, inventory


def recovered(snapshot: Snapshot, scratch: Path) -> Path:
    """A copy to which SQLite has applied the log or the journal."""
    for file in snapshot.files:
        shutil.copyfile(snapshot.path(file), f"{scratch}{file.suffix}")
    with explained(snapshot.name):
        connection = apsw.Connection(os.fspath(scratch))
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            fetch(connection, "SELECT count(*) FROM sqlite_schema")
        finally:
            connection.close()
    return scratch


def check(name: str, path: Path) -> Inventory:
    """Everything that is in a file of ours, after SQLite has looked at every page. Raises DatabaseError."""
    with explained(name):
        connection = open_copy(path)
        try:
            connection.pragma("cache_size", -CHECK_CACHE_KIB)
            found = [row[0] for row in fetch(connection, "PRAGMA integrity_check(10)")]
            damage = [line for line in found if not _is_content(line)]
            if damage != ["ok"] and damage:
                shown = "; ".join(line.replace("\n", " ") for line in damage[:3])
                raise DatabaseError(
                    f"{name}: is damaged ({shown}); restore it from a backup, or rescue what can be read with"
                    f" `sqlite3 {name} .recover`"
                )
            return take_inventory(connection)
        finally:
            connection.close()


def _is_content(line: str) -> bool:
    """Findings about rows that break a rule of their table: no damage, and the move will tell."""
    return line.startswith(("CHECK constraint failed in", "NULL value in", "NUMERIC value in", "TEXT value in"))


@contextmanager
def explained(name: str) -> Iterator[None]:
    """SQLite's refusals in words that say what to do."""
    try:
        yield
    except apsw.NotADBError:
        raise DatabaseError(
            f"{name}: is not an SQLite database, or it is encrypted; decrypt it, or give it another role in the policy"
        ) from None
    except apsw.CorruptError as error:
        raise DatabaseError(
            f"{name}: is damaged ({error}); restore it from a backup, or rescue what can be read with"
            f" `sqlite3 {name} .recover`"
        ) from None
    except apsw.FullError as error:
        raise OSError(28, f"no space left while reading {name} ({error})") from None
    except (apsw.SQLError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.IOError) as error:
        raise DatabaseError(
            f"{name}: cannot be read ({error}); open it with the application or with a newer sqlite3 and mend that"
        ) from None
