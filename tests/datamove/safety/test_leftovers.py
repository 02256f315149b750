"""What a run that was killed left."""

from __future__ import annotations

import os

from pieces import policy_of

from dbfold.datamove.safety.backup import begin
from dbfold.datamove.safety.leftovers import clear_leftovers
from dbfold.datamove.safety.swapping import RESTORE_SUFFIX, build_path
from dbfold.datamove.sources.estate import Estate


def test_nothing_is_left_but_the_databases_and_the_backups(tmp_path):
    estate = Estate(policy_of("a.db"), tmp_path, (), (), ())
    for name in ("zoe.db", "a.db", "a.db-wal", f".zoe.db{RESTORE_SUFFIX}", ".b.db.dbfold-retired", "b.db-wal"):
        (tmp_path / name).touch()
    for directory in (estate.work, tmp_path / ".dbfold-plan-x", estate.backups / "dbfold-1"):
        directory.mkdir(parents=True)
    build_path(tmp_path / "zoe.db").touch()
    begin(estate.backups)
    clear_leftovers(estate)
    assert sorted(os.listdir(tmp_path)) == ["a.db", "a.db-wal", "backup", "zoe.db"]
    assert os.listdir(estate.backups) == ["dbfold-1"]


def test_where_nothing_is_left_nothing_happens(tmp_path):
    (tmp_path / "zoe.db").touch()
    clear_leftovers(Estate(policy_of("a.db"), tmp_path, (), (), ()))
    assert os.listdir(tmp_path) == ["zoe.db"]
