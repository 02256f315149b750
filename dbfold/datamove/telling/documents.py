"""Plans and verifications as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbfold.datamove.planning.document import plain, plan_document
from dbfold.datamove.results import Preview, Verified


def previews_document(previews: Sequence[Preview]) -> dict[str, Any]:
    """Plans with what came of trying them, for `--format json`. `run --plan` reads the fingerprints in it."""
    return {
        "version": 1,
        "targets": [
            {
                **plan_document(preview.plan),
                "accounts": plain(preview.accounts),
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
        "checks": plain(verified.checks),
        "accounts": plain(verified.accounts),
        "digests": [
            {"database": database, "table": table, "before": before, "after": after}
            for database, table, before, after in verified.digests
        ],
        "timings": [
            {"query": query, "seconds_before": before, "seconds_after": after}
            for query, before, after in verified.timings
        ],
        "unhealthy": plain(verified.unhealthy),
    }
