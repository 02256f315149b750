"""What a table of the database that remains will be: its columns, its key, and what the policy says of conflicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dbfold.datamove.planning import agreement
from dbfold.datamove.planning.draft import FULL_TEXT, Contribution, Draft, rename_line
from dbfold.datamove.planning.plan import FinalTable
from dbfold.policy.model import ColumnsPolicy, OnConflict
from dbfold.policy.model import Table as TablePolicy
from dbfold.sqlite.ddl import content_table, module_of, normal_form
from dbfold.sqlite.engine import folded
from dbfold.sqlite.inventory import Kind, Table


def final_table(draft: Draft, contributions: list[Contribution]) -> FinalTable:
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
    kept = {folded(name) for name in columns}
    for database, table in contributors.items():
        for column in set(table.stored) if len(contributors) > 1 else ():
            if folded(column) not in kept:
                draft.problem(
                    database,
                    first.name,
                    f"{column} holds values, and is generated in {first.database}: they would be lost",
                    *(rename_line(name, first.name) for name in contributors if name != draft.target),
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
        is_undecided=bool(differences) and decision.columns is not ColumnsPolicy.UNIFY,
    )
    rebuilt = first.database == draft.target and final.sql != first.sql
    _check_conflict_policy(draft, final)
    own = tuple(
        thing.sql
        for thing in draft.base.objects
        if rebuilt and thing.type in ("index", "trigger") and folded(thing.table) == folded(final.name)
    )
    return replace(final, rebuilt=rebuilt, own_objects=own)


def _check_conflict_policy(draft: Draft, final: FinalTable) -> None:
    """The policy's answer has to fit the table."""
    shared = len(final.contributors) > 1
    if shared and final.on_conflict is OnConflict.KEEP_BOTH and final.key != (final.definition.rowid_alias,):
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
        choices = (rename_line(one.database, one.name) for one in contributions if one.database != draft.target)
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
    return len(definitions) == 1 and module_of(sql) in FULL_TEXT and content_table(sql) != ""


def _ask_about_columns(draft: Draft, name: str, contributors: Mapping[str, Table], differences: Sequence[str]) -> None:
    databases = [database for database in contributors if database != draft.target]
    unify = unify_choice(name, contributors)
    draft.problem(
        databases[-1],
        name,
        f"also in {', '.join(database for database in contributors if database != databases[-1])}, with other columns: "
        + "; ".join(differences),
        f"tables: {{{name}: {settings_text(unify)}}}",
        *(rename_line(database, name) for database in databases),
    )


def unify_choice(name: str, contributors: Mapping[str, Table]) -> TablePolicy:
    """What to write under `tables` for a table that gets the columns of all: the most careful way."""
    keys, first = natural_keys(contributors), contributors[next(iter(contributors))]
    on_conflict = OnConflict.KEEP_TARGET
    if not keys and first.rowid_alias and all(table.column(first.rowid_alias) for table in contributors.values()):
        on_conflict = OnConflict.KEEP_BOTH  # equal numbers do not make equal rows
    return TablePolicy(name, key=keys[0] if keys else (), on_conflict=on_conflict, columns=ColumnsPolicy.UNIFY)


def settings_text(table: TablePolicy) -> str:
    """An entry of `tables` as YAML."""
    settings = [f"columns: {table.columns}"] if table.columns else []
    settings += [f"key: [{', '.join(table.key)}]"] if table.key else []
    return f"{{{', '.join([*settings, f'on_conflict: {table.on_conflict}'])}}}"


def natural_keys(contributors: Mapping[str, Table]) -> list[tuple[str, ...]]:
    """Columns that a database declares UNIQUE and all have: what may tell which rows are the same."""
    tables = list(contributors.values())
    found = [
        columns
        for table in tables
        for columns in table.uniques
        if all(other.column(name) for other in tables for name in columns)
    ]
    return list({tuple(sorted(folded(name) for name in columns)): columns for columns in found}.values())


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
