"""Is every row there, to the byte, or does the ledger have what it lost?"""

from __future__ import annotations

import pytest

from dbfold.datamove.verifying.comparison import Comparison
from dbfold.datamove.verifying.contents import contents
from dbfold.datamove.verifying.multiset import multiset_failures
from dbfold.datamove.verifying.new_ids import NewIds


def lost(database, table, column, count=1):
    return f"{database}: {table}: {count} values of {column} are neither in {table} nor in the ledger"


@pytest.mark.parametrize(
    ("statement", "failures"),
    [
        # rows that are gone
        ("DELETE FROM posts WHERE id = 3", ["a.db: posts: 1 rows are not in posts"]),
        ("DELETE FROM users WHERE name = 'cyd'", ["a.db: users: 1 rows are not in users"]),
        ("DELETE FROM users WHERE name IS NULL", ["a.db: users: 1 rows without a key are not in users"]),
        ("DELETE FROM kept WHERE x = 'x'", ["zoe.db: kept: 1 rows are not in kept"]),
        ("DELETE FROM log WHERE rowid = 4", ["log: 1 rows are not there as often as before"]),
        ("INSERT INTO log VALUES ('in', 2)", ["log: 1 rows are not there as often as before"]),
        # values that are others
        ("UPDATE posts SET text = 'X' WHERE id = 4", [lost("a.db", "posts", "text")]),
        ("UPDATE posts SET text = x'78' WHERE id = 4", [lost("a.db", "posts", "text")]),
        ("UPDATE kept SET x = zeroblob(4) WHERE x <> 'x'", [lost("zoe.db", "kept", "x")]),
        ("UPDATE users SET mail = NULL WHERE id = 1", [lost("zoe.db", "users", "mail")]),
        ("UPDATE log SET line = 'out' WHERE rowid = 4", ["log: 2 rows are not there as often as before"]),
        # ids that did not follow
        ("UPDATE posts SET author = 1 WHERE id = 1", [lost("a.db", "posts", "author")]),
        ("UPDATE posts SET author = 8 WHERE id = 2", [lost("a.db", "posts", "author")]),
        ("UPDATE posts SET author = NULL WHERE id = 3", [lost("a.db", "posts", "author")]),
        ("UPDATE log SET user_id = 1 WHERE rowid = 4", ["log: 2 rows are not there as often as before"]),
        # a ledger that does not say what became of a value, or of an id
        ("DELETE FROM _dbfold_conflicts", [lost("a.db", "users", "mail")]),
        ("UPDATE _dbfold_conflicts SET lost = 'b@b'", [lost("a.db", "users", "mail")]),
        ("UPDATE _dbfold_conflicts SET column_name = 'name'", [lost("a.db", "users", "mail")]),
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_is_found(evidence, statement, failures):
    assert contents(evidence(statement))[1] == failures


def test_a_ledger_without_ids_explains_nothing(evidence):
    _, failures = contents(evidence("DELETE FROM _dbfold_ids"))
    assert failures == [
        "log: 2 rows are not there as often as before",
        lost("a.db", "users", "id", 2),
        lost("a.db", "posts", "author", 2),
    ]


def test_everything_is_there(evidence):
    assert contents(evidence()) == ("13 rows, column by column", [])


def test_expected_values_are_the_new_ids_in_the_storage_class_of_the_reference(evidence):
    found = evidence()
    ids, move = NewIds(found), found.move_into("a.db", "posts")
    final = found.plan.final("posts")
    expected = ids.expected(final, move, "author")
    rows = found.connection.execute(f"SELECT {expected} FROM d1.posts AS s ORDER BY id").fetchall()
    assert rows == [(2,), ("8",), (99,), (None,)]
    assert ids.expected(final, move, "text") == 's."text"'
    assert ids.expected(final, None, "author") == 's."author"', "rows of the target stay what they are"


def test_ids_that_nobody_had_are_not_taken_from_the_ledger(evidence):
    """99 is nobody's number in a.db: whatever the ledger says, a reference to it stays."""
    found = evidence("INSERT INTO _dbfold_ids VALUES (1, 'a.db', 'users', 99, 1)")
    expected = NewIds(found).expected(found.plan.final("posts"), found.move_into("a.db", "posts"), "author")
    assert found.connection.execute(f"SELECT {expected} FROM d1.posts AS s WHERE id = 3").fetchall() == [(99,)]


def test_a_row_is_found_by_its_key_or_its_number(evidence):
    found = evidence()
    ids = NewIds(found)

    def comparison(database, name):
        move = found.move_into(database, name)
        table = move.source if move else found.base.table(name)
        return Comparison.of(found, ids, found.plan.final(name), database, table, move)

    assert (comparison("a.db", "users").found_by, comparison("a.db", "users").where) == (
        'f."name" = s."name"', 's."name" IS NOT NULL',
    )  # fmt: skip
    assert comparison("zoe.db", "users").found_by == 'f."id" = s."id"'
    assert comparison("zoe.db", "kept").found_by == "f.rowid = s.rowid"
    assert list(comparison("a.db", "users").failures()) == []


def test_rows_that_repeat_are_counted(evidence):
    found = evidence("INSERT INTO log VALUES ('in', 2), ('in', 2), ('new', NULL)")
    assert list(multiset_failures(found, NewIds(found), found.plan.final("log"))) == [
        "log: 2 rows are not there as often as before"
    ]
