"""The rules on staged content: what `dbfold.rules.checking` does with files, here with what the commit will hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from dbfold.hooks.policies import staged_content
from dbfold.hooks.staged import StagedFile, contents, is_tracked
from dbfold.policy.model import Policy
from dbfold.references.discovery import Discovery, SourceFile, source_file
from dbfold.rules.baseline import Entry, parse_baseline
from dbfold.rules.checking import Scope, gate
from dbfold.rules.model import Checked


def check_staged(groups: Iterable[tuple[Policy, Sequence[StagedFile]]]) -> Checked:
    """What the staged versions of the files break that the baseline does not tolerate. Raises UserError."""
    checks = (gate(staged_scope(policy, files), staged_baseline(policy)) for policy, files in groups)
    return sum(checks, Checked())


def staged_scope(policy: Policy, files: Sequence[StagedFile]) -> Scope:
    """The files with their staged contents, those left out that the policy excludes."""
    here = Path.cwd()
    differing = dict(contents(file for file in files if file.blob is not None))
    sources = [_source(file, policy, here, differing.get(file)) for file in files]
    own = {str(policy.source), str(policy.baseline)}
    kept = [file for file in sources if file.path not in own and not policy.excluded_files.matching(file.in_policy)]
    return Scope(policy, here, Discovery(tuple(kept), (), len(sources) - len(kept)))


def _source(file: StagedFile, policy: Policy, here: Path, data: bytes | None) -> SourceFile:
    return replace(source_file(file.path, policy, here), content=data)


def staged_baseline(policy: Policy) -> tuple[Entry, ...]:
    """The entries of the baseline as the commit will hold it. Raises UserError."""
    path = policy.baseline
    data = staged_content(path) if is_tracked(str(path)) else None  # one that is not committed tolerates nothing
    return () if data is None else parse_baseline(data.decode("utf-8", "replace"), path)
