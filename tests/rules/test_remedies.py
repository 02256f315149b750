"""How a remedy names the accessor: by the file's language, the style, and who is to do it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dbfold.base.spans import Span
from dbfold.policy.loading import load_policy
from dbfold.policy.model import Accessor, AccessorStyle
from dbfold.references.model import Action, Kind, Reference, Verdict
from dbfold.rules.model import Subject
from dbfold.rules.remedies import accessor, use_accessor


@pytest.fixture
def policy(shop):
    return load_policy(shop.root / "dbfold.yaml")


def subject(policy, target="shop.db", *, action=Action.REWRITE, reason="", is_python=True):
    verdict = Verdict(action, reason, target)
    reference = Reference("a.py", Span(1, 1, 1, 2), "x.db", Kind.CONNECT_LITERAL, "x.db", verdict)
    return Subject(reference, policy, is_python)


@pytest.mark.parametrize(
    ("style", "target", "expected"),
    [
        (AccessorStyle.CONSTANT, "shop.db", "DATABASE_PATH (from paths import DATABASE_PATH)"),
        (AccessorStyle.FUNCTION, "shop.db", "database_path() (from paths import database_path)"),
        (AccessorStyle.INLINE, "shop.db", 'os.environ["DATABASE_PATH"]'),
        (AccessorStyle.CONSTANT, "search.db", "SEARCH_DATABASE_PATH (from paths import SEARCH_DATABASE_PATH)"),
        (AccessorStyle.CONSTANT, None, "DATABASE_PATH (from paths import DATABASE_PATH)"),
        (AccessorStyle.CONSTANT, "unknown.db", "DATABASE_PATH (from paths import DATABASE_PATH)"),
    ],
)
def test_in_python(policy, style, target, expected):
    styled = replace(policy, accessor=Accessor(module="paths", style=style))
    assert accessor(subject(styled, target)) == expected


def test_elsewhere_it_is_the_variable(policy):
    assert accessor(subject(policy, "search.db", is_python=False)) == "the variable SEARCH_DATABASE_PATH"


def test_another_database_than_the_references(policy):
    assert accessor(subject(policy), policy.databases["search.db"]).startswith("SEARCH_DATABASE_PATH ")


@pytest.mark.parametrize(
    ("action", "reason", "start"),
    [
        (Action.REWRITE, "a connection", "use DATABASE_PATH ("),
        (Action.REVIEW, "it is a test", "for a person to decide: it is a test; the accessor is DATABASE_PATH ("),
        (Action.REVIEW, "is it a test?", "for a person to decide: is it a test? the accessor is DATABASE_PATH ("),
    ],
)
def test_who_puts_it_there(policy, action, reason, start):
    assert use_accessor(subject(policy, action=action, reason=reason)).startswith(start)
