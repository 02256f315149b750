"""The move from beginning to end: what is done in which order, and what is left if it ends early."""

from __future__ import annotations

import os

import pytest

from dbfold.base.errors import UserError
from dbfold.datamove.progress import Progress
from dbfold.datamove.refusals import MoveRefused
from dbfold.datamove.run import plan, run

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
DECIDED = "tables: {users: {key: [name], on_conflict: keep-target}}\n"


class Told(Progress):
    def __init__(self):
        self.stages = []

    def stage(self, name, rows=0, size=0, path=None):
        self.stages.append(name)


@pytest.fixture
def users(estate):
    estate.write("zoe.db", USERS, "INSERT INTO users VALUES (1, 'ann');")
    return estate.write("a.db", USERS, "INSERT INTO users VALUES (1, 'bob');")


def test_the_stages_of_a_move(users):
    told = Told()
    result = run(users.policy(DECIDED), users.data, progress=told)
    assert told.stages == [
        "back up", "check the backup", "build", "verify", "swap", "put the sources away",
    ]  # fmt: skip
    assert (result.backup.kind, result.backup.absent, result.unhealthy) == ("move", (), ())
    assert [moved.retired for moved in result.moved] == [("a.db",)]


def test_a_dry_run_reads_shared_copies_and_changes_nothing(users):
    before, told = users.contents(), Told()
    result = run(users.policy(DECIDED), users.data, dry_run=True, progress=told)
    assert told.stages == ["read", "build", "verify"]
    assert (result.backup, users.contents()) == (None, before)


def test_a_plan_writes_nothing(users):
    before = users.contents()
    (preview,) = plan(users.policy(DECIDED), users.data)
    assert preview.plan.sources == ("a.db",)
    assert users.contents() == before


@pytest.mark.parametrize("dry_run", [True, False])
def test_open_decisions_refuse_both(users, dry_run):
    before = users.contents()
    with pytest.raises(MoveRefused):
        run(users.policy(), users.data, dry_run=dry_run)
    assert users.contents() == before


def test_a_plan_that_is_expected_has_to_be_that_of_now(users):
    policy = users.policy(DECIDED)
    (preview,) = plan(policy, users.data)
    expected = {file.name: file.sha256 for file in preview.plan.files}
    users.write("a.db", "INSERT INTO users VALUES (2, 'cyd');")
    with pytest.raises(UserError, match=r"^a\.db changed since the plan was made"):
        run(policy, users.data, expected=expected)
    assert run(policy, users.data, expected=None).moved


def test_a_target_that_was_not_there_is_absent_in_the_backup(estate):
    estate.write("a.db", USERS)
    assert run(estate.policy(), estate.data).backup.absent == ("zoe.db",)


def test_nothing_to_move_makes_no_backup(users):
    policy = users.policy(DECIDED)
    run(policy, users.data)
    again = run(policy, users.data)
    assert (again.moved, again.backup, again.estate.absent) == ((), None, ("a.db",))


def test_what_was_moved_and_not_put_away_is_put_away_and_is_no_move(users):
    source = (users.data / "a.db").read_bytes()
    policy = users.policy(DECIDED)
    run(policy, users.data)
    (users.data / "a.db").write_bytes(source)
    result = run(policy, users.data)
    assert (result.backup.kind, result.moved[0].retired, result.moved[0].accounts) == ("leftovers", ("a.db",), ())


def test_an_error_leaves_only_what_was_there(users, monkeypatch):
    before = users.contents()

    def fails(*arguments, **options):
        raise OSError(28, "no space left")

    monkeypatch.setattr("dbfold.datamove.target.build", fails)
    with pytest.raises(OSError, match="no space left"):
        run(users.policy(DECIDED), users.data)
    assert users.contents() == before
    assert os.listdir(users.data / "backup") == []


def test_services_are_not_stopped_for_a_plan_that_is_refused(users):
    policy = users.policy("services: {stop: touch stopped, start: touch started}\n")
    with pytest.raises(MoveRefused):
        run(policy, users.data)
    assert not (users.root / "stopped").exists()
    run(users.policy(DECIDED + "services: {stop: touch stopped, start: touch started}\n"), users.data)
    assert (users.root / "stopped").exists()
    assert (users.root / "started").exists()
