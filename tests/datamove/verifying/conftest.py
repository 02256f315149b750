"""A finished move of everything that the checks look at, built once; each case spoils a copy of it."""

from __future__ import annotations

import shutil
from contextlib import closing

import apsw
import pytest
from pieces import plan_of, write

from dbfold.datamove import ledger
from dbfold.datamove.building.build import build
from dbfold.datamove.verifying.evidence import Evidence
from dbfold.policy.model import OnConflict
from dbfold.sqlite.engine import encoding_of, open_scratch

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, mail)"
POSTS = "CREATE TABLE posts (id INTEGER PRIMARY KEY, author REFERENCES users(id), text)"
LOG = "CREATE TABLE log (line, user_id REFERENCES users(id))"
DATABASES = {
    "zoe.db": (
        USERS,
        LOG,
        "CREATE TABLE kept (x)",
        "CREATE INDEX by_mail ON users (mail)",
        "CREATE TRIGGER tr AFTER DELETE ON users BEGIN SELECT 1; END",
        "PRAGMA user_version = 4",
        "INSERT INTO users VALUES (1, 'ann', 'a@z'), (2, 'bob', 'b@z')",
        "INSERT INTO log VALUES ('in', 1), ('out', NULL)",
        "INSERT INTO kept VALUES ('x'), (zeroblob(3))",
    ),
    "a.db": (
        USERS,
        POSTS,
        LOG,
        "CREATE VIEW authors AS SELECT author FROM posts",
        "INSERT INTO users VALUES (1, 'bob', 'b@a'), (2, 'cyd', 'c@a'), (7, NULL, 'x@a')",
        "INSERT INTO posts VALUES (1, 1, 'of bob'), (2, '2', 'of cyd'), (3, 99, 'of nobody'), (4, NULL, 'x')",
        "INSERT INTO log VALUES ('in', 1), ('in', 1)",
    ),
}
POLICY = {
    "tables": {"users": {"key": ("name",), "on_conflict": OnConflict.KEEP_TARGET}},
}


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The plan, the databases of before, and the new file."""
    place = tmp_path_factory.mktemp("finished")
    plan = plan_of(DATABASES, **POLICY)
    assert plan.problems == ()
    copies = {name: write(place / name, *sql) for name, sql in DATABASES.items()}
    path = place / "new.db"
    shutil.copyfile(copies["zoe.db"], path)

    def finish(connection, number):
        ledger.record(connection, plan, number, "2026-01-01T00:00:00+00:00", "dbfold-1", "{}")

    built = build(plan, copies, path, place / "scratch", finish=finish)
    return plan, copies, path, built.move_id


@pytest.fixture
def evidence(finished, tmp_path):
    """Evidence of the move, after these statements have been run on the new file."""
    plan, copies, path, move_id = finished
    opened = []

    def make(*statements):
        spoiled = tmp_path / f"spoiled{len(opened)}.db"
        shutil.copyfile(path, spoiled)
        with closing(apsw.Connection(str(spoiled))) as connection:
            for statement in statements:
                connection.execute(statement).fetchall()
        connection = open_scratch(tmp_path / f"scratch{len(opened)}", encoding_of(spoiled))
        opened.append(connection)
        return Evidence(connection, spoiled, plan, copies, move_id)

    yield make
    for connection in opened:
        connection.close()
