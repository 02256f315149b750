"""Is everything declared that was?"""

from __future__ import annotations

import pytest

from dbfold.datamove.verifying.schema import counters, schema


@pytest.mark.parametrize(
    ("statements", "failures"),
    [
        (["DROP TABLE posts"], ["the table posts is missing"]),
        (["DROP VIEW authors"], ["the view authors of a.db is missing"]),
        (["DROP INDEX by_mail"], ["the index by_mail is missing or has changed"]),
        (["DROP TRIGGER tr", "CREATE TRIGGER tr AFTER DELETE ON users BEGIN SELECT 2; END"],
         ["the trigger tr is missing or has changed"]),
        (["PRAGMA user_version = 5"], ["user_version was 4 and is 5"]),
        (["PRAGMA application_id = 1"], ["application_id was 0 and is 1"]),
        (["CREATE TABLE more (x)"], []),
    ],
)  # fmt: skip
def test_what_is_missing_or_another_is_found(evidence, statements, failures):
    assert schema(evidence(*statements))[1] == failures


@pytest.mark.parametrize(
    ("statement", "failures"),
    [
        ("UPDATE sqlite_sequence SET seq = 6", ["users: the AUTOINCREMENT counter is 6, and was 7"]),
        ("DELETE FROM sqlite_sequence", ["users: the AUTOINCREMENT counter is None, and was 7"]),
        ("UPDATE sqlite_sequence SET seq = 70", []),
    ],
)
def test_no_counter_begins_again(evidence, statement, failures):
    assert counters(evidence(statement)) == ("1 counters", failures)
