"""The draft of a policy: what a tree says about its databases, and what can be proposed without a person.

The most used database is proposed as the primary one. All others are `undecided`, which is safe: they are reported,
never rewritten.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from dbfold.base.progress import SILENT, Progress
from dbfold.policy.accessor import is_generated
from dbfold.policy.directories import has_placeholder, static_tail, without_parents
from dbfold.policy.matching import directory_and_name
from dbfold.policy.model import Accessor, Database, Policy, Role
from dbfold.references.candidates import FOREIGN_NAMES, SQLITE_URL, plain_path
from dbfold.references.discovery import discover
from dbfold.references.drafting.layout import Layout
from dbfold.references.drafting.sqlite_files import sqlite_files
from dbfold.references.model import Action, FileError, Reference
from dbfold.references.roots import Roots
from dbfold.references.scan import Scan, scan

DEFAULT_VARIABLE = "DATABASE_PATH"
# Where every name is computed; a policy needs one.
UNKNOWN_PRIMARY = "main.db"  # dbfold: ignore[DBF006] proposed to an application, and not opened
_NAME = re.compile(r"[\w.+@~ *-]*\w[\w.+@~ *-]*\Z")
_COMPUTED = re.compile(r"\{[^{}]*\}|\$\{[^{}]*\}|\$\w+|%\(\w+\)[sd]|%[sd]")
_A_SERIES = 3
_LETTERS_OF_A_PATTERN = 2  # `*.db` would stand for everything
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_INEXPRESSIBLE = re.compile(r"[\\:*?]|\A[!~]")
_NO_DATA_DIRECTORY = re.compile(r"(?i)(?:\A|/)[._]?(?:archives?|backups?|checkpoints?|te?mp)(?:[_-][^/]*)?(?:/|\Z)")


@dataclass(frozen=True, slots=True)
class Found:
    """One database: how often and in how many files it is named, and where files of that name lie (path → size)."""

    name: str
    references: int
    files: int
    present: dict[str, int]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a drafted policy says.

    databases   all of them, the most named first
    primary     the name of one of them, or of none where only patterns of names were found
    path, env   of the primary
    aliases     other variables that name the primary
    data_dirs   directories of the primary, or of several databases, and how often each is named
    other_dirs  directories in which only one other database is
    """

    databases: tuple[Found, ...]
    primary: str
    path: str
    env: str
    aliases: tuple[str, ...]
    data_dirs: dict[str, int]
    other_dirs: dict[str, int]
    roots: tuple[str, ...]
    module: str
    temporary: tuple[str, ...]
    exclude: tuple[str, ...]
    review: tuple[str, ...]
    errors: tuple[FileError, ...]


def draft(target: Path, source: Path, progress: Progress = SILENT) -> Draft | None:
    """What the tree below `target` (a directory) says, for a policy in the file `source`; None if it names none.

    Raises UserError for a target that cannot be read.
    """
    bare = Policy(source=source, version=1, databases={})
    files = [file for file in discover([target], bare, target).files if not _is_accessor(Path(file.path))]
    layout = Layout(tuple(file.in_policy for file in files if _expressible(file.in_policy)))
    policy = replace(
        bare,
        temporary=(*bare.temporary, *layout.temporary),
        exclude=layout.exclude,
        review=layout.review,
    )
    prefix = "" if target == policy.root else f"{target.relative_to(policy.root).as_posix()}/"
    first = _evidence(scan([target], policy, progress=progress), layout, prefix)
    present = _present(policy, layout, prefix, first)
    names = _names(first, present)
    if not names:
        return None
    # Once more with the names declared: a bare `zoe.db` in a text counts only then, and the numbers are the audit's.
    policy = replace(policy, databases={name: Database(name, Role.UNDECIDED) for name in names})
    second = scan([target], policy, progress=progress)
    return _draft(policy, layout, prefix, second, present)


def _expressible(path: str) -> bool:
    """True unless a pattern or a root of the policy could not name the path."""
    return path.isprintable() and not _INEXPRESSIBLE.search(path)


def _is_accessor(path: Path) -> bool:
    """True for what an earlier rewrite generated: its name is not taken, it is ours."""
    if path.name != f"{Accessor().module}.py":
        return False
    try:
        return is_generated(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return False


def _draft(policy: Policy, layout: Layout, prefix: str, found: Scan, present: dict[str, int]) -> Draft:
    databases = tuple(_counted(policy, found.references, present))
    evidence = [reference for reference in _evidence(found, layout, prefix) if policy.find(reference.database)]
    primary = _primary(databases, evidence, policy, prefix)
    of_primary = [reference for reference in evidence if reference.database == primary]
    env, aliases = _variables(evidence, primary)
    directories, others = _directories(evidence, primary)
    return Draft(
        databases=databases,
        primary=primary,
        path=_path(of_primary) or next(iter(_present_as(policy, primary, present)), primary),
        env=env or DEFAULT_VARIABLE,
        aliases=aliases,
        data_dirs=directories,
        other_dirs=others,
        roots=_roots(layout, evidence, policy, prefix),
        module=layout.module(),
        temporary=policy.temporary,
        exclude=policy.exclude,
        review=policy.review,
        errors=found.errors,
    )


def _evidence(found: Scan, layout: Layout, prefix: str) -> list[Reference]:
    """References in code and configuration: no prose, nothing temporary, no tests, no other engine's files."""
    return [
        reference
        for reference in found.references
        if reference.verdict.action is not Action.LEAVE and not layout.tests.matching(prefix + reference.file)
    ]


def _names(evidence: Iterable[Reference], present: Iterable[str]) -> list[str]:
    """The names to declare: those in code and configuration as they are, computed ones and existing files' as well."""
    named = {name for reference in evidence if (name := _declarable(reference.database))}
    unnamed = [name for name in map(_base_name, present) if not any(fnmatchcase(name, entry) for entry in named)]
    series = Counter(map(_series, unnamed))
    others = {_series(name) if series[_series(name)] >= _A_SERIES else name for name in unnamed}
    return sorted(name for name in named | others if _NAME.match(name))


def _series(name: str) -> str:
    """Files that differ in numbers only, such as dates: `zoe_20250101.db` is one of `zoe_*.db`."""
    return _declarable(re.sub(r"\d+", "{}", name)) or name


def _base_name(path: str) -> str:
    return path.rpartition("/")[2]


def _declarable(name: str) -> str | None:
    """A name as a key of the policy: `cache_{user}.db` is `cache_*.db`; None where too little of it is known."""
    if any(character in name for character in "*?["):
        return None
    pattern = re.sub(r"\*+", "*", _COMPUTED.sub("*", name))
    if pattern == name:
        return name if _NAME.match(name) else None
    stem = pattern.rpartition(".")[0]
    letters = sum(character.isalnum() for character in stem)
    return pattern if letters >= _LETTERS_OF_A_PATTERN and _NAME.match(pattern) else None


def _present(policy: Policy, layout: Layout, prefix: str, evidence: Iterable[Reference]) -> dict[str, int]:
    """SQLite files in the tree, except those in directories of tests and old copies."""
    mentioned = {without_parents(_directory(reference)) for reference in evidence}
    found = sqlite_files(policy.root / prefix, mentioned)
    return {
        path: size
        for path, size in found.items()
        if not (policy.excluded_files.matching(prefix + path) or layout.tests.matching(prefix + path))
        and not _NO_DATA_DIRECTORY.search(path.rpartition("/")[0])
        and _base_name(path).lower() not in FOREIGN_NAMES
        and path.isprintable()
    }


def _present_as(policy: Policy, name: str, present: dict[str, int]) -> dict[str, int]:
    found = {path: policy.find(_base_name(path)) for path in present}
    return {path: present[path] for path, entry in found.items() if entry is not None and entry.name == name}


def _counted(policy: Policy, references: Sequence[Reference], present: dict[str, int]) -> Iterator[Found]:
    counts: Counter[str] = Counter()
    files: dict[str, set[str]] = defaultdict(set)
    for reference in references:
        if entry := policy.find(reference.database):
            counts[entry.name] += 1
            files[entry.name].add(reference.file)
    for name in sorted(policy.databases, key=lambda name: (-counts[name], name)):
        yield Found(name, counts[name], len(files[name]), _present_as(policy, name, present))


def _primary(databases: Sequence[Found], evidence: Iterable[Reference], policy: Policy, prefix: str) -> str:
    """The database that the application's own code names most; scripts and configuration decide only a tie."""
    anywhere = Counter(reference.database for reference in evidence)
    in_code = Counter(
        reference.database
        for reference in evidence
        if reference.file.endswith(".py") and not policy.review_files.matching(prefix + reference.file)
    )
    candidates = [found.name for found in databases if "*" not in found.name]
    return max(candidates, key=lambda name: (in_code[name], anywhere[name]), default=UNKNOWN_PRIMARY)


def _directory(reference: Reference) -> str:
    """The directory that a reference names, without computed parts in front; empty if there is none that is known."""
    directory = directory_and_name(plain_path(reference.text))[0]
    if has_placeholder(directory):
        directory = static_tail(directory)
    known = directory.isprintable() and not re.search(r"[$%*?{}]|\A~|\A\.\Z|://", directory)
    return directory if known else ""


def _path(references: Iterable[Reference]) -> str | None:
    """The most frequent path, an absolute one if there is any."""
    paths = Counter(
        f"{directory}/{reference.database}" if directory != "/" else f"/{reference.database}"
        for reference in references
        if (directory := without_parents(_directory(reference))) and not _NO_DATA_DIRECTORY.search(directory)
    )
    return max(paths, key=lambda path: (_is_absolute(path), paths[path]), default=None)


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or path[1:3] == ":/"


def _variables(evidence: Iterable[Reference], primary: str) -> tuple[str | None, tuple[str, ...]]:
    """The primary's variable, and its aliases: variables that name the primary and no other database."""
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for reference in evidence:
        name = reference.environment
        if name and _is_variable(name) and not SQLITE_URL.fullmatch(reference.text):
            uses[name][reference.database] += 1
    mostly = [name for name, names in uses.items() if names[primary] == max(names.values())]
    mostly.sort(key=lambda name: (-uses[name][primary], name))
    if not mostly:
        return None, ()
    return mostly[0], tuple(name for name in mostly[1:] if set(uses[name]) == {primary})


def _is_variable(name: str) -> bool:
    """True for what can be the accessor's name, too: `open` would hide a function of Python's."""
    return bool(_VARIABLE.match(name)) and not keyword.iskeyword(name.lower()) and not hasattr(builtins, name.lower())


def _directories(evidence: Iterable[Reference], primary: str) -> tuple[dict[str, int], dict[str, int]]:
    """Directories and how often each is named: those of the primary or of several databases, then the others."""
    counts: Counter[str] = Counter()
    names: dict[str, set[str]] = defaultdict(set)
    for reference in evidence:
        directory = without_parents(_directory(reference))
        if directory and not _NO_DATA_DIRECTORY.search(directory):
            counts[directory] += 1
            names[directory].add(reference.database)
    shared = {name for name in counts if primary in names[name] or len(names[name]) > 1}
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return (
        {name: counts[name] for name in ordered if name in shared},
        {name: counts[name] for name in ordered if name not in shared},
    )


def _roots(layout: Layout, evidence: Iterable[Reference], policy: Policy, prefix: str) -> tuple[str, ...]:
    """Docker's build contexts; the policy's directory if there are none, or if most of the code is outside them."""
    roots = layout.roots()
    if not roots:
        return (".",)
    known = Roots(replace(policy, accessor=replace(policy.accessor, roots=roots)))
    modules = {prefix + reference.file for reference in evidence if reference.file.endswith(".py")}
    modules = {module for module in modules if not policy.review_files.matching(module)}
    inside = sum(known.declared(module) is not None for module in modules)
    return roots if inside * 2 >= len(modules) or "." in roots else (*roots, ".")
