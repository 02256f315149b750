"""What a run has worked out, kept for the next one: `.dbfold_cache/` beside the policy, which ignores itself in git.

An entry is found by what it was worked out from: a digest of contents, of the policy, and of dbfold itself. So nothing
in it can be out of date, and an entry is only ever added. The cache is a convenience: what is damaged, locked or out
of reach is as good as empty.

A cache may come with a cloned repository. Its entries are JSON, which holds no code, and each is signed with a key that
lies in this user's own cache directory: what somebody else has written is not believed.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

DIRECTORY = ".dbfold_cache"
_FILE = "entries"
_KEY_BYTES = 32
_DIGEST_BYTES = 16
_LARGEST = 200_000_000  # bytes; beyond it, what was not used for longest goes
_PATIENCE = 2.0  # seconds to wait for another process
_FRESH = 86_400  # seconds for which a use need not be written down again
_VERSION = 1
_SCHEMA = "CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, value BLOB, signature BLOB, used INT) WITHOUT ROWID"


def digest(*parts: bytes | str) -> bytes:
    """One digest of several texts, which tells ("ab", "c") from ("a", "bc")."""
    found = blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        found.update(len(data).to_bytes(8, "little"))
        found.update(data)
    return found.digest()


@cache
def own_digest() -> bytes:
    """A digest of dbfold itself, by its modules' sizes and times: another version's results are not this one's."""
    package = Path(__file__).parents[1]
    found = []
    for directory, _, names in os.walk(package):
        for name in names:
            if name.endswith(".py"):
                status = os.stat(os.path.join(directory, name))  # noqa: PTH116, PTH118 - two hundred of them, at every start
                found.append(f"{directory}/{name} {status.st_size} {status.st_mtime_ns}")
    return digest(*sorted(found))


def user_key() -> bytes | None:
    """The key of this user, made at its first use; None where it can be neither read nor written."""
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    path = Path(home).expanduser() / "dbfold" / "key"
    try:
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            key = _new_key(path)
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        return None
    return key if len(key) == _KEY_BYTES else None


def _new_key(path: Path) -> bytes:
    """Write a key, unless another process has just done so; returns the one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(_KEY_BYTES))
    finally:
        os.close(descriptor)
    try:
        os.link(beside, path)
    except FileExistsError:
        pass  # it lost the race: the other's key serves as well
    finally:
        beside.unlink()
    return path.read_bytes()


class Cache:
    """The entries in one directory. Opened at the first use; a failure makes it empty, never the run fail."""

    def __init__(self, root: Path) -> None:
        self._directory = root / DIRECTORY
        self._key: bytes | None = None
        self._connection: sqlite3.Connection | None = None
        self._is_off = False
        self._new: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self._pid = os.getpid()

    def __enter__(self) -> Cache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def get(self, key: bytes) -> bytes | None:
        """What was put there under `key`; None if nothing was, or not by this user."""
        if key in self._new:
            return self._new[key]
        connection = self._open()
        if connection is None or self._key is None:
            return None
        import sqlite3

        try:
            row = connection.execute("SELECT value, signature, used FROM entry WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        if row is None or not isinstance(row[0], bytes) or row[1] != _signature(self._key, key, row[0]):
            return None
        if not isinstance(row[2], int) or row[2] < time.time() - _FRESH:
            self._used.add(key)
        return row[0]

    def put(self, key: bytes, value: bytes) -> None:
        """Keep `value`; it is written at `close`."""
        self._new[key] = value

    def close(self) -> None:
        """Write what is new. Does nothing in a forked process, whose connection is its parent's."""
        if os.getpid() != self._pid:
            return
        if self._new or self._used:
            self._write()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._new.clear()
        self._used.clear()

    def _write(self) -> None:
        connection = self._open()
        if connection is None or self._key is None:
            return
        import sqlite3

        now = int(time.time())
        rows = [(key, value, _signature(self._key, key, value), now) for key, value in self._new.items()]
        try:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", rows)
                connection.executemany("UPDATE entry SET used = ? WHERE key = ?", [(now, key) for key in self._used])
                _prune(connection)
        except sqlite3.Error as error:
            self._give_up(error)

    def _open(self) -> sqlite3.Connection | None:
        if self._connection is not None or self._is_off:
            return self._connection
        self._key = user_key()
        if self._key is None:
            self._is_off = True
            return None
        import sqlite3

        try:
            self._connection = self._connected()
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)
        return self._connection

    def _connected(self) -> sqlite3.Connection:
        import sqlite3

        self._directory.mkdir(exist_ok=True)
        ignore = self._directory / ".gitignore"
        if not ignore.exists():
            ignore.write_text("# Made by dbfold.\n*\n", encoding="utf-8")
        connection = sqlite3.connect(self._directory / _FILE, timeout=_PATIENCE)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA synchronous = OFF")  # what a power cut damages is made again
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, _VERSION):
                raise sqlite3.DatabaseError("the cache of another version")
            with connection:
                connection.execute(_SCHEMA)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_up(self, error: Exception) -> None:
        """This run goes on without a cache; what cannot be read is thrown away, for the next one."""
        import sqlite3

        self._is_off = True
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        busy = isinstance(error, (OSError, sqlite3.OperationalError))  # locked, or the directory cannot be written
        for path in () if busy else _files(self._directory):
            path.unlink(missing_ok=True)


def _files(directory: Path) -> Iterable[Path]:
    return [directory / f"{_FILE}{suffix}" for suffix in ("", "-journal", "-wal", "-shm")]


def _signature(user: bytes, key: bytes, value: bytes) -> bytes:
    return blake2b(key + value, key=user, digest_size=_DIGEST_BYTES).digest()


def _prune(connection: sqlite3.Connection) -> None:
    """Drop what was not used for longest while there is too much."""
    (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    if pages * size <= _LARGEST:
        return
    connection.execute(
        "DELETE FROM entry WHERE key IN (SELECT key FROM entry ORDER BY used LIMIT (SELECT count(*) / 2 FROM entry))"
    )
