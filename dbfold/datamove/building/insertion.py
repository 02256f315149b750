"""A merged table's new rows, and the account of all: where each went, and which ids changed."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.datamove.building.merged_table import MergedTable
from dbfold.datamove.building.step import DIFFERS, FILLS, MATCH, NEW, OLD, SAME, SID, Step, lacking
from dbfold.sqlite.engine import comma_list, folded, quoted, text_literal


def insert(merge: MergedTable) -> Iterator[Step]:
    """Add the rows that are new."""
    own = {folded(column) for column in merge.move.columns}
    for unique in merge.final.definition.uniques:
        if unique != merge.final.key and own.issuperset(map(folded, unique)):
            yield _unique_check(merge, unique)
    values = [f"s.{NEW}" if column == merge.id_column else f"s.{quoted(column)}" for column in merge.move.columns]
    added_columns, added_values = lacking(merge.final, merge.move)
    yield merge.step(
        f"INSERT INTO {merge.target} ({comma_list([*map(quoted, merge.move.columns), *added_columns])})"
        f" SELECT {comma_list([*values, *added_values])} FROM {merge.stage_table} AS s WHERE {merge.is_new}"
        f" ORDER BY {SID}",
        "new rows",
    )
    if merge.final.is_unified:
        yield _record_origins(merge)


def _unique_check(merge: MergedTable, columns: tuple[str, ...]) -> Step:
    same = " AND ".join(f"t.{quoted(column)} = s.{quoted(column)}" for column in columns)
    shown = ", ".join(columns)
    return merge.step(
        f"SELECT count(*) FROM {merge.stage_table} AS s WHERE {merge.is_new}"
        f" AND EXISTS (SELECT 1 FROM {merge.target} AS t WHERE {same})",
        f"is {shown} unique?",
        problem=f"{shown} is UNIQUE, and {{n}} rows that have other keys ({', '.join(merge.final.key)}) have the"
        " value of a row that is there; choose that for the key, or another name for the table",
        choices=(
            f"tables: {{{merge.final.name}: {{key: [{shown}]}}}}",
            f"rename: {{{merge.move.database}: {{{merge.move.name}: ...}}}}",
        ),
    )


def _record_origins(merge: MergedTable) -> Step:
    bit = 1 << merge.index
    values = comma_list(NEW if column == merge.id_column else quoted(column) for column in merge.final.key)
    return merge.step(
        f"INSERT INTO {merge.provenance} ({merge.key}, mask) SELECT {values}, coalesce({MATCH}, 0) | {bit}"
        f" FROM {merge.stage_table} WHERE {merge.key_is_filled}"
        f" ON CONFLICT ({merge.key}) DO UPDATE SET mask = mask | {bit}",
        "origins",
    )


def account(merge: MergedTable) -> Iterator[Step]:
    """Where every row went; ids that changed, for those who look for the old one."""
    move, number = merge.move, merge.context.move_id
    names = comma_list(map(text_literal, (move.database, move.name, merge.final.name)))
    id_changed = f"({NEW} IS NOT {OLD} OR typeof({NEW}) IS NOT typeof({OLD}))" if merge.id_column else "0"
    parts = (*_parts(merge, id_changed), f"total({id_changed})")
    counts = comma_list(f"CAST({part} AS INTEGER)" for part in parts)
    yield merge.step(
        'INSERT INTO main._dbfold_rows (move, "database", name, table_name, "rows", moved, identical, mapped,'
        f" conflict, renumbered) SELECT {number}, {names}, count(*), {counts} FROM {merge.stage_table}",
        "account",
    )
    if merge.id_column is not None:
        yield merge.step(
            'INSERT INTO main._dbfold_ids (move, "database", table_name, old, new)'
            f" SELECT {number}, {comma_list(map(text_literal, (move.database, merge.final.name)))}, {OLD}, {NEW}"
            f" FROM {merge.stage_table} WHERE {OLD} IS NOT NULL AND {id_changed}",
            "ids that changed",
        )


def _parts(merge: MergedTable, id_changed: str) -> tuple[str, ...]:
    """How many rows were moved, identical, mapped, in conflict: each row is one of them."""
    if merge.strategy.keeps_both:
        return (f"total({merge.is_new})", f"total({SAME} = 1)", "0", "0")
    changed = f"(coalesce({FILLS}, 0) OR {id_changed})"
    agrees = f"{MATCH} = 1 AND NOT coalesce({DIFFERS}, 0)"
    return (
        f"total({MATCH} IS NULL)",
        f"total({agrees} AND NOT {changed})",
        f"total({agrees} AND {changed})",
        f"total({MATCH} = 1 AND coalesce({DIFFERS}, 0))",
    )
