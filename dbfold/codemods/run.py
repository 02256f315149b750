"""A whole run in memory: what every file of a project gets, proven, before anything is written.

This is where verdicts become final, for every consumer: what waits for a decision about its tables, and what cannot be
proven, is for review, whoever asks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dbfold.base.progress import SILENT, Progress
from dbfold.codemods.accessors import GeneratedFile
from dbfold.codemods.attempts import Attempts
from dbfold.codemods.deciding import find_guidance, settle
from dbfold.codemods.file import FileRewrite, Rewriting
from dbfold.codemods.roots import accessor_roots, with_roots
from dbfold.journey.checking import Checked, check_files, require_something
from dbfold.journey.guidance import Guidance
from dbfold.journey.holds import guidance
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.discovery import Discovery, SourceFile, discover, require_files, shown_base, source_file
from dbfold.references.model import FileError
from dbfold.references.roots import Roots
from dbfold.references.scan import Scan, combine
from dbfold.references.survey import surveying
from dbfold.references.verdicts import Judge


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run before anything is written.

    results    the files that name a database, hold an ignore comment or SQL that changes, or cannot be read
    beside     files that were not asked for, and that change because a database switches whole
    switches   what waits, and for what
    scan       their references with their final verdicts; its errors are files that could not be looked at
    errors     everything that went wrong: those, and what was to be rewritten and could not be
    generated  accessors and Dockerfiles to be written
    base       what reported paths are relative to
    top        what the paths of a diff are relative to, as `git apply` accepts no `..`
    """

    results: tuple[FileRewrite, ...]
    beside: tuple[FileRewrite, ...]
    switches: Guidance
    scan: Scan
    errors: tuple[FileError, ...]
    base: Path
    top: Path
    generated: tuple[GeneratedFile, ...]
    warnings: tuple[str, ...]

    @property
    def changed(self) -> tuple[FileRewrite, ...]:
        """The proven rewrites."""
        return tuple(result for result in (*self.results, *self.beside) if result.new is not None)

    @property
    def changes(self) -> bool:
        return bool(self.changed or self.generated)


def prepare(
    targets: Sequence[Path],
    policy: Policy,
    *,
    style: AccessorStyle | None = None,
    jobs: int | None = None,
    base: Path | None = None,
    data_dir: Path | None = None,
    progress: Progress = SILENT,
    cached: bool = True,
) -> Prepared:
    """Work out every change below `targets` (absolute paths) without writing one. Raises UserError.

    Paths are reported relative to `base`, by default what the targets have in common. `data_dir` holds the databases
    (default: the policy's data directory, if it is there); their schemas say what the SQL in the code means. `cached`:
    what former runs found may be taken from `.dbfold_cache`, and what this one finds is kept there.
    """
    base = base or shown_base(list(targets))
    options = {"style": style, "jobs": jobs, "data_dir": data_dir, "progress": progress, "cached": cached}
    discovery = discover(targets, policy, base)
    require_files(discovery, targets, policy)
    return prepare_files(discovery, policy, base, **options)  # type: ignore[arg-type]


def prepare_files(
    discovery: Discovery,
    policy: Policy,
    base: Path,
    *,
    style: AccessorStyle | None = None,
    jobs: int | None = None,
    data_dir: Path | None = None,
    progress: Progress = SILENT,
    cached: bool = True,
) -> Prepared:
    """Work out every change in the files of `discovery` without writing one. Raises UserError."""
    with surveying(policy.root, jobs, cached=cached) as survey:
        attempts = Attempts(survey, Roots(policy), progress)
        found = find_guidance(policy, discovery, attempts, style, data_dir)
        return _prepared(discovery, policy, base, attempts, found, style)


def prepare_project(
    policy: Policy,
    data_dir: Path | None = None,
    *,
    jobs: int | None = None,
    progress: Progress = SILENT,
    cached: bool = True,
) -> tuple[Checked, Prepared]:
    """A check of the whole project, and every change that a rewrite of it would make; nothing is written.

    The references of the check have the verdicts of the rewrite. Raises UserError.
    """
    base = policy.root
    discovery = discover([base], policy, base)
    require_something(discovery, policy, data_dir)
    with surveying(policy.root, jobs, cached=cached) as survey:
        attempts = Attempts(survey, Roots(policy), progress)
        checked = check_files(policy, survey, discovery, base, data_dir, progress, attempts.roots)
        found = settle(guidance(checked), policy, None, discovery, attempts)
        prepared = _prepared(discovery, policy, base, attempts, found, None)
    return replace(checked, code=replace(checked.code, references=prepared.scan)), prepared


def _prepared(
    discovery: Discovery,
    policy: Policy,
    base: Path,
    attempts: Attempts,
    asked: Guidance,
    style: AccessorStyle | None,
) -> Prepared:
    """What comes of the files of `discovery`, each proven, or for review with the reason; and what goes with them."""
    judge = attempts.judge(policy, style, asked)
    works = attempts.works(discovery, judge, asked)
    found = attempts.results(works, judge, asked)
    beside = _beside(works, discovery, base, attempts, judge, asked)
    needs = accessor_roots([*found, *beside], discovery.files, base, judge)
    results = with_roots(found, needs, judge.roots)
    return Prepared(
        results=tuple(results),
        beside=tuple(with_roots(beside, needs, judge.roots)),
        switches=asked,
        scan=combine(discovery, [result.examined for result in results]),
        errors=(*discovery.errors, *(error for one in results for error in one.errors), *needs.errors),
        base=base,
        top=_top(base, [*needs.generated, *(one.file for one in beside)]),
        generated=needs.generated,
        warnings=needs.warnings,
    )


def _beside(
    works: Sequence[Rewriting], discovery: Discovery, base: Path, attempts: Attempts, judge: Judge, asked: Guidance
) -> list[FileRewrite]:
    """Files that were not asked for, and in which a database switches that switches in one that was."""
    policy = judge.policy
    databases = {database for work in works for database in work.switching(policy)}
    known = {os.path.realpath(file.path) for file in discovery.files}  # one that was asked for may be a link
    names = {file for database in databases for file in asked.files.get(database, ())}
    paths = [path for name in sorted(names) if os.path.realpath(path := policy.root / name) not in known]
    files = [source_file(path, policy, base) for path in paths]
    others = attempts.works(replace(discovery, files=tuple(files)), judge, asked) if files else []
    whole = attempts.results(others, judge, asked)
    parts = attempts.results([work.only(databases, policy) for work in others], judge, asked)
    return [one if part.failure else part for one, part in zip(whole, parts, strict=True)]


def _top(base: Path, files: Iterable[GeneratedFile | SourceFile]) -> Path:
    return Path(os.path.commonpath([base, *(Path(file.path).parent for file in files)]))
