"""A whole run in memory: what every file of a project gets, proven, before anything is written.

This is where verdicts become final, for every consumer: what waits for a decision about its tables, and what cannot be
proven, is for review, whoever asks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dbfold.base.cache import Cache
from dbfold.base.codec import DECODING_ERRORS
from dbfold.base.parallel import share_out
from dbfold.base.progress import SILENT, Progress
from dbfold.codemods.accessors import GeneratedFile
from dbfold.codemods.file import Attempt, FileRewrite, Rewriting, attempt, attempt_codec, outcome
from dbfold.codemods.importers import taken_names
from dbfold.codemods.roots import accessor_roots, with_roots
from dbfold.journey.checking import Checked, check_files
from dbfold.journey.holds import NO_GUIDANCE, Guidance, guidance, guide, retired_names
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.contents import read
from dbfold.references.discovery import Discovery, SourceFile, discover, require_files, shown_base
from dbfold.references.model import FileError
from dbfold.references.roots import Roots
from dbfold.references.scan import Scan, combine, examine_files
from dbfold.references.survey import Survey, surveying
from dbfold.references.verdicts import Examined, Judge

_LIBCST_COST = 10  # what a byte of source costs that is rewritten, against one that is looked at


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run before anything is written.

    results    the files that name a database, hold an ignore comment or SQL that changes, or cannot be read
    scan       their references with their final verdicts; its errors are files that could not be looked at
    errors     everything that went wrong: those, and what was to be rewritten and could not be
    generated  accessors and Dockerfiles to be written
    base       what reported paths are relative to
    top        what the paths of a diff are relative to, as `git apply` accepts no `..`
    """

    results: tuple[FileRewrite, ...]
    scan: Scan
    errors: tuple[FileError, ...]
    base: Path
    top: Path
    generated: tuple[GeneratedFile, ...]
    warnings: tuple[str, ...]

    @property
    def changed(self) -> tuple[FileRewrite, ...]:
        """The proven rewrites."""
        return tuple(result for result in self.results if result.new is not None)

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
        found = find_guidance(policy, discovery, survey, data_dir, progress)
        judge = Judge(policy, Roots(policy), style or policy.accessor.style, found)
        results = rewrites(discovery, survey, judge, found, progress)
    return _with_roots(results, discovery, base, judge)


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
    require_files(discovery, [base], policy)
    with surveying(policy.root, jobs, cached=cached) as survey:
        checked = check_files(policy, survey, discovery, base, data_dir, progress)
        found = guidance(checked)
        judge = Judge(policy, Roots(policy), policy.accessor.style, found)
        prepared = _with_roots(rewrites(discovery, survey, judge, found, progress), discovery, base, judge)
    return replace(checked, code=replace(checked.code, references=prepared.scan)), prepared


def rewrites(
    discovery: Discovery, survey: Survey, judge: Judge, asked: Guidance, progress: Progress = SILENT
) -> list[FileRewrite]:
    """What comes of the files of `discovery`, each proven, or for review with the reason."""
    works = _works(examine_files(survey, discovery, judge, progress), discovery, asked)
    works = _with_taken_names(works, discovery, judge.policy)
    return all_or_none(_rewrites(works, judge, survey, progress))


def _with_roots(found: Sequence[FileRewrite], discovery: Discovery, base: Path, judge: Judge) -> Prepared:
    needs = accessor_roots(found, discovery.files, base, judge)
    results = with_roots(found, needs, judge.roots)
    return Prepared(
        results=tuple(results),
        scan=combine(discovery, [result.examined for result in results]),
        errors=(*discovery.errors, *(error for one in results for error in one.errors), *needs.errors),
        base=base,
        top=Path(os.path.commonpath([base, *(file.path.parent for file in needs.generated)])),
        generated=needs.generated,
        warnings=needs.warnings,
    )


def find_guidance(
    policy: Policy, discovery: Discovery, survey: Survey, data_dir: Path | None = None, progress: Progress = SILENT
) -> Guidance:
    """What the SQL of the whole project asks of a rewrite of the files of `discovery`. Raises UserError.

    Only a path to a retired database can have something to wait for, so files that name none cost one look.
    """
    names = [name.encode() for name in retired_names(policy)]
    if not names or not any(_holds_any(file, names) for file in discovery.files):
        return NO_GUIDANCE
    return guide(policy, survey, _project(discovery, policy), data_dir, progress)


def _project(discovery: Discovery, policy: Policy) -> Discovery:
    """All files of the project; those of `discovery` with the content that is looked at instead of the disk's."""
    found = discover([policy.root], policy, policy.root)
    instead = {file.path: file.content for file in discovery.files if file.content is not None}
    if not instead:
        return found
    files = tuple(replace(file, content=instead.pop(file.path, None)) for file in found.files)
    return replace(found, files=files)


def _holds_any(file: SourceFile, names: Sequence[bytes]) -> bool:
    try:
        data = read(file)
    except OSError:
        return False  # which is reported where it is rewritten
    return any(name in data for name in names)


def _works(examined: Iterable[tuple[SourceFile, Examined]], discovery: Discovery, asked: Guidance) -> list[Rewriting]:
    """The files to report or to rewrite; one that names no database may hold SQL that changes with a path elsewhere."""
    known = {file.path: found for file, found in examined}
    return [
        Rewriting.of(file, known.get(file.path, Examined()), asked)
        for file in discovery.files
        if file.path in known or file.in_policy in asked.changes
    ]


def _with_taken_names(works: Sequence[Rewriting], discovery: Discovery, policy: Policy) -> list[Rewriting]:
    """The works with what the rest of the project may take from their modules."""
    contents = {}
    for work in works:
        if work.is_called_for:
            with suppress(OSError):  # which is reported where it is rewritten
                contents[work.file.in_policy] = read(work.file)
    if not contents:
        return list(works)
    taken = taken_names(_project(discovery, policy).files, contents)
    return [replace(work, taken=taken.get(work.file.in_policy, frozenset())) for work in works]


def _rewrites(works: Sequence[Rewriting], judge: Judge, survey: Survey, progress: Progress) -> list[FileRewrite]:
    """What comes of the works, in their order: known from a former run, or tried now."""
    results = {work.file.path: FileRewrite(work.file, work.examined) for work in works}
    wanted: list[tuple[Rewriting, bytes]] = []
    for work in works:
        if work.is_called_for:
            try:
                wanted.append((work, read(work.file)))
            except OSError as error:
                results[work.file.path] = results[work.file.path].failed(f"cannot be read: {error.strerror}")
    keeps = survey.keeps_for(_LIBCST_COST * sum(len(data) for _, data in wanted))
    attempts = {work.file.path: _kept(work, data, judge, keeps) for work, data in wanted}
    new = [one for one in wanted if attempts[one[0].file.path] is None]
    if new:
        progress.phase(f"rewriting {len(new):,} files", len(new))
    tried = share_out(partial(_tried, judge=judge), [(one, len(one[1])) for one in new], survey.jobs, progress.advance)
    for (work, data), found in zip(new, tried, strict=True):
        attempts[work.file.path] = found
        if keeps is not None:
            keeps.put(work.key(data, judge), attempt_codec().encode(found))
    for work, data in wanted:
        results[work.file.path] = outcome(work, data, attempts[work.file.path] or Attempt(), judge)
    return list(results.values())


def _tried(one: tuple[Rewriting, bytes], judge: Judge) -> Attempt:
    return attempt(*one, judge)


def _kept(work: Rewriting, data: bytes, judge: Judge, keeps: Cache | None) -> Attempt | None:
    found = keeps.get(work.key(data, judge)) if keeps is not None else None
    if found is not None:
        with suppress(*DECODING_ERRORS):  # what is not what it should be is as good as nothing
            return attempt_codec().decode(found)
    return None


def all_or_none(results: Sequence[FileRewrite]) -> list[FileRewrite]:
    """Files whose SQL changes with a path in another file stay as they are if that file cannot be rewritten."""
    final = list(results)
    failed = {result.file.in_policy for result in final if result.failure}
    while True:
        stuck = [n for n, result in enumerate(final) if not result.failure and result.depends_on & failed]
        if not stuck:
            return final
        for number in stuck:
            result = final[number]
            others = ", ".join(sorted(result.depends_on & failed))
            final[number] = result.failed(f"its SQL changes together with {others}, which does not")
            failed.add(result.file.in_policy)
