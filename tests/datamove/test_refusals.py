"""What has to hold before a move writes anything."""

from __future__ import annotations

import os
import shutil

import pytest
from pieces import policy_of

from dbfold.base.errors import UserError
from dbfold.datamove import refusals
from dbfold.datamove.planning.plan import Plan, Problem
from dbfold.datamove.refusals import (
    MoveRefused,
    refuse_users,
    require_decided,
    require_expected,
    require_space,
    require_writable,
)
from dbfold.datamove.results import Preview
from dbfold.datamove.sources.estate import Estate, Target
from dbfold.datamove.sources.files import Snapshot, StoredFile
from dbfold.datamove.sources.locks import LockedError


@pytest.fixture
def estate(tmp_path):
    for name in ("zoe.db", "a.db"):
        (tmp_path / name).write_bytes(b"x" * (1 << 20))
    target = Target("zoe.db", tmp_path / "zoe.db", (("a.db", tmp_path / "a.db"),))
    return Estate(policy_of("a.db"), tmp_path, (target,), (), ())


def test_open_decisions_are_told_with_their_places():
    problems = (Problem("a.db", "t", "differs", ("rename: …",)), Problem("b.db", None, "is damaged"))
    previews = [Preview(Plan("zoe.db", problems=(one,))) for one in problems]
    with pytest.raises(MoveRefused) as refusal:
        require_decided(previews)
    assert refusal.value.problems == problems
    assert str(refusal.value).splitlines()[1:] == ["  a.db: t: differs", "  b.db: is damaged"]
    require_decided([Preview(Plan("zoe.db"))])


def test_who_has_a_database_open_is_named(estate, monkeypatch):
    refuse_users(estate)
    asked = []
    monkeypatch.setattr(refusals, "users_of", lambda paths: asked.extend(paths) or ["python (pid 7)"])
    with pytest.raises(LockedError, match=r"python \(pid 7\) has a database open and could lose what it writes"):
        refuse_users(estate)
    assert [path.name for path in asked] == ["zoe.db", "a.db"]


def test_databases_must_be_those_of_the_plan(tmp_path):
    snapshots = {
        name: Snapshot(name, tmp_path / name, (StoredFile("", 1, digest, 0, 0),))
        for name, digest in (("zoe.db", "00"), ("a.db", "aa"))
    }
    now = {name: snapshot.source_file.sha256 for name, snapshot in snapshots.items()}
    require_expected(snapshots, None)
    require_expected(snapshots, now)
    for expected, changed in (
        ({**now, "a.db": "bb"}, "a.db"),
        ({"zoe.db": now["zoe.db"]}, "a.db"),
        ({**now, "b.db": "cc"}, "b.db"),
        ({}, "a.db, zoe.db"),
    ):
        with pytest.raises(UserError, match=f"^{changed} changed since the plan was made"):
            require_expected(snapshots, expected)


def test_the_directory_must_be_writable_and_that_of_a_linked_target_too(estate, tmp_path, monkeypatch):
    require_writable(estate)
    (tmp_path / "real").mkdir()
    (tmp_path / "zoe.db").rename(tmp_path / "real/zoe.db")
    (tmp_path / "zoe.db").symlink_to("real/zoe.db")
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path / "real")
    with pytest.raises(UserError, match=r"real: is not writable"):
        require_writable(estate)


@pytest.mark.parametrize(("free", "enough"), [(22 << 20, True), ((22 << 20) - 1, False)])
def test_there_must_be_room_for_backup_new_database_and_scratch_files(estate, monkeypatch, free, enough):
    """Three times two files of 1 MB, and 16 MB to spare."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1 << 40, 0, free))
    if enough:
        require_space(estate)
    else:
        with pytest.raises(UserError, match="21 MB are free, and the move needs 22 MB"):
            require_space(estate)
