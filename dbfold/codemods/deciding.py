"""Which databases switch: decided once for the whole project, whatever part of it is to be rewritten.

What cannot be proven in one file holds its databases everywhere, so that a rewrite is tried before anything is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from dbfold.base.cache import digest, own_digest
from dbfold.base.codec import Codec
from dbfold.codemods.attempts import Attempts
from dbfold.codemods.file import FileRewrite, Rewriting
from dbfold.codemods.roots import accessor_roots, with_roots
from dbfold.journey.checking import check_files, database_files, database_state
from dbfold.journey.guidance import NO_GUIDANCE, Guidance, Wait
from dbfold.journey.holds import guidance, switching_names
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.candidates import is_candidate
from dbfold.references.contents import read
from dbfold.references.discovery import Discovery, SourceFile
from dbfold.references.survey import may_hold_code
from dbfold.references.verdicts import Judge


def find_guidance(
    policy: Policy,
    discovery: Discovery,
    attempts: Attempts,
    style: AccessorStyle | None = None,
    data_dir: Path | None = None,
) -> Guidance:
    """What the whole project asks of a rewrite of the files of `discovery`, as a former run found or as it is now.

    Files that have to do with no retired database cost one look. Raises UserError.
    """
    if not _asks(discovery, policy):
        return NO_GUIDANCE
    project = attempts.project(discovery, policy)
    contents, size = attempts.survey.digest_of(project.files)
    keeps = attempts.survey.keeps_for(size)
    if keeps is None:
        return _found(policy, project, attempts, style, data_dir)
    databases = sorted(map(database_state, database_files(policy, data_dir).values()))
    key = digest(own_digest(), "guidance", repr(policy), str(style), contents, *databases)
    if (kept := _codec().decoded(keeps.get(key))) is not None:
        return kept
    found = _found(policy, project, attempts, style, data_dir)
    keeps.put(key, _codec().encode(found))
    return found


def settle(
    found: Guidance, policy: Policy, style: AccessorStyle | None, project: Discovery, attempts: Attempts
) -> Guidance:
    """The same when all has been tried: what cannot be rewritten holds its databases, and so on until nothing fails."""
    while True:
        judge = attempts.judge(policy, style, found)
        works = attempts.works(project, judge, found)
        failures = _failures(attempts.results(works, judge), judge)
        new = [work for work in works if work.file.in_policy in failures.keys() - found.failed.keys()]
        if not new:
            return replace(found, files=_files(works, policy))
        waits: dict[str, list[Wait]] = defaultdict(list)
        for work in new:
            file = work.file.in_policy
            why = failures[file].removeprefix("not rewritten: ")
            for database, line in work.switching(policy).items():
                waits[database].append(Wait(f"cannot be rewritten: {why}", file, line))
        found = found.holding(waits, {work.file.in_policy: failures[work.file.in_policy] for work in new})


def _found(
    policy: Policy, project: Discovery, attempts: Attempts, style: AccessorStyle | None, data_dir: Path | None
) -> Guidance:
    styled = policy if style is None else replace(policy, accessor=replace(policy.accessor, style=style))
    checked = check_files(styled, attempts.survey, project, policy.root, data_dir, attempts.progress, attempts.roots)
    return settle(guidance(checked), policy, style, project, attempts)


def _failures(results: Sequence[FileRewrite], judge: Judge) -> dict[str, str]:
    """By file (relative to the policy): why it cannot be rewritten, though it was to be."""
    needs = accessor_roots(results, (), judge.policy.root, judge)
    failures = {one.file.in_policy: one.failure for one in results if one.failure}
    for before, after in zip(results, with_roots(results, needs, judge.roots), strict=True):
        if before is not after:
            conflict = needs.of_root[judge.roots.root_of(before.file.in_policy)].conflict
            failures[before.file.in_policy] = f"not rewritten: {conflict}"
    return failures


def _files(works: Sequence[Rewriting], policy: Policy) -> dict[str, tuple[str, ...]]:
    files: dict[str, list[str]] = defaultdict(list)
    for work in works:
        for database in work.switching(policy):
            files[database].append(work.file.in_policy)
    return {database: tuple(found) for database, found in files.items()}


def _asks(discovery: Discovery, policy: Policy) -> bool:
    """Has a file to do with a database that is retired or kept: by its name, or by SQL whose names may change?"""
    names = [name.encode() for name in switching_names(policy)]
    return bool(names) and any(_asks_for(file, names, renames=bool(policy.rename)) for file in discovery.files)


def _asks_for(file: SourceFile, names: Sequence[bytes], *, renames: bool) -> bool:
    try:
        data = read(file)
    except OSError:
        return False  # which is reported where it is rewritten
    if any(name in data for name in names):
        return True
    # `f"{name}.db"` names a database whose name it does not spell.
    computed = any(name.partition(b".")[0] in data for name in names) and is_candidate(data)
    return computed or (renames and file.path.endswith(".py") and may_hold_code(file, data))


@cache
def _codec() -> Codec[Guidance]:
    return Codec(Guidance)
