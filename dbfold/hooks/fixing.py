"""The codemod on the work tree's copies of staged files, and what is left for a person."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dbfold.hooks.checking import staged_scope
from dbfold.hooks.policies import by_policy
from dbfold.hooks.staged import staged_files
from dbfold.rules.baseline import read_baseline
from dbfold.rules.checking import gate
from dbfold.rules.fixing import fix
from dbfold.rules.model import Checked


@dataclass(frozen=True, slots=True)
class FixedWorkTree:
    """What was written, what a person should see, and what is still found."""

    files: tuple[str, ...]
    warnings: tuple[str, ...]
    left: Checked


def fix_work_tree(names: Sequence[str], policy_option: str | None, root: str | None = None) -> FixedWorkTree:
    """Mend the work tree's copies of the staged files called `names`. Raises UserError."""
    written: list[str] = []
    warnings: list[str] = []
    left = Checked()
    there = (file for file in staged_files(names) if os.path.lexists(file.path))
    files = [file._replace(blob=None) for file in there]  # as on the disk
    for policy, group in by_policy(files, policy_option, root, required=()):
        scope = staged_scope(policy, group)
        fixed = fix(scope, jobs=1)
        checked = gate(scope, read_baseline(policy.baseline), jobs=1)
        written += fixed.files
        warnings += fixed.warnings
        errors = tuple(error for error in fixed.errors if error not in checked.errors)
        left += replace(checked, errors=(*checked.errors, *errors))
    return FixedWorkTree(tuple(written), tuple(warnings), left)
