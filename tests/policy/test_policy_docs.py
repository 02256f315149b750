"""The reference for users is complete, and its example loads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dbfold.policy.binding import is_required, yaml_fields
from dbfold.policy.loading import PolicyError
from dbfold.policy.model import Accessor, AccessorStyle, Database, OnConflict, Policy, Role, Rules, Services, Table

TEXT = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([\w-]+)` \| (.+) \|$", TEXT, re.MULTILINE))


MODELS = (Policy, Database, Accessor, Rules, Table, Services)


@pytest.mark.parametrize("name", [name for model in MODELS for name in yaml_fields(model)])
def test_every_key_has_a_row(name):
    assert name in ROWS


@pytest.mark.parametrize("value", [*Role, *AccessorStyle, *OnConflict])
def test_every_role_and_style_has_a_row(value):
    assert value in ROWS


def test_required_keys_are_marked():
    required = {name for model in MODELS for name, field in yaml_fields(model).items() if is_required(field)}
    assert {name for name, row in ROWS.items() if row.endswith("| required")} == required


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("module", Accessor().module),
        ("style", Accessor().style),
        ("roots", Accessor().roots[0]),
        ("on_conflict", Table("users").on_conflict),
    ],
)
def test_defaults_are_current(name, default):
    assert default in ROWS[name].rpartition("|")[2]


def test_the_example_uses_every_top_level_key_and_loads(load):
    example = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL).group(1)
    assert load(example).primary.env == "DATABASE_PATH"
    assert set(re.findall(r"^(\w+):", example, re.MULTILINE)) == set(yaml_fields(Policy))


def test_the_errors_are_the_real_ones(load):
    policy = (
        "version: 1\ndatabases:\n  zoe.db: {role: primary, rol: x, path: /d/zoe.db}\n"
        "  # a comment\n  auth.db: {role: retired, into: zoo.db}\n\n\n\nexclude: docs/**\n"
    )
    with pytest.raises(PolicyError) as caught:
        load(policy)
    real = [line[line.index("dbfold.yaml:") :] for line in str(caught.value).splitlines()]
    shown = re.search(r"```text\n(.*?)```", TEXT, re.DOTALL).group(1).splitlines()
    assert [line for line in shown if line not in real] == []
