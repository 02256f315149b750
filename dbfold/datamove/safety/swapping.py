"""The instant at which the new database takes the old one's place, and the files that then have to go.

A `-wal` or `-journal` beside a database is applied to whatever has the database's name. So the old database must have
neither before the new one is renamed over it: what is in them is first brought into the old file, by SQLite.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from dbfold.datamove.safety.durable import flush_directory, flush_file
from dbfold.datamove.sources.estate import COMPANIONS, companion_of, companions
from dbfold.datamove.sources.locks import WAIT_SECONDS, DatabaseFile, LockedError

_ALL_COMPANIONS = (*COMPANIONS, "-shm")
RESTORE_SUFFIX = ".dbfold-restore"
_RETIRED_SUFFIX = ".dbfold-retired"


def build_path(target: Path) -> Path:
    """Where the new database is built: beside the real file, on the same file system."""
    real = target.resolve()
    return real.with_name(f".{real.name}.dbfold-build")


def discard_build(target: Path) -> None:
    """What a run that was killed left."""
    build = build_path(target)
    for path in (build, *(build.with_name(build.name + suffix) for suffix in _ALL_COMPANIONS)):
        path.unlink(missing_ok=True)


def finish_file(path: Path, *, wal: bool) -> None:
    """Give the new database the journal mode of the old one, and flush it to the disk."""
    if wal:
        connection = apsw.Connection(os.fspath(path))
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.close()
    flush_file(path)


@contextmanager
def settled(target: Path, guard: DatabaseFile, expected: Path) -> Iterator[None]:
    """The target without `-wal` and `-journal`, and locked, for as long as the block runs.

    `guard` holds its exclusive lock. Where a companion has content, SQLite has to open the file, for which the guard
    has to let go; that nobody was faster is seen by comparing the outcome with `expected`, the copy from which the new
    database was made. Raises LockedError.
    """
    if not any(path.stat().st_size for _, path in companions(target)):
        _remove_companions(target)
        yield
        return
    guard.close()
    connection = apsw.Connection(os.fspath(target))
    try:
        connection.set_busy_timeout(int(WAIT_SECONDS * 1000))
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        connection.execute("BEGIN EXCLUSIVE")
        if not _same_bytes(target, expected):
            raise LockedError(
                f"{target}: was changed by another program in the last moment; stop it and run dbfold again"
            )
        _remove_companions(target)
        yield
    except apsw.BusyError:
        raise LockedError(f"{target}: another program is using it; stop it and run dbfold again") from None
    except (apsw.FullError, apsw.IOError) as error:
        raise OSError(errno.ENOSPC, f"{target}: its log cannot be written into it ({error})") from None
    finally:
        connection.close()


def _same_bytes(target: Path, expected: Path) -> bool:
    file = DatabaseFile(target)
    try:
        with expected.open("rb") as stream:
            if any(chunk != stream.read(len(chunk)) for chunk in file.chunks()):
                return False
            return not stream.read(1)
    finally:
        file.close()


def put_in_place(new: Path, target: Path) -> None:
    """Rename `new` over the target, with the old file's mode and owner. This is the instant."""
    real = target.resolve()
    if real.exists():
        state = real.stat()
        shutil.copymode(real, new)
        if os.geteuid() == 0:
            os.chown(new, state.st_uid, state.st_gid)
        flush_file(new)
    new.replace(real)
    flush_directory(real.parent)


def _remove_companions(path: Path) -> None:
    for suffix in _ALL_COMPANIONS:
        companion_of(path, suffix).unlink(missing_ok=True)
    flush_directory(path.resolve().parent)


def retire(path: Path) -> None:
    """Remove a database that a backup holds; what a link leads to is kept where it is.

    The file first: a log without its database is nothing, while a database without its log would be another one. Until
    the log is gone, too, the file has another name, which tells the next run to go on.
    """
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        path.replace(path.with_name(f".{path.name}{_RETIRED_SUFFIX}"))
    flush_directory(path.parent)
    finish_retiring(path.parent)


def finish_retiring(directory: Path) -> None:
    """Remove the files that `retire` renamed, and their companions, unless there is a new database of that name."""
    for retired in sorted(directory.glob(f".*{_RETIRED_SUFFIX}")):
        path = retired.with_name(retired.name[1:].removesuffix(_RETIRED_SUFFIX))
        if not path.exists():
            _remove_companions(path)
        retired.unlink()
        flush_directory(directory)
