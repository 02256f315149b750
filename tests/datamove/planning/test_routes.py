"""Which rows go where, and in which order ids become known."""

from __future__ import annotations

import pytest
from pieces import inventory_of, plan_of, policy_of, problems_of

from dbfold.datamove.planning.draft import Draft
from dbfold.datamove.planning.plan import Action, Translation
from dbfold.datamove.planning.relations import Reference
from dbfold.datamove.planning.routes import source_order
from dbfold.policy.model import OnConflict

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"
POSTS = "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users(id))"
BY_NAME = {"users": {"key": ("name",), "on_conflict": OnConflict.KEEP_TARGET}}


def actions(plan):
    return [(move.database, move.name, str(move.action)) for move in plan.moves]


def test_rows_are_copied_compared_or_added():
    log = "CREATE TABLE log (x)"
    plan = plan_of({"zoe.db": (USERS, log), "a.db": (USERS, log, POSTS)})
    assert actions(plan) == [("a.db", "users", "merge"), ("a.db", "log", "append"), ("a.db", "posts", "copy")]


def test_the_second_of_two_sources_meets_the_first():
    plan = plan_of({"a.db": USERS, "b.db": USERS})
    assert actions(plan) == [("a.db", "users", "copy"), ("b.db", "users", "merge")]


def test_references_to_a_merged_table_are_translated():
    plan = plan_of({"zoe.db": USERS, "a.db": (POSTS, USERS)}, tables=BY_NAME)
    posts = plan.moves[1]
    assert posts.translations == {"author": Translation("a.db", "users")}
    assert plan.moves[0].translations == {}


def test_parents_come_before_children():
    plan = plan_of({"zoe.db": (POSTS, USERS), "a.db": (POSTS, USERS)})
    assert [move.name for move in plan.moves] == ["users", "posts"]
    assert plan.moves[0].circle != plan.moves[1].circle


def test_references_in_a_circle_are_late():
    tree = "CREATE TABLE topics (id INTEGER PRIMARY KEY, name UNIQUE, parent REFERENCES topics)"
    (move,) = plan_of({"zoe.db": tree, "a.db": tree}, tables={"topics": {"key": ("name",)}}).moves
    assert move.late == {"parent"}


def test_a_key_of_ids_in_a_circle_cannot_be():
    tree = "CREATE TABLE topics (id INTEGER PRIMARY KEY, name, parent REFERENCES topics)"
    found = problems_of({"zoe.db": tree, "a.db": tree}, tables={"topics": {"key": ("name", "parent")}})
    assert found[0][2].startswith("its key has parent, which refers to ids that depend on the key itself")


def test_a_virtual_table_goes_with_its_shadow_tables():
    docs = "CREATE VIRTUAL TABLE docs USING fts5(x)"
    alone = plan_of({"zoe.db": "CREATE TABLE t (x)", "a.db": docs})
    assert "docs" not in {move.name for move in alone.moves}
    assert "docs_content" in {move.name for move in alone.moves}
    both = plan_of({"zoe.db": docs, "a.db": docs})
    assert [(move.name, move.action) for move in both.moves] == [("docs", Action.APPEND)]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({}, "has no key, and rows of an earlier state"),
        ({"t": {"on_conflict": OnConflict.KEEP_BOTH}}, "on_conflict: keep-both, and rows"),
    ],
)
def test_rows_of_an_earlier_state_must_not_be_there_twice(tables, message):
    sql = "CREATE TABLE t (id INTEGER PRIMARY KEY)" if tables else "CREATE TABLE t (x)"
    plan = plan_of({"zoe.db": sql, "a.db": sql}, moved_before=["a.db"], tables=tables)
    assert [problem.message.startswith(message) for problem in plan.problems] == [True]


def test_a_foreign_key_needs_a_parent_that_stays_unique():
    parent = "CREATE TABLE users (id INTEGER PRIMARY KEY, code {})"
    child = "CREATE TABLE posts (code REFERENCES users(code))"
    found = problems_of({"zoe.db": parent.format(""), "a.db": (parent.format("UNIQUE"), child)})
    assert any("refers to users (code), which is not unique in the users of zoe.db" in one[2] for one in found)


@pytest.mark.parametrize(
    ("column", "target", "message"),
    [
        ("posts.author", "gone.db/users.id", "'gone.db' is not among the databases that move"),
        ("posts.author", "users.mail", "a.db has no column users.mail"),
        ("posts.writer", "users.id", "a.db has no column posts.writer"),
    ],
)
def test_what_the_policy_names_has_to_exist(column, target, message):
    found = problems_of({"zoe.db": USERS, "a.db": (USERS, POSTS)}, foreign_keys={"a.db": {column: target}})
    assert any(message in one[2] for one in found)


def test_a_database_whose_ids_others_hold_comes_first():
    tasks = "CREATE TABLE tasks (user_id INTEGER)"
    keys = {"a.db": {"tasks.user_id": "b.db/users.id"}}
    plan = plan_of({"zoe.db": USERS, "a.db": tasks, "b.db": USERS}, foreign_keys=keys)
    assert [move.database for move in plan.moves] == ["b.db", "a.db"]
    assert plan.moves[1].translations == {"user_id": Translation("b.db", "users")}


def test_otherwise_the_order_is_that_of_the_policy():
    names = ("c.db", "a.db", "b.db")
    draft = Draft(policy_of(*names), "zoe.db", inventory_of(), {name: inventory_of() for name in names})
    known = {name: {} for name in names}
    assert source_order(draft, known) == list(names)
    known["c.db"] = {("t", "x"): Reference("b.db", "users", "id"), ("t", "y"): Reference("zoe.db", "users", "id")}
    assert source_order(draft, known) == ["b.db", "c.db", "a.db"]
    assert draft.problems == []


def test_databases_cannot_wait_for_each_other():
    keys = {"a.db": {"t.x": "b.db/t.x"}, "b.db": {"t.x": "a.db/t.x"}}
    found = problems_of({"a.db": "CREATE TABLE t (x)", "b.db": "CREATE TABLE t (x)"}, foreign_keys=keys)
    assert any("refer to each other in a circle" in one[2] for one in found)
