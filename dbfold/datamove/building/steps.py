"""A plan's work as SQL, in order. What is printed by `--format sql` is what runs."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.datamove.building.copy import create, insert, is_plain
from dbfold.datamove.building.merge import merge_steps
from dbfold.datamove.building.schema import create_unread, raise_counters, rebuild
from dbfold.datamove.building.step import Context, Step, object_sql
from dbfold.datamove.planning.plan import Action
from dbfold.sqlite.engine import folded, quoted


def build_steps(context: Context) -> Iterator[Step]:
    """Everything after the target's own pages have been copied, in order."""
    plan = context.plan
    for final in plan.finals.values():
        if final.rebuilt:
            yield from rebuild(final)
    for database in dict.fromkeys(move.database for move in plan.moves):
        moves = [move for move in plan.moves if move.database == database]
        for move in moves:
            if move.action is Action.COPY:
                yield from create(context, move)
        yield from merge_steps(context, [move for move in moves if move.action is Action.MERGE])
        for move in moves:
            if move.action is not Action.MERGE:
                yield from insert(context, move)
        # Virtual tables at once: the next database may add to them.
        yield from create_unread(
            [thing for thing in plan.objects if (thing.database, thing.type) == (database, "table")]
        )
    yield from _finish(context)


def _finish(context: Context) -> Iterator[Step]:
    """Indexes of tables that were not copied as they are, other objects, counters, full-text indexes."""
    plan = context.plan
    plain = {(move.database, folded(move.target)) for move in plan.moves if is_plain(context, move)}
    for thing in plan.objects:
        if thing.type == "index" and thing.name and (thing.database, folded(thing.table)) not in plain:
            yield Step(object_sql(thing), f"{thing.database}: index {thing.name}")
    yield from create_unread([thing for thing in plan.objects if thing.type in ("view", "trigger")])
    yield from raise_counters(plan.sequences)
    for name in plan.rebuilds:
        table = quoted(name)
        yield Step(f"INSERT INTO main.{table} ({table}) VALUES ('rebuild')", f"{name}: fill the full-text index again")
