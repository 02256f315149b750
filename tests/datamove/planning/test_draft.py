"""A plan while it is made."""

from __future__ import annotations

import pytest
from pieces import inventory_of, policy_of

from dbfold.datamove.planning.draft import Draft, rename_line, stem
from dbfold.datamove.planning.plan import Problem
from dbfold.policy.model import OnConflict


@pytest.mark.parametrize(
    ("database", "expected"), [("auth.db", "auth"), ("user-data.v2.sqlite", "user_data_v2"), ("data/a.db", "a")]
)
def test_a_database_lends_its_name(database, expected):
    assert stem(database) == expected
    assert rename_line(database, "t") == f"rename: {{{database}: {{t: {expected}_t}}}}"


def test_what_the_policy_says_of_a_table_is_found_whatever_the_case():
    policy = policy_of("a.db", tables={"Users": {"on_conflict": OnConflict.NEWEST}})
    draft = Draft(policy, "zoe.db", inventory_of(), {"a.db": inventory_of("CREATE TABLE t (x)")})
    assert draft.decision("uSERS").on_conflict is OnConflict.NEWEST
    assert draft.decision("other").on_conflict is OnConflict.FAIL
    assert list(draft.inventory("a.db").tables) == ["t"]
    assert draft.inventory("zoe.db") is draft.base


def test_problems_are_collected():
    draft = Draft(policy_of(), "zoe.db", inventory_of(), {})
    draft.problem("a.db", "t", "is odd", "one way", "another")
    assert draft.problems == [Problem("a.db", "t", "is odd", ("one way", "another"))]
