"""Indexes, views, triggers and virtual tables of the sources, and the names that are free for them."""

from __future__ import annotations

from dbfold.datamove.planning.draft import Draft, rename_line, stem
from dbfold.datamove.planning.plan import ObjectMove
from dbfold.sqlite.ddl import normal_form
from dbfold.sqlite.engine import folded
from dbfold.sqlite.inventory import Kind, SchemaObject


def all_objects(draft: Draft) -> list[ObjectMove]:
    """Indexes, views, triggers and virtual tables of the sources, under names that are free.

    Code does not name triggers and seldom indexes, so those get another name by themselves. Views are named.
    """
    taken: dict[str, str | None] = dict.fromkeys(draft.finals)
    triggers: dict[str, str] = {}
    for thing in draft.base.objects:
        names = triggers if thing.type == "trigger" else taken
        names[folded(thing.name)] = _identity_of(thing)
        if thing.type != "trigger" and folded(thing.name) in draft.finals:
            _ask_about_name(draft, thing.name, thing.type)
    moves: list[ObjectMove] = []
    for database, schema in draft.schemas.items():
        for table in draft.sources[database].tables.values():
            name, sql = schema.tables[folded(table.name)]
            if table.kind is Kind.VIRTUAL and draft.finals[folded(name)].contributors[0] == database:
                moves.append(ObjectMove(database, "table", table.name, name, name, sql))
        for thing in schema.objects:
            names = triggers if thing.type == "trigger" else taken
            moves.append(_object_move(draft, database, thing, names))
    return moves


def _object_move(
    draft: Draft, database: str, thing: SchemaObject, taken: dict[str, str | None] | dict[str, str]
) -> ObjectMove:
    key = folded(thing.name)
    new: str | None = thing.name
    if key in taken and taken[key] == _identity_of(thing):
        new = None
    elif key in taken and thing.type == "view":
        draft.problem(
            database, thing.name, "a view, and the name is taken by something else", rename_line(database, thing.name)
        )
    elif key in taken:
        new = f"{thing.name}_{stem(database)}"
        while folded(new) in taken:
            new += "_"
        draft.notices.append(f"{database}: the {thing.type} {thing.name} becomes {new}: the name is taken")
    if new is not None:
        taken[folded(new)] = _identity_of(thing)
    return ObjectMove(database, thing.type, thing.name, new, thing.table, thing.sql)


def _identity_of(thing: SchemaObject) -> str:
    return f"{thing.type} {folded(thing.table)} {normal_form(thing.sql)}"


def _ask_about_name(draft: Draft, name: str, type: str) -> None:
    for one in draft.contributions[folded(name)]:
        draft.problem(
            one.database,
            name,
            f"a table, and a {type} of {draft.target} has that name",
            rename_line(one.database, name),
        )
