"""From inventories and policy to a plan."""

from __future__ import annotations

from pieces import inventory_of, plan_of, policy_of, problems_of

from dbfold.datamove.planning.make import make_plan
from dbfold.datamove.sources.files import SourceFile
from dbfold.sqlite.inventory import Inventory

COUNTED = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x)"


def test_nothing_to_move():
    files = (SourceFile("zoe.db", "f0", 1),)
    plan = make_plan(policy_of(), "zoe.db", inventory_of("CREATE TABLE t (x)"), {}, files)
    assert (plan.moves, plan.objects, plan.problems, plan.files) == ((), (), (), files)
    assert list(plan.finals) == ["t"]


def test_a_target_that_is_not_there_yet():
    plan = make_plan(policy_of("a.db"), "zoe.db", Inventory(), {"a.db": inventory_of("CREATE TABLE t (x)")}, ())
    assert [(move.name, move.target) for move in plan.moves] == [("t", "t")]


def test_counters_go_on_after_the_greatest():
    plan = plan_of(
        {"zoe.db": (COUNTED, "INSERT INTO t VALUES (4, 1)"), "a.db": (COUNTED, "INSERT INTO t VALUES (9, 1)")}
    )
    assert plan.sequences == {"t": 9}


def test_a_counter_of_a_table_that_does_not_count_there_is_no_counter():
    plain = "CREATE TABLE t (id INTEGER PRIMARY KEY, x)"
    assert plan_of({"zoe.db": plain, "a.db": (COUNTED, "INSERT INTO t VALUES (9, 1)")}).sequences == {}


def test_names_of_the_policy_are_given_and_wrong_ones_said():
    databases = {"zoe.db": "CREATE TABLE t (x)", "a.db": "CREATE TABLE T (x, y)"}
    plan = plan_of(databases, rename={"a.db": {"t": "other"}})
    assert ([(move.name, move.target) for move in plan.moves], plan.problems) == ([("T", "other")], ())
    found = problems_of(databases, rename={"a.db": {"u": "other", "t": "mine"}})
    assert [one[1:3] for one in found] == [("u", "the policy renames it, and it does not exist; correct 'rename'")]


def test_the_history_of_a_source_is_kept_apart():
    plan = plan_of({"zoe.db": "CREATE TABLE t (x)", "a.db": "CREATE TABLE _dbfold_moves (id)"})
    assert [(move.name, move.target) for move in plan.moves] == [("_dbfold_moves", "_dbfold_moves_a")]


def test_full_text_over_a_table_that_grows_is_filled_again():
    notes = "CREATE TABLE notes (id INTEGER PRIMARY KEY, x)"
    index = "CREATE VIRTUAL TABLE f USING fts5(x, content='{}')"
    assert plan_of({"zoe.db": (notes, index.format("notes")), "a.db": notes}).rebuilds == ("f",)
    assert plan_of({"zoe.db": (notes, index.format("notes")), "a.db": "CREATE TABLE t (x)"}).rebuilds == ()
    view = "CREATE VIEW shown AS SELECT * FROM notes"
    assert plan_of({"zoe.db": (notes, view, index.format("shown")), "a.db": notes}).rebuilds == ("f",)


def test_what_is_worth_knowing():
    t = "CREATE TABLE t (id INTEGER PRIMARY KEY)"
    trigger = "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END"
    plan = plan_of({"zoe.db": (t, trigger, "PRAGMA user_version = 1"), "a.db": (t, "PRAGMA user_version = 3")})
    assert plan.notices == (
        "a.db: its user_version, 3, is not kept; that of zoe.db stays",
        "zoe.db: the trigger tr does not fire for rows that move",
    )
