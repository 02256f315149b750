"""A plan as JSON, and back."""

from __future__ import annotations

import json

import pytest
from pieces import plan_of

from dbfold.datamove.planning.document import plain, plan_document, plan_from
from dbfold.datamove.planning.plan import Action, Plan
from dbfold.datamove.sources.files import SourceFile
from dbfold.policy.model import OnConflict

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, boss INTEGER REFERENCES users)"


def everything():
    return plan_of(
        {
            "zoe.db": (USERS, "CREATE VIEW v AS SELECT 1"),
            "a.db": (USERS, "CREATE TABLE posts (user_id INTEGER REFERENCES users(id))", "CREATE VIEW v AS SELECT 2"),
        },
        files=[SourceFile("a.db", "f0", 4096)],
        tables={"users": {"key": ("name",), "on_conflict": OnConflict.KEEP_TARGET}},
    )


def test_a_plan_survives_json():
    plan = everything()
    assert plan.moves[0].late
    assert plan.moves[1].translations
    assert plan.problems
    document = json.loads(json.dumps(plan_document(plan)))
    assert plan_from(document) == plan
    assert document["moves"][0]["action"] == "merge"


def test_enumerations_come_back_as_such():
    again = plan_from(json.loads(json.dumps(plan_document(everything()))))
    assert again.moves[0].action is Action.MERGE
    assert again.final("users").on_conflict is OnConflict.KEEP_TARGET


def broken(change):
    document = json.loads(json.dumps(plan_document(everything())))
    change(document)
    return document


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("target"),
        lambda document: document["moves"][0].update(action="teleport"),
        lambda document: document["moves"][0].pop("source"),
        lambda document: document.update(files=[1]),
    ],
    ids=["no target", "an unknown action", "a move of nothing", "files that are none"],
)
def test_what_is_no_plan_is_an_error(change):
    with pytest.raises((KeyError, TypeError, ValueError)):
        plan_from(broken(change))


def test_sets_are_sorted_and_mappings_have_text_for_keys():
    assert plain({1: frozenset({"b", "a"}), "x": (OnConflict.FAIL, None)}) == {"1": ["a", "b"], "x": ["fail", None]}
    assert plain(Plan("zoe.db"))["finals"] == {}
