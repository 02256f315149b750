"""Running a plan's steps on a new file."""

from __future__ import annotations

import apsw
import pytest
from pieces import plan_of, write

from dbfold.datamove.building.build import build, needs_trial, try_merges
from dbfold.datamove.planning.plan import Account, Problem
from dbfold.datamove.progress import Progress
from dbfold.policy.model import OnConflict
from dbfold.sqlite.engine import DatabaseError

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"
LOG = "CREATE TABLE log (x CHECK (x > 0))"
ZOE = (USERS, "INSERT INTO users VALUES (1, 'ann')")
A = (USERS, LOG, "INSERT INTO users VALUES (1, 'bob'), (2, 'ann')", "INSERT INTO log VALUES (3)")
BY_NAME = {"users": {"key": ("name",), "on_conflict": OnConflict.KEEP_TARGET}}


@pytest.fixture
def built(tmp_path):
    """Builds {name: statements}; returns the plan, what was built, and the place of the new file."""

    def make(databases, run=build, **options):
        plan = plan_of(databases, **options.pop("policy", {}))
        copies = {name: write(tmp_path / name, *sql) for name, sql in databases.items()}
        path = tmp_path / "new.db"
        path.write_bytes(copies["zoe.db"].read_bytes())
        return plan, run(plan, copies, path, tmp_path / "scratch", **options), path

    return make


def test_a_file_has_what_the_plan_says(built, tmp_path):
    told = []

    class Told(Progress):
        def step(self, what, done):
            told.append((what, done))

    finished = []
    plan, result, _ = built(
        {"zoe.db": ZOE, "a.db": A},
        policy={"tables": BY_NAME},
        progress=Told(),
        finish=lambda connection, number: finished.append(connection.execute("SELECT x FROM log").fetchall()),
    )
    assert needs_trial(plan)
    assert result.accounts == [
        Account("a.db", "users", "users", 2, 1, 0, 1, 0, 2), Account("a.db", "log", "log", 1, 1),
    ]  # fmt: skip
    assert (result.move_id, result.problems, result.conflicts) == (1, [], {})
    assert finished == [[(3,)]]
    assert told[0] == ("a.db: log: create", 0)
    assert not (tmp_path / "scratch").exists()


def test_what_must_not_be_stops_a_build(built, tmp_path):
    doubled = (USERS.replace(" UNIQUE", ""), "INSERT INTO users VALUES (1, 'bob'), (2, 'bob')")
    zoe = (doubled[0],)
    with pytest.raises(DatabaseError, match=r"a\.db: users: the key \(name\) is not unique: 1 of its values"):
        built({"zoe.db": zoe, "a.db": doubled}, policy={"tables": BY_NAME})
    assert not (tmp_path / "scratch").exists()


def test_what_sqlite_refuses_stops_a_build_with_a_remedy(built):
    broken = (LOG, "PRAGMA ignore_check_constraints = ON", "INSERT INTO log VALUES (-1)")
    with pytest.raises(DatabaseError, match=r"a\.db: log: CHECK constraint failed: x > 0 \(1 rows\); mend those rows"):
        built({"zoe.db": (USERS,), "a.db": broken})


def test_a_trial_counts_and_goes_on(built):
    databases = {
        "zoe.db": (*ZOE, "CREATE TABLE notes (k PRIMARY KEY, x UNIQUE)", "INSERT INTO notes VALUES (1, 1)"),
        "a.db": (*A, "CREATE TABLE notes (k PRIMARY KEY, x UNIQUE)", "INSERT INTO notes VALUES (2, 1)"),
    }
    _, result, _ = built(databases, try_merges, policy={"tables": {**BY_NAME, "notes": {"key": ("k",)}}})
    (problem,) = result.problems
    assert isinstance(problem, Problem)
    assert problem.message.startswith("x is UNIQUE, and 1 rows that have other keys (k)")
    assert [account.name for account in result.accounts] == ["users"], "only tables that both have are tried"


def test_a_trial_counts_conflicts_by_column(built):
    databases = {"zoe.db": ZOE, "a.db": (USERS, "INSERT INTO users VALUES (1, 'bob')")}
    _, result, _ = built(databases, try_merges)
    assert result.conflicts == {("users", "name"): 1}
    assert result.accounts == [Account("a.db", "users", "users", 1, 0, conflict=1)]


def test_a_trial_does_not_repeat_what_the_plan_says_already(built):
    both = (USERS, "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id REFERENCES users)")
    databases = {
        "zoe.db": both,
        "a.db": (*both, "INSERT INTO users VALUES (1, 'x')", "INSERT INTO posts VALUES (1, 1)"),
    }
    policy = {"tables": {"users": {"key": ("mail",)}}}
    plan, result, _ = built(databases, try_merges, policy=policy)
    assert [problem.table for problem in plan.problems] == ["users"]
    assert result.problems == []


def test_rows_that_are_copied_need_no_trial(built):
    plan, _, _ = built({"zoe.db": (USERS,), "a.db": (LOG,)})
    assert not needs_trial(plan)


def test_a_progress_that_says_so_interrupts(built):
    class Stop(Progress):
        def tick(self):
            return True

    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
    many = f"{numbers} INSERT INTO log SELECT i FROM n"
    with pytest.raises(apsw.InterruptError):
        built({"zoe.db": (USERS,), "a.db": (LOG, many)}, progress=Stop())
