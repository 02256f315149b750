"""Rows that are there already and differ: values that lose go to the ledger, those that win into the row."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.datamove.building.merged_table import MergedTable
from dbfold.datamove.building.step import DIFFERS, FILLS, MATCH, WINS, Step
from dbfold.sqlite.engine import any_of, comma_list, quoted, text_literal


def settle_conflicts(merge: MergedTable) -> Iterator[Step]:
    """Mark rows that differ, keep the values that lose, and change the rows that take values."""
    if merge.strategy.keeps_both or not (merge.shared or merge.new_columns):
        return
    differs = any_of(f"({merge.conflict(column)})" for column in merge.shared)
    yield merge.step(
        f"UPDATE {merge.stage_table} AS s SET {DIFFERS} = ({differs}),"
        f" {WINS} = ({merge.strategy.source_wins(merge.final)}), {FILLS} = ({any_of(_gaps(merge))})"
        f" FROM {merge.target} AS t WHERE s.{MATCH} = 1 AND {merge.same_key}",
        "compare",
    )
    for column in merge.shared:
        yield _keep_losing_values(merge, column)
    yield from _take_values(merge)


def _gaps(merge: MergedTable) -> Iterator[str]:
    """Where the row that is there takes a value, and none is lost."""
    for column in merge.new_columns:
        yield f"(NOT {merge.provided(column)} AND {merge.differs(column)})"
    for column in merge.shared:
        if gap := merge.strategy.is_gap(quoted(column)):
            yield f"({gap})"


def _keep_losing_values(merge: MergedTable, column: str) -> Step:
    name = quoted(column)
    key = " || ',' || ".join(f"quote(t.{quoted(part)})" for part in merge.final.key)
    values = [str(merge.context.move_id), text_literal(merge.move.database), text_literal(merge.final.name), key]
    wins = "0" if column in merge.final.key else f"s.{WINS}"  # of a key, the first spelling stays
    lost, kept = (f"iif({wins}, {one}.{name}, {other}.{name})" for one, other in (("t", "s"), ("s", "t")))
    return merge.step(
        'INSERT INTO main._dbfold_conflicts (move, "database", table_name, "key", column_name, lost, kept)'
        f" SELECT {comma_list([*values, text_literal(column), lost, kept])} FROM {merge.stage_table} AS s"
        f" JOIN {merge.target} AS t ON {merge.same_key} WHERE s.{MATCH} = 1 AND s.{DIFFERS} = 1"
        f" AND {merge.conflict(column)}",
        f"losing values of {column}",
    )


def _take_values(merge: MergedTable) -> Iterator[Step]:
    columns = dict.fromkeys((*merge.shared, *merge.new_columns))
    assignments = [taken for column in columns if (taken := _assignment(merge, column)) is not None]
    if assignments:
        yield merge.step(
            f"UPDATE {merge.target} AS t SET {comma_list(assignments)} FROM {merge.stage_table} AS s"
            f" WHERE {merge.same_key} AND s.{MATCH} = 1 AND ((s.{DIFFERS} AND s.{WINS}) OR s.{FILLS})",
            "values that are taken",
        )


def _assignment(merge: MergedTable, column: str) -> str | None:
    """None where the row keeps its value whatever arrives."""
    if column in merge.final.key:
        return None
    name = quoted(column)
    provided = merge.provided(column)
    takes = merge.strategy.takes(name) if column in merge.shared else None
    conditions = [*([f"NOT {provided}"] if provided else []), *([takes] if takes else [])]
    if not conditions:
        return None
    cases = " ".join(f"WHEN {condition} THEN s.{name}" for condition in conditions)
    return f"{name} = CASE {cases} ELSE t.{name} END"
