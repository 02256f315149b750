"""Type hints as promises of objects."""

from __future__ import annotations

import ast

import pytest

from dbfold.code.expressions import Annotation, Attribute, Either, Name
from dbfold.code.hints import promised

STORE = Annotation(Name("Store"))


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("Store", STORE),
        ("app.Store", Annotation(Attribute(Name("app"), "Store"))),
        ("Optional[Store]", STORE),
        ("Store | None", STORE),
        ('list["Store"]', STORE),
        ("Store | Other", Either((STORE, Annotation(Name("Other"))))),
        ("str", None),
        ("dict[str, Any]", None),
        ("make()[0].Store", None),
    ],
)
def test_what_a_hint_promises(hint, expected):
    found = promised(ast.parse(hint, mode="eval").body)
    assert found == expected


def test_no_hint_promises_nothing():
    assert promised(None) is None
