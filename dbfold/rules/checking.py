"""A whole check: every file's findings, then what the baseline tolerates and what has not changed taken out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dbfold.base.progress import SILENT, Progress
from dbfold.codemods.file import FileRewrite
from dbfold.codemods.returned import returned_errors
from dbfold.codemods.run import prepare_files
from dbfold.policy.model import Policy
from dbfold.references.contents import read
from dbfold.references.discovery import Discovery, SourceFile, discover, require_files, shown_base
from dbfold.references.model import FileError
from dbfold.references.roots import Roots
from dbfold.rules.baseline import Entry, stale_entries, stale_findings, without_tolerated
from dbfold.rules.model import Checked, Finding, sorted_findings
from dbfold.rules.since import Change, change_since


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What one file breaks, and why it could not be looked at."""

    findings: tuple[Finding, ...] = ()
    errors: tuple[FileError, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What is checked: the files, and only their lines in `change` if that is given. Files are shown from `base`.

    `targets` are the directories and files that were asked for: what is gone from them is gone from the baseline.
    `cached`: what former runs found may be used.
    """

    policy: Policy
    base: Path
    discovery: Discovery
    targets: tuple[Path, ...] = ()
    change: Change | None = None
    cached: bool = True

    def without(self, path: str) -> Scope:
        """The scope without one file: the report of the last run."""
        kept = tuple(file for file in self.discovery.files if file.path != path)
        return replace(self, discovery=replace(self.discovery, files=kept))


def scope_of(
    targets: Sequence[Path],
    policy: Policy,
    base: Path | None = None,
    since: str | None = None,
    *,
    cached: bool = True,
) -> Scope:
    """The scope of `targets` (absolute paths); `since` is a git revision. Raises UserError."""
    base = base or shown_base(list(targets))
    discovery = discover(targets, policy, base)
    require_files(discovery, targets, policy)
    if since is None:
        return Scope(policy, base, discovery, tuple(targets), cached=cached)
    change = change_since(since, targets[0] if targets[0].is_dir() else targets[0].parent)
    return Scope(policy, base, change.files_of(discovery), tuple(targets), change, cached)


def gate(
    scope: Scope, entries: Sequence[Entry] = (), *, jobs: int | None = None, progress: Progress = SILENT
) -> Checked:
    """What fails a commit or a build: the findings in `scope` that `entries`, the baseline, do not tolerate."""
    checked = check_files(scope.discovery, scope.policy, jobs=jobs, progress=progress, cached=scope.cached)
    found = checked.findings
    if scope.change is not None:
        checked = scope.change.findings_of(checked, scope.policy.root)
    checked = without_tolerated(checked, entries)
    if scope.change is None:
        stale = stale_entries(entries, found, files_seen(scope, entries, checked.errors))
        shown = os.path.relpath(scope.policy.baseline, scope.base)
        checked = replace(checked, findings=(*checked.findings, *stale_findings(stale, scope.policy, shown)))
    return replace(checked, errors=(*checked.errors, *returned_errors(scope.policy, base=scope.base)))


def files_seen(scope: Scope, entries: Iterable[Entry], errors: Iterable[FileError]) -> frozenset[str]:
    """The files, relative to the policy, whose findings are all known: those that were checked, or are gone."""
    failed = {error.file for error in errors}
    seen = {file.in_policy for file in scope.discovery.files if file.shown not in failed}
    root = scope.policy.root
    gone = {entry.file for entry in entries if entry.file not in seen and not (root / entry.file).exists()}
    return frozenset(seen | {file for file in gone if any((root / file).is_relative_to(top) for top in scope.targets)})


def check_files(
    discovery: Discovery,
    policy: Policy,
    *,
    jobs: int | None = None,
    progress: Progress = SILENT,
    cached: bool = True,
) -> Checked:
    """All findings in the files of `discovery`. `jobs` is the number of processes (default: the processors at hand)."""
    roots = Roots(policy)
    checks = [check_accessor(file, policy) for file in discovery.files if roots.is_accessor(file.in_policy)]
    prepared = prepare_files(discovery, policy, policy.root, jobs=jobs, progress=progress, cached=cached)
    checks += [check_file(result, policy) for result in prepared.results]
    return Checked(
        findings=sorted_findings(finding for result in checks for finding in result.findings),
        errors=(*discovery.errors, *(error for result in checks for error in result.errors)),
        files=len(discovery.files),
        excluded=discovery.excluded,
    )


def check_file(result: FileRewrite, policy: Policy) -> FileCheck:
    """The findings of one file."""
    examined = result.examined
    if not examined.references and not examined.ignores:
        return FileCheck(errors=examined.errors)
    from dbfold.rules.findings import findings_in  # the catalogue, which most runs do not need

    try:
        data = read(result.file)
    except OSError:  # it has gone since it was looked at
        return FileCheck(errors=examined.errors)
    return FileCheck(tuple(findings_in(examined, data, result.file, policy)), examined.errors)


def check_accessor(file: SourceFile, policy: Policy) -> FileCheck:
    """What is wrong with an accessor module."""
    try:
        data = read(file)
    except OSError:
        return FileCheck()  # told where the file's references are looked for
    from dbfold.rules.findings import accessor_finding

    return FileCheck(tuple(accessor_finding(data, file, policy)))
