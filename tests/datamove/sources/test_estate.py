"""Which files a policy means, in which directory."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest
from pieces import policy_of

from dbfold.base.errors import UserError
from dbfold.datamove.sources.estate import companion_of, companions, data_directory, find_estate
from dbfold.policy.model import Database, Role
from dbfold.sqlite.engine import DatabaseError


def create(*paths):
    for path in paths:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE t (x)")


@pytest.fixture
def policy(tmp_path):
    def make(*retired, **sections):
        return policy_of(*retired, source=tmp_path / "dbfold.yaml", **sections)

    return make


def test_sources_come_in_the_order_of_the_policy(policy, tmp_path):
    create(tmp_path / "b.db", tmp_path / "a.db", tmp_path / "other.db")
    (tmp_path / "notes.txt").write_text("no database")
    estate = find_estate(policy("b.db", "gone.db", "a.db"), tmp_path)
    (target,) = estate.targets
    assert [name for name, _ in target.sources] == ["b.db", "a.db"]
    assert [name for name, _ in target.files] == ["b.db", "a.db"], "zoe.db is not there yet"
    assert estate.absent == ("gone.db",)
    assert estate.left_alone == ("other.db (not in the policy)",)
    create(tmp_path / "zoe.db")
    assert [name for name, _ in target.files] == ["zoe.db", "b.db", "a.db"]


def test_a_pattern_stands_for_many_files(policy, tmp_path):
    create(tmp_path / "cache_2.db", tmp_path / "cache_1.db")
    estate = find_estate(policy("cache_*.db"), tmp_path)
    assert [name for name, _ in estate.targets[0].sources] == ["cache_1.db", "cache_2.db"]


def test_a_retired_database_goes_where_its_heir_went(policy, tmp_path):
    create(tmp_path / "a.db")
    one = policy("b.db")
    one.databases["a.db"] = Database("a.db", Role.RETIRED, into="b.db")
    assert [target.name for target in find_estate(one, tmp_path).targets] == ["zoe.db"]


def test_the_directory_is_the_first_that_exists_here(policy, tmp_path):
    one = policy(data_dirs=("/nowhere/at/all", "stuff", "data"))
    with pytest.raises(UserError, match=r"none of .* exists here \(data, /nowhere/at/all, stuff, data\)"):
        data_directory(one, None)
    (tmp_path / "stuff").mkdir()
    assert data_directory(one, None) == tmp_path / "stuff"
    (tmp_path / "data").mkdir()
    assert data_directory(one, None) == tmp_path / "data", "the primary's comes first"
    assert data_directory(one, tmp_path) == tmp_path
    with pytest.raises(UserError, match="no such directory"):
        data_directory(one, tmp_path / "gone")


@pytest.mark.parametrize(
    ("names", "message"), [(("a.db", "b.db"), "would be there twice"), (("a.db", "zoe.db"), "nothing has to move")]
)
def test_one_file_under_two_names_is_refused(policy, tmp_path, names, message):
    create(tmp_path / names[0])
    os.link(tmp_path / names[0], tmp_path / names[1])
    with pytest.raises(DatabaseError, match=message):
        find_estate(policy("a.db", "b.db"), tmp_path)


def test_companions_lie_beside_the_file_that_a_link_leads_to(tmp_path):
    (tmp_path / "real").mkdir()
    for name in ("a.db", "a.db-wal", "a.db-shm", "a.db-journal"):
        (tmp_path / "real" / name).touch()
    link = tmp_path / "a.db"
    link.symlink_to("real/a.db")
    assert companion_of(link, "-wal") == tmp_path / "real" / "a.db-wal"
    assert [suffix for suffix, _ in companions(link)] == ["-wal", "-journal"], "-shm is made anew"
