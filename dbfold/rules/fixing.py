"""`--fix` and `--diff`: the codemod on the files of a check, and the baseline without what is gone."""

from __future__ import annotations

from dataclasses import dataclass

from dbfold.base.errors import UserError
from dbfold.base.progress import SILENT, Progress
from dbfold.base.writing import WriteError, replace_file
from dbfold.codemods.run import Prepared, prepare_files
from dbfold.codemods.writing import write
from dbfold.policy.model import Policy
from dbfold.references.model import FileError
from dbfold.rules.baseline import Entry, baseline_text, entry_of, read_baseline, tolerances_of
from dbfold.rules.checking import Scope, check_files, files_seen
from dbfold.rules.model import Tolerance


@dataclass(frozen=True, slots=True)
class Fixed:
    """What `--fix` did: the files that were written, what was not and why, and what a person should see."""

    files: tuple[str, ...]
    errors: tuple[FileError, ...]
    warnings: tuple[str, ...]


def prepared_fix(scope: Scope, *, jobs: int | None = None, progress: Progress = SILENT) -> Prepared:
    """What `--fix` would change, proven, nothing written. Raises UserError."""
    return prepare_files(scope.discovery, scope.policy, scope.base, jobs=jobs, progress=progress, cached=scope.cached)


def fix(scope: Scope, *, jobs: int | None = None, progress: Progress = SILENT) -> Fixed:
    """Rewrite what can be rewritten in the files of `scope`. Raises UserError."""
    prepared = prepared_fix(scope, jobs=jobs, progress=progress)
    written = write(prepared, progress)
    return Fixed(written.files, (*prepared.errors, *written.failed), prepared.warnings)


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A new baseline beside the old one: entries in it, new ones among them, those that went, files not checked.

    `tolerances` are the entries by rule and database.
    """

    entries: int
    new: int
    gone: int
    errors: tuple[FileError, ...]
    tolerances: tuple[Tolerance, ...] = ()


def write_baseline(
    scope: Scope, *, shrink_only: bool = False, jobs: int | None = None, progress: Progress = SILENT
) -> Tolerated:
    """Bring the baseline up to date with the files of `scope`; entries of other files stay.

    With `shrink_only` nothing new is tolerated. An empty baseline is no file. Raises UserError.
    """
    policy = scope.policy
    old = read_baseline(policy.baseline)
    checked = check_files(scope.discovery, policy, jobs=jobs, progress=progress, cached=scope.cached)
    known = {entry.fingerprint for entry in old}
    seen = files_seen(scope, old, checked.errors)
    found = [entry_of(finding) for finding in checked.findings if not shrink_only or finding.fingerprint in known]
    kept = [entry for entry in old if entry.file not in seen]
    fingerprints = {entry.fingerprint for entry in kept}
    entries = [*kept, *(entry for entry in found if entry.fingerprint not in fingerprints)]
    _save(policy, entries, old)
    new = sum(entry.fingerprint not in known for entry in entries)
    return Tolerated(len(entries), new, len(old) + new - len(entries), checked.errors, tolerances_of(entries))


def _save(policy: Policy, entries: list[Entry], old: tuple[Entry, ...]) -> None:
    path = policy.baseline
    if not entries:
        path.unlink(missing_ok=True)
        return
    before = path.read_bytes() if path.exists() else None
    text = baseline_text(entries).encode()
    if text == before:
        return
    try:
        replace_file(path, before, text)
    except WriteError as error:
        raise UserError(f"{path}: {error}") from error
