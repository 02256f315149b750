"""What the database that remains tells about its moves."""

from __future__ import annotations

import apsw
import pytest

from dbfold.datamove import ledger
from dbfold.datamove.planning.plan import Account, Plan
from dbfold.datamove.sources.files import SourceFile

PLAN = Plan("zoe.db", (SourceFile("zoe.db", "00", 1), SourceFile("a.db", "aa", 2)))
ACCOUNT = Account("a.db", "old", "new", 3, 3)


@pytest.fixture
def connection():
    with apsw.Connection(":memory:") as one:
        yield one


def test_a_database_without_moves(connection):
    assert not ledger.exists(connection)
    assert (ledger.moved_files(connection), ledger.last_move(connection)) == ({}, None)


def test_the_tables_are_made_once_and_moves_are_numbered(connection):
    assert (ledger.create(connection), ledger.create(connection)) == (1, 1)
    ledger.record(connection, PLAN, 1, "2026", "dbfold-1", "{}")
    assert ledger.create(connection) == 2
    assert ledger.exists(connection)


def test_a_move_is_read_as_it_was_written(connection):
    ledger.create(connection)
    ledger.record(connection, PLAN, 1, "2026-01", "dbfold-1", "{}")
    ledger.record(connection, PLAN, 2, "2026-02", None, '{"a": 1}')
    assert ledger.last_move(connection) == (2, "2026-02", None, '{"a": 1}')


def test_accounts_are_in_the_order_of_the_move_and_of_that_move_only(connection):
    ledger.create(connection)
    for move_id, account in ((1, ACCOUNT), (2, Account("b.db", "t", "t", 1, 1)), (1, Account("a.db", "b", "b", 2, 2))):
        ledger.record_copied(connection, move_id, account)
    assert ledger.accounts(connection, 1) == [ACCOUNT, Account("a.db", "b", "b", 2, 2)]
    connection.execute("ATTACH ':memory:' AS t; CREATE TABLE t._dbfold_rows AS SELECT * FROM main._dbfold_rows")
    connection.execute("DELETE FROM main._dbfold_rows")
    assert ledger.accounts(connection, 1, "t")[0] == ACCOUNT


def test_what_was_moved_is_known_by_its_fingerprint(connection):
    ledger.create(connection)
    ledger.record(connection, PLAN, 1, "2026", None, "{}")
    ledger.record(connection, Plan("zoe.db", (SourceFile("a.db", "bb", 2),)), 2, "2026", None, "{}")
    assert ledger.moved_files(connection) == {"a.db": {"aa", "bb"}}, "the target is no source"


def test_rows_that_do_not_add_up_are_said():
    assert ledger.check_balance([ACCOUNT]) == []
    (line,) = ledger.check_balance([Account("a.db", "t", "t", 5, 1, 1, 1, 1)])
    assert line == "a.db: t: 5 rows are not 1 moved + 1 identical + 1 mapped + 1 in conflict"
