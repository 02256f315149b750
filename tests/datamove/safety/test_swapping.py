"""The instant at which the new database takes the old one's place."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import apsw
import pytest

from dbfold.datamove.safety import swapping
from dbfold.datamove.safety.swapping import (
    build_path,
    discard_build,
    finish_file,
    finish_retiring,
    put_in_place,
    retire,
    settled,
)
from dbfold.datamove.sources.locks import DatabaseFile, LockedError
from dbfold.sqlite.header import is_wal


def create(path, *scripts, log=False):
    """A database; with `log`, a -wal that holds the last script lies beside it."""
    making = path.with_name("making")
    with closing(sqlite3.connect(making, isolation_level=None)) as connection:
        if log:
            connection.executescript("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;")
            connection.executescript(scripts[0])
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            scripts = scripts[1:]
        for script in scripts:
            connection.executescript(script)
        for suffix in ("", "-wal"):
            if making.with_name(f"making{suffix}").exists():
                shutil.copyfile(making.with_name(f"making{suffix}"), path.with_name(path.name + suffix))
    for file in path.parent.glob("making*"):
        file.unlink()
    return path


def rows(path):
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT x FROM t")]


T = "CREATE TABLE t (x); INSERT INTO t VALUES ({})"


def test_it_is_built_beside_the_real_file(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/zoe.db").touch()
    (tmp_path / "zoe.db").symlink_to("real/zoe.db")
    assert build_path(tmp_path / "zoe.db") == tmp_path / "real/.zoe.db.dbfold-build"
    for suffix in ("", "-wal", "-shm", "-journal"):
        (tmp_path / f"real/.zoe.db.dbfold-build{suffix}").touch()
    discard_build(tmp_path / "zoe.db")
    assert os.listdir(tmp_path / "real") == ["zoe.db"]


@pytest.mark.parametrize("wal", [True, False])
def test_the_journal_mode_is_that_of_the_old_one(tmp_path, wal):
    path = create(tmp_path / "new", T.format(1))
    finish_file(path, wal=wal)
    assert is_wal(path) is wal
    assert os.listdir(tmp_path) == ["new"], "without a log beside it"


def test_the_new_file_has_the_mode_of_the_old_one(tmp_path):
    old, new = create(tmp_path / "zoe.db", T.format("'old'")), create(tmp_path / "new", T.format("'new'"))
    old.chmod(0o606)
    put_in_place(new, old)
    assert (rows(old), old.stat().st_mode & 0o777) == (["new"], 0o606)
    assert os.listdir(tmp_path) == ["zoe.db"]


def test_a_link_goes_on_leading_to_the_file(tmp_path):
    (tmp_path / "real").mkdir()
    create(tmp_path / "real/zoe.db", T.format("'old'"))
    (tmp_path / "zoe.db").symlink_to("real/zoe.db")
    put_in_place(create(tmp_path / "real/new", T.format("'new'")), tmp_path / "zoe.db")
    assert (tmp_path / "zoe.db").is_symlink()
    assert rows(tmp_path / "real/zoe.db") == ["new"]


def test_a_target_that_was_not_there_is_there_then(tmp_path):
    put_in_place(create(tmp_path / "new", T.format(1)), tmp_path / "zoe.db")
    assert rows(tmp_path / "zoe.db") == [1]


@pytest.fixture
def guarded(tmp_path):
    """A locked target with a log, and what it is with the log in it."""
    path = create(tmp_path / "zoe.db", T.format(1), "INSERT INTO t VALUES (2)", log=True)
    whole = tmp_path / "whole"
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{path}{suffix}", f"{whole}{suffix}")
    with closing(apsw.Connection(str(whole))) as connection:  # a file names the SQLite that wrote it last
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    guard = DatabaseFile(path)
    guard.lock(exclusive=True)
    yield path, guard, whole
    guard.close()


def test_what_is_in_the_log_is_brought_into_the_old_file_first(guarded):
    path, guard, whole = guarded
    with settled(path, guard, whole):
        assert not path.with_name("zoe.db-wal").exists()
        code = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('SELECT * FROM t')"
        other = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False)
        assert "database is locked" in other.stderr
    assert rows(path) == [1, 2]


def test_who_was_faster_is_noticed(guarded):
    path, guard, whole = guarded
    with closing(sqlite3.connect(whole)) as connection:
        connection.execute("DELETE FROM t")
        connection.commit()
    with (
        pytest.raises(LockedError, match="was changed by another program in the last moment"),
        settled(path, guard, whole),
    ):
        pytest.fail("it is another one")


def test_an_empty_log_goes_without_ado(tmp_path):
    path = create(tmp_path / "zoe.db", T.format(1))
    (tmp_path / "zoe.db-wal").touch()
    guard = DatabaseFile(path)
    guard.lock(exclusive=True)
    with settled(path, guard, path):
        assert os.listdir(tmp_path) == ["zoe.db"]
    guard.close()


def test_a_database_is_put_away_with_what_belongs_to_it(tmp_path):
    for name in ("a.db", "a.db-wal", "a.db-shm", "b.db"):
        (tmp_path / name).touch()
    retire(tmp_path / "a.db")
    assert os.listdir(tmp_path) == ["b.db"]


def test_of_a_link_only_the_link_is_put_away(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a.db").touch()
    (tmp_path / "a.db").symlink_to("real/a.db")
    retire(tmp_path / "a.db")
    assert os.listdir(tmp_path) == ["real"]
    assert os.listdir(tmp_path / "real") == ["a.db"]


def test_putting_away_is_finished_later_but_a_new_database_of_that_name_is_left_alone(tmp_path):
    retired = "." + "a.db" + swapping._RETIRED_SUFFIX
    for name in (retired, "a.db-wal"):
        (tmp_path / name).touch()
    finish_retiring(tmp_path)
    assert os.listdir(tmp_path) == []
    for name in (retired, "a.db", "a.db-wal"):
        (tmp_path / name).touch()
    finish_retiring(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["a.db", "a.db-wal"]
