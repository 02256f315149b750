"""Is everything declared that was, the target's own to the letter, and does no counter begin again?"""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.datamove.verifying.evidence import Evidence
from dbfold.sqlite.engine import fetch, folded


def schema(evidence: Evidence) -> tuple[str, list[str]]:
    """Tables, indexes, views and triggers, and the two numbers that applications keep in a file."""
    rows = fetch(evidence.connection, "SELECT type, name, sql FROM t.sqlite_schema")
    found = {(type, folded(name)): sql for type, name, sql in rows}
    failures = [*_missing(evidence, found), *_changed(evidence, found), *_numbers(evidence)]
    return f"{len(found)} tables, indexes, views and triggers", failures


def _missing(evidence: Evidence, found: dict[tuple[str, str], str | None]) -> Iterator[str]:
    for key, final in evidence.plan.finals.items():
        if ("table", key) not in found:
            yield f"the table {final.name} is missing"
    for thing in evidence.plan.objects:
        name = thing.name or thing.original
        if (thing.type, folded(name)) not in found:
            yield f"the {thing.type} {name} of {thing.database} is missing"


def _changed(evidence: Evidence, found: dict[tuple[str, str], str | None]) -> Iterator[str]:
    for base in evidence.base.objects:
        if found.get((base.type, folded(base.name))) != base.sql:
            yield f"the {base.type} {base.name} is missing or has changed"


def _numbers(evidence: Evidence) -> Iterator[str]:
    for name in ("user_version", "application_id"):
        before, now = getattr(evidence.base, name), getattr(evidence.after, name)
        if before != now:
            yield f"{name} was {before} and is {now}"


def counters(evidence: Evidence) -> tuple[str, list[str]]:
    """No AUTOINCREMENT counter is behind that of any of the databases."""
    now = evidence.after.sequences
    failures = [
        f"{name}: the AUTOINCREMENT counter is {now.get(name)}, and was {counter}"
        for name, counter in evidence.plan.sequences.items()
        if now.get(name, -1) < counter
    ]
    return f"{len(evidence.plan.sequences)} counters", failures
