"""A plan's work as SQL, in order. What is printed by `--format sql` is what runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dbfold.datamove.building.merging import merge_steps
from dbfold.datamove.building.step import Context, Step, dangling_check, lacking, translated
from dbfold.datamove.planning.plan import Action, FinalTable, ObjectMove, Plan, TableMove
from dbfold.sqlite.ddl import renamed
from dbfold.sqlite.engine import comma_list, folded, quoted, text_literal


def build_steps(context: Context) -> Iterator[Step]:
    """Everything after the target's own pages have been copied, in order."""
    plan = context.plan
    for final in plan.finals.values():
        if final.rebuilt:
            yield from _rebuild(final)
    for database in dict.fromkeys(move.database for move in plan.moves):
        moves = [move for move in plan.moves if move.database == database]
        for move in moves:
            if move.action is Action.COPY:
                yield from _create(context, move)
        yield from merge_steps(context, [move for move in moves if move.action is Action.MERGE])
        for move in moves:
            if move.action is not Action.MERGE:
                yield from _insert(context, move)
        # Virtual tables at once: the next database may add to them.
        yield from _schema_rows(
            [thing for thing in plan.objects if (thing.database, thing.type) == (database, "table")]
        )
    yield from _finish(plan)


def _create(context: Context, move: TableMove) -> Iterator[Step]:
    """The table, and its indexes if rows are copied as they are: SQLite then copies index entries, too.

    https://www.sqlite.org/src/doc/trunk/src/insert.c, xferOptimization; three times as fast as building them later.
    """
    yield context.step(move, context.final(move).sql, "create")
    if is_plain(context, move):
        for thing in indexes_of(context.plan, move):
            yield context.step(move, _index_sql(thing), f"index {thing.name}")


def indexes_of(plan: Plan, move: TableMove) -> list[ObjectMove]:
    """The indexes that come with a table's rows."""
    return [
        thing
        for thing in plan.objects
        if (thing.database, thing.type, folded(thing.table)) == (move.database, "index", folded(move.target))
        and thing.name is not None
    ]


def _index_sql(thing: ObjectMove) -> str:
    return thing.sql if thing.name == thing.original else renamed(thing.sql, thing.name or "")


def is_plain(context: Context, move: TableMove) -> bool:
    """Are the rows copied into an empty table of the same definition, with nothing changed in them?"""
    final = context.final(move)
    return (
        move.action is Action.COPY
        and not move.translations
        and not final.is_unified
        and len(move.columns) == len(move.source.columns)
    )


def _insert(context: Context, move: TableMove) -> Iterator[Step]:
    """COPY keeps rowids, of tables that do not name theirs, too. APPEND cannot."""
    final, source = context.final(move), f"src.{quoted(move.name)}"
    for column in move.translations:
        yield dangling_check(context, move, column, source)
    rowid = move.source.rowid_name if move.action is Action.COPY else None
    if is_plain(context, move) and (move.source.rowid_alias or rowid is None):
        sql = f"INSERT INTO main.{quoted(final.name)} SELECT * FROM {source}"
    else:
        columns, values = list(map(quoted, move.columns)), []
        for column in move.columns:
            translation = move.translations.get(column)
            name = f"s.{quoted(column)}"
            values.append(translated(context, translation, name) if translation else name)
        if rowid is not None and move.source.rowid_alias is None:
            columns.insert(0, rowid)
            values.insert(0, f"s.{rowid}")
        added_columns, added_values = lacking(final, move)
        sql = (
            f"INSERT INTO main.{quoted(final.name)} ({comma_list([*columns, *added_columns])})"
            f" SELECT {comma_list([*values, *added_values])} FROM {source} AS s"
        )
    yield context.step(move, sql, f"{move.rows:,} rows", counted=True)


def _rebuild(final: FinalTable) -> Iterator[Step]:
    """The target's own table with more columns, or fewer NOT NULL (https://www.sqlite.org/lang_altertable.html, 7)."""
    table, new = final.definition, f"dbfold.{final.name}"
    own = final.columns_of[final.contributors[0]]
    columns, values = list(map(quoted, own)), list(map(quoted, own))
    if table.rowid_name and table.rowid_alias is None:
        columns.insert(0, table.rowid_name)
        values.insert(0, table.rowid_name)
    absent = [column for column in final.columns if column not in own]
    columns += map(quoted, absent)
    values += [final.fillers[folded(column)] for column in absent]
    what = f"{final.name}: with the columns of all"
    yield Step(renamed(final.sql, new), what)
    yield Step(
        f"INSERT INTO main.{quoted(new)} ({comma_list(columns)}) SELECT {comma_list(values)}"
        f" FROM main.{quoted(final.name)}",
        what,
    )
    yield Step(f"DROP TABLE main.{quoted(final.name)}", what)
    yield Step("PRAGMA legacy_alter_table = ON", what)
    yield Step(f"ALTER TABLE main.{quoted(new)} RENAME TO {quoted(final.name)}", what)
    yield Step("PRAGMA legacy_alter_table = OFF", what)
    # ALTER quotes the name; the text of the definition is the user's otherwise.
    for sql in final.own_objects:
        yield Step(sql, what)


def _schema_rows(things: Sequence[ObjectMove]) -> Iterator[Step]:
    """Views, triggers and virtual tables as VACUUM moves them: their text, unread. What is broken arrives broken."""
    if not things:
        return
    yield Step("PRAGMA writable_schema = ON", "views, triggers and virtual tables")
    for thing in things:
        if thing.name is not None:
            sql = thing.sql if thing.name == thing.original else renamed(thing.sql, thing.name)
            values = [thing.type, thing.name, thing.table if thing.type == "trigger" else thing.name]
            yield Step(
                "INSERT INTO main.sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES "
                f"({comma_list(map(text_literal, values))}, 0, {text_literal(sql)})",
                f"{thing.database}: {thing.type} {thing.name}",
            )
    yield Step("PRAGMA writable_schema = RESET", "views, triggers and virtual tables")


def _finish(plan: Plan) -> Iterator[Step]:
    """Indexes of tables that were not copied as they are, other objects, counters, full-text indexes."""
    context = Context(plan, 0)
    plain = {(move.database, folded(move.target)) for move in plan.moves if is_plain(context, move)}
    for thing in plan.objects:
        if thing.type == "index" and thing.name and (thing.database, folded(thing.table)) not in plain:
            yield Step(_index_sql(thing), f"{thing.database}: index {thing.name}")
    yield from _schema_rows([thing for thing in plan.objects if thing.type in ("view", "trigger")])
    yield from _counters(plan.sequences)
    for name in plan.rebuilds:
        table = quoted(name)
        yield Step(f"INSERT INTO main.{table} ({table}) VALUES ('rebuild')", f"{name}: fill the full-text index again")


def _counters(sequences: Mapping[str, int]) -> Iterator[Step]:
    for name, counter in sequences.items():
        what = f"{name}: AUTOINCREMENT counter"
        table = text_literal(name)
        yield Step(
            f"INSERT INTO main.sqlite_sequence (name, seq) SELECT {table}, 0"
            f" WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_sequence WHERE name = {table})",
            what,
        )
        yield Step(f"UPDATE main.sqlite_sequence SET seq = max(seq, {counter}) WHERE name = {table}", what)
