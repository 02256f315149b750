"""One statement of a move, and what all who write them share."""

from __future__ import annotations

import pytest
from pieces import plan_of

from dbfold.datamove.building.step import Context, Step, dangling_check, lacking, object_sql, translated
from dbfold.datamove.planning.plan import ObjectMove
from dbfold.policy.model import ColumnsPolicy, OnConflict

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"
POSTS = "CREATE TABLE posts (author {} REFERENCES users(id))"
BY_NAME = {"users": {"key": ("name",), "on_conflict": OnConflict.KEEP_TARGET}}


@pytest.fixture
def posts(bench):
    """A bench with the ids of the users of a.db: 1 is now 7, 2 is 2, and 9 is nobody's."""

    def make(declared="INTEGER"):
        one = bench({"zoe.db": USERS, "a.db": (USERS, POSTS.format(declared))}, tables=BY_NAME)
        one.query("CREATE TABLE work.m0 (old INTEGER PRIMARY KEY, new INTEGER)")
        one.query("INSERT INTO work.m0 VALUES (1, 7), (2, 2)")
        return one, one.move_of("a.db", "posts")

    return make


def test_a_step_says_whose_rows_it_is_about():
    context = Context(plan_of({"a.db": USERS, "b.db": USERS}), 3)
    first, second = context.plan.moves
    step = context.step(second, "SELECT 1", "look", problem="{n} are odd", counted=True)
    assert step == Step("SELECT 1", "b.db: users: look", "b.db", 1, "{n} are odd", counted=True)
    assert (context.number(first), context.final(second).name) == (0, "users")


@pytest.mark.parametrize(
    ("value", "becomes"),
    [(1, 7), (2, 2), (9, 9), ("1", "7"), ("01", "7"), ("x", "x"), (None, None), (1.0, 7), (b"1", b"1")],
)
def test_an_id_becomes_the_new_one_of_the_same_storage_class(posts, value, becomes):
    bench, move = posts("")
    sql = translated(bench.context, move.translations["author"], "x.v")
    bench.query("CREATE TABLE work.x (v)")
    bench.connection.execute("INSERT INTO work.x VALUES (?)", (value,))
    ((found,),) = bench.query(f"SELECT {sql} FROM work.x AS x")
    assert (found, type(found)) == (becomes, type(becomes))


@pytest.mark.parametrize(("value", "count"), [(1, 0), (2, 0), (None, 0), (7, 1), (5, 1), (9, 0)])
def test_references_to_nothing_must_not_find_somebody(posts, value, count):
    """7 is what 1 becomes, 5 is a row of the target, 9 stays nobody's."""
    bench, move = posts()
    bench.query("INSERT INTO users VALUES (5, 'eve')")
    bench.query("CREATE TABLE work.x (author)")
    bench.connection.execute("INSERT INTO work.x VALUES (?)", (value,))
    step = dangling_check(bench.context, move, "author", "work.x")
    assert bench.query(step.sql) == [(count,)]
    assert "foreign_keys: {a.db: {posts.author: none}}" in step.problem


def test_columns_that_a_database_lacks_are_filled():
    plan = plan_of(
        {
            "zoe.db": 'CREATE TABLE t (a PRIMARY KEY, "b c" INT DEFAULT 3, d)',
            "a.db": "CREATE TABLE t (A PRIMARY KEY)",
        },
        tables={"t": {"columns": ColumnsPolicy.UNIFY}},
    )
    assert lacking(plan.final("t"), plan.moves[0]) == (['"b c"', '"d"'], ["3", "NULL"])


def test_nothing_is_filled_where_all_have_all_columns():
    plan = plan_of({"zoe.db": "CREATE TABLE t (a PRIMARY KEY, b)", "a.db": "CREATE TABLE t (b, a PRIMARY KEY)"})
    assert lacking(plan.final("t"), plan.moves[0]) == ([], [])


@pytest.mark.parametrize(("name", "sql"), [("i", "CREATE INDEX i ON t(x)"), ("j", 'CREATE INDEX "j" ON t(x)')])
def test_an_object_is_created_under_its_new_name(name, sql):
    assert object_sql(ObjectMove("a.db", "index", "i", name, "t", "CREATE INDEX i ON t(x)")) == sql
