"""Rows that go into the new file as they are, but for ids of other tables."""

from __future__ import annotations

import pytest

from dbfold.datamove.building.copy import create, insert, is_plain
from dbfold.policy.model import ColumnsPolicy, OnConflict

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"


def copied(bench, name):
    move = bench.move_of("a.db", name)
    answers = bench.run([*create(bench.context, move), *insert(bench.context, move)])
    return move, answers


def test_a_table_and_its_indexes_are_copied(bench):
    one = bench({"a.db": ("CREATE TABLE t (x)", "CREATE INDEX i ON t (x)", "INSERT INTO t VALUES (2), (1)")})
    move, _ = copied(one, "t")
    assert is_plain(one.context, move)
    assert one.query("SELECT x FROM t ORDER BY rowid") == [(2,), (1,)]
    assert one.query("SELECT name FROM sqlite_schema WHERE type = 'index'") == [("i",)]


def test_rowids_without_a_name_are_kept(bench):
    one = bench({"a.db": ("CREATE TABLE t (x)", "INSERT INTO t (rowid, x) VALUES (7, 'a'), (3, 'b')")})
    copied(one, "t")
    assert one.query("SELECT rowid, x FROM t") == [(3, "b"), (7, "a")]


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE t (a, made AS (a || '!') STORED)", "CREATE TABLE t (made AS (a || '!'), a)"]
)
def test_generated_columns_are_generated(bench, sql):
    one = bench({"a.db": (sql, "INSERT INTO t (a) VALUES ('x')")})
    move, _ = copied(one, "t")
    assert not is_plain(one.context, move)
    assert one.query("SELECT a, made FROM t") == [("x", "x!")]


def test_rows_without_a_key_are_added(bench):
    sql = ("CREATE TABLE t (x)", "INSERT INTO t (rowid, x) VALUES (1, 'a')")
    one = bench({"zoe.db": sql, "a.db": sql})
    one.run(insert(one.context, one.move_of("a.db", "t")))
    assert one.query("SELECT rowid, x FROM t") == [(1, "a"), (2, "a")]


def test_ids_of_merged_tables_follow_after_a_look_at_those_of_nobody(bench):
    posts = ("CREATE TABLE posts (author REFERENCES users, text)", "INSERT INTO posts VALUES (1, 'x'), (8, 'y')")
    tables = {"users": {"key": ("name",), "on_conflict": OnConflict.KEEP_TARGET}}
    one = bench({"zoe.db": USERS, "a.db": (USERS, *posts)}, tables=tables)
    one.query("CREATE TABLE work.m0 (old PRIMARY KEY, new); INSERT INTO work.m0 VALUES (1, 5)")
    move, answers = copied(one, "posts")
    assert not is_plain(one.context, move)
    assert answers == [("references to nothing in author", 0)]
    assert one.query("SELECT * FROM posts") == [(5, "x"), (8, "y")]


def test_the_first_of_two_fills_what_only_the_second_has(bench):
    tables = {"t": {"columns": ColumnsPolicy.UNIFY}}
    one = bench(
        {"a.db": ("CREATE TABLE t (a PRIMARY KEY)", "INSERT INTO t VALUES ('x')"),
         "b.db": "CREATE TABLE t (a PRIMARY KEY, b DEFAULT 4)"},
        tables=tables,
    )  # fmt: skip
    copied(one, "t")
    assert one.query("SELECT a, b FROM t") == [("x", 4)]
