"""Plans as values that JSON can hold, and back: what `--format json` prints and the ledger keeps."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from dbfold.datamove.planning.plan import Plan


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as values that JSON can hold; `plan_from` reads them."""
    document = plain(plan)
    assert isinstance(document, dict)
    return document


def plan_from(document: Mapping[str, Any]) -> Plan:
    """The plan that `plan_document` was given. Raises KeyError, TypeError or ValueError for anything else."""
    plan = _built(Plan, document)
    assert isinstance(plan, Plan)
    return plan


def plain(value: Any) -> Any:
    """Dataclasses, mappings, sequences, sets and enumerations as what JSON has."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(plain(item) for item in value)
    return value.value if isinstance(value, Enum) else value


def _built(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _built(next(a for a in get_args(hint) if a is not type(None)), value)
    if origin in (tuple, frozenset):
        inner = get_args(hint)[0]
        return origin(_built(inner, item) for item in value)
    if origin is Mapping:
        inner = get_args(hint)[1]
        return {key: _built(inner, item) for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        names = [field.name for field in dataclasses.fields(hint)]
        return hint(**{name: _built(hints[name], value[name]) for name in names})  # type: ignore[operator]
    return hint(value)
