"""A database's files as they were read."""

from __future__ import annotations

from pathlib import Path

from dbfold.datamove.sources.files import Snapshot, SourceFile, StoredFile


def stored(suffix, size, sha256):
    return StoredFile(suffix, size, sha256, 0o644, 0)


def snapshot(*files):
    return Snapshot("a.db", Path("backup/a.db"), files)


def test_the_fingerprint_is_of_the_file_and_the_companions_that_hold_something():
    alone = snapshot(stored("", 10, "f0"))
    assert snapshot(stored("", 10, "f0"), stored("-wal", 0, "e3")).source_file == alone.source_file
    with_log = snapshot(stored("", 10, "f0"), stored("-wal", 5, "aa")).source_file
    assert with_log.sha256 != alone.source_file.sha256
    assert with_log.sha256 != snapshot(stored("", 10, "f0"), stored("-journal", 5, "aa")).source_file.sha256
    assert with_log == SourceFile("a.db", with_log.sha256, 15)


def test_an_empty_file_has_a_fingerprint_too():
    one, other = snapshot(stored("", 0, "e3")), snapshot(stored("", 0, "e4"))
    assert one.source_file.sha256 != other.source_file.sha256


def test_a_snapshot_is_complete_if_no_companion_holds_anything():
    assert snapshot(stored("", 10, "f0"), stored("-wal", 0, "e3")).is_complete
    assert not snapshot(stored("", 10, "f0"), stored("-journal", 1, "e3")).is_complete


def test_copies_of_companions_lie_beside_the_copy():
    log = stored("-wal", 5, "aa")
    one = snapshot(stored("", 10, "f0"), log)
    assert (one.path(one.files[0]), one.path(log)) == (Path("backup/a.db"), Path("backup/a.db-wal"))
    assert one.size == 15
