"""Is every row of every database there, to the byte, or does the ledger have what it lost?"""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.datamove.planning.draft import LEDGER_PREFIX
from dbfold.datamove.planning.plan import Action, FinalTable, TableMove
from dbfold.datamove.verifying.comparison import Comparison
from dbfold.datamove.verifying.evidence import Evidence
from dbfold.datamove.verifying.multiset import multiset_failures
from dbfold.datamove.verifying.new_ids import NewIds
from dbfold.sqlite.engine import folded
from dbfold.sqlite.inventory import Kind, Table

Rows = tuple[FinalTable, str, Table, TableMove | None]
"""Where they are now, the database and the table they were in, and how they moved (None: the target's own)."""


def contents(evidence: Evidence) -> tuple[str, list[str]]:
    """Each row is found by what identifies it, and equal in every column; where rows have nothing that identifies
    them, there are as many of each as there were.
    """
    ids = NewIds(evidence)
    appended = {folded(move.target) for move in evidence.plan.moves if move.action is Action.APPEND}
    failures: list[str] = []
    for key in sorted(appended):
        failures += multiset_failures(evidence, ids, evidence.plan.final(key))
    for final, database, table, move in _compared(evidence, appended):
        comparison = Comparison.of(evidence, ids, final, database, table, move)
        failures += multiset_failures(evidence, ids, final) if comparison is None else comparison.failures()
    return f"{_rows(evidence, appended):,} rows, column by column", failures


def _compared(evidence: Evidence, appended: set[str]) -> Iterator[Rows]:
    yield from _own(evidence, appended)
    for move in evidence.plan.moves:
        if not _is_exempt(evidence, move.target, appended):
            yield evidence.plan.final(move.target), move.database, move.source, move


def _own(evidence: Evidence, appended: set[str]) -> Iterator[Rows]:
    for table in evidence.base.tables.values():
        if table.kind is not Kind.VIRTUAL and not _is_exempt(evidence, table.name, appended):
            yield evidence.plan.final(table.name), evidence.plan.target, table, None


def _rows(evidence: Evidence, appended: set[str]) -> int:
    own = sum(table.rows for _, _, table, _ in _own(evidence, appended))
    return own + sum(move.rows for move in evidence.plan.moves)


def _is_exempt(evidence: Evidence, name: str, appended: set[str]) -> bool:
    """Tables compared as a whole, the ledger, and the insides of full-text indexes that were filled again."""
    key, plan = folded(name), evidence.plan
    inside = any(key.startswith(f"{folded(owner)}_") for owner in (*plan.rebuilds, *appended))
    shadow = key in plan.finals and plan.finals[key].definition.kind is Kind.SHADOW
    return key in appended or key.startswith(LEDGER_PREFIX) or (shadow and inside)
