"""What a rewrite has to know about the SQL: references that have to wait, and names that change with them.

Code and data move by the same decision. A path to a retired database may be rewritten only if the policy has decided
what becomes of its tables; and where they get new names, the statements that run on that path get them in the same
write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dbfold.base.cache import digest, own_digest
from dbfold.base.codec import DECODING_ERRORS, Codec
from dbfold.base.progress import SILENT, Progress
from dbfold.base.spans import Span
from dbfold.journey.checking import Checked, check_files, database_files, database_state
from dbfold.journey.judging import Judgement
from dbfold.journey.outlook import Outlook
from dbfold.journey.renaming import Edit
from dbfold.journey.shapes import words
from dbfold.policy.model import Policy, Role
from dbfold.references.discovery import Discovery
from dbfold.references.model import Action
from dbfold.references.survey import Survey
from dbfold.sqlite.engine import folded
from dbfold.statements.model import Statement
from dbfold.statements.scan import CodeScan

Place = tuple[str, int, int]
"""A site: its file relative to the policy, line and column."""


@dataclass(frozen=True, slots=True)
class Change:
    """New names for a statement: edits of its text."""

    statement: Statement
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a rewrite has to know: the holds of the judge, and the names that change.

    held     retired databases whose references wait, with the reason
    sites    single references that wait, with the reason
    changes  by file (relative to the policy): the statements that get new names together with their references
    names    by file: names that change for a database that is used there
    known    by file: where its statements are written, as offsets in code points
    """

    held: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[Place, str] = field(default_factory=dict)
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)

    def why(self, database: str, file: str, span: Span) -> str | None:
        """Why the reference at `span` of `file` (relative to the policy) waits; None if it does not."""
        return self.held.get(database) or self.sites.get((file, span.line, span.column))


NO_GUIDANCE = Guidance()


def retired_names(policy: Policy) -> tuple[str, ...]:
    """Names of retired databases; code that holds none of them needs no guidance.

    Patterns give what is fixed in them.
    """
    return tuple(
        max(entry.name.replace("?", "*").replace("[", "*").split("*"), key=len)
        for entry in policy.databases.values()
        if entry.role is Role.RETIRED
    )


def guide(
    policy: Policy,
    survey: Survey,
    discovery: Discovery,
    data_dir: Path | None = None,
    progress: Progress = SILENT,
) -> Guidance:
    """Look at all code in `discovery`, the project's files, and at the databases in `data_dir` or its data directory.

    What a former run found in the same files and databases is not worked out again. Raises UserError.
    """
    contents, size = survey.digest_of(discovery.files)
    keeps = survey.keeps_for(size)
    if keeps is None:
        return _guide(policy, survey, discovery, data_dir, progress)
    databases = sorted(map(database_state, database_files(policy, data_dir).values()))
    key = digest(own_digest(), "guidance", repr(policy), contents, *databases)
    kept = keeps.get(key)
    if kept is not None:
        with suppress(*DECODING_ERRORS):  # what is not what it should be is as good as nothing
            return _codec().decode(kept)
    found = _guide(policy, survey, discovery, data_dir, progress)
    keeps.put(key, _codec().encode(found))
    return found


@cache
def _codec() -> Codec[Guidance]:
    return Codec(Guidance)


def _guide(
    policy: Policy,
    survey: Survey,
    discovery: Discovery,
    data_dir: Path | None,
    progress: Progress,
) -> Guidance:
    return guidance(check_files(policy, survey, discovery, policy.root, data_dir, progress))


def guidance(checked: Checked) -> Guidance:
    """What a check of the whole project says."""
    code, outlook, judged = checked.code, checked.outlook, checked.judged.judgements
    held = undecided_databases(outlook)
    rewritten = {
        (found.file, found.span.line, found.span.column)
        for found in code.references.references
        if found.verdict.action is Action.REWRITE and _database(outlook, found.database) not in held
    }
    blocked = _blocked(judged, outlook)
    changing = [one for one in judged if one.edits]
    while True:  # what waits makes others wait: a statement changes with all of its references, or not at all
        stuck = [
            one for one in changing if any(site not in rewritten or site in blocked for site in one.statement.sites)
        ]
        more = {site: _waits_for(one, blocked) for one in stuck for site in one.statement.sites if site not in blocked}
        if not more:
            break
        blocked.update(more)
    changes: dict[str, list[Change]] = defaultdict(list)
    for one in changing:
        if one.statement.sites and all(site in rewritten and site not in blocked for site in one.statement.sites):
            changes[one.statement.in_policy].append(Change(one.statement, one.edits))
    known: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for one in judged:
        known[one.statement.in_policy].update(one.statement.literals)
    return Guidance(
        held,
        blocked,
        {file: tuple(found) for file, found in changes.items()},
        _names(code, outlook, judged),
        {file: frozenset(found) for file, found in known.items()},
    )


def _names(code: CodeScan, outlook: Outlook, judged: Sequence[Judgement]) -> dict[str, frozenset[str]]:
    """By file: the names that change for the databases that it names, or whose statements it holds."""
    used: dict[str, set[str]] = defaultdict(set)
    for found in code.references.references:
        used[found.file].add(_database(outlook, found.database))
    for one in judged:
        used[one.statement.in_policy].update(one.statement.databases)
    names: dict[str, frozenset[str]] = {}
    for file, databases in used.items():
        for database in databases:
            merged = outlook.merged.get(database)
            changing = set(merged.names.get(database, ())) if merged else set()
            names[file] = names.get(file, frozenset()) | changing | unknown_names(outlook, database)
    return {file: found for file, found in names.items() if found}


def undecided_databases(outlook: Outlook) -> dict[str, str]:
    """Retired databases with tables of which nobody has decided what becomes of them."""
    tables: dict[str, list[str]] = defaultdict(list)
    for merged in outlook.targets.values():
        for final in merged.plan.finals.values():
            for database in final.contributors if final.is_undecided else ():
                if database != merged.target:
                    tables[database].append(final.name)
    return {
        database: f"the policy does not say what becomes of {_listed(names)}, which others have as well: `dbfold plan`"
        for database, names in tables.items()
    }


def _database(outlook: Outlook, name: str) -> str:
    entry = outlook.policy.find(name)
    return entry.name if entry else name


def _blocked(judged: Collection[Judgement], outlook: Outlook) -> dict[Place, str]:
    """References through which something runs that should get a new name, and nobody can write it."""
    blocked: dict[Place, str] = {}
    for one in judged:
        if one.review:
            blocked.update(
                dict.fromkeys(one.statement.sites, f"the SQL in line {one.statement.span.line}: {one.review}")
            )
        for database in one.statement.databases:
            for name in unknown_names(outlook, database) & {word.key for word in words(one.statement.text)}:
                why = (
                    f"the SQL in line {one.statement.span.line} names {name}, which the policy renames, and neither the"
                    f" code nor a database here says what it is in {database}: name where that is with --data-dir"
                )
                blocked.update(dict.fromkeys(one.statement.sites, why))
    unbound: dict[str, list[Statement]] = defaultdict(list)
    for one in judged:
        if not one.statement.databases and not one.statement.elsewhere:
            unbound[one.statement.in_policy].append(one.statement)
    for one in judged:
        for database in one.statement.databases:
            merged = outlook.merged.get(database)
            names = {*(merged.names.get(database, {}) if merged else ()), *unknown_names(outlook, database)}
            for statement in unbound.get(one.statement.in_policy, ()) if names else ():
                named = next((word.text for word in words(statement.text) if word.key in names), None)
                if named is not None:
                    why = f"the SQL in line {statement.span.line} names {named}, and cannot be bound to a database"
                    blocked.update(dict.fromkeys(one.statement.sites, why))
    return blocked


def unknown_names(outlook: Outlook, database: str) -> frozenset[str]:
    """Names that the policy renames, and that are in no schema: neither a database nor the code says what they are."""
    wanted = {folded(name) for name in outlook.policy.rename.get(database, {})}
    schema = outlook.before.schemas.get(database)
    return frozenset(wanted - set(schema.objects() if schema else ()))


def _waits_for(one: Judgement, blocked: Mapping[Place, str]) -> str:
    for site in one.statement.sites:
        if site in blocked:
            return blocked[site]
    return f"the SQL in line {one.statement.span.line} would get a new name, and runs on a path that is not rewritten"


def _listed(names: list[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return " and ".join([", ".join(distinct[:-1]), distinct[-1]] if len(distinct) > 1 else distinct)
