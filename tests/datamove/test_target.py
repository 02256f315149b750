"""One database that takes others in: read, planned, built, verified, swapped."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager

import apsw
import pytest

from dbfold.datamove.progress import Progress
from dbfold.datamove.results import Backup
from dbfold.datamove.safety.swapping import build_path
from dbfold.datamove.sources.estate import find_estate
from dbfold.datamove.sources.locks import LockedError, locked
from dbfold.datamove.sources.snapshots import copy_shared
from dbfold.datamove.target import TargetMove, write_errors
from dbfold.sqlite.engine import DatabaseError

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
DECIDED = "tables: {users: {key: [name], on_conflict: keep-target}}\n"


@pytest.fixture
def read(estate, tmp_path):
    """Reads the estate's one target, as a plan does."""

    def make(decisions=DECIDED):
        one = find_estate(estate.policy(decisions), estate.data)
        (target,) = one.targets
        work = tmp_path / f"work{len(list(tmp_path.glob('work*')))}"
        work.mkdir()
        (work / "copies").mkdir()
        snapshots = {name: copy_shared(name, path, work / "copies" / name) for name, path in target.files}
        return TargetMove(one, target, snapshots, work)

    return make


@pytest.fixture
def users(estate):
    estate.write("zoe.db", USERS, "INSERT INTO users VALUES (1, 'ann');")
    return estate.write("a.db", USERS, "INSERT INTO users VALUES (1, 'bob'), (2, 'ann');")


def sources_are_untouched(estate, before):
    return {name: content for name, content in estate.contents().items() if not name.startswith(".")} == before


def test_a_plan_is_tried_where_databases_meet(users, read):
    before = users.contents()
    preview = read().preview
    (account,) = preview.accounts
    assert (account.moved, account.mapped, account.renumbered) == (1, 1, 2)
    assert (preview.problems, preview.conflicts) == ((), {})
    assert users.contents() == before


def test_what_the_trial_met_is_a_problem_with_its_choices(users, read):
    preview = read("").preview
    assert preview.conflicts == {("users", "name"): 1}
    (problem,) = preview.problems
    assert problem.message.startswith("name is UNIQUE, and 1 rows that have other keys (id) have the value")
    assert problem.choices[0] == "tables: {users: {key: [name]}}"


def test_rows_of_one_database_only_are_not_tried(estate, read):
    estate.write("a.db", USERS)
    assert read().preview.accounts == ()


def test_a_database_that_cannot_be_read_is_a_problem_and_the_others_are_planned(users, read):
    (users.data / "b.db").write_bytes(b"no database, whatever it is called " * 200)
    users.into["b.db"] = "zoe.db"
    preview = read().preview
    assert [(problem.database, problem.message.partition(",")[0]) for problem in preview.problems] == [
        ("b.db", "is not an SQLite database")
    ]
    assert [move.database for move in preview.plan.moves] == ["a.db"]


def test_a_rehearsal_leaves_nothing(users, read):
    before = users.contents()
    target = read()
    moved = target.rehearse(Progress())
    assert all(check.passed for check in moved.checks)
    assert (moved.retired, moved.accounts) == ((), target.preview.accounts)
    assert users.contents() == before
    assert not (target.work / "rehearsal").exists()


@contextmanager
def built(target):
    paths = [path for _, path in target.target.files]
    with locked(paths, exclusive=True) as guards:
        target.build("dbfold-1", Progress())
        yield guards


def test_it_is_built_beside_and_put_in_place_at_once(users, read):
    before = users.contents()
    target = read()
    with built(target) as guards:
        assert build_path(users.data / "zoe.db").exists()
        assert sources_are_untouched(users, before)
        target.swap(guards, Progress())
    assert users.query("SELECT * FROM users") == [(1, "ann"), (3, "bob")], "2 was an id of the source"
    assert users.query("SELECT backup FROM _dbfold_moves") == [("dbfold-1",)]
    backup = Backup(users.data / "backup", "2026", "move", (), ())
    assert target.put_away(backup, Progress()) == ("a.db",)
    assert list(users.contents()) == ["zoe.db"]


def test_what_was_moved_before_is_not_moved_again(users, read):
    source = (users.data / "a.db").read_bytes()
    target = read()
    with built(target) as guards:
        target.swap(guards, Progress())
    assert hashlib.sha256((users.data / "a.db").read_bytes()).digest() == hashlib.sha256(source).digest()
    again = read()
    assert (again.preview.plan.moved_before, again.preview.plan.sources) == (("a.db",), ())
    assert again.build("dbfold-2", Progress()).checks == ()
    assert not build_path(users.data / "zoe.db").exists()


def test_a_source_that_changed_past_the_locks_stops_the_swap(users, read):
    target = read()
    with built(target) as guards:
        path = users.data / "a.db"
        path.write_bytes(path.read_bytes())
        with pytest.raises(LockedError, match=r"a\.db: was changed while it was moved, past SQLite's locks"):
            target.swap(guards, Progress())
    assert users.query("SELECT * FROM users") == [(1, "ann")]


def test_a_verification_that_fails_stops_everything(users, read, monkeypatch):
    def spoiled(connection, plan, *rest):
        connection.execute("UPDATE users SET name = 'eve' WHERE name = 'bob'")

    monkeypatch.setattr("dbfold.datamove.target.ledger.record", spoiled)
    target = read()
    with pytest.raises(DatabaseError, match=r"zoe\.db: verification failed; nothing has been changed") as failure:
        target.rehearse(Progress())
    assert "contents: a.db: users: 1 rows are not in users" in str(failure.value)
    assert users.query("SELECT * FROM users") == [(1, "ann")]


@pytest.mark.parametrize(
    ("raised", "becomes", "message"),
    [
        (apsw.FullError("full"), OSError, r"cannot write .*new\.db \(full\)"),
        (apsw.IOError("broken"), OSError, "nothing has been changed"),
        (apsw.ConstraintError("odd"), DatabaseError, r"new\.db: odd; nothing has been changed"),
    ],
)
def test_errors_of_sqlite_say_what_they_are_about(tmp_path, raised, becomes, message):
    with pytest.raises(becomes, match=message), write_errors(tmp_path / "new.db"):
        raise raised
