"""Files of moved databases that are there again are found by the ledger of the database that took them in."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from dbfold.base.errors import UserError
from dbfold.datamove.returned import find_returned
from dbfold.datamove.run import run
from dbfold.policy.loading import load_policy

POLICY = """\
version: 1
databases:
  app.db: {role: primary, path: data/app.db}
  users.db: {role: retired, into: app.db}
  "cache_*.db": {role: retired, into: app.db}
data_dirs: [data]
"""


def make(root, *names):
    for name in names:
        with closing(sqlite3.connect(root / "data" / f"{name}.db")) as connection:
            connection.execute(f"CREATE TABLE {name} (text)")


@pytest.fixture
def policy(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "dbfold.yaml").write_text(POLICY)
    make(tmp_path, "app", "users")
    return load_policy(tmp_path / "dbfold.yaml")


def test_before_a_move(policy):
    assert find_returned(policy) == ()


def test_after_a_move(policy):
    run(policy)
    assert find_returned(policy) == ()


def test_what_comes_back(policy, tmp_path):
    run(policy)
    make(tmp_path, "users", "cache_1")
    (found,) = find_returned(policy)
    assert (found.name, found.path, found.target) == ("users.db", tmp_path / "data/users.db", "app.db")
    assert found.moved_at[:3] == "202"
    assert found.users == ()


def test_a_file_of_a_pattern_that_was_moved(policy, tmp_path):
    make(tmp_path, "cache_1")
    run(policy)
    make(tmp_path, "cache_1", "cache_2")
    assert [one.name for one in find_returned(policy)] == ["cache_1.db"]


def test_while_others_write_to_the_database(policy, tmp_path):
    run(policy)
    make(tmp_path, "users")
    with closing(sqlite3.connect(tmp_path / "data/app.db")) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("INSERT INTO users VALUES ('late')")
        before = {path: path.read_bytes() for path in (tmp_path / "data").glob("app.db*")}
        assert [one.name for one in find_returned(policy)] == ["users.db"]
        assert {path: path.read_bytes() for path in (tmp_path / "data").glob("app.db*")} == before


def test_no_directory(policy, tmp_path):
    with pytest.raises(UserError, match="no such directory"):
        find_returned(policy, tmp_path / "elsewhere")
