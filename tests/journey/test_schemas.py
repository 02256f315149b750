"""Schemas before the move: what a file has, what the code would create, and what it creates in two ways."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from dbfold.base.spans import Span
from dbfold.code.texts import HOLE
from dbfold.journey.schemas import find_schemas, read_schema
from dbfold.policy.loading import load_policy
from dbfold.statements.model import Bound, Statement


def statement(sql, file="a.py", line=1, databases=("one.db",)):
    return Statement(file, Span(line, 1, line, 2), sql, tuple(databases), Bound.CONNECTION)


@pytest.fixture
def find(application):
    """The schemas of statements and files; `review` are patterns of the policy."""

    def schemas(*statements, review=(), **files):
        application.decide(f"review: {list(review)}\n")
        policy = load_policy(application.policy)
        return find_schemas(policy, statements, {f"{name}.db": path for name, path in files.items()})

    return schemas


def columns(found, table="t", database="one.db"):
    return found.schemas[database].columns(table)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["SELECT 1"], None),
        (["CREATE TABLE t (a)"], ("a",)),
        (["create table if not exists T (a)"], ("a",)),
        (["CREATE TABLE x (a); CREATE TABLE t (b);"], ("b",)),
        (["ALTER TABLE t ADD COLUMN b", "CREATE TABLE t (a)"], ("a", "b")),
        (["CREATE TEMP TABLE t (a)"], None),
        (["CREATE TEMPORARY TABLE IF NOT EXISTS t (a)"], None),
        ([f"CREATE TABLE t ({HOLE})"], None),
        (["CREATE TABLE t (a)", "ALTER TABLE t RENAME TO other"], None),
        (["CREATE TABLE t (a)", "ALTER TABLE t RENAME COLUMN a TO b"], ("a",)),
        (["CREATE TABLE t (nonsense"], ()),
        (["CREATE VIEW v AS SELECT a FROM t", "CREATE TABLE t (a)"], ("a",)),
    ],
)
def test_what_the_code_would_create(find, statements, expected):
    found = find(*map(statement, statements))
    assert (columns(found) if "one.db" in found.schemas else None) in (
        [expected, ()] if expected is None else [expected]
    )
    assert (found.read, found.clashes) == ({}, [])


def test_views_and_indexes_come_after_their_tables(find):
    found = find(
        statement("CREATE VIEW v AS SELECT a FROM t"),
        statement("CREATE INDEX i ON t (a)"),
        statement("CREATE TABLE t (a)"),
    )
    assert {name: kind for name, (kind, *_) in found.schemas["one.db"].objects().items()} == {
        "t": "table",
        "v": "view",
        "i": "index",
    }


def test_a_statement_on_several_databases_creates_in_each(find):
    found = find(statement("CREATE TABLE t (a)", databases=["one.db", "two.db"]))
    assert [columns(found, database=name) for name in ("one.db", "two.db")] == [("a",), ("a",)]


def test_a_table_created_in_two_ways_has_the_columns_of_both(find):
    found = find(statement("CREATE TABLE t (a, b)", "a.py", 3), statement("CREATE TABLE T (A, c)", "b.py", 7))
    assert columns(found) == ("a", "b", "c")
    assert list(map(str, found.clashes)) == [
        "one.db: T is created without c in a.py:3, and with in b.py:7; whichever runs first wins"
    ]


def test_files_for_review_come_last(find):
    """The application's own definition is the first, wherever the other stands."""
    found = find(
        statement("CREATE TABLE t (a, b)", "old/a.py", 3),
        statement("CREATE TABLE t (a, c)", "b.py", 7),
        review=["old/**"],
    )
    assert columns(found) == ("a", "c", "b")


def test_the_file_is_right_where_it_has_the_table(find, application):
    path = application.database("one.db", "CREATE TABLE t (a)")
    found = find(
        statement("CREATE TABLE T (a, b)"),
        statement("ALTER TABLE t ADD COLUMN c"),
        statement("CREATE TABLE new (x)", databases=["ONE.db"]),
        one=path,
    )
    assert (columns(found), columns(found, "new"), found.clashes) == (("a",), ("x",), [])
    assert (list(found.schemas), found.read) == (["one.db"], {"one.db": path})


def test_an_empty_file_has_no_schema(tmp_path):
    path = tmp_path / "one.db"
    path.touch()
    assert read_schema("one.db", path) == []


def test_what_is_in_a_file_in_the_order_in_which_it_can_be_created(application):
    path = application.database(
        "one.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, sqlitex UNIQUE)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE sqlitey (a)",
        "CREATE INDEX i ON sqlitey (a)",
    )
    assert [sql.split(" (")[0] for sql in read_schema("one.db", path)] == [
        "CREATE TABLE t",
        "CREATE TABLE sqlitey",
        "CREATE INDEX i ON sqlitey",
        "CREATE VIEW v AS SELECT 1",
    ]


def test_what_is_in_the_log_is_read_and_stays_there(tmp_path):
    path = tmp_path / "one.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("CREATE TABLE t (a)")
        connection.commit()
        before = {name: (tmp_path / name).read_bytes() for name in ("one.db", "one.db-wal")}
        assert len(before["one.db-wal"]) > 0
        assert read_schema("one.db", path) == ["CREATE TABLE t (a)"]
        assert {name: (tmp_path / name).read_bytes() for name in before} == before
        assert sorted(one.name for one in tmp_path.iterdir()) == ["one.db", "one.db-shm", "one.db-wal"]
