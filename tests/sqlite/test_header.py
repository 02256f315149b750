"""How files of SQLite begin, and that asking costs nothing."""

from __future__ import annotations

import subprocess
import sys

import apsw
import pytest

from dbfold.sqlite import header


@pytest.fixture
def database(tmp_path):
    connection = apsw.Connection(str(tmp_path / "a"))
    connection.execute("CREATE TABLE t (x)")
    yield connection
    connection.close()


def test_a_database_is_one_whatever_its_name(database, tmp_path):
    assert header.is_database(tmp_path / "a")
    assert not header.is_wal(tmp_path / "a")


@pytest.mark.parametrize("content", [b"", b"SQLite format 3", b"SQLite format 4\0", b"text"])
def test_other_files_are_none(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    assert not header.is_database(tmp_path / "a")
    assert not header.is_wal(str(tmp_path / "a"))


def test_a_file_that_is_not_there_is_no_answer(tmp_path):
    with pytest.raises(FileNotFoundError):
        header.is_database(tmp_path / "a")


def test_a_log_and_a_journal_begin_as_sqlite_writes_them(database, tmp_path):
    database.execute("PRAGMA journal_mode = PERSIST; INSERT INTO t VALUES (1)").fetchall()
    database.execute("BEGIN; INSERT INTO t VALUES (2)").fetchall()
    database.cache_flush()
    assert (tmp_path / "a-journal").read_bytes().startswith(header.JOURNAL_MAGIC)
    database.execute("COMMIT; PRAGMA journal_mode = WAL; INSERT INTO t VALUES (3)").fetchall()
    assert (tmp_path / "a-wal").read_bytes().startswith(header.WAL_MAGICS)
    assert header.is_wal(tmp_path / "a")


def test_asking_imports_no_sqlite():
    program = "import sys; import dbfold.sqlite.header; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"apsw", "sqlite3", "dbfold.sqlite.engine"}.isdisjoint(done.stdout.split())
