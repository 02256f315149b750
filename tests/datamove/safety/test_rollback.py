"""Rollback: the files of a backup in the place of what is there now."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from dbfold import datamove
from dbfold.base.errors import UserError
from dbfold.datamove.progress import Progress
from dbfold.datamove.results import Restored
from dbfold.datamove.safety.rollback import rollback
from dbfold.sqlite.engine import DatabaseError


@pytest.fixture
def moved(estate):
    """An estate after a move, its policy, and the bytes of before."""
    estate.write("zoe.db", "CREATE TABLE t (x); INSERT INTO t VALUES ('zoe')")
    estate.write("a.db", "CREATE TABLE u (x); INSERT INTO u VALUES ('a')")
    before = estate.contents()
    policy = estate.policy()
    datamove.run(policy, estate.data)
    assert sorted(path.name for path in estate.data.iterdir()) == ["backup", "zoe.db"]
    return estate, policy, before


def test_every_byte_is_back_and_what_was_there_is_kept(moved):
    estate, policy, before = moved
    after = (estate.data / "zoe.db").read_bytes()
    restored = rollback(policy, estate.data)
    assert isinstance(restored, Restored)
    assert estate.contents().items() >= before.items()
    assert (restored.before.kind, restored.before.absent, restored.removed) == ("rollback", ("a.db",), ())
    assert (restored.before.directory / "zoe.db").read_bytes() == after


def test_a_rollback_can_be_rolled_back(moved):
    estate, policy, _ = moved
    after = (estate.data / "zoe.db").read_bytes()
    first = rollback(policy, estate.data)
    second = rollback(policy, estate.data, first.before.name)
    assert second.removed == ("a.db",)
    assert (estate.data / "zoe.db").read_bytes() == after
    assert not (estate.data / "a.db").exists()


def test_what_is_in_a_log_now_does_not_get_into_the_old_database(moved):
    estate, policy, before = moved
    live = estate.data / "zoe.db"
    with closing(sqlite3.connect(live, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; DELETE FROM t")
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{live}{suffix}", estate.root / f"kept{suffix}")
    for suffix in ("", "-wal"):
        shutil.copyfile(estate.root / f"kept{suffix}", f"{live}{suffix}")
    restored = rollback(policy, estate.data)
    assert {name: content for name, content in estate.contents().items() if "/" not in name} == before
    assert [file.suffix for file in restored.before.snapshot("zoe.db").files] == ["", "-wal"]


def test_a_damaged_backup_changes_nothing(moved):
    estate, policy, _ = moved
    (backup,) = (estate.data / "backup").iterdir()
    (backup / "a.db").write_bytes(b"damaged")
    before = estate.contents()
    with pytest.raises(DatabaseError, match="is not what was backed up"):
        rollback(policy, estate.data)
    assert estate.contents() == before


def test_too_little_room_is_seen_before_anything_is_written(moved, monkeypatch):
    estate, policy, _ = moved
    before = estate.contents()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 1000))
    with pytest.raises(UserError, match="0 MB are free"):
        rollback(policy, estate.data)
    assert estate.contents() == before


def test_it_tells_what_it_does(moved):
    estate, policy, _ = moved
    told = []

    class Told(Progress):
        def say(self, message):
            told.append(message.partition(":")[0])

        def stage(self, name, rows=0, size=0, path=None):
            told.append(name)

    rollback(policy, estate.data, progress=Told())
    assert told == ["check the backup", "back up what is there", "what was there", "restore", "a.db", "zoe.db"]
