"""Do the numbers of rows add up?"""

from __future__ import annotations

import pytest

from dbfold.datamove.verifying.counting import accounting, row_counts


@pytest.mark.parametrize(
    ("statement", "failures"),
    [
        (
            "UPDATE _dbfold_rows SET identical = identical + 1 WHERE name = 'users'",
            ["a.db: users: 3 rows are not 2 moved + 1 identical + 0 mapped + 1 in conflict"],
        ),
        (
            "UPDATE _dbfold_rows SET \"rows\" = 5, moved = 5 WHERE name = 'posts'",
            ["a.db: posts: has 4 rows, the ledger says 5"],
        ),
        ("DELETE FROM _dbfold_rows WHERE name = 'log'", ["a.db: log: has 2 rows, the ledger says nothing"]),
    ],
)
def test_accounts_are_those_of_the_sources_and_balance(evidence, statement, failures):
    assert accounting(evidence(statement))[1] == failures


@pytest.mark.parametrize(
    ("statement", "failures"),
    [
        ("DELETE FROM posts WHERE id = 1", ["posts: 3 instead of 4 rows"]),
        ("INSERT INTO kept VALUES ('more')", ["kept: 3 instead of 2 rows"]),
        ("INSERT INTO users (name) VALUES ('dan')", ["users: 5 instead of 4 rows"]),
        ("DROP TABLE log", ["log: no table instead of 4 rows"]),
        ("UPDATE _dbfold_rows SET moved = 3 WHERE name = 'users'", ["users: 4 instead of 5 rows"]),
        ("UPDATE users SET mail = 'other'", []),
    ],
)
def test_each_table_has_its_own_rows_and_those_that_moved(evidence, statement, failures):
    assert row_counts(evidence(statement))[1] == failures


def test_how_much_was_counted(evidence):
    found = evidence()
    assert (accounting(found)[0], row_counts(found)[0]) == ("3 tables, 9 rows", "14 rows in zoe.db")
