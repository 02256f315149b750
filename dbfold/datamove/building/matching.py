"""Which rows of a merged table are there already: those with the same key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbfold.datamove.building.merged_table import MergedTable
from dbfold.datamove.building.step import MATCH, NEW, OLD, SAME, Step
from dbfold.sqlite.engine import any_of, comma_list, quoted, text_literal


def match(merge: MergedTable) -> Iterator[Step]:
    """Mark the staged rows that are there already, with the id that they have there."""
    if merge.index == 1:
        yield _unique_check(merge, merge.target, f" in {merge.final.contributors[0]}")
        yield _create_provenance(merge)
    yield _unique_check(merge, merge.stage_table)
    id = f"t.{quoted(merge.final.id_column)}" if merge.final.id_column else "NULL"
    yield merge.step(
        f"UPDATE {merge.stage_table} AS s SET {MATCH} = 1, {NEW} = {id} FROM {merge.target} AS t"
        f" WHERE {merge.same_key}",
        "match",
    )
    if merge.strategy.keeps_both and not merge.final.is_unified:  # rows with other columns are not equal
        yield _find_equal_rows(merge, id)


def _unique_check(merge: MergedTable, table: str, where: str = "") -> Step:
    shown = ", ".join(merge.final.key)
    return merge.step(
        f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {merge.key_is_filled} GROUP BY {merge.key}"
        " HAVING count(*) > 1)",
        "is the key unique?",
        problem=f"the key ({shown}) is not unique{where}: {{n}} of its values occur more than once; choose another"
        " under 'tables', or mend the rows",
    )


def _find_equal_rows(merge: MergedTable, id: str) -> Step:
    """An id that this move has made up tells nothing."""
    made_up = (
        f"SELECT new FROM main._dbfold_ids WHERE move = {merge.context.move_id}"
        f" AND table_name = {text_literal(merge.final.name)}"
    )
    return merge.step(
        f"UPDATE {merge.stage_table} AS s SET {SAME} = 1 FROM {merge.target} AS t"
        f" WHERE {merge.same_key} AND NOT ({any_of(map(merge.differs, merge.shared))}) AND {id} NOT IN ({made_up})",
        "equal rows",
    )


def _create_provenance(merge: MergedTable) -> Step:
    """Which databases brought a row that is not the first one's alone; needed where some lack columns."""
    columns = comma_list(merge.declared(name, merge.final.definition.column(name)) for name in merge.final.key)
    return merge.step(
        f"CREATE TABLE {merge.provenance} ({columns}, mask INTEGER, PRIMARY KEY ({merge.key})) WITHOUT ROWID",
        "origins",
    )


def separations(merge: MergedTable, circle: Sequence[MergedTable]) -> Iterator[str]:
    """A row is not equal to its match if it refers to one of the `circle` that will get another id."""
    for column in sorted(merge.move.late):
        for parent in circle:
            if parent.final.name == merge.move.translations[column].table:
                yield (
                    f"UPDATE {merge.stage_table} SET {SAME} = NULL WHERE {SAME} = 1 AND {quoted(column)} IN"
                    f" (SELECT {OLD} FROM {parent.stage_table} WHERE {MATCH} = 1 AND {SAME} IS NULL)"
                )
