"""From files to references with their verdicts; errors are values, one bad file stops nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbfold.base.progress import SILENT, Progress
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.discovery import Discovery, SourceFile, discover, shown_base
from dbfold.references.model import FileError, Reference
from dbfold.references.roots import Roots
from dbfold.references.survey import Survey
from dbfold.references.verdicts import Examined, Judge


@dataclass(frozen=True, slots=True)
class Scan:
    """What a tree holds. `files` counts the files looked at, `excluded` those that the policy passes over."""

    references: tuple[Reference, ...]
    errors: tuple[FileError, ...]
    files: int
    excluded: int


def scan(
    targets: Sequence[Path],
    policy: Policy,
    *,
    style: AccessorStyle | None = None,
    jobs: int | None = None,
    progress: Progress = SILENT,
) -> Scan:
    """All references below `targets`, with what policy and place say of them: nothing waits for anything else.

    `jobs` is the number of processes (default: the processors at hand). `progress` is told of it.
    Raises UserError for a bad target.
    """
    discovery = discover(targets, policy, shown_base(list(targets)))
    judge = Judge(policy, Roots(policy), style or policy.accessor.style)
    return combine(discovery, (found for _, found in examine_files(Survey(None, jobs), discovery, judge, progress)))


def examine_files(
    survey: Survey, discovery: Discovery, judge: Judge, progress: Progress = SILENT
) -> list[tuple[SourceFile, Examined]]:
    """The files that name a database or hold an ignore comment, and those that cannot be read, in their order."""
    detected = {file.path: found for file, found in survey.detect(discovery.files, progress)}
    results = []
    for file in discovery.files:
        if (found := detected.get(file.path)) is not None:
            results.append((file, judge.examine(file, found)))
        elif (why := survey.unreadable.get(file.path)) is not None:
            results.append((file, Examined(errors=(FileError(file.shown, why),))))
    return results


def combine(discovery: Discovery, found: Iterable[Examined]) -> Scan:
    """One result for a tree from the results of its files."""
    examined = list(found)
    references = tuple(reference for one in examined for reference in one.references)
    errors = (*discovery.errors, *(error for one in examined for error in one.errors))
    return Scan(references, errors, len(discovery.files), discovery.excluded)
