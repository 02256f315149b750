"""What each retired database waits for: everything in the project that would not switch together with it.

A database switches whole, or not at all: its paths, its SQL and its rows. So one reference that stays, one statement
that would break or nobody can rename, holds all of it, in every file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from dbfold.base.output.counted import listed
from dbfold.code.uses import Place
from dbfold.journey.checking import Checked
from dbfold.journey.concerns import Concern
from dbfold.journey.guidance import Wait
from dbfold.journey.judging import Effect, Judgement
from dbfold.journey.outlook import Outlook
from dbfold.journey.shapes import words
from dbfold.policy.matching import DirectoryKind, locate
from dbfold.policy.model import Database, Policy, Role
from dbfold.references.candidates import plain_path
from dbfold.references.model import Action, Reference
from dbfold.sqlite.engine import folded

Found = Iterator[tuple[str, Wait]]
"""Names of retired databases, as the policy has them, each with something that it waits for."""

_FIELD = re.compile(r"\{[^}]*\}|\$\{?\w+\}?")
_ALWAYS_ANOTHER = re.compile(r"(?i)time|date|stamp|now|today|uuid|pid|random|secret|version|suffix")
_WRONG = (Effect.BREAKS, Effect.CHANGES)


def find_waits(checked: Checked) -> dict[str, list[Wait]]:
    """By retired database: what it waits for, without what the policy accepts."""
    outlook = checked.outlook
    found: dict[str, list[Wait]] = defaultdict(list)
    for database, wait in (
        *_undecided(outlook),
        *_problems(outlook),
        *_staying(checked.code.references.references, outlook.policy),
        *_statements(checked.judged.judgements, outlook),
        *_half_renamed(checked),
        *_concerns(checked.concerns),
    ):
        entry = outlook.policy.databases.get(database)
        if entry is None or entry.role is not Role.RETIRED:
            continue
        if not (wait.file and outlook.policy.accepted(entry, wait.file)):
            found[database].append(wait)
    return found


def retired(policy: Policy, name: str) -> Database | None:
    """The policy's entry for a database that is to go; None for every other name."""
    entry = policy.find(name)
    return entry if entry is not None and entry.role is Role.RETIRED else None


def may_name(policy: Policy, one: Reference) -> Iterator[Database]:
    """The retired databases that a reference names, or may name because the file's name is computed."""
    entry = retired(policy, one.database)
    if entry is not None:
        yield entry
    elif (pattern := _computed_name(one)) is not None and _may_be_data(policy, one.text):
        for entry in policy.databases.values():
            if entry.role is Role.RETIRED and (pattern.fullmatch(entry.name) or entry.is_pattern):
                yield entry


def _computed_name(one: Reference) -> re.Pattern[str] | None:
    """What the file's name may be; None for a name that is written down, or is a new one each time."""
    parts = _FIELD.split(one.database)
    if len(parts) < 2 or any(map(_ALWAYS_ANOTHER.search, _FIELD.findall(one.database))):
        return None
    return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)


def _may_be_data(policy: Policy, text: str) -> bool:
    directory = locate(policy, plain_path(text)).directory
    return directory in (DirectoryKind.DATA, DirectoryKind.BARE, DirectoryKind.COMPUTED)


def unknown_names(outlook: Outlook, database: str) -> frozenset[str]:
    """Names that the policy renames, and that are in no schema: neither a database nor the code says what they are."""
    wanted = {folded(name) for name in outlook.policy.rename.get(database, {})}
    schema = outlook.before.schemas.get(database)
    return frozenset(wanted - set(schema.objects() if schema else ()))


def changing_names(outlook: Outlook, database: str) -> frozenset[str]:
    """Names of a database's tables, views and indexes, as SQLite compares them, that are others after the move."""
    merged = outlook.merged.get(database)
    return frozenset(merged.names.get(database, ()) if merged else ()) | unknown_names(outlook, database)


def _undecided(outlook: Outlook) -> Found:
    """Tables of which nobody has decided what becomes of them."""
    tables: dict[str, list[str]] = defaultdict(list)
    for merged in outlook.targets.values():
        for final in merged.plan.finals.values():
            for database in final.contributors if final.is_undecided else ():
                if database != merged.target:
                    tables[database].append(final.name)
    for database, names in tables.items():
        which = listed(dict.fromkeys(names))
        yield (
            outlook.policy.entry_name(database),
            Wait(f"the policy does not say what becomes of {which}, which others have as well: `dbfold plan`"),
        )


def _problems(outlook: Outlook) -> Found:
    """What the plan of the move asks for, beside the tables that nobody has decided on."""
    for merged in outlook.targets.values():
        undecided = {folded(final.name) for final in merged.plan.finals.values() if final.is_undecided}
        for one in merged.plan.problems:
            if folded(one.table or "") not in undecided:
                yield outlook.policy.entry_name(one.database), Wait(f"the move waits: {one}")


def _staying(references: tuple[Reference, ...], policy: Policy) -> Found:
    """References that are neither rewritten nor accepted. Those in files under `review:` are a person's."""
    for one in references:
        if one.verdict.action is Action.REVIEW and policy.review_files.matching(one.file) is None:
            for entry in may_name(policy, one):
                yield entry.name, Wait(one.verdict.reason, one.file, one.span.line)


def _statements(judged: tuple[Judgement, ...], outlook: Outlook) -> Found:
    """Statements that would mean something else, and those that nobody can give their new names."""
    renamed = {database: names for database in outlook.merged if (names := changing_names(outlook, database))}
    for one in judged:
        place = (one.statement.in_policy, one.statement.span.line)
        if one.effect in _WRONG or one.review:
            reason = one.review if one.effect not in _WRONG else one.message
            for database in _concerned(one, outlook):
                yield database, Wait(f"the SQL {_verb(one)}: {reason}", *place)
        keys = {word.key: word.text for word in words(one.statement.text)}
        for database in one.statement.databases:
            for name in unknown_names(outlook, database) & keys.keys():
                why = (
                    f"the SQL names {keys[name]}, which the policy renames, and neither the code nor a database here"
                    f" says what it is in {database}: name where that is with --data-dir"
                )
                yield database, Wait(why, *place)
        if not one.statement.databases and not one.statement.elsewhere:
            for database, names in renamed.items():
                if named := next((keys[name] for name in names if name in keys), None):
                    yield database, Wait(f"the SQL names {named}, and cannot be bound to a database", *place)


def _concerns(concerns: Iterable[Concern]) -> Found:
    for one in concerns:
        for database in one.databases:
            yield database, Wait(one.reason, one.file, one.line)


def _verb(one: Judgement) -> str:
    if one.effect is Effect.BREAKS:
        return "would break"
    return "would change its meaning" if one.effect is Effect.CHANGES else "cannot get its new names"


def _concerned(one: Judgement, outlook: Outlook) -> set[str]:
    """The retired databases whose move does it: those that the statement runs on, or that share its tables."""
    own = {database for database in one.statement.databases if retired(outlook.policy, database)}
    if own:
        return {outlook.policy.entry_name(database) for database in own}
    concerned: set[str] = set()
    for database in one.statement.databases:
        merged = outlook.merged.get(database)
        finals = [final for table in one.tables if merged and (final := merged.final_of(database, table))]
        sharing = {name for final in finals for name in final.contributors}
        everyone = set(merged.inventories) if merged else set()
        concerned |= (sharing or everyone) - {database}
    return {outlook.policy.entry_name(database) for database in concerned}


def _half_renamed(checked: Checked) -> Found:
    """Statements that get new names, and run on a path that is rewritten and on one that stays."""
    policy = checked.outlook.policy
    stays: dict[Place, bool] = {
        (one.file, one.span.line, one.span.column): one.verdict.action is not Action.REWRITE
        for one in checked.code.references.references
    }
    for one in checked.judged.judgements:
        there = {stays.get(site, True) for site in one.statement.sites} if one.edits else set()
        for database in one.statement.databases if len(there) > 1 else ():
            why = "the SQL would get a new name, and runs on a path that is not rewritten as well"
            yield policy.entry_name(database), Wait(why, one.statement.in_policy, one.statement.span.line)
