"""Indexes, views, triggers and virtual tables, and the names that are free for them."""

from __future__ import annotations

from pieces import inventory_of, plan_of, policy_of

from dbfold.datamove.planning.draft import Contribution, Draft
from dbfold.datamove.planning.objects import all_objects
from dbfold.datamove.planning.plan import Problem
from dbfold.datamove.planning.schema_names import renamed_schema

T = "CREATE TABLE t (x)"
OWN = "CREATE TABLE own (x)"


def drafted(databases):
    """A draft that knows the tables, and the objects that go with them: (database, type, old name, new name)."""
    databases = {name: (sql,) if isinstance(sql, str) else sql for name, sql in databases.items()}
    inventories = {name: inventory_of(*sql) for name, sql in databases.items()}
    base = inventories.pop("zoe.db", inventory_of())
    draft = Draft(policy_of(*inventories), "zoe.db", base, inventories, finals=plan_of(databases).finals)
    draft.schemas = {name: renamed_schema(inventory, {}) for name, inventory in inventories.items()}
    for name, inventory in inventories.items():
        for key, table in inventory.tables.items():
            draft.contributions.setdefault(key, []).append(Contribution(name, table, table.name, table.sql))
    return draft, [(thing.database, thing.type, thing.original, thing.name) for thing in all_objects(draft)]


def test_free_names_are_kept():
    _, found = drafted({"zoe.db": OWN, "a.db": (T, "CREATE INDEX i ON t (x)", "CREATE VIEW v AS SELECT 1")})
    assert found == [("a.db", "index", "i", "i"), ("a.db", "view", "v", "v")]


def test_what_is_there_already_is_not_made_again():
    _, found = drafted({"zoe.db": (T, "CREATE INDEX i ON t (x)"), "a.db": (T, "create index I on T( x )")})
    assert found == [("a.db", "index", "I", None)]


def test_indexes_and_triggers_get_another_name_by_themselves():
    trigger = "CREATE TRIGGER i AFTER INSERT ON {} BEGIN SELECT 1; END"
    draft, found = drafted(
        {
            "zoe.db": (OWN, "CREATE INDEX i ON own (x)", trigger.format("own")),
            "user-data.db": (T, "CREATE INDEX i ON t (x)", trigger.format("t")),
        }
    )
    assert found == [("user-data.db", "index", "i", "i_user_data"), ("user-data.db", "trigger", "i", "i_user_data")]
    assert "user-data.db: the index i becomes i_user_data: the name is taken" in draft.notices


def test_a_name_is_made_longer_until_it_is_free():
    index = "CREATE INDEX {} ON {} (x)"
    own = (OWN, index.format("i", "own"), index.format("i_a", "own"))
    _, found = drafted({"zoe.db": own, "a.db": (T, index.format("i", "t"))})
    assert found[0][3] == "i_a_"


def test_code_names_views_so_their_name_is_a_decision():
    draft, _ = drafted({"zoe.db": "CREATE VIEW v AS SELECT 1", "a.db": "CREATE VIEW v AS SELECT 2"})
    message = "a view, and the name is taken by something else"
    assert draft.problems == [Problem("a.db", "v", message, ("rename: {a.db: {v: a_v}}",))]


def test_a_table_under_the_name_of_an_index_of_the_target_is_a_decision():
    draft, _ = drafted({"zoe.db": (T, "CREATE INDEX i ON t (x)"), "a.db": "CREATE TABLE i (x)"})
    message = "a table, and a index of zoe.db has that name"
    assert draft.problems == [Problem("a.db", "i", message, ("rename: {a.db: {i: a_i}}",))]


def test_a_virtual_table_is_made_once():
    docs = "CREATE VIRTUAL TABLE docs USING fts5(x)"
    assert drafted({"a.db": docs, "b.db": docs})[1] == [("a.db", "table", "docs", "docs")]
