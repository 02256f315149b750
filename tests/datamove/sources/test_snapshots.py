"""A database's content at one instant: bytes as they are, and a copy that SQLite can read."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from dbfold.datamove.sources.files import Snapshot
from dbfold.datamove.sources.locks import DatabaseFile, LockedError
from dbfold.datamove.sources.snapshots import check, copy_locked, copy_shared, readable_copy, recovered
from dbfold.sqlite.engine import DatabaseError, fetch, open_copy


@pytest.fixture
def place(tmp_path):
    for name in ("data", "copies", "scratch"):
        (tmp_path / name).mkdir()
    return tmp_path


def create(path, *scripts, keep_log=False):
    """A database; with `keep_log` its last script is in the -wal alone."""
    with closing(sqlite3.connect(path.with_name("making.db"), isolation_level=None)) as connection:
        for script in scripts[:-1] if keep_log else scripts:
            connection.executescript(script)
        if keep_log:
            connection.executescript("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;")
            connection.executescript(scripts[-1])
        for suffix in ("", "-wal"):
            made = path.with_name(f"making.db{suffix}")
            if made.exists():
                shutil.copyfile(made, path.with_name(path.name + suffix))
    for file in path.parent.glob("making.db*"):
        file.unlink()
    return path


def rows(path):
    with closing(open_copy(path)) as connection:
        return fetch(connection, "SELECT x FROM t ORDER BY 1")


def test_a_copy_has_the_bytes_of_the_file_and_of_its_companions(place):
    path = create(place / "data/a.db", "CREATE TABLE t (x)", "INSERT INTO t VALUES (1)", keep_log=True)
    path.chmod(0o640)
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    file = DatabaseFile(path)
    snapshot = copy_locked("a.db", path, file, place / "copies/a.db")
    file.close()
    assert {one.name: one.read_bytes() for one in (place / "copies").iterdir()} == before
    assert [(stored.suffix, stored.size) for stored in snapshot.files] == [
        ("", len(before["a.db"])),
        ("-wal", len(before["a.db-wal"])),
    ]
    assert snapshot.files[0].mode == 0o640
    assert (snapshot.is_complete, snapshot.link) == (False, None)


def test_a_link_is_remembered(place):
    create(place / "scratch/real.db", "CREATE TABLE t (x)")
    (place / "data/a.db").symlink_to("../scratch/real.db")
    snapshot = copy_shared("a.db", place / "data/a.db", place / "copies/a.db")
    assert snapshot.link == "../scratch/real.db"


def test_what_is_in_the_log_is_applied_to_another_copy(place):
    path = create(place / "data/a.db", "CREATE TABLE t (x)", "INSERT INTO t VALUES (1), (2)", keep_log=True)
    snapshot = copy_shared("a.db", path, place / "copies/a.db")
    stored = {file.name: file.read_bytes() for file in (place / "copies").iterdir()}
    copy, inventory = readable_copy(snapshot, place / "scratch/a.db")
    assert copy == place / "scratch/a.db"
    assert (rows(copy), inventory.tables["t"].rows) == ([(1,), (2,)], 2)
    assert {file.name: file.read_bytes() for file in (place / "copies").iterdir()} == stored
    assert rows(recovered(snapshot, place / "scratch/again.db")) == [(1,), (2,)]


def test_a_complete_copy_is_read_as_it_is(place):
    path = create(place / "data/a.db", "CREATE TABLE t (x)")
    snapshot = copy_shared("a.db", path, place / "copies/a.db")
    assert readable_copy(snapshot, place / "scratch/a.db")[0] == place / "copies/a.db"
    assert readable_copy(snapshot, place / "scratch/a.db", "UTF-8")[0] == place / "copies/a.db"


def test_another_encoding_is_a_new_file(place):
    path = create(place / "data/a.db", "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (x); INSERT INTO t VALUES ('ä')")
    snapshot = copy_shared("a.db", path, place / "copies/a.db")
    copy, inventory = readable_copy(snapshot, place / "scratch/a.db", "UTF-8")
    assert copy == place / "scratch/a.db-encoded"
    assert (inventory.encoding, rows(copy)) == ("UTF-8", [("ä",)])


def test_a_file_that_never_stands_still_is_given_up(place, monkeypatch):
    path = create(place / "data/a.db", "CREATE TABLE t (x)")
    states = iter(range(1000))
    monkeypatch.setattr("dbfold.datamove.sources.snapshots._states", lambda path: next(states))
    with pytest.raises(LockedError, match="changes all the time"):
        copy_shared("a.db", path, place / "copies/a.db", wait=0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no database at all, but long enough to be looked at by SQLite " * 20, "is not an SQLite database"),
        (b"SQLite format 3\0" + b"\xff" * 4096, "is not an SQLite database"),
    ],
)
def test_what_is_no_database_is_said_with_its_name(place, content, message):
    (place / "copies/a.db").write_bytes(content)
    with pytest.raises(DatabaseError, match=rf"a\.db: {message}"):
        check("a.db", place / "copies/a.db")


def test_damage_is_found_in_every_page(place):
    path = create(place / "data/a.db", "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(9000))")
    content = bytearray(path.read_bytes())
    content[4096:4200] = b"\xff" * 104
    path.write_bytes(content)
    with pytest.raises(DatabaseError, match=r"a\.db: is damaged"):
        check("a.db", path)


def test_rows_that_break_a_rule_are_no_damage(place):
    script = "CREATE TABLE t (x CHECK (x > 0), y NOT NULL DEFAULT 1); PRAGMA ignore_check_constraints = ON;"
    path = create(place / "data/a.db", script + "INSERT INTO t (x) VALUES (-1)")
    assert check("a.db", path).tables["t"].rows == 1


def test_an_empty_file_is_an_empty_database(place):
    (place / "copies/a.db").touch()
    snapshot = Snapshot("a.db", place / "copies/a.db", ())
    assert readable_copy(snapshot, place / "scratch/a.db", "UTF-16be")[1].tables == {}
