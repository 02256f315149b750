"""What a trial of a plan asks: conflicts that nobody decided, and columns that may hold ids which change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dbfold.datamove.planning.plan import Account, FinalTable, Plan, Problem
from dbfold.datamove.planning.relations import looks_like_an_id_of
from dbfold.policy.model import NO_FOREIGN_KEY, OnConflict, Policy
from dbfold.sqlite.engine import folded


def undecided(
    policy: Policy, made: Plan, accounts: Sequence[Account], conflicts: Mapping[tuple[str, str], int]
) -> Iterator[Problem]:
    """Conflicts that the policy wants decided, and columns that look like ids of rows whose ids change.

    `accounts` are those of a trial, `conflicts` (table, column) its values that lost.
    """
    open_tables = {folded(problem.table or "") for problem in made.problems}
    for account in accounts:
        final = made.final(account.target)
        if {folded(account.name), folded(account.target)} & open_tables:
            continue  # what is decided there changes everything here
        if account.conflict and final.on_conflict is OnConflict.FAIL:
            yield Problem(
                account.database,
                account.name,
                f"{account.conflict:,} of {account.rows:,} rows have the key ({', '.join(final.key)}) of another"
                f" row and"
                f" differ in {_columns(conflicts, final.name)}; which one stays?",
                tuple(_conflict_choices(made, final.name)),
            )
        elif account.mapped + account.identical and _is_guessed(policy, final):
            yield Problem(
                account.database,
                account.name,
                f"{account.mapped + account.identical:,} of {account.rows:,} rows have the number ({final.key[0]}) of"
                " another row, with other columns; are they the same rows?",
                tuple(_unified_choices(made, final.name)),
            )
        if account.renumbered:
            yield from _likely_references(policy, made, account)


def _is_guessed(policy: Policy, final: FinalTable) -> bool:
    """Would rows with different columns become one because their numbers are equal, and nobody said so?"""
    decided = any(folded(name) == folded(final.name) and table.key for name, table in policy.tables.items())
    is_number = final.key == (final.definition.rowid_alias,)
    return final.is_unified and is_number and not decided and final.on_conflict is not OnConflict.KEEP_BOTH


def _unified_choices(made: Plan, table: str) -> Iterator[str]:
    final = made.final(table)
    yield f"tables: {{{table}: {{columns: unify, on_conflict: keep-both}}}}"
    yield f"tables: {{{table}: {{columns: unify, key: [{final.key[0]}], on_conflict: {final.on_conflict}}}}}"


def _columns(conflicts: Mapping[tuple[str, str], int], table: str) -> str:
    return ", ".join(column for name, column in conflicts if name == table)


def _conflict_choices(made: Plan, table: str) -> Iterator[str]:
    final = made.final(table)
    shown = f"key: [{', '.join(final.key)}]"
    others = [columns for columns in final.definition.uniques if columns != final.key]
    for columns in others:
        yield f"tables: {{{table}: {{key: [{', '.join(columns)}], on_conflict: keep-target}}}}"
    yield f"tables: {{{table}: {{{shown}, on_conflict: keep-target}}}}"
    yield f"tables: {{{table}: {{{shown}, on_conflict: keep-source}}}}"
    for column in final.columns:
        if folded(column) in ("updated_at", "modified_at", "last_updated", "updated", "last_modified"):
            yield f"tables: {{{table}: {{{shown}, on_conflict: newest, newest_by: {column}}}}}"
    yield f"tables: {{{table}: {{{shown}, on_conflict: fill-nulls}}}}"
    if final.key == (final.definition.rowid_alias,):
        yield f"tables: {{{table}: {{{shown}, on_conflict: keep-both}}}}"


def _likely_references(policy: Policy, made: Plan, account: Account) -> Iterator[Problem]:
    """In the same database, columns called user_id, where the ids of users change and no foreign key says so."""
    merged = next(m for m in made.moves if (m.database, m.name) == (account.database, account.name))
    id_column = made.final(account.target).id_column or ""
    decided = {folded(column) for column in policy.foreign_keys.get(account.database, {})}
    for move in made.moves:
        if move.database != account.database:
            continue
        for column in move.columns:
            place = f"{move.name}.{column}"
            if (
                column not in move.translations
                and folded(place) not in decided
                and (move is not merged or folded(column) != folded(id_column))
                and looks_like_an_id_of(merged.source, id_column, column)
            ):
                yield Problem(
                    account.database,
                    move.name,
                    f"{column} looks like an id of {account.name}, {account.renumbered:,} of which change, and no"
                    f" foreign"
                    " key says so",
                    (
                        f"foreign_keys: {{{account.database}: {{{place}: {account.name}.{id_column}}}}}",
                        f"foreign_keys: {{{account.database}: {{{place}: {NO_FOREIGN_KEY}}}}}",
                    ),
                )


def trial_notices(made: Plan, accounts: Sequence[Account]) -> Iterator[str]:
    """Columns that look like ids of a table which their own database does not have."""
    for account in accounts:
        if not account.renumbered:
            continue
        final = made.final(account.target)
        for move in made.moves:
            has_own = any(other.database == move.database and other.target == final.name for other in made.moves)
            for column in () if has_own else move.columns:
                if column not in move.translations and looks_like_an_id_of(
                    final.definition, final.id_column or "", column
                ):
                    yield (
                        f"{move.database}: {move.name}.{column} is taken for an id of {final.name} in"
                        f" {made.target}. If it is"
                        f" one of {account.database}, write foreign_keys: {{{move.database}:"
                        f" {{{move.name}.{column}: {account.database}/{account.name}.{final.id_column}}}}}"
                    )
