"""The last move, checked once more against its backup."""

from __future__ import annotations

import pytest

from dbfold import datamove
from dbfold.base.errors import UserError
from dbfold.datamove.safety import services
from dbfold.datamove.verifying.again import verify
from dbfold.sqlite.engine import DatabaseError

T = "CREATE TABLE t (id INTEGER PRIMARY KEY, x); INSERT INTO t VALUES (1, '{}'), (2, 'y');"


@pytest.fixture
def moved(estate):
    estate.write("zoe.db", "CREATE TABLE own (x);").write("a.db", T.format("a"))
    policy = estate.policy()
    return estate, policy, datamove.run(policy, estate.data)


def test_a_move_that_nobody_touched_is_verified(moved):
    estate, policy, result = moved
    before = estate.contents()
    (verified,) = verify(policy, estate.data)
    assert verified.passed
    assert (verified.target, verified.backup, verified.accounts) == ("zoe.db", result.backup, result.moved[0].accounts)
    ((database, table, was, now),) = verified.digests
    assert (database, table, was) == ("a.db", "t", now)
    assert estate.contents() == before


def test_a_row_that_changed_is_seen(moved):
    estate, policy, _ = moved
    estate.write("zoe.db", "UPDATE t SET x = 'other' WHERE id = 1;")
    (verified,) = verify(policy, estate.data)
    assert [check.name for check in verified.checks if not check.passed] == ["contents"]
    assert verified.digests[0][2] != verified.digests[0][3]
    assert not verified.passed


def test_a_service_that_is_not_well_is_seen(moved, monkeypatch):
    monkeypatch.setattr(services.health, "__defaults__", (0,))
    estate, _, _ = moved
    (verified,) = verify(estate.policy("services: {health: ['exit 3']}\n"), estate.data)
    assert [failure.code for failure in verified.unhealthy] == [3]
    assert not verified.passed


def test_where_nothing_was_moved_there_is_nothing_to_verify(estate):
    estate.write("zoe.db", T.format("z"))
    with pytest.raises(UserError, match="nothing has been moved there"):
        verify(estate.policy(), estate.data)


def test_a_backup_that_is_gone_or_damaged_is_said(moved):
    estate, policy, result = moved
    (result.backup.directory / "a.db").write_bytes(b"damaged")
    with pytest.raises(DatabaseError, match="is not what was backed up"):
        verify(policy, estate.data)
    result.backup.directory.rename(estate.root / "elsewhere")
    with pytest.raises(UserError, match="no such backup"):
        verify(policy, estate.data)


@pytest.mark.parametrize("plan", ["", "[]", "{}", '{"target": 7}'])
def test_a_ledger_of_another_program_is_said(moved, plan):
    estate, policy, _ = moved
    estate.write("zoe.db", ("UPDATE _dbfold_moves SET plan = ?", [(plan,)]))
    with pytest.raises(DatabaseError, match=r"zoe\.db: its ledger cannot be read .* written by another dbfold"):
        verify(policy, estate.data)


def test_a_backup_of_another_move_is_noticed(moved):
    estate, policy, _ = moved
    estate.write("b.db", "CREATE TABLE u (x);")
    second = datamove.run(estate.policy(), estate.data)
    (before, *_) = (path.name for path in sorted((estate.data / "backup").iterdir()) if path != second.backup.directory)
    estate.write("zoe.db", ("UPDATE _dbfold_moves SET backup = ? WHERE id = 2", [(before,)]))
    with pytest.raises(DatabaseError, match=r"does not hold b\.db; it is not the backup of this move"):
        verify(policy, estate.data)
