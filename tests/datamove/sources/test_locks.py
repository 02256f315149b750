"""Keeping others out, below SQLite."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import apsw
import pytest

from dbfold.base.errors import UserError
from dbfold.datamove.sources.locks import DatabaseFile, LockedError, locked, move_lock, users_of

OPENS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2])
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(5000)), ('end')")
    return path


@contextmanager
def somebody(path, sql):
    """Another process that has done something with the database, and has it open."""
    command = [sys.executable, "-c", OPENS, path, sql]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()


def write_as_another(path):
    """A program of its own that writes at once or fails."""
    code = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('CREATE TABLE other (x)')"
    return subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False)


def test_nobody_writes_what_is_locked_and_its_bytes_can_be_read(database):
    with locked([database], exclusive=True) as files:
        assert b"".join(files[database].chunks()) == database.read_bytes()
    with locked([database], exclusive=True) as files:
        b"".join(files[database].chunks())
        assert "database is locked" in write_as_another(database).stderr, "reading has not dropped the lock"
    assert write_as_another(database).returncode == 0


def test_a_shared_lock_lets_others_read(database):
    with locked([database], exclusive=False), closing(apsw.Connection(str(database))) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchall() == [(2,)]
        with pytest.raises(apsw.BusyError):
            connection.execute("INSERT INTO t VALUES (1)")


def test_who_is_in_the_way_is_named(database):
    file = DatabaseFile(database)
    with somebody(database, "BEGIN EXCLUSIVE") as process:
        assert [f"(pid {process.pid})" in name for name in users_of([database])] == [True]
        with pytest.raises(LockedError, match=rf"a\.db: .*\(pid {process.pid}\) has it open or is writing to it"):
            file.lock(exclusive=True, wait=0)
    file.lock(exclusive=True, wait=0)
    file.close()
    file.close()  # once more does no harm
    assert users_of([database, database.with_name("gone")]) == []


def test_all_locks_are_given_back_if_one_cannot_be_had(database, tmp_path, monkeypatch):
    monkeypatch.setattr(DatabaseFile.lock, "__defaults__", (0.0,))
    other = tmp_path / "b.db"
    other.write_bytes(database.read_bytes())
    with (
        somebody(other, "BEGIN EXCLUSIVE"),
        pytest.raises(LockedError, match=r"b\.db"),
        locked([database, other], exclusive=True),
    ):
        pytest.fail("b.db is being written")
    assert write_as_another(database).returncode == 0


def test_a_file_that_is_not_there_cannot_be_opened(tmp_path):
    with pytest.raises(UserError, match="cannot be opened"):
        DatabaseFile(tmp_path / "gone.db")


def test_one_move_at_a_time(tmp_path):
    with (
        move_lock(tmp_path),
        pytest.raises(LockedError, match="another dbfold is moving databases there"),
        move_lock(tmp_path),
    ):
        pytest.fail("there are two")
    with move_lock(tmp_path):
        assert os.listdir(tmp_path) == [], "the lock leaves no file"
