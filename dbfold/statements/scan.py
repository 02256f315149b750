"""From files to statements: one pass reads, parses and detects; a second binds what all files say together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dbfold.base.text import UndecodableError, decode_python
from dbfold.code.facts import ModuleFacts, SiteFact, module_facts
from dbfold.code.parsing import UnparsableError, parse
from dbfold.code.project import Project
from dbfold.policy.accessor import accessor_import, is_generated
from dbfold.policy.matching import DirectoryKind
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.candidates import is_candidate
from dbfold.references.discovery import SourceFile, discover, shown_base
from dbfold.references.model import FileError, Kind, Site
from dbfold.references.parallel import map_files
from dbfold.references.roots import Roots
from dbfold.references.scan import Examined, FileScan, Scan, combine, examine, is_python, read
from dbfold.references.verdicts import Judge, is_temporary
from dbfold.statements.binding import bind
from dbfold.statements.model import Statements

_MAY_HOLD_SQL = re.compile(rb"execute|read_sql|[dD][bB]_?[pP][aA][tT][hH]")
_THROW_AWAY_NAME = re.compile(r"(?i)(?:temp|tmp|test|mock|dummy)[_-]")
_SHORTEST_NAME = 5  # shorter ones are in every text
_NO_DATABASE = frozenset({Kind.MESSAGE, Kind.DOCSTRING, Kind.GLOB, Kind.COMPARISON, Kind.IGNORE_PATTERN})


@dataclass(frozen=True, slots=True)
class CodeScan:
    """What a tree holds: references to databases, and statements with the databases they run on."""

    references: Scan
    statements: Statements


def scan_code(
    targets: Sequence[Path],
    policy: Policy,
    *,
    jobs: int | None = None,
    base: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CodeScan:
    """All references and statements below `targets`, from one pass over their files.

    Paths are reported relative to `base`, by default what the targets have in common. A connection that is opened in a
    file outside `targets` is not followed: name the whole project. Raises UserError for a bad target.
    """
    discovery = discover(targets, policy, base or shown_base(list(targets)))
    judge = Judge(policy, Roots(policy), policy.accessor.style)
    results = map_files(partial(_scan_file, judge=judge), discovery.files, jobs, progress, gate=is_code_candidate)
    modules = {facts.file: facts for _, facts in results if facts is not None}
    modules.update(_users(modules, discovery.files, judge, jobs))
    references = combine(discovery, [found for found, _ in results if found is not None])
    others = {file.in_policy: file for file in discovery.files if file.in_policy not in modules}

    def load(name: str) -> ModuleFacts | None:
        """A module that is only imported, such as a package that hands on what others define."""
        file = others.pop(name, None)
        return _scan_file(file, judge)[1] if file is not None else None

    project = Project(modules, variables(policy), accessors(policy), load)
    project.name_accessor(policy.accessor.module)
    errors = tuple(error for error in references.errors)
    return CodeScan(references, Statements(tuple(bind(project)), errors, len(discovery.files)))


def _users(
    modules: Mapping[str, ModuleFacts], files: Sequence[SourceFile], judge: Judge, jobs: int | None
) -> dict[str, ModuleFacts]:
    """The modules that name a class with SQL in it, and hold none themselves: they may say on what it works."""
    names = {
        name.rpartition(".")[2].encode()
        for facts in modules.values()
        if facts.texts
        for name in facts.classes
        if len(name) > _SHORTEST_NAME
    }
    if not names:
        return {}
    named = re.compile(rb"\b(?:" + b"|".join(sorted(map(re.escape, names))) + rb")\b")

    def gate(data: bytes) -> bool:
        return not is_code_candidate(data) and named.search(data) is not None

    python = [file for file in files if file.path.endswith(".py") and file.in_policy not in modules]
    found = map_files(partial(_scan_file, judge=judge), python, jobs, gate=gate)
    return {facts.file: facts for _, facts in found if facts is not None}


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


def is_code_candidate(data: bytes) -> bool:
    """True unless `data` certainly holds neither a reference nor anything that leads SQL to a database."""
    return is_candidate(data) or _MAY_HOLD_SQL.search(data) is not None


def _scan_file(file: SourceFile, judge: Judge) -> tuple[FileScan | None, ModuleFacts | None]:
    try:
        data = read(file)
    except OSError as error:
        return FileScan(errors=(FileError(file.shown, f"cannot be read: {error.strerror}"),)), None
    examined = examine(data, file, judge) if is_candidate(data) else None
    found = FileScan(tuple(examined.references), tuple(examined.errors)) if examined else None
    if not is_python(file.path, data) or (examined is not None and examined.errors):
        return found, None
    facts = ModuleFacts(file.in_policy, file.shown)
    try:
        tree = examined.tree if examined else None
        text = ""
        if tree is None:
            text = decode_python(data).text
            tree = parse(text)
        elif examined and examined.source:
            text = examined.source.text
        facts.is_accessor = is_generated(text)
        sites = examined if examined else Examined()
        facts.sites = tuple(_site_fact(site, file.in_policy, judge) for site in sites.sites)
        return found, module_facts(text, tree, facts, sites.numbers)
    except (UndecodableError, UnparsableError, RecursionError):
        return found, None  # a file without references that does not parse holds nothing that Python could run


def _site_fact(site: Site, in_policy: str, judge: Judge) -> SiteFact:
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
