"""Merging step by step: staged, matched, given ids, settled, inserted, accounted for."""

from __future__ import annotations

import pytest

from dbfold.datamove.building.conflicts import settle_conflicts
from dbfold.datamove.building.ids import assign_ids
from dbfold.datamove.building.insertion import account, insert
from dbfold.datamove.building.matching import match, separations
from dbfold.datamove.building.merge import merge_steps
from dbfold.datamove.building.merged_table import MergedTable
from dbfold.datamove.building.staging import stage, translate_late
from dbfold.policy.model import ColumnsPolicy, OnConflict

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, mail)"
BY_NAME = {"users": {"key": ("name",), "on_conflict": OnConflict.KEEP_TARGET}}


def rows(*values):
    return f"INSERT INTO users VALUES {', '.join(values)}"


@pytest.fixture
def users(bench):
    """ann and bob are there, bob and cyd arrive with their numbers swapped, and somebody without a name."""

    def make(**settings):
        one = bench(
            {
                "zoe.db": (USERS, rows("(1, 'ann', 'a@z')", "(2, 'bob', NULL)")),
                "a.db": (USERS, rows("(1, 'bob', 'b@a')", "(2, 'cyd', 'c@a')", "(7, NULL, 'x@a')")),
            },
            tables={"users": {"key": ("name",), "on_conflict": OnConflict.KEEP_TARGET, **settings}},
        )
        return one, MergedTable(one.context, one.move_of("a.db", "users"))

    return make


def test_rows_are_staged_with_their_ids(users):
    one, merge = users()
    assert one.run(stage(merge)) == []
    assert one.query('SELECT "dbfold.sid", "dbfold.old", name FROM work.s0') == [
        (1, 1, "bob"), (2, 2, "cyd"), (7, 7, None),
    ]  # fmt: skip


def test_values_that_a_type_would_change_are_counted(bench):
    number, text = (f"CREATE TABLE t (k TEXT PRIMARY KEY, x {kind})" for kind in ("INT", "TEXT"))
    tables = {"t": {"columns": ColumnsPolicy.UNIFY}}
    source = (text, "INSERT INTO t VALUES ('a', '007'), ('b', 'x')")
    one = bench({"zoe.db": number, "a.db": source}, tables=tables)
    merge = MergedTable(one.context, one.move_of("a.db", "t"))
    steps = list(stage(merge))
    assert one.run(steps) == [("does x keep its values?", 1)]
    (problem,) = (step.problem for step in steps if step.problem)
    assert "because its type is INT in zoe.db and TEXT here" in problem


def test_rows_with_the_same_key_are_matched(users):
    one, merge = users()
    assert one.run([*stage(merge), *match(merge)]) == [("is the key unique?", 0), ("is the key unique?", 0)]
    assert one.query('SELECT name, "dbfold.match", "dbfold.new" FROM work.s0') == [
        ("bob", 1, 2), ("cyd", None, None), (None, None, None),
    ]  # fmt: skip


def test_a_key_that_is_not_unique_is_counted(bench):
    table = "CREATE TABLE t (k, x UNIQUE)"
    databases = {"zoe.db": (table, "INSERT INTO t VALUES (1, 1), (1, 2), (NULL, 3), (NULL, 4)"), "a.db": table}
    one = bench(databases, tables={"t": {"key": ("k",)}})
    merge = MergedTable(one.context, one.move_of("a.db", "t"))
    assert one.run([*stage(merge), *match(merge)]) == [("is the key unique?", 1), ("is the key unique?", 0)]


def test_ids_are_those_of_the_match_or_kept_or_new(users):
    one, merge = users()
    one.run([*stage(merge), *match(merge), *assign_ids(merge)])
    assert one.query("SELECT old, new FROM work.m0") == [(1, 2), (2, 8), (7, 7)], "2 is taken by bob, 7 is free"


def test_text_ids_that_are_taken_are_counted(bench):
    table = "CREATE TABLE t (id TEXT PRIMARY KEY, name UNIQUE)"
    databases = {"zoe.db": (table, "INSERT INTO t VALUES ('x', 1)"), "a.db": (table, "INSERT INTO t VALUES ('x', 2)")}
    one = bench(databases, tables={"t": {"key": ("name",)}})
    merge = MergedTable(one.context, one.move_of("a.db", "t"))
    one.run([*stage(merge), *match(merge)])
    ids, *_ = (step for step in assign_ids(merge) if step.problem)
    one.run([step for step in assign_ids(merge) if step.what.endswith("ids that are free")])
    assert one.query(ids.sql) == [(1,)]


@pytest.mark.parametrize(
    ("policy", "bob", "lost"),
    [
        (OnConflict.KEEP_TARGET, None, [("mail", "b@a", None)]),
        (OnConflict.KEEP_SOURCE, "b@a", [("mail", None, "b@a")]),
        (OnConflict.FILL_NULLS, "b@a", []),
    ],
)
def test_conflicts_are_settled_and_what_loses_is_kept(users, policy, bob, lost):
    one, merge = users(on_conflict=policy)
    one.run([*stage(merge), *match(merge), *assign_ids(merge), *settle_conflicts(merge)])
    assert one.query("SELECT mail FROM users WHERE name = 'bob'") == [(bob,)]
    assert one.query("SELECT column_name, lost, kept FROM _dbfold_conflicts") == lost
    assert one.query('SELECT "key" FROM _dbfold_conflicts') == [("'bob'",)] * len(lost)


def test_new_rows_are_inserted_and_all_are_accounted_for(users):
    one, merge = users()
    one.run(
        [*stage(merge), *match(merge), *assign_ids(merge), *settle_conflicts(merge), *insert(merge), *account(merge)]
    )
    assert one.query("SELECT id, name FROM users ORDER BY id") == [(1, "ann"), (2, "bob"), (7, None), (8, "cyd")]
    counts = 'SELECT "rows", moved, identical, mapped, conflict, renumbered FROM _dbfold_rows'
    assert one.query(counts) == [(3, 2, 0, 0, 1, 2)]
    assert one.query("SELECT old, new FROM _dbfold_ids") == [(1, 2), (2, 8)]


def test_another_unique_value_that_is_taken_is_counted_with_a_choice(bench):
    table = "CREATE TABLE users (id INTEGER PRIMARY KEY, name UNIQUE)"
    own, other = "INSERT INTO users VALUES (1, 'ann')", "INSERT INTO users VALUES (2, 'ann')"
    one = bench({"zoe.db": (table, own), "a.db": (table, other)})
    merge = MergedTable(one.context, one.move_of("a.db", "users"))
    one.run([*stage(merge), *match(merge), *assign_ids(merge)])
    check, *_ = insert(merge)
    assert one.run([check]) == [("is name unique?", 1)]
    assert check.choices[0] == "tables: {users: {key: [name]}}"


REPLIES = "CREATE TABLE posts (id INTEGER PRIMARY KEY, body, answers REFERENCES posts)"


def test_rows_that_answer_other_rows_are_not_equal(bench):
    """`yes` is equal in both, but answers another post in each: it has to be kept apart, and whatever answers it."""
    databases = {
        "zoe.db": (REPLIES, "INSERT INTO posts VALUES (1, 'z', NULL), (2, 'yes', 1), (3, 'ok', 2)"),
        "a.db": (REPLIES, "INSERT INTO posts VALUES (1, 'a', NULL), (2, 'yes', 1), (3, 'ok', 2)"),
    }
    one = bench(databases, tables={"posts": {"on_conflict": OnConflict.KEEP_BOTH}})
    move = one.move_of("a.db", "posts")
    merge = MergedTable(one.context, move)
    assert len(list(separations(merge, [merge]))) == 1
    steps = list(merge_steps(one.context, [move]))
    assert [step.what for step in steps if step.repeated] == ["a.db: posts: equal rows"]
    one.run(steps)
    assert one.query("SELECT id, body, answers FROM posts") == [
        (1, "z", None), (2, "yes", 1), (3, "ok", 2), (4, "a", None), (5, "yes", 4), (6, "ok", 5),
    ]  # fmt: skip


def test_references_in_a_circle_are_translated_when_all_ids_are_known(bench):
    tree = "CREATE TABLE topics (id INTEGER PRIMARY KEY, name UNIQUE, parent REFERENCES topics)"
    one = bench(
        {"zoe.db": (tree, "INSERT INTO topics VALUES (1, 'root', NULL)"),
         "a.db": (tree, "INSERT INTO topics VALUES (1, 'art', 2), (2, 'root', NULL)")},
        tables={"topics": {"key": ("name",), "on_conflict": OnConflict.KEEP_TARGET}},
    )  # fmt: skip
    merge = MergedTable(one.context, one.move_of("a.db", "topics"))
    one.run([*stage(merge), *match(merge), *assign_ids(merge)])
    assert one.query("SELECT name, parent FROM work.s0") == [("art", 2), ("root", None)]
    assert one.run(translate_late(merge)) == [("references to nothing in parent", 0)]
    assert one.query("SELECT name, parent FROM work.s0") == [("art", 1), ("root", None)]


def test_scratch_tables_are_gone_at_the_end(users):
    one, merge = users()
    one.run(merge_steps(one.context, [merge.move]))
    assert one.query("SELECT name FROM work.sqlite_schema WHERE name LIKE 's%'") == []
