"""Keeping others out: of a database while it is copied and replaced, and of a move that is already running.

Database locks are taken through SQLite's own file layer, without opening the database. So they work on any file,
damaged or empty, recover no journal, write nothing, and are what every SQLite program honours. SHARED keeps commits of
rollback-journal databases out. EXCLUSIVE keeps everybody out, and nobody gets it while a WAL connection is open, since
each of those holds SHARED for as long as it lives (https://www.sqlite.org/lockingv3.html).
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from dbfold.base.errors import UserError

WAIT_SECONDS = 10.0
_PAUSE_SECONDS = 0.05
_CHUNK = 1 << 20


class LockedError(UserError):
    """Somebody else uses a database, or moves it."""


class DatabaseFile:
    """A database file, opened below SQLite: lock it, and read its bytes without losing the lock.

    POSIX drops a process's locks on a file as soon as it closes any descriptor of that file. SQLite's file layer knows
    that, an ordinary `open` and `close` does not; so the bytes of a locked file are read through here.
    """

    def __init__(self, path: Path) -> None:
        """Raises UserError if the file cannot be opened."""
        self.path = path
        self._file = self._open(path)
        self._closed = False

    def _open(self, path: Path) -> apsw.VFSFile:
        for access in (apsw.SQLITE_OPEN_READWRITE, apsw.SQLITE_OPEN_READONLY):
            try:
                return apsw.VFSFile("", os.path.realpath(path), [access | apsw.SQLITE_OPEN_MAIN_DB, 0])
            except apsw.CantOpenError:
                continue
        raise UserError(f"{path}: cannot be opened; run dbfold as a user who may read and write it")

    def lock(self, exclusive: bool, wait: float = WAIT_SECONDS) -> None:
        """Take the lock, trying for `wait` seconds. A file that only can be read cannot be locked exclusively by
        anybody who may only read it, so there the shared lock is all there is. Raises LockedError.
        """
        deadline = time.monotonic() + wait
        while True:
            try:
                self._file.xLock(apsw.SQLITE_LOCK_SHARED)
                if exclusive and os.access(self.path, os.W_OK):
                    self._file.xLock(apsw.SQLITE_LOCK_EXCLUSIVE)
                return
            except apsw.BusyError:
                self._file.xUnlock(apsw.SQLITE_LOCK_NONE)  # or two who wait for each other never end
                if time.monotonic() > deadline:
                    raise LockedError(self._busy()) from None
                time.sleep(_PAUSE_SECONDS)

    def _busy(self) -> str:
        names = ", ".join(users_of([self.path])) or "another program"
        return (
            f"{self.path}: {names} has it open or is writing to it; stop that (the policy's services.stop), then again"
        )

    def chunks(self) -> Iterator[bytes]:
        """The file's bytes. Never asks for more than there is: apsw cuts zeros off what comes back short."""
        size = self._file.xFileSize()
        for offset in range(0, size, _CHUNK):
            yield self._file.xRead(min(_CHUNK, size - offset), offset)

    def close(self) -> None:
        """Give the lock back. May be called again."""
        if not self._closed:
            self._closed = True
            self._file.xClose()


@contextmanager
def locked(paths: Iterable[Path], *, exclusive: bool) -> Iterator[dict[Path, DatabaseFile]]:
    """All of `paths` locked for as long as the block runs. Raises LockedError."""
    files: dict[Path, DatabaseFile] = {}
    try:
        for path in paths:
            files[path] = DatabaseFile(path)
            files[path].lock(exclusive)
        yield files
    finally:
        for file in files.values():
            file.close()


@contextmanager
def move_lock(directory: Path) -> Iterator[None]:
    """One move at a time in a directory: a lock that the kernel frees when this process ends, however it ends.

    Raises LockedError if another one holds it.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _flock(descriptor, directory)
        yield
    finally:
        os.close(descriptor)


def _flock(descriptor: int, directory: Path) -> None:
    if sys.platform == "win32":
        raise UserError("the move needs a POSIX system; run it where the application runs, or under WSL")
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            raise
        raise LockedError(f"{directory}: another dbfold is moving databases there; wait until it ends") from None


def users_of(paths: Iterable[Path]) -> list[str]:
    """Other processes that have one of the files open, as `name (pid N)`: what /proc shows of them to this user.

    Empty where there is no /proc; the locks tell then.
    """
    wanted = {_identity(path) for path in paths} - {None}
    return [
        f"{_name(entry)} (pid {entry})"
        for entry in _numbers("/proc")
        if int(entry) != os.getpid() and wanted & _open_files(entry)
    ]


def _open_files(pid: str) -> set[tuple[int, int] | None]:
    return {_identity(Path(f"/proc/{pid}/fd/{descriptor}")) for descriptor in _numbers(f"/proc/{pid}/fd")}


def _numbers(directory: str) -> list[str]:
    try:
        return [name for name in os.listdir(directory) if name.isdigit()]  # noqa: PTH208
    except OSError:  # not ours to see, or gone
        return []


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return (state.st_dev, state.st_ino) if stat.S_ISREG(state.st_mode) else None


def _name(pid: str) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "a process"
    return " ".join(command.split())[:60] or "a process"
