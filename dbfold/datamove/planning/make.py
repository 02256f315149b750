"""From inventories and policy to a plan: which table goes where, and what nobody has decided yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dbfold.datamove.planning.draft import FULL_TEXT, LEDGER_PREFIX, Contribution, Draft, stem
from dbfold.datamove.planning.objects import all_objects
from dbfold.datamove.planning.plan import Action, ObjectMove, Plan, TableMove
from dbfold.datamove.planning.relations import references
from dbfold.datamove.planning.routes import all_moves, check_foreign_keys, check_parents, source_order
from dbfold.datamove.planning.schema_names import renamed_schema
from dbfold.datamove.planning.tables import final_table
from dbfold.datamove.sources.files import SourceFile
from dbfold.policy.model import Policy
from dbfold.sqlite.ddl import content_table, module_of
from dbfold.sqlite.engine import folded
from dbfold.sqlite.inventory import Inventory, Kind


def make_plan(
    policy: Policy,
    target: str,
    base: Inventory,
    sources: Mapping[str, Inventory],
    files: Sequence[SourceFile],
    moved_before: Iterable[str] = (),
) -> Plan:
    """The plan for `sources` (in the order of the policy) into the database `target`, whose content is `base`.

    What stands against it is in `problems`; with any of them, nothing may move.
    """
    draft = Draft(policy, target, base, sources, frozenset(moved_before))
    known = {name: references(policy, name, inventory) for name, inventory in sources.items()}
    check_foreign_keys(draft, known)
    draft.sources = {name: sources[name] for name in source_order(draft, known)}
    _rename(draft)
    _collect(draft)
    for contributions in draft.contributions.values():
        final = final_table(draft, contributions)
        draft.finals[folded(final.name)] = final
    check_parents(draft)
    moves = all_moves(draft, known)
    objects = all_objects(draft)
    _notices(draft, moves)
    return Plan(
        target=target,
        files=tuple(files),
        finals=draft.finals,
        moves=tuple(moves),
        objects=tuple(objects),
        sequences=_sequences(draft),
        rebuilds=_rebuilds(draft, moves, objects),
        problems=tuple(draft.problems),
        notices=tuple(draft.notices),
    )


def _rename(draft: Draft) -> None:
    for database, inventory in draft.sources.items():
        names = dict(draft.policy.rename.get(database, {}))
        for table in inventory.tables.values():
            if folded(table.name).startswith(LEDGER_PREFIX):  # its own history of moves, kept apart from the target's
                names.setdefault(table.name, f"{table.name}_{stem(database)}")
        schema = renamed_schema(inventory, names)
        for name in schema.unknown:
            draft.problem(database, name, "the policy renames it, and it does not exist; correct 'rename'")
        for name in schema.taken:
            draft.problem(database, name, "an index or a view has the name that the policy gives it; correct 'rename'")
        for name in schema.broken:
            draft.problem(database, name, "it names a full-text table in a way that cannot follow its new name")
        draft.schemas[database] = schema


def _collect(draft: Draft) -> None:
    """Everything that ends under one name, the target's own first."""
    for key, table in draft.base.tables.items():
        if not key.startswith(LEDGER_PREFIX):
            draft.contributions[key] = [Contribution(draft.target, table, table.name, table.sql)]
    for database, inventory in draft.sources.items():
        for key, table in inventory.tables.items():
            name, sql = draft.schemas[database].tables[key]
            draft.contributions.setdefault(folded(name), []).append(Contribution(database, table, name, sql))


def _sequences(draft: Draft) -> dict[str, int]:
    """The greatest AUTOINCREMENT counter of each table."""
    found: dict[str, int] = {}
    for contributions in draft.contributions.values():
        for one in contributions:
            counter = draft.inventory(one.database).sequences.get(one.table.name)
            name = draft.finals[folded(one.name)].name
            if counter is not None and draft.finals[folded(name)].definition.is_autoincrement:
                found[name] = max(counter, found.get(name, 0))
    return found


def _rebuilds(draft: Draft, moves: Sequence[TableMove], objects: Sequence[ObjectMove]) -> tuple[str, ...]:
    """Full-text tables over the text of a table that gets rows from elsewhere: no trigger keeps them current now.

    The text may come from a view, too, and a view from any table.
    """
    grown = {folded(move.target) for move in moves if move.action is not Action.COPY}
    tables = [(table.name, table.sql) for table in draft.base.tables.values() if table.kind is Kind.VIRTUAL] + [
        (thing.name, thing.sql) for thing in objects if thing.type == "table" and thing.name is not None
    ]
    views = [thing.name for thing in draft.base.objects if thing.type == "view"]
    views += [thing.name for thing in objects if thing.type == "view" and thing.name is not None]
    if grown:
        grown.update(map(folded, views))
    return tuple(
        name for name, sql in tables if module_of(sql) in FULL_TEXT and folded(content_table(sql) or "") in grown
    )


def _notices(draft: Draft, moves: Sequence[TableMove]) -> None:
    for database, inventory in draft.sources.items():
        if inventory.user_version not in (0, draft.base.user_version):
            draft.notices.append(
                f"{database}: its user_version, {inventory.user_version}, is not kept; that of {draft.target} stays"
            )
    grown = {folded(move.target) for move in moves if move.action is not Action.COPY}
    for thing in draft.base.objects:
        if thing.type == "trigger" and folded(thing.table) in grown:
            draft.notices.append(f"{draft.target}: the trigger {thing.name} does not fire for rows that move")
