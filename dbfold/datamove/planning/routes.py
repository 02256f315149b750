"""Which rows go where: each table's action, the ids that its columns hold, and the order in which ids become known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dbfold.datamove.planning.draft import Draft, rename_line
from dbfold.datamove.planning.plan import Action, FinalTable, TableMove, Translation
from dbfold.datamove.planning.relations import Column, Reference, components, origin, split_column
from dbfold.policy.model import NO_FOREIGN_KEY, OnConflict
from dbfold.sqlite.ddl import content_table
from dbfold.sqlite.engine import folded
from dbfold.sqlite.inventory import Kind, Table


def all_moves(draft: Draft, known: Mapping[str, Mapping[Column, Reference]]) -> list[TableMove]:
    merged = _merged_tables(draft)
    moves: list[TableMove] = []
    for database, inventory in draft.sources.items():
        of_database = [
            move
            for key, table in inventory.tables.items()
            if (move := _move(draft, database, key, table, known, merged)) is not None
        ]
        moves += _parents_first(draft, of_database)
    return moves


def check_foreign_keys(draft: Draft, known: Mapping[str, Mapping[Column, Reference]]) -> None:
    """What the policy names has to exist."""
    for database, keys in draft.policy.foreign_keys.items():
        if database not in known:
            continue
        for column, target in keys.items():
            places = [(database, split_column(column))]
            if target != NO_FOREIGN_KEY:
                other, _, place = target.rpartition("/")
                places.append((other or database, split_column(place)))
            for name, (table, field_name) in places:
                if name not in draft.sources and name != draft.target:
                    message = f"{name!r} is not among the databases that move"
                elif (found := draft.inventory(name).table(table)) is None or found.column(field_name) is None:
                    message = f"{name} has no column {table}.{field_name}"
                else:
                    continue
                draft.problem(database, None, f"foreign_keys: {column}: {target}: {message}; correct the policy")


def _merged_tables(draft: Draft) -> dict[Column, FinalTable]:
    """(database, table in lower case) of every table whose rows may get other ids."""
    return {
        (one.database, folded(one.table.name)): final
        for key, contributions in draft.contributions.items()
        for one in contributions
        if one.database != draft.target
        and (final := draft.finals[key]).key
        and one is not contributions[0]
        and final.id_column is not None
        and one.table.column(final.id_column) is not None
    }


def check_parents(draft: Draft) -> None:
    """A foreign key has to refer to a unique key of its parent, and the parent may now be another database's table."""
    for database, inventory in draft.sources.items():
        for table in inventory.tables.values():
            for key in table.foreign_keys:
                parent = inventory.table(key.parent)
                name, _ = draft.schemas[database].tables.get(folded(key.parent), (key.parent, ""))
                final = draft.finals.get(folded(name))
                if final is None or parent is None or final.contributors[0] == database:
                    continue
                if _is_unique(parent, key.parent_columns) and not _is_unique(final.definition, key.parent_columns):
                    draft.problem(
                        database,
                        table.name,
                        f"its foreign key ({', '.join(key.columns)}) refers to"
                        f" {final.name} ({', '.join(key.parent_columns)}), which is not unique in the {final.name} of"
                        f" {final.contributors[0]}",
                        rename_line(database, parent.name),
                    )


def _is_unique(table: Table, columns: Sequence[str]) -> bool:
    wanted = {folded(column) for column in columns}
    return any({folded(column) for column in unique} == wanted for unique in (table.primary_key, *table.uniques))


def source_order(draft: Draft, known: Mapping[str, Mapping[Column, Reference]]) -> list[str]:
    """The order of the policy, but a database whose ids others hold comes before those."""
    edges = {
        database: list(dict.fromkeys(reference.database for reference in found.values()))
        for database, found in known.items()
    }
    order: list[str] = []
    for component in components(edges):
        if len(component) > 1:
            names = ", ".join(component)
            draft.problem(component[0], None, f"{names} refer to each other in a circle; correct 'foreign_keys'")
        order += component
    return order


def _move(
    draft: Draft,
    database: str,
    key: str,
    table: Table,
    known: Mapping[str, Mapping[Column, Reference]],
    merged: Mapping[Column, FinalTable],
) -> TableMove | None:
    """None where no rows move by themselves: a virtual table goes with its shadow tables, and the other way round."""
    name, _ = draft.schemas[database].tables[key]
    final = draft.finals[folded(name)]
    is_first = final.contributors[0] == database
    if (table.kind is Kind.VIRTUAL and (is_first or content_table(table.sql))) or (
        table.kind is Kind.SHADOW and not is_first
    ):
        return None
    action = Action.COPY if is_first else Action.MERGE if final.key else Action.APPEND
    if action is not Action.MERGE and database in draft.moved_before and table.kind is Kind.TABLE and not is_first:
        draft.problem(
            database,
            name,
            "has no key, and rows of an earlier state of this database have been moved already: they would be"
            " there twice;"
            f" give it a key (tables: {{{name}: {{key: [...]}}}}), or put the file away",
        )
    if action is Action.MERGE and database in draft.moved_before and final.on_conflict is OnConflict.KEEP_BOTH:
        draft.problem(
            database,
            name,
            "on_conflict: keep-both, and rows of an earlier state of this database have been moved already: those that"
            " got another id would be there twice; choose another"
            f" (tables: {{{name}: {{on_conflict: ...}}}}), or put the file away",
        )
    kept = {folded(column) for column in final.columns}
    columns = table.stored if is_first else tuple(column for column in table.stored if folded(column) in kept)
    translations = _translations(database, table, known, merged)
    return TableMove(
        database=database,
        name=table.name,
        target=final.name,
        action=action,
        rows=table.rows,
        source=table,
        columns=columns,
        translations=translations,
    )


def _translations(
    database: str,
    table: Table,
    known: Mapping[str, Mapping[Column, Reference]],
    merged: Mapping[Column, FinalTable],
) -> dict[str, Translation]:
    found: dict[str, Translation] = {}
    for column in table.stored:
        reference = origin((folded(table.name), folded(column)), database, known, merged)
        if reference is not None:
            final = merged[(reference.database, reference.table)]
            if folded(final.id_column or "") == reference.column:
                found[column] = Translation(reference.database, final.name)
    return found


def _parents_first(draft: Draft, moves: list[TableMove]) -> list[TableMove]:
    """Merged tables in an order in which ids are known before they are needed, then the rest.

    References in a circle are `late`: they are translated when all ids of the circle are known.
    """
    merges = {folded(move.target): move for move in moves if move.action is Action.MERGE}
    edges = {
        name: [
            folded(translation.table)
            for translation in move.translations.values()
            if translation.database == move.database
        ]
        for name, move in merges.items()
    }
    ordered: list[TableMove] = []
    for circle, component in enumerate(components(edges)):
        # Where both rows of a conflict stay, ids depend on whole rows; elsewhere on the key alone, so those come first.
        keeping = {name for name in component if draft.finals[name].on_conflict is OnConflict.KEEP_BOTH}
        component.sort(key=keeping.__contains__)
        for position, name in enumerate(component):
            move = merges[name]
            unknown = keeping.union(component[position:])
            late = frozenset(
                column
                for column, translation in move.translations.items()
                if translation.database == move.database and folded(translation.table) in unknown
            )
            circular = [column for column in draft.finals[name].key if folded(column) in {folded(c) for c in late}]
            if circular:
                draft.problem(
                    move.database,
                    move.target,
                    f"its key has {', '.join(circular)}, which refers to ids that depend on the key itself; choose"
                    f" another"
                    f" (tables: {{{move.target}: {{key: [...]}}}})",
                )
            ordered.append(replace(move, late=late, circle=circle))
    return [*ordered, *(move for move in moves if move.action is not Action.MERGE)]
