from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dbfold.policy.binding import Binder
from dbfold.policy.model import Policy
from dbfold.policy.problems import Problems
from dbfold.policy.schema import SCHEMA_FILE, main, policy_schema, schema_text

VALIDATOR = jsonschema.Draft202012Validator(policy_schema())
EXAMPLE = Path(__file__).parents[2] / "examples" / "zoe" / "dbfold.yaml"
VALID = {"version": 1, "databases": {"zoe.db": {"role": "primary", "path": "/d/zoe.db"}}}


def test_schema_is_a_valid_schema():
    schema = policy_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_shipped_schema_is_current():
    remedy = "run: python -m dbfold.policy.schema"
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), remedy
    assert json.loads(schema_text()) == policy_schema()


def test_main_writes_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("dbfold.policy.schema.SCHEMA_FILE", tmp_path / "schema.json")
    assert main() == 0
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("policy", [VALID, yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))])
def test_valid_policies_are_accepted(policy):
    assert list(VALIDATOR.iter_errors(policy)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"databases": []},
        {"colour": "red"},
        {"databases": {"a.db": {"rol": "primary"}}},
        {"databases": {"a.db": {}}},
        {"databases": {"a.db": {"role": "specialised"}}},
        {"databases": {"a.db": {"role": "external", "colour": "red"}}},
        {"accessor": {"modul": "x"}},
        {"accessor": {"style": "functions"}},
        {"accessor": None},
        {"exclude": "docs"},
        {"exclude": [""]},
        {"env_aliases": {"A": 1}},
    ],
)
def test_invalid_policies_are_rejected(change):
    assert not VALIDATOR.is_valid(VALID | change)


def test_every_key_is_described():
    def undescribed(schema, at=""):
        for name, property_schema in schema.get("properties", {}).items():
            if not property_schema.get("description"):
                yield f"{at}.{name}"
            for inner in (property_schema, property_schema.get("additionalProperties")):
                if isinstance(inner, dict):
                    yield from undescribed(inner, f"{at}.{name}")

    assert list(undescribed(policy_schema())) == []


scalars = st.sampled_from([None, True, 0, 1, 2, 1.5, "", " ", "a.db", "primary", "retired", "function", "constant"])
keys = st.sampled_from(["role", "path", "env", "into", "only", "reason", "module", "style", "roots", "x.db", "rol"])
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=3), max_leaves=6
)
top_level = st.sampled_from(["version", "databases", "env_aliases", "accessor", "exclude", "colour"])
databases = st.dictionaries(keys, st.fixed_dictionaries({"role": scalars}, optional={"only": values}), max_size=2)


@given(
    st.builds(
        lambda base, more: base | more, st.sampled_from([{}, VALID]), st.dictionaries(top_level, values | databases)
    )
)
def test_schema_and_loader_accept_the_same_shapes(data):
    problems = Problems()
    node = yaml.compose(yaml.safe_dump(data))
    if data:
        Binder(problems).read_dataclass(Policy, node, (), source=Path("dbfold.yaml"))
        other_version = data.get("version") in (0, 2) and not isinstance(data["version"], bool)
        assert VALIDATOR.is_valid(data) == (not problems.found and not other_version)
