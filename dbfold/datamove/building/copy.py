"""Rows that go into the new file as they are, but for ids of other tables: tables that one database has, or no key."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.datamove.building.step import Context, Step, dangling_check, lacking, object_sql, translated
from dbfold.datamove.planning.plan import Action, ObjectMove, Plan, TableMove
from dbfold.sqlite.engine import comma_list, folded, quoted


def create(context: Context, move: TableMove) -> Iterator[Step]:
    """The table, and its indexes if rows are copied as they are: SQLite then copies index entries, too.

    https://www.sqlite.org/src/doc/trunk/src/insert.c, xferOptimization; three times as fast as building them later.
    """
    yield context.step(move, context.final(move).sql, "create")
    if is_plain(context, move):
        for thing in _indexes_of(context.plan, move):
            yield context.step(move, object_sql(thing), f"index {thing.name}")


def _indexes_of(plan: Plan, move: TableMove) -> list[ObjectMove]:
    """The indexes that come with a table's rows."""
    return [
        thing
        for thing in plan.objects
        if (thing.database, thing.type, folded(thing.table)) == (move.database, "index", folded(move.target))
        and thing.name is not None
    ]


def is_plain(context: Context, move: TableMove) -> bool:
    """Are the rows copied into an empty table of the same definition, with nothing changed in them?"""
    final = context.final(move)
    return (
        move.action is Action.COPY
        and not move.translations
        and not final.is_unified
        and len(move.columns) == len(move.source.columns)
    )


def insert(context: Context, move: TableMove) -> Iterator[Step]:
    """The rows. COPY keeps rowids, of tables that do not name theirs, too. APPEND cannot."""
    final, source = context.final(move), f"src.{quoted(move.name)}"
    for column in move.translations:
        yield dangling_check(context, move, column, source)
    rowid = move.source.rowid_name if move.action is Action.COPY and move.source.rowid_alias is None else None
    if is_plain(context, move) and rowid is None:
        sql = f"INSERT INTO main.{quoted(final.name)} SELECT * FROM {source}"
    else:
        added_columns, added_values = lacking(final, move)
        columns = [*([rowid] if rowid else []), *map(quoted, move.columns), *added_columns]
        values = [*([f"s.{rowid}"] if rowid else []), *_values(context, move), *added_values]
        sql = (
            f"INSERT INTO main.{quoted(final.name)} ({comma_list(columns)})"
            f" SELECT {comma_list(values)} FROM {source} AS s"
        )
    yield context.step(move, sql, f"{move.rows:,} rows", counted=True)


def _values(context: Context, move: TableMove) -> Iterator[str]:
    for column in move.columns:
        translation, name = move.translations.get(column), f"s.{quoted(column)}"
        yield translated(context, translation, name) if translation else name
