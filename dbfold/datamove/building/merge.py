"""Rows of tables that another database has already brought: found by a key, and what becomes of them.

First every table's rows are matched by their key and get their ids, parents before children; then conflicts are
settled, gaps filled and new rows inserted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from dbfold.datamove.building.conflicts import settle_conflicts
from dbfold.datamove.building.ids import assign_ids
from dbfold.datamove.building.insertion import account, insert
from dbfold.datamove.building.matching import match, separations
from dbfold.datamove.building.merged_table import MergedTable
from dbfold.datamove.building.staging import stage, translate_late
from dbfold.datamove.building.step import Context, Step
from dbfold.datamove.planning.plan import TableMove


def merge_steps(context: Context, moves: Sequence[TableMove]) -> Iterator[Step]:
    """All merged tables of one database, in the order of the plan."""
    merges = [MergedTable(context, move) for move in moves]
    for _, group in groupby(merges, key=lambda merge: merge.move.circle):
        yield from _match_circle(list(group))
    for merge in merges:
        yield from translate_late(merge)
    for merge in merges:
        yield from settle_conflicts(merge)
        yield from insert(merge)
        yield from account(merge)
    for merge in merges:
        yield merge.step(f"DROP TABLE {merge.stage_table}", "done")


def _match_circle(circle: Sequence[MergedTable]) -> Iterator[Step]:
    """Tables in a circle of references. Where both rows of a conflict stay, ids depend on whole rows: so those last."""
    keeping = [merge for merge in circle if merge.strategy.keeps_both]
    for merge in circle:
        yield from stage(merge)
        yield from match(merge)
        if merge not in keeping:
            yield from assign_ids(merge)
    # Equal rows that refer to rows with another id are not equal: until nothing changes.
    statements = [statement for merge in keeping for statement in separations(merge, keeping)]
    if statements:
        yield keeping[0].step("; ".join(statements), "equal rows", repeated=True)
    for merge in keeping:
        yield from assign_ids(merge)
