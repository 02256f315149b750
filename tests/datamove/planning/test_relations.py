"""Which columns hold ids of which table."""

from __future__ import annotations

import pytest
from pieces import inventory_of, policy_of

from dbfold.datamove.planning.relations import (
    Reference,
    components,
    looks_like_an_id_of,
    origin,
    references,
    split_column,
)
from dbfold.sqlite.inventory import Column, Table


def test_components_come_after_what_they_point_to():
    edges = {"a": ["b"], "b": ["c", "d"], "c": ["b"], "d": [], "e": ["e", "gone"]}
    assert [sorted(component) for component in components(edges)] == [["d"], ["b", "c"], ["a"], ["e"]]


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("users", "user_id", True),
        ("users", "USERS_ID", True),
        ("users", "userid", True),
        ("categories", "category_id", True),
        ("boxes", "box_id", True),
        ("users", "id", False),
        ("users", "superuser_id", False),
        ("users", "user", False),
    ],
)
def test_columns_that_look_like_foreign_keys(table, column, expected):
    facts = Table(name=table, kind="table", sql="", columns=(Column("id", "INTEGER", False, None, 1, 0, "BINARY"),))
    assert looks_like_an_id_of(facts, "id", column) is expected


def test_what_the_policy_says_comes_before_the_schema():
    inventory = inventory_of(
        "CREATE TABLE Users (id INTEGER PRIMARY KEY)",
        "CREATE TABLE posts (Author REFERENCES users, editor REFERENCES users(id), reader)",
    )
    keys = {"a.db": {"posts.Editor": "none", "posts.reader": "b.db/people.ID"}}
    assert references(policy_of("a.db", foreign_keys=keys), "a.db", inventory) == {
        ("posts", "author"): Reference("a.db", "users", "id"),
        ("posts", "reader"): Reference("b.db", "people", "id"),
    }


def test_the_name_of_a_table_may_have_a_dot():
    assert split_column("My.Table.Column") == ("my.table", "column")


def test_an_id_is_followed_through_other_references():
    known = {
        "a.db": {
            ("likes", "post"): Reference("a.db", "posts", "author"),
            ("posts", "author"): Reference("b.db", "users", "id"),
            ("loop", "x"): Reference("a.db", "loop", "y"),
            ("loop", "y"): Reference("a.db", "loop", "x"),
        }
    }
    merged = [("b.db", "users")]
    assert origin(("likes", "post"), "a.db", known, merged) == Reference("b.db", "users", "id")
    assert origin(("loop", "x"), "a.db", known, merged) is None
    assert origin(("likes", "fan"), "a.db", known, merged) is None
    assert origin(("likes", "post"), "a.db", known, []) is None
