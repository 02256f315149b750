"""Which columns hold ids of which table."""

from __future__ import annotations

import pytest

from dbfold.datamove.planning.relations import components, looks_like_an_id_of
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
