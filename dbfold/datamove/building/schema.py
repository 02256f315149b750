"""What is built besides rows of tables: the target's own tables with more columns, other objects, counters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dbfold.datamove.building.step import Step, object_sql
from dbfold.datamove.planning.plan import FinalTable, ObjectMove
from dbfold.sqlite.ddl import renamed
from dbfold.sqlite.engine import comma_list, folded, quoted, text_literal


def rebuild(final: FinalTable) -> Iterator[Step]:
    """The target's own table with more columns, or fewer NOT NULL (https://www.sqlite.org/lang_altertable.html, 7)."""
    table, new = f"main.{quoted(final.name)}", f"dbfold.{final.name}"
    columns, values = _all_columns(final)
    for sql in (
        renamed(final.sql, new),
        f"INSERT INTO main.{quoted(new)} ({comma_list(columns)}) SELECT {comma_list(values)} FROM {table}",
        f"DROP TABLE {table}",
        "PRAGMA legacy_alter_table = ON",
        f"ALTER TABLE main.{quoted(new)} RENAME TO {quoted(final.name)}",
        "PRAGMA legacy_alter_table = OFF",
        *final.own_objects,
    ):
        yield Step(sql, f"{final.name}: with the columns of all", rebuilds=True)


def _all_columns(final: FinalTable) -> tuple[list[str], list[str]]:
    """The columns of the rebuilt table, and where their values come from: the old table, or a filler."""
    own = list(map(quoted, final.columns_of[final.contributors[0]]))
    if final.definition.rowid_name and final.definition.rowid_alias is None:
        own.insert(0, final.definition.rowid_name)
    absent = [column for column in final.columns if column not in final.columns_of[final.contributors[0]]]
    return [*own, *map(quoted, absent)], [*own, *(final.fillers[folded(column)] for column in absent)]


def create_unread(things: Sequence[ObjectMove]) -> Iterator[Step]:
    """Views, triggers and virtual tables as VACUUM moves them: their text, unread. What is broken arrives broken."""
    if not things:
        return
    yield Step("PRAGMA writable_schema = ON", "views, triggers and virtual tables")
    for thing in things:
        if thing.name is not None:
            values = [thing.type, thing.name, thing.table if thing.type == "trigger" else thing.name]
            yield Step(
                "INSERT INTO main.sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES "
                f"({comma_list(map(text_literal, values))}, 0, {text_literal(object_sql(thing))})",
                f"{thing.database}: {thing.type} {thing.name}",
            )
    yield Step("PRAGMA writable_schema = RESET", "views, triggers and virtual tables")


def raise_counters(sequences: Mapping[str, int]) -> Iterator[Step]:
    """AUTOINCREMENT goes on after the greatest number that any of the databases has given (table → counter)."""
    for name, counter in sequences.items():
        what = f"{name}: AUTOINCREMENT counter"
        table = text_literal(name)
        yield Step(
            f"INSERT INTO main.sqlite_sequence (name, seq) SELECT {table}, 0"
            f" WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_sequence WHERE name = {table})",
            what,
        )
        yield Step(f"UPDATE main.sqlite_sequence SET seq = max(seq, {counter}) WHERE name = {table}", what)
