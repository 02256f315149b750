"""Plans as JSON, and back: what `--format json` prints, `--save` writes, and the ledger keeps."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from dbfold.datamove.planning.plan import Plan

if TYPE_CHECKING:
    from dbfold.datamove.run import Preview
    from dbfold.datamove.verifying.again import Verified


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as values that JSON can hold; `plan_from` reads them."""
    document = _plain(plan)
    assert isinstance(document, dict)
    return document


def plan_from(document: Mapping[str, Any]) -> Plan:
    """The plan that `plan_document` was given. Raises KeyError, TypeError or ValueError for anything else."""
    plan = _built(Plan, document)
    assert isinstance(plan, Plan)
    return plan


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
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


def previews_document(previews: Sequence[Preview]) -> dict[str, Any]:
    """Plans with what came of trying them, for `--format json`. `run --plan` reads the fingerprints in it."""
    return {
        "version": 1,
        "targets": [
            {
                **plan_document(preview.plan),
                "accounts": _plain(preview.accounts),
                "conflicts": [
                    {"table": table, "column": column, "values": count}
                    for (table, column), count in preview.conflicts.items()
                ],
            }
            for preview in previews
        ],
    }


def verified_document(verified: Verified) -> dict[str, Any]:
    """What `verify` found out, for `--format json`."""
    return {
        "target": verified.target,
        "moved_at": verified.moved_at,
        "backup": verified.backup.directory.name,
        "passed": verified.passed,
        "checks": _plain(verified.checks),
        "accounts": _plain(verified.accounts),
        "digests": [
            {"database": database, "table": table, "before": before, "after": after}
            for database, table, before, after in verified.digests
        ],
        "timings": [
            {"query": query, "seconds_before": before, "seconds_after": after}
            for query, before, after in verified.timings
        ],
        "unhealthy": _plain(verified.unhealthy),
    }
