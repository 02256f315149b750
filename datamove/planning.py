"""From inventories and policy to a plan: which table goes where, and what nobody has decided yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from datamove import agreement
from datamove.ddl import content_table, module_of, normal_form
from datamove.inventory import Inventory, Kind, SchemaObject, Table
from datamove.model import Action, FinalTable, ObjectMove, Plan, Problem, SourceFile, TableMove, Translation
from datamove.relations import Column, Reference, components, origin, references, split_column
from datamove.renaming import RenamedSchema, renamed_schema
from dbpolicy.model import NO_FOREIGN_KEY, ColumnsPolicy, OnConflict, Policy
from dbpolicy.model import Table as TablePolicy

LEDGER_PREFIX = "_dbfold_"
_FULL_TEXT = frozenset({"fts3", "fts4", "fts5"})


@dataclass(frozen=True)
class Contribution:
    """A table of one database under the name that it will have, and the text that creates it so."""

    database: str
    table: Table
    name: str
    sql: str


@dataclass
class Draft:
    """A plan while it is made."""

    policy: Policy
    target: str
    base: Inventory
    sources: Mapping[str, Inventory]
    moved_before: frozenset[str] = frozenset()
    """Databases that were moved once already, with other content than now."""
    schemas: dict[str, RenamedSchema] = field(default_factory=dict)
    contributions: dict[str, list[Contribution]] = field(default_factory=dict)
    finals: dict[str, FinalTable] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def problem(self, database: str, table: str | None, message: str, *choices: str) -> None:
        self.problems.append(Problem(database, table, message, choices))

    def inventory(self, database: str) -> Inventory:
        return self.base if database == self.target else self.sources[database]

    def decision(self, table: str) -> TablePolicy:
        """What the policy says about a table, whatever the case of its name."""
        lower = table.lower()
        found = (entry for name, entry in self.policy.tables.items() if name.lower() == lower)
        return next(found, TablePolicy(table))


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
    _check_foreign_keys(draft, known)
    draft.sources = {name: sources[name] for name in _source_order(draft, known)}
    _rename(draft)
    _collect(draft)
    for contributions in draft.contributions.values():
        final = _final_table(draft, contributions)
        draft.finals[final.name.lower()] = final
    _check_parents(draft)
    moves = _moves(draft, known)
    objects = _objects(draft)
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


# -- names ------------------------------------------------------------------------------------------------------------


def _rename(draft: Draft) -> None:
    for database, inventory in draft.sources.items():
        names = dict(draft.policy.rename.get(database, {}))
        for table in inventory.tables.values():
            if table.name.lower().startswith(LEDGER_PREFIX):  # its own history of moves, kept apart from the target's
                names.setdefault(table.name, f"{table.name}_{_stem(database)}")
        schema = renamed_schema(inventory, names)
        for name in schema.unknown:
            draft.problem(database, name, "the policy renames it, and it does not exist; correct 'rename'")
        for name in schema.taken:
            draft.problem(database, name, "an index or a view has the name that the policy gives it; correct 'rename'")
        draft.schemas[database] = schema


def _stem(database: str) -> str:
    return PurePosixPath(database).stem.replace(".", "_").replace("-", "_")


def _collect(draft: Draft) -> None:
    """Everything that ends under one name, the target's own first."""
    for key, table in draft.base.tables.items():
        if not key.startswith(LEDGER_PREFIX):
            draft.contributions[key] = [Contribution(draft.target, table, table.name, table.sql)]
    for database, inventory in draft.sources.items():
        for key, table in inventory.tables.items():
            name, sql = draft.schemas[database].tables[key]
            draft.contributions.setdefault(name.lower(), []).append(Contribution(database, table, name, sql))


# -- tables -----------------------------------------------------------------------------------------------------------


def _final_table(draft: Draft, contributions: list[Contribution]) -> FinalTable:
    first = contributions[0]
    if any(one.table.kind is not Kind.TABLE for one in contributions):
        return _virtual_final(draft, contributions)
    databases = [one.database for one in contributions]
    for database in {one for one in databases if databases.count(one) > 1}:
        draft.problem(database, first.name, "two of its tables would get this name; correct 'rename'")
    contributors = {one.database: one.table for one in contributions}
    decision = draft.decision(first.name)
    differences = agreement.differences(contributors) if len(contributors) > 1 else []
    if differences and decision.columns is not ColumnsPolicy.UNIFY:
        _ask_about_columns(draft, first.name, contributors, differences)
    columns = agreement.stored_columns(contributors)
    for database, table in contributors.items():
        for column in set(table.stored) if len(contributors) > 1 else ():
            if column.lower() not in {name.lower() for name in columns}:
                draft.problem(
                    database,
                    first.name,
                    f"{column} holds values, and is generated in {first.database}: they would be lost",
                    *(_rename_line(name, first.name) for name in contributors if name != draft.target),
                )
    columns_of = {
        database: tuple(column for column in columns if table.column(column) is not None)
        for database, table in contributors.items()
    }
    key = _key(draft, first.name, contributors, decision) if len(contributors) > 1 else ()
    primary = first.table.primary_key
    final = FinalTable(
        name=first.name,
        sql=agreement.unified_sql(contributors, first.sql) if differences else first.sql,
        definition=first.table,
        columns=columns,
        contributors=tuple(contributors),
        key=key,
        identity=primary[0] if key and len(primary) == 1 and primary[0] not in key else None,
        on_conflict=decision.on_conflict,
        newest_by=decision.newest_by,
        columns_of=columns_of,
        fillers=agreement.fillers(contributors),
    )
    rebuilt = first.database == draft.target and final.sql != first.sql
    _check_conflict_policy(draft, final)
    own = tuple(
        thing.sql
        for thing in draft.base.objects
        if rebuilt and thing.type in ("index", "trigger") and thing.table.lower() == final.name.lower()
    )
    return replace(final, rebuilt=rebuilt, own_objects=own)


def _check_conflict_policy(draft: Draft, final: FinalTable) -> None:
    """The policy's answer has to fit the table."""
    if final.on_conflict is OnConflict.KEEP_BOTH and final.key != (final.definition.rowid_alias,):
        draft.problem(
            final.contributors[-1],
            final.name,
            "on_conflict: keep-both gives rows another id, so the key has to be an INTEGER PRIMARY KEY and nothing"
            " else;"
            f" choose another (tables: {{{final.name}: {{on_conflict: ...}}}})",
        )
    if final.newest_by is not None:
        lacking = [name for name, columns in final.columns_of.items() if final.newest_by not in columns]
        for database in lacking:
            draft.problem(
                database, final.name, f"has no column {final.newest_by!r}; correct 'tables.{final.name}.newest_by'"
            )


def _virtual_final(draft: Draft, contributions: list[Contribution]) -> FinalTable:
    """Virtual tables and their shadow tables: one database's are copied as they are, more need a full-text index."""
    first = contributions[0]
    if len(contributions) > 1 and first.table.kind is not Kind.SHADOW and not _can_append(contributions):
        choices = (_rename_line(one.database, one.name) for one in contributions if one.database != draft.target)
        draft.problem(
            contributions[-1].database,
            first.name,
            f"a virtual table here or in {first.database}, and only full-text tables with the same definition and their"
            " own content can become one",
            *choices,
        )
    return FinalTable(
        name=first.name,
        sql=first.sql,
        definition=first.table,
        columns=tuple(column.name for column in first.table.columns if not column.hidden),
        contributors=tuple(one.database for one in contributions),
    )


def _can_append(contributions: list[Contribution]) -> bool:
    """Full-text tables with one definition, whose text is their own or that of a table which moves, too."""
    if any(one.table.kind is not Kind.VIRTUAL for one in contributions):
        return False
    definitions = {normal_form(one.sql) for one in contributions}
    sql = contributions[0].sql
    return len(definitions) == 1 and module_of(sql) in _FULL_TEXT and content_table(sql) != ""


def _ask_about_columns(draft: Draft, name: str, contributors: Mapping[str, Table], differences: Sequence[str]) -> None:
    databases = [database for database in contributors if database != draft.target]
    keys, first = natural_keys(contributors), contributors[next(iter(contributors))]
    if keys:
        unify = f"columns: unify, key: [{', '.join(keys[0])}], on_conflict: keep-target"
    elif first.rowid_alias and all(table.column(first.rowid_alias) for table in contributors.values()):
        unify = "columns: unify, on_conflict: keep-both"  # equal numbers do not make equal rows
    else:
        unify = "columns: unify, on_conflict: keep-target"
    draft.problem(
        databases[-1],
        name,
        f"also in {', '.join(database for database in contributors if database != databases[-1])}, with other columns: "
        + "; ".join(differences),
        f"tables: {{{name}: {{{unify}}}}}",
        *(_rename_line(database, name) for database in databases),
    )


def _rename_line(database: str, name: str) -> str:
    return f"rename: {{{database}: {{{name}: {_stem(database)}_{name}}}}}"


def natural_keys(contributors: Mapping[str, Table]) -> list[tuple[str, ...]]:
    """Columns that a database declares UNIQUE and all have: what may tell which rows are the same."""
    tables = list(contributors.values())
    found = [
        columns
        for table in tables
        for columns in table.uniques
        if all(other.column(name) for other in tables for name in columns)
    ]
    return list({tuple(sorted(name.lower() for name in columns)): columns for columns in found}.values())


def _key(draft: Draft, name: str, contributors: Mapping[str, Table], decision: TablePolicy) -> tuple[str, ...]:
    """The policy's key, in the spelling of the first table; else a primary key or a unique constraint of all."""
    first, *others = contributors.values()
    for column in decision.key:
        lacking = [database for database, table in contributors.items() if table.column(column) is None]
        if lacking:
            draft.problem(
                lacking[-1],
                name,
                f"has no column {column!r}; correct 'tables.{name}.key', which all databases must have",
            )
            return ()
    chosen = decision.key
    if not chosen:
        candidates = [first.primary_key] if first.primary_key else list(first.uniques)
        chosen = next((key for key in candidates if all(t.column(c) for t in others for c in key)), ())
    return tuple(found.name for column in chosen if (found := first.column(column)) is not None)


# -- rows -------------------------------------------------------------------------------------------------------------


def _moves(draft: Draft, known: Mapping[str, Mapping[Column, Reference]]) -> list[TableMove]:
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


def _check_foreign_keys(draft: Draft, known: Mapping[str, Mapping[Column, Reference]]) -> None:
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
        (one.database, one.table.name.lower()): final
        for key, contributions in draft.contributions.items()
        for one in contributions
        if one.database != draft.target
        and (final := draft.finals[key]).key
        and one is not contributions[0]
        and final.id_column is not None
        and one.table.column(final.id_column) is not None
    }


def _check_parents(draft: Draft) -> None:
    """A foreign key has to refer to a unique key of its parent, and the parent may now be another database's table."""
    for database, inventory in draft.sources.items():
        for table in inventory.tables.values():
            for key in table.foreign_keys:
                parent = inventory.table(key.parent)
                name, _ = draft.schemas[database].tables.get(key.parent.lower(), (key.parent, ""))
                final = draft.finals.get(name.lower())
                if final is None or parent is None or final.contributors[0] == database:
                    continue
                if _is_unique(parent, key.parent_columns) and not _is_unique(final.definition, key.parent_columns):
                    draft.problem(
                        database,
                        table.name,
                        f"its foreign key ({', '.join(key.columns)}) refers to"
                        f" {final.name} ({', '.join(key.parent_columns)}), which is not unique in the {final.name} of"
                        f" {final.contributors[0]}",
                        _rename_line(database, parent.name),
                    )


def _is_unique(table: Table, columns: Sequence[str]) -> bool:
    wanted = {column.lower() for column in columns}
    return any({column.lower() for column in unique} == wanted for unique in (table.primary_key, *table.uniques))


def _source_order(draft: Draft, known: Mapping[str, Mapping[Column, Reference]]) -> list[str]:
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
    final = draft.finals[name.lower()]
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
    kept = {column.lower() for column in final.columns}
    columns = table.stored if is_first else tuple(column for column in table.stored if column.lower() in kept)
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
        reference = origin((table.name.lower(), column.lower()), database, known, merged)
        if reference is not None:
            final = merged[(reference.database, reference.table)]
            if (final.id_column or "").lower() == reference.column:
                found[column] = Translation(reference.database, final.name)
    return found


def _parents_first(draft: Draft, moves: list[TableMove]) -> list[TableMove]:
    """Merged tables in an order in which ids are known before they are needed, then the rest.

    References in a circle are `late`: they are translated when all ids of the circle are known.
    """
    merges = {move.target.lower(): move for move in moves if move.action is Action.MERGE}
    edges = {
        name: [
            translation.table.lower()
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
                if translation.database == move.database and translation.table.lower() in unknown
            )
            circular = [column for column in draft.finals[name].key if column.lower() in {c.lower() for c in late}]
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


# -- everything else --------------------------------------------------------------------------------------------------


def _objects(draft: Draft) -> list[ObjectMove]:
    """Indexes, views, triggers and virtual tables of the sources, under names that are free.

    Code does not name triggers and seldom indexes, so those get another name by themselves. Views are named.
    """
    taken: dict[str, str | None] = dict.fromkeys(draft.finals)
    triggers: dict[str, str] = {}
    for thing in draft.base.objects:
        names = triggers if thing.type == "trigger" else taken
        names[thing.name.lower()] = _identity_of(thing)
        if thing.type != "trigger" and thing.name.lower() in draft.finals:
            _ask_about_name(draft, thing.name, thing.type)
    moves: list[ObjectMove] = []
    for database, schema in draft.schemas.items():
        for table in draft.sources[database].tables.values():
            name, sql = schema.tables[table.name.lower()]
            if table.kind is Kind.VIRTUAL and draft.finals[name.lower()].contributors[0] == database:
                moves.append(ObjectMove(database, "table", table.name, name, name, sql))
        for thing in schema.objects:
            names = triggers if thing.type == "trigger" else taken
            moves.append(_object_move(draft, database, thing, names))
    return moves


def _object_move(
    draft: Draft, database: str, thing: SchemaObject, taken: dict[str, str | None] | dict[str, str]
) -> ObjectMove:
    key = thing.name.lower()
    new: str | None = thing.name
    if key in taken and taken[key] == _identity_of(thing):
        new = None
    elif key in taken and thing.type == "view":
        draft.problem(
            database, thing.name, "a view, and the name is taken by something else", _rename_line(database, thing.name)
        )
    elif key in taken:
        new = f"{thing.name}_{_stem(database)}"
        while new.lower() in taken:
            new += "_"
        draft.notices.append(f"{database}: the {thing.type} {thing.name} becomes {new}: the name is taken")
    if new is not None:
        taken[new.lower()] = _identity_of(thing)
    return ObjectMove(database, thing.type, thing.name, new, thing.table, thing.sql)


def _identity_of(thing: SchemaObject) -> str:
    return f"{thing.type} {thing.table.lower()} {normal_form(thing.sql)}"


def _ask_about_name(draft: Draft, name: str, type: str) -> None:
    for one in draft.contributions[name.lower()]:
        draft.problem(
            one.database,
            name,
            f"a table, and a {type} of {draft.target} has that name",
            _rename_line(one.database, name),
        )


def _sequences(draft: Draft) -> dict[str, int]:
    """The greatest AUTOINCREMENT counter of each table."""
    found: dict[str, int] = {}
    for contributions in draft.contributions.values():
        for one in contributions:
            counter = draft.inventory(one.database).sequences.get(one.table.name)
            name = draft.finals[one.name.lower()].name
            if counter is not None and draft.finals[name.lower()].definition.is_autoincrement:
                found[name] = max(counter, found.get(name, 0))
    return found


def _rebuilds(draft: Draft, moves: Sequence[TableMove], objects: Sequence[ObjectMove]) -> tuple[str, ...]:
    """Full-text tables over the text of a table that gets rows from elsewhere: no trigger keeps them current now."""
    grown = {move.target.lower() for move in moves if move.action is not Action.COPY}
    tables = [(table.name, table.sql) for table in draft.base.tables.values() if table.kind is Kind.VIRTUAL] + [
        (thing.name, thing.sql) for thing in objects if thing.type == "table" and thing.name is not None
    ]
    return tuple(
        name for name, sql in tables if module_of(sql) in _FULL_TEXT and (content_table(sql) or "").lower() in grown
    )


def _notices(draft: Draft, moves: Sequence[TableMove]) -> None:
    for database, inventory in draft.sources.items():
        if inventory.user_version not in (0, draft.base.user_version):
            draft.notices.append(
                f"{database}: its user_version, {inventory.user_version}, is not kept; that of {draft.target} stays"
            )
    grown = {move.target.lower() for move in moves if move.action is not Action.COPY}
    for thing in draft.base.objects:
        if thing.type == "trigger" and thing.table.lower() in grown:
            draft.notices.append(f"{draft.target}: the trigger {thing.name} does not fire for rows that move")
