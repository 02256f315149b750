"""A merged table's rows in `work`, with types and collations of the final table, so that keys compare as they will."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.datamove.building.merged_table import MergedTable
from dbfold.datamove.building.step import (
    DIFFERS,
    FILLS,
    MATCH,
    NEW,
    OLD,
    SAME,
    SID,
    WINS,
    Step,
    dangling_check,
    translated,
)
from dbfold.sqlite.affinity import affinity
from dbfold.sqlite.engine import comma_list, quoted


def stage(merge: MergedTable) -> Iterator[Step]:
    """Every row, and columns for what will be found out about it. Ids in it are translated as far as they are known."""
    move, source = merge.move, merge.move.source
    definition = merge.final.definition
    declared = [merge.declared(name, definition.column(name) or source.column(name)) for name in move.columns]
    controls = [OLD, NEW, MATCH, SAME, DIFFERS, WINS, FILLS]
    yield merge.step(
        f"CREATE TABLE {merge.stage_table} ({SID} INTEGER PRIMARY KEY, {comma_list([*declared, *controls])})", "stage"
    )
    columns = comma_list(map(quoted, move.columns))
    rowid = quoted(source.rowid_alias) if source.rowid_alias else source.rowid_name or "NULL"
    old = quoted(merge.id_column) if merge.id_column else "NULL"
    yield merge.step(
        f"INSERT INTO {merge.stage_table} ({SID}, {columns}, {OLD}) SELECT {rowid}, {columns}, {old}"
        f" FROM src.{quoted(move.name)}",
        f"{move.rows:,} rows",
    )
    yield from _value_checks(merge)
    for column in move.translations:
        if column not in move.late:
            yield from _translate(merge, column)


def translate_late(merge: MergedTable) -> Iterator[Step]:
    """References in a circle, when all ids are known."""
    for column in sorted(merge.move.late):
        yield from _translate(merge, column)


def _translate(merge: MergedTable, column: str) -> Iterator[Step]:
    yield dangling_check(merge.context, merge.move, column, merge.stage_table)
    name = quoted(column)
    new = translated(merge.context, merge.move.translations[column], name)
    yield merge.step(f"UPDATE {merge.stage_table} SET {name} = {new} WHERE {name} IS NOT NULL", f"ids in {column}")


def _value_checks(merge: MergedTable) -> Iterator[Step]:
    """A column of another type may store a value as something else: '007' as 7."""
    move, source, definition = merge.move, merge.move.source, merge.final.definition
    for column in move.columns if source.rowid_name else ():
        kind, own = definition.column(column), source.column(column)
        if kind is None or affinity(kind, strict=definition.strict) == affinity(own, strict=source.strict):
            continue
        name = quoted(column)
        yield merge.step(
            f"SELECT count(*) FROM {merge.stage_table} AS s JOIN src.{quoted(move.name)} AS o"
            f" ON o.{source.rowid_name} = s.{SID} WHERE typeof(o.{name}) IS NOT typeof(s.{name})",
            f"does {column} keep its values?",
            problem=f"{{n}} values of {column} would change, because its type is {kind.type or 'none'} in"
            f" {merge.final.contributors[0]} and {own.type if own else 'none'} here; give the table another name",
            choices=(f"rename: {{{move.database}: {{{move.name}: ...}}}}",),
        )
