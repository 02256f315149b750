"""From files to statements: what all modules of a project say together, bound to databases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dbfold.base.progress import SILENT, Progress
from dbfold.code.exposure import exposed, told
from dbfold.code.facts import ModuleFacts, SiteFact
from dbfold.code.following import follow
from dbfold.code.imports import stem
from dbfold.code.project import Project
from dbfold.code.uses import Place
from dbfold.policy.accessor import accessor_import
from dbfold.policy.matching import DirectoryKind
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.discovery import Discovery, SourceFile
from dbfold.references.hazards import Found, hazards, set_elsewhere
from dbfold.references.model import FileError, Kind, Site
from dbfold.references.overrides import overridden
from dbfold.references.roots import Roots
from dbfold.references.scan import Scan, combine
from dbfold.references.survey import Facts, Survey
from dbfold.references.verdicts import Dangers, Examined, Judge, is_temporary
from dbfold.statements.attaching import Attachment, attachments
from dbfold.statements.binding import bind
from dbfold.statements.executions import Execution, executions
from dbfold.statements.importers import Importers
from dbfold.statements.model import Statements
from dbfold.statements.reach import Reach

_THROW_AWAY_NAME = re.compile(r"(?i)(?:temp|tmp|test|mock|dummy)[_-]")
_HANDED_ON = 2  # modules between the one that names a database and the one that uses it
_NO_DATABASE = frozenset({Kind.MESSAGE, Kind.DOCSTRING, Kind.GLOB, Kind.COMPARISON, Kind.IGNORE_PATTERN})


@dataclass(frozen=True, slots=True)
class CodeScan:
    """What a tree holds: references to databases, statements with the databases they run on, the calls that execute
    and attach, and the values of all modules.

    `dangers` are sites that must not be rewritten because of what the project does with the files, with the reason.
    """

    references: Scan
    statements: Statements
    executions: tuple[Execution, ...] = ()
    dangers: Mapping[Place, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    project: Project | None = None


def scan_code(
    survey: Survey,
    discovery: Discovery,
    policy: Policy,
    progress: Progress = SILENT,
    roots: Roots | None = None,
) -> CodeScan:
    """All references and statements in the files of `discovery`, with what policy and place say of the references.

    A connection that is opened in a file that is not among them is not followed: give the whole project.
    """
    judge = Judge(policy, roots or Roots(policy), policy.accessor.style)
    reach = Reach(frozenset(variables(policy)) | {policy.accessor.module.rpartition(".")[2]})
    found = survey.look(discovery.files, progress, reach.begins)
    modules = _within_reach(_modules(found, judge), reach, survey, discovery, judge, progress)
    others = {file.in_policy: file for file in discovery.files if file.in_policy not in modules}

    def load(name: str) -> ModuleFacts | None:
        """A module that is only imported, such as a package that hands on what others define."""
        file = others.pop(name, None)
        looked = survey.look([file], gate=lambda *_: True) if file is not None else []
        return _modules(looked, judge).get(name)

    project = Project(modules, variables(policy), accessors(policy), load)
    project.name_accessor(policy.accessor.module.rpartition(".")[2])
    progress.phase("binding statements")
    statements = tuple(bind(project, Importers(project, reach.imports)))
    progress.phase("following paths")
    sites = _sites(found, judge)
    setters = overridden({name for one in sites.values() for name in one.site.made_of}, survey.words(discovery.files))
    dangers = hazards(policy, sites, follow(project)) | set_elsewhere(sites, setters)
    judge = replace(judge, holds=Dangers(dangers))
    references = combine(discovery, _examined(found, discovery.files, survey, judge))
    found_statements = Statements(statements, references.errors, len(discovery.files))
    return CodeScan(
        references, found_statements, tuple(executions(project)), dangers, tuple(attachments(project)), project
    )


def _within_reach(
    modules: dict[str, ModuleFacts],
    reach: Reach,
    survey: Survey,
    discovery: Discovery,
    judge: Judge,
    progress: Progress,
) -> dict[str, ModuleFacts]:
    """Those modules, and all that may say what their databases and texts are used for, in the order of the files."""
    named = [facts for facts in modules.values() if any(site.database for site in facts.sites)]
    names: set[str] = set()
    new, rounds = modules, 0
    while new:
        looked = survey.look(reach.further(new.values()), progress, reach.reaches)
        if rounds < _HANDED_ON:
            names |= set().union(*(exposed(facts, names) for facts in named))
            stems = set().union(*(told(facts, names) for facts in named))
            handed = [file for file in discovery.files if file.path.endswith(".py") and stem(file.in_policy) in stems]
            looked += survey.look(handed, progress, gate=lambda *_: True)
        found = _modules(looked, judge)
        new = {file: facts for file, facts in found.items() if file not in modules}
        modules = modules | new
        named, rounds = list(new.values()), rounds + 1
    return {file.in_policy: modules[file.in_policy] for file in discovery.files if file.in_policy in modules}


def _sites(found: Sequence[tuple[SourceFile, Facts]], judge: Judge) -> dict[Place, Found]:
    """The sites in strings of Python, by their places."""
    sites = {}
    for file, facts in found:
        for written in facts.detected.sites[: facts.detected.in_strings]:
            site = judge.resolved(written, file.in_policy)
            sites[file.in_policy, site.span.line, site.span.column] = Found(site, judge.locate(site))
    return sites


def _modules(found: Sequence[tuple[SourceFile, Facts]], judge: Judge) -> dict[str, ModuleFacts]:
    """The modules among the files, their sites under the names that the policy has for their databases."""
    modules = {}
    for file, facts in found:
        if facts.module is not None:
            sites = facts.detected.sites[: facts.detected.in_strings]
            named = tuple(_site_fact(site, file.in_policy, judge) for site in sites)
            modules[file.in_policy] = replace(facts.module, sites=named)
    return modules


def _examined(
    found: Sequence[tuple[SourceFile, Facts]], files: Sequence[SourceFile], survey: Survey, judge: Judge
) -> Iterator[Examined]:
    """The verdicts of the files, in their order; those that cannot be read are errors."""
    known = {file.path: facts.detected for file, facts in found}
    for file in files:
        if (detected := known.get(file.path)) is not None:
            yield judge.examine(file, detected)
        elif (why := survey.unreadable.get(file.path)) is not None:
            yield Examined(errors=(FileError(file.shown, why),))


def variables(policy: Policy) -> dict[str, str]:
    """Environment variables that name a kept database, aliases included, to its name."""
    found = {entry.env: entry.name for entry in policy.kept if entry.env}
    for alias, variable in policy.env_aliases.items():
        if variable in found:
            found.setdefault(alias, found[variable])
    return found


def accessors(policy: Policy) -> dict[str, str]:
    """The names that a generated accessor defines, in any style, to their databases."""
    styles = (AccessorStyle.CONSTANT, AccessorStyle.FUNCTION)
    return {name: entry.name for entry in policy.kept for style in styles if (name := accessor_import(entry, style))}


def _site_fact(written: Site, in_policy: str, judge: Judge) -> SiteFact:
    site = judge.resolved(written, in_policy)
    place = judge.locate(site)
    name = place.entry.name if place.entry else place.database_name
    if site.kind in _NO_DATABASE or (place.entry is None and ("{" in name or "$" in name)):
        name = ""
    throw_away = (
        place.directory is DirectoryKind.TEMPORARY
        or is_temporary(site.text)
        or site.kind is Kind.TEMPORARY
        or (place.entry is None and _THROW_AWAY_NAME.match(name) is not None)
        or judge.policy.temporary_files.matching(in_policy) is not None
    )
    return SiteFact(name, site.span.line, site.span.column, throw_away)
