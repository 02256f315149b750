"""What git knows: the lines that changed against a revision, and whether a file is ignored."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.policy.codes import Code
from dbfold.references.discovery import Discovery
from dbfold.rules.model import Checked, Finding

_HUNK = re.compile(rb"^(?:(diff) --git |@@ -\S+ \+(\d+)(?:,(\d+))? @@)", re.MULTILINE)
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames")
_WITH_LINES = "--diff-filter=dtu"  # not deleted; a link that became a file and a conflict have no lines to compare


@dataclass(frozen=True, slots=True)
class Change:
    """The changed lines of each changed file (absolute path), as ranges (first, last); None is the whole file."""

    lines: dict[str, tuple[tuple[int, int], ...] | None]

    def files_of(self, discovery: Discovery) -> Discovery:
        """Only the changed files."""
        return replace(discovery, files=tuple(file for file in discovery.files if file.path in self.lines))

    def findings_of(self, checked: Checked, root: Path) -> Checked:
        """Only the findings on changed lines. A stale accessor is one wherever the change was."""
        kept = tuple(found for found in checked.findings if self._has(found, str(root / found.path)))
        return replace(checked, findings=kept)

    def _has(self, finding: Finding, path: str) -> bool:
        ranges = self.lines.get(os.path.normpath(path), ())
        if ranges is None or finding.code is Code.STALE_ACCESSOR:
            return True
        return any(first <= finding.span.end_line and finding.span.line <= last for first, last in ranges)


def change_since(revision: str, directory: Path) -> Change:
    """What the work tree of `directory` changed since it left `revision`. Raises UserError."""
    top = Path(os.fsdecode(_git(directory, "rev-parse", "--show-toplevel").rstrip(b"\n"))).resolve()
    if revision.startswith("-"):
        raise UserError(f"--since {revision}: not a git revision")
    commit = _base(top, revision)
    names = _names(_git(top, *_DIFF, _WITH_LINES, "--name-only", "-z", commit, "--"))
    hunks = _hunks(_git(top, *_DIFF, _WITH_LINES, "--unified=0", commit, "--"))
    new = _names(_git(top, "ls-files", "--others", "--exclude-standard", "-z"))
    new += _names(_git(top, *_DIFF, "--diff-filter=TU", "--name-only", "-z", commit, "--"))
    lines: dict[str, tuple[tuple[int, int], ...] | None] = dict(
        zip((str(top / name) for name in names), hunks, strict=True)
    )
    return Change(lines | {str(top / name): None for name in new})


def is_ignored(path: Path) -> bool:
    """True if git would not add the file of itself; False where there is no git or no repository."""
    try:
        _git(path.parent, "check-ignore", "--quiet", "--", path.name)
    except UserError:
        return False
    return True


def _base(top: Path, revision: str) -> str:
    """The commit at which this branch left `revision`; the revision itself where their histories do not meet."""
    try:
        commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except UserError as error:
        remedy = "fetch it first (in CI a shallow clone has no history: fetch-depth: 0)"
        raise UserError(f"--since {revision}: no such git revision here; {remedy}") from error
    try:
        return _git(top, "merge-base", commit.decode().strip(), "HEAD").decode().strip()
    except UserError:
        return commit.decode().strip()


def _names(output: bytes) -> list[str]:
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def _hunks(diff: bytes) -> Iterable[tuple[tuple[int, int], ...]]:
    """The added ranges of each file, in git's order of files, which is that of `--name-only`.

    Content begins with `+`, `-` or a backslash, so that headers are told from it by how their line begins.
    """
    files: list[list[tuple[int, int]]] = []
    for match in _HUNK.finditer(diff):
        if match[1]:
            files.append([])
        elif count := int(match[3] or 1):
            first = int(match[2])
            files[-1].append((first, first + count - 1))
    return [tuple(ranges) for ranges in files]


def _git(directory: Path, *arguments: str) -> bytes:
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        return subprocess.run(command, cwd=directory, capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        raise UserError("--since needs git, which is not installed") from error
    except subprocess.CalledProcessError as error:
        message = error.stderr.decode("utf-8", "replace").strip() or f"git {arguments[0]} failed"
        raise UserError(f"--since: {message}; run dbfold inside a git work tree") from error
