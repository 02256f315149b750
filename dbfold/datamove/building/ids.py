"""The ids of a merged table's rows: rows that match have that of their match, others keep theirs if it is free."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.datamove.building.merged_table import MergedTable
from dbfold.datamove.building.step import MATCH, NEW, OLD, SAME, SID, Step
from dbfold.sqlite.affinity import affinity, collation_of
from dbfold.sqlite.engine import quoted

_LARGEST_ID = 9223372036854775807


def assign_ids(merge: MergedTable) -> Iterator[Step]:
    """An id for each staged row, and the table of old and new ones by which others translate theirs."""
    if merge.id_column is None:
        return
    stage, id = merge.stage_table, quoted(merge.id_column)
    if merge.strategy.keeps_both:
        yield merge.step(f"UPDATE {stage} SET {NEW} = NULL WHERE {MATCH} = 1 AND {SAME} IS NULL", "both stay")
    taken = (
        f"EXISTS (SELECT 1 FROM {merge.target} AS t"
        f" WHERE t.{quoted(merge.final.id_column or '')} = {stage.rpartition('.')[2]}.{id})"
    )
    yield merge.step(f"UPDATE {stage} SET {NEW} = {id} WHERE {MATCH} IS NULL AND NOT {taken}", "ids that are free")
    if merge.final.definition.rowid_alias is None:
        yield _taken_check(merge)
    else:
        yield from _new_ids(merge)
    yield from _record_ids(merge)


def _taken_check(merge: MergedTable) -> Step:
    return merge.step(
        f"SELECT count(*) FROM {merge.stage_table} WHERE {NEW} IS NULL AND {quoted(merge.id_column or '')} IS NOT NULL",
        "ids",
        problem=f"{{n}} of its rows have a {merge.id_column} that another row has, and only numbers can be given anew;"
        " choose another key under 'tables', or mend the rows",
    )


def _new_ids(merge: MergedTable) -> Iterator[Step]:
    """Numbers after the last one of the target, of the staged rows and of the counter."""
    stage, id, target_id = merge.stage_table, quoted(merge.id_column or ""), quoted(merge.final.id_column or "")
    counter = merge.context.plan.sequences.get(merge.final.name, 0)
    last = (
        f"(SELECT max(coalesce((SELECT max({target_id}) FROM {merge.target}), 0),"
        f" coalesce((SELECT max(max({id}), coalesce(max({NEW}), 0)) FROM {stage}), 0), {counter}))"
    )
    yield merge.step(
        f"SELECT {last} > {_LARGEST_ID} - count(*) FROM {stage} WHERE {NEW} IS NULL",
        "ids",
        problem=f"new ids would be greater than {_LARGEST_ID}, the greatest that SQLite can hold; give the rows"
        f" with the greatest {merge.id_column} smaller ones",
    )
    numbered = f"SELECT {SID} AS sid, row_number() OVER (ORDER BY {SID}) AS n FROM {stage} WHERE {NEW} IS NULL"
    yield merge.step(
        f"UPDATE {stage} AS s SET {NEW} = {last} + x.n FROM ({numbered}) AS x WHERE s.{SID} = x.sid", "new ids"
    )


def _record_ids(merge: MergedTable) -> Iterator[Step]:
    column = merge.final.definition.column(merge.id_column or "")
    kind = affinity(column, strict=merge.final.definition.strict)
    yield merge.step(
        f"CREATE TABLE {merge.id_table} (old {kind} COLLATE {collation_of(column)} PRIMARY KEY, new {kind})",
        "ids, old and new",
    )
    yield merge.step(
        f"INSERT INTO {merge.id_table} SELECT {OLD}, {NEW} FROM {merge.stage_table} WHERE {OLD} IS NOT NULL",
        "ids, old and new",
    )
