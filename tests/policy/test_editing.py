"""New entries in a policy: what was there stays as it is, and the result means what was meant."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dbfold.base.errors import UserError
from dbfold.policy.editing import with_entry

HEAD = "# top\nversion: 1   # one\n\ndatabases:\n  a.db: {role: primary}  # kept\n"

CASES = [
    ("", "\nrename:\n  b.db: {t: u}\n"),
    ("rename:\n", "rename: {b.db: {t: u}}\n"),
    ("rename: {}\n", "rename: {b.db: {t: u}}\n"),
    ("rename: {c.db: {x: y}}  # why\n", "rename: {c.db: {x: y}, b.db: {t: u}}  # why\n"),
    ("rename:\n  c.db: {x: y}  # why\n\n# end\n", "rename:\n  c.db: {x: y}  # why\n  b.db: {t: u}\n\n# end\n"),
    ("rename:\n  b.db: {x: y}\n", "rename:\n  b.db: {x: y, t: u}\n"),
    ("rename:\n  b.db:\n    x: y\n# end", "rename:\n  b.db:\n    x: y\n    t: u\n# end"),
    (
        "rename:\n    b.db:\n        x: y\nreview: [a]\n",
        "rename:\n    b.db:\n        x: y\n        t: u\nreview: [a]\n",
    ),
    ("rename:\n  b.db: {t: old}  # why\n", "rename:\n  b.db: {t: u}  # why\n"),
    ("rename:\n  b.db: {x: y}", "rename:\n  b.db: {x: y, t: u}"),
    ("rename:\n  c.db:\n    x: y", "rename:\n  c.db:\n    x: y\n  b.db: {t: u}\n"),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_an_entry_is_added_in_the_style_of_its_neighbours(before, after):
    assert with_entry(HEAD + before, ("rename", "b.db", "t"), "u") == HEAD + after


def test_names_are_quoted_where_yaml_needs_it():
    text = with_entry(HEAD, ("rename", "b.db", "on"), "u")
    text = with_entry(text, ("rename", "b.db", "x: y"), "v")
    assert yaml.safe_load(text)["rename"] == {"b.db": {"on": "u", "x: y": "v"}}


@pytest.mark.parametrize("text", ["- a list\n", "rename: [1]\n"])
def test_no_place_for_an_entry(text):
    with pytest.raises(UserError):
        with_entry(text, ("rename", "b.db", "t"), "u")


keys = st.sampled_from(["tables", "rename", "a b", "on", "x.db", "é", "1"])


@given(
    st.recursive(st.integers(), lambda inner: st.dictionaries(keys, inner, min_size=1, max_size=3), max_leaves=8),
    st.lists(keys, min_size=1, max_size=4),
    st.booleans(),
)
def test_everything_else_means_the_same(document, path, flow):
    document = document if isinstance(document, dict) else {"k": document}
    text = yaml.safe_dump(document, default_flow_style=flow, allow_unicode=True)
    try:
        changed = yaml.safe_load(with_entry(text, tuple(path), "new"))
    except UserError:
        return
    expected = document
    for key in path[:-1]:
        expected = expected.setdefault(key, {})
    expected[path[-1]] = "new"
    assert changed == document
