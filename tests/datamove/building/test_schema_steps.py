"""What is built besides rows, and in which order everything is."""

from __future__ import annotations

from dbfold.datamove.building.schema import create_unread, raise_counters, rebuild
from dbfold.datamove.building.steps import build_steps
from dbfold.datamove.planning.plan import ObjectMove
from dbfold.policy.model import ColumnsPolicy

UNIFY = {"t": {"columns": ColumnsPolicy.UNIFY, "key": ("a",)}}


def test_a_table_of_the_target_gets_columns_and_keeps_the_rest(bench):
    own = (
        "CREATE TABLE t (a TEXT NOT NULL UNIQUE, b NOT NULL)",
        "CREATE INDEX i ON t (a)",
        "INSERT INTO t (rowid, a, b) VALUES (9, 'x', 1)",
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT raise(abort, 'fired'); END",
    )
    one = bench({"zoe.db": own, "a.db": "CREATE TABLE t (a TEXT NOT NULL UNIQUE, c DEFAULT 5)"}, tables=UNIFY)
    steps = list(rebuild(one.plan.final("t")))
    one.run(steps)
    assert one.query("SELECT rowid, * FROM t") == [(9, "x", 1, 5)]
    assert one.query("SELECT name FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL") == [
        ("i",), ("tr",),
    ]  # fmt: skip
    one.query("INSERT INTO t (a, c) VALUES ('y', 1)")  # b may be missing now
    assert all(step.rebuilds for step in steps)


def test_views_and_triggers_are_made_unread(bench):
    one = bench({"zoe.db": "CREATE TABLE t (x)", "a.db": "CREATE TABLE u (x)"})
    things = [
        ObjectMove("a.db", "view", "v", "w", "v", "CREATE VIEW v AS SELECT nobody FROM nowhere"),
        ObjectMove("a.db", "view", "there", None, "there", "CREATE VIEW there AS SELECT 1"),
        ObjectMove("a.db", "trigger", "tr", "tr", "t", "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END"),
    ]
    one.run(create_unread(things))
    assert one.query("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type <> 'table'")[:2] == [
        ("view", "w", "w", 'CREATE VIEW "w" AS SELECT nobody FROM nowhere'),
        ("trigger", "tr", "t", things[2].sql),
    ]
    assert list(create_unread([])) == []


def test_counters_are_raised_and_never_lowered(bench):
    counted = "CREATE TABLE {} (id INTEGER PRIMARY KEY AUTOINCREMENT)"
    rows = ("INSERT INTO t VALUES (5)", "INSERT INTO u VALUES (50)")
    one = bench({"zoe.db": (*map(counted.format, ("t", "u", "empty")), *rows)})
    one.run(raise_counters({"t": 10, "u": 10, "empty": 3}))
    assert one.query("SELECT name, seq FROM sqlite_sequence ORDER BY name") == [("empty", 3), ("t", 10), ("u", 50)]


def test_the_order_of_a_whole_plan(bench):
    t = "CREATE TABLE t (a TEXT NOT NULL UNIQUE{})"
    databases = {
        "zoe.db": t.format(""),
        "a.db": (
            t.format(", b"),
            "CREATE TABLE u (x)",
            "CREATE INDEX i ON u (x)",
            "CREATE VIRTUAL TABLE f USING fts5(y)",
            "CREATE VIEW v AS SELECT 1",
        ),
    }
    one = bench(databases, tables=UNIFY)
    steps = list(build_steps(one.context))
    kinds = []
    for step in steps:
        kind = "rebuild" if step.rebuilds else step.what.partition(":")[0] if step.move is None else str(step.move)
        kinds += [] if kinds[-1:] == [kind] else [kind]
    moves = {str(index): move.name for index, move in enumerate(one.plan.moves)}
    assert kinds[0] == "rebuild"
    assert [moves[kind] for kind in kinds if kind in moves][-1] != "t", "rows that are copied come after those compared"
    assert steps[-1].what == "views, triggers and virtual tables"
    one.run(steps)
    assert one.query("PRAGMA integrity_check") == [("ok",)]


def test_an_index_of_a_table_that_is_not_copied_as_it_is_comes_at_the_end(bench):
    sql = ("CREATE TABLE t (x)", "INSERT INTO t VALUES (1)")
    one = bench({"zoe.db": sql, "a.db": (*sql, "CREATE INDEX i ON t (x)")})
    *_, last = build_steps(one.context)
    assert last.what == "a.db: index i"
