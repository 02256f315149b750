"""Does no reference lead to nothing that did not before?"""

from __future__ import annotations

import pytest

from dbfold.datamove.verifying.references import references


@pytest.mark.parametrize(
    ("statement", "failures"),
    [
        ("UPDATE posts SET author = 77 WHERE id = 1",
         ["posts: 2 rows refer to users that do not exist; before it was 1"]),
        ("DELETE FROM users WHERE name = 'ann'", ["log: 1 rows refer to users that do not exist; before it was 0"]),
        ("DELETE FROM posts WHERE id = 3", []),
        ("DROP INDEX by_mail", []),
    ],
)  # fmt: skip
def test_references_to_nothing_are_those_of_before(evidence, statement, failures):
    assert references(evidence(statement))[1] == failures


def test_a_foreign_key_that_sqlite_cannot_check_any_more_is_found(evidence):
    """The parent's column is no unique key of it now."""
    found = evidence("ALTER TABLE users RENAME TO people", "CREATE VIEW users AS SELECT * FROM people").after
    assert "people" in found.tables
    _, failures = references(
        evidence("PRAGMA legacy_alter_table = ON", "ALTER TABLE users RENAME TO people", "CREATE TABLE users (id, x)")
    )
    assert [failure.partition(":")[0] for failure in failures] == ["log", "posts"]
    assert all("foreign key mismatch" in failure for failure in failures)


def test_how_many_lead_to_nothing_is_said(evidence):
    assert references(evidence()) == ("1 references to nothing, as before", [])
