"""Indexes, views, triggers and virtual tables, and the names that are free for them."""

from __future__ import annotations

from pieces import plan_of, problems_of

from dbfold.datamove.planning.objects import all_objects

T = "CREATE TABLE t (x)"


def names(plan):
    return [(thing.database, thing.type, thing.original, thing.name) for thing in plan.objects]


def test_free_names_are_kept():
    plan = plan_of(
        {"zoe.db": "CREATE TABLE own (x)", "a.db": (T, "CREATE INDEX i ON t (x)", "CREATE VIEW v AS SELECT 1")}
    )
    assert names(plan) == [("a.db", "index", "i", "i"), ("a.db", "view", "v", "v")]


def test_what_is_there_already_is_not_made_again():
    index, spelt = "CREATE INDEX i ON t (x)", "create index I on T( x )"
    plan = plan_of({"zoe.db": (T, index), "a.db": (T, spelt)})
    assert names(plan) == [("a.db", "index", "I", None)]


def test_indexes_and_triggers_get_another_name_by_themselves():
    trigger = "CREATE TRIGGER i AFTER INSERT ON t BEGIN SELECT {}; END"
    plan = plan_of(
        {
            "zoe.db": (
                "CREATE TABLE own (x)",
                "CREATE INDEX i ON own (x)",
                trigger.replace("ON t", "ON own").format(1),
            ),
            "user-data.db": (T, "CREATE INDEX i ON t (x)", trigger.format(2)),
        }
    )
    assert names(plan) == [
        ("user-data.db", "index", "i", "i_user_data"),
        ("user-data.db", "trigger", "i", "i_user_data"),
    ]
    assert "user-data.db: the index i becomes i_user_data: the name is taken" in plan.notices


def test_a_name_is_made_longer_until_it_is_free():
    index = "CREATE INDEX {} ON {} (x)"
    own = ("CREATE TABLE own (x)", index.format("i", "own"), index.format("i_a", "own"))
    assert names(plan_of({"zoe.db": own, "a.db": (T, index.format("i", "t"))}))[0][3] == "i_a_"


def test_code_names_views_so_their_name_is_a_decision():
    found = problems_of({"zoe.db": "CREATE VIEW v AS SELECT 1", "a.db": "CREATE VIEW v AS SELECT 2"})
    assert found == [("a.db", "v", "a view, and the name is taken by something else", ("rename: {a.db: {v: a_v}}",))]


def test_a_table_under_the_name_of_an_index_of_the_target_is_a_decision():
    found = problems_of({"zoe.db": (T, "CREATE INDEX i ON t (x)"), "a.db": "CREATE TABLE i (x)"})
    assert found == [("a.db", "i", "a table, and a index of zoe.db has that name", ("rename: {a.db: {i: a_i}}",))]


def test_a_virtual_table_is_made_once():
    docs = "CREATE VIRTUAL TABLE docs USING fts5(x)"
    assert names(plan_of({"a.db": docs, "b.db": docs})) == [("a.db", "table", "docs", "docs")]
    assert callable(all_objects)
