"""The JSON Schema of `dbfold.yaml`, for editors: `python -m dbfold.policy.schema` writes `dbfold.schema.json`.

It covers what one key says on its own. The rules that span several keys are in `dbfold.policy.consistency`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from dbfold.policy.binding import is_required, without_none, yaml_fields
from dbfold.policy.model import Policy

SCHEMA_FILE = Path(__file__).with_name("dbfold.schema.json")


def policy_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) as JSON values, derived from the dataclasses of `dbfold.policy.model`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "dbfold policy",
        **_object(Policy),
    }


def schema_text() -> str:
    """The schema as the text of the shipped file."""
    return json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n"


def _object(model: Any) -> dict[str, Any]:
    hints = get_type_hints(model)
    known = yaml_fields(model)
    return {
        "description": _first_sentence(model.__doc__ or ""),
        "type": "object",
        "properties": {name: _property(hints[name], field) for name, field in known.items()},
        "required": [name for name, field in known.items() if is_required(field)],
        "additionalProperties": False,
    }


def _property(hint: Any, field: Field[Any]) -> dict[str, Any]:
    described = _value(hint) | {"description": field.metadata["help"]}
    if "const" in field.metadata:
        described["const"] = field.metadata["const"]
    if field.default is not MISSING and field.default is not None:
        described["default"] = list(field.default) if isinstance(field.default, tuple) else field.default
    return described


def _value(hint: Any) -> dict[str, Any]:
    hint = without_none(hint)
    if is_dataclass(hint):
        return _object(hint)
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _value(get_args(hint)[0])}
    if get_origin(hint) is Mapping:
        return {"type": "object", "additionalProperties": _value(get_args(hint)[1])}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [str(choice) for choice in hint]}
    return {"type": "integer"} if hint is int else {"type": "string", "pattern": r"\S"}


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0]


def main() -> int:
    """Write the schema beside this module."""
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
