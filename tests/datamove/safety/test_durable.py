"""Files and directories that are on the disk when a function returns."""

from __future__ import annotations

import os

import pytest

from dbfold.datamove.safety.durable import flush_directory, flush_file, fresh_directory, write_file


@pytest.fixture
def flushed(monkeypatch):
    """The inodes that were flushed."""
    found = []
    flush = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (found.append(os.fstat(descriptor).st_ino), flush(descriptor)))
    return found


def test_a_file_is_flushed_when_it_is_written(tmp_path, flushed):
    write_file(tmp_path / "a", "ä\udcff")
    assert (tmp_path / "a").read_bytes() == b"\xc3\xa4\xff", "names of files may be no text"
    assert flushed == [(tmp_path / "a").stat().st_ino]


def test_files_and_directories_are_flushed(tmp_path, flushed):
    (tmp_path / "a").touch()
    flush_file(tmp_path / "a")
    flush_directory(tmp_path)
    assert flushed == [(tmp_path / "a").stat().st_ino, tmp_path.stat().st_ino]


def test_a_fresh_directory_is_empty_whatever_was_there(tmp_path):
    made = fresh_directory(tmp_path / "deep" / "er")
    (made / "left").touch()
    assert list(fresh_directory(made).iterdir()) == []
