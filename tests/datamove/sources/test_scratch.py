"""Directories for copies, and those that killed plans left."""

from __future__ import annotations

import os

from dbfold.datamove.sources.scratch import discard_scratch, scratch_directory


def test_a_directory_lies_beside_the_databases_and_is_gone_afterwards(tmp_path):
    with scratch_directory(tmp_path) as work:
        assert work.parent == tmp_path
        (work / "copy").touch()
    assert os.listdir(tmp_path) == []


def test_where_nothing_can_be_written_it_lies_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with scratch_directory(tmp_path) as work:
        assert work.parent != tmp_path
    assert not work.exists()


def test_what_was_left_is_removed_but_not_what_is_in_use(tmp_path):
    (tmp_path / ".dbfold-plan-left").mkdir()
    (tmp_path / ".dbfold-plan-left" / "copy").touch()
    (tmp_path / "zoe.db").touch()
    with scratch_directory(tmp_path) as work:
        discard_scratch(tmp_path)
        assert sorted(os.listdir(tmp_path)) == sorted([work.name, "zoe.db"])
