"""Do tables agree, and what would be a table for the rows of all?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from pieces import table_of

from dbfold.datamove.planning.agreement import differences, fillers, stored_columns, unified_sql


def contributors(*sql):
    return {f"{chr(ord('a') + index)}.db": table_of(one) for index, one in enumerate(sql)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE TABLE t (a INT, b TEXT)", "CREATE TABLE T (b text, a  int)"),
        ("CREATE TABLE t (a DEFAULT 1)", "CREATE TABLE t (a DEFAULT 2)"),
        ("CREATE TABLE t (a REFERENCES x)", "CREATE TABLE t (a)"),
        ("CREATE TABLE t (a, UNIQUE (a))", "CREATE TABLE t (a UNIQUE)"),
        ("CREATE TABLE t (a CHECK (a > 0))", "CREATE TABLE t (A check(a>0))"),
    ],
)
def test_what_makes_no_difference(one, other):
    assert differences(contributors(one, other)) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a INT, b", "a INT", ["b only in a.db"]),
        ("a", "a, c, b", ["c, b only in b.db"]),
        ("a INT", "a TEXT", ["a is INT in a.db, TEXT in b.db"]),
        ("a", "a TEXT COLLATE NOCASE NOT NULL", ["a is without a type in a.db, TEXT COLLATE NOCASE NOT NULL in b.db"]),
        ("a INT PRIMARY KEY", "a INT", ["a is INT PRIMARY KEY in a.db, INT in b.db"]),
        ("a CHECK (a > 0)", "a CHECK (a > 1)", ["CHECK differs between a.db and b.db"]),
        ("a UNIQUE", "a", ["UNIQUE differs between a.db and b.db"]),
    ],
)
def test_what_makes_one(one, other, expected):
    assert differences(contributors(f"CREATE TABLE t ({one})", f"CREATE TABLE t ({other})")) == expected


def test_kinds_of_table_make_one():
    one, other = "CREATE TABLE t (a INT PRIMARY KEY)", "CREATE TABLE t (a INT PRIMARY KEY) STRICT"
    assert "WITHOUT ROWID or STRICT differs between a.db and b.db" in differences(contributors(one, other))


def test_columns_of_all_in_the_spelling_of_the_first():
    found = contributors("CREATE TABLE t (A, made AS (1))", "CREATE TABLE t (b, a, made)", "CREATE TABLE t (C, B)")
    assert stored_columns(found) == ("A", "b", "C"), "what the first one generates is not stored"


def columns(sql):
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(sql)
        return [row[1:5] for row in connection.execute("PRAGMA table_info(t)")]


def test_a_table_for_all_lets_values_be_missing_that_nobody_has():
    found = contributors(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL DEFAULT 'x')",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, c INT NOT NULL UNIQUE, d NOT NULL DEFAULT 7)",
    )
    sql = unified_sql(found, found["a.db"].sql)
    assert columns(sql) == [
        ("id", "INTEGER", 0, None), ("a", "TEXT", 0, None), ("b", "TEXT", 1, "'x'"), ("c", "INT", 0, None),
        ("d", "", 1, "7"),
    ]  # fmt: skip
    assert fillers(found) == {"id": "NULL", "a": "NULL", "b": "'x'", "c": "NULL", "d": "7"}


def test_a_default_that_is_not_the_same_for_every_row_fills_nothing():
    assert fillers(contributors("CREATE TABLE t (at DEFAULT CURRENT_TIMESTAMP)")) == {"at": "NULL"}
