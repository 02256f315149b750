"""Blocks a commit in which dbfold.yaml is wrong, or an accessor module is not what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.hooks.options import guarded, parse
from dbfold.hooks.policies import relative, staged_policy
from dbfold.hooks.staged import StagedFile, staged_files
from dbfold.policy.accessor import accessor_file_name
from dbfold.policy.codes import Code
from dbfold.policy.loading import find_policy
from dbfold.policy.model import POLICY_FILE_NAME, Policy
from dbfold.references.roots import Roots


def main(argv: Sequence[str] | None = None) -> int:
    """Check the policies of the files named in `argv`; returns the exit code (see `dbfold.base.exits`).

    Without a name, and without `--policy`, that is the nearest policy above the current directory.
    """
    arguments = parse("db-policy", __doc__, argv)
    return guarded(lambda: _check(arguments.files, arguments.policy, arguments.root))


def _check(names: Sequence[str], policy_option: str | None, root: str | None) -> int:
    problems: list[str] = []
    stale = 0
    for source in _sources(names, policy_option):
        try:
            policy = staged_policy(source, root)
        except UserError as error:
            problems.append(str(error))
            continue
        stale += _check_accessors(policy)
    if problems:
        raise UserError("\n".join(problems))
    return 1 if stale else 0


def _sources(names: Sequence[str], policy_option: str | None) -> list[Path]:
    """The policies to look at, each once."""
    if policy_option:
        return [Path(policy_option).absolute()]
    if not names:
        return [find_policy(Path.cwd())]
    own = [Path(name).absolute() for name in names if os.path.basename(name) == POLICY_FILE_NAME]  # noqa: PTH119
    others = [find_policy(Path(name).absolute().parent) for name in names if os.path.basename(name) != POLICY_FILE_NAME]  # noqa: PTH119
    return list(dict.fromkeys((*own, *others)))


def _check_accessors(policy: Policy) -> int:
    """Print what is wrong with the accessor modules; returns how many findings there are."""
    from dbfold.hooks.checking import check_staged
    from dbfold.rules.output.formats import render

    accessors = list(_accessors(policy))
    if not accessors:
        return 0
    checked = check_staged([(policy, accessors)])
    stale = tuple(finding for finding in checked.findings if finding.code is Code.STALE_ACCESSOR)
    if stale:
        sys.stdout.write(render("text", replace(checked, findings=stale)))
    return len(stale)


def _accessors(policy: Policy) -> Iterator[StagedFile]:
    """The accessor modules that git tracks below the policy."""
    roots = Roots(policy)
    pattern = f":(glob)**/{accessor_file_name(policy)}"
    command = ["git", "ls-files", "-z", "--", pattern]
    listed = subprocess.run(command, cwd=policy.root, capture_output=True, check=False).stdout
    names = [os.path.relpath(policy.root / os.fsdecode(name)) for name in listed.split(b"\0") if name]
    for file in staged_files(names) if names else ():
        if roots.is_accessor(relative(file.path, policy)):
            yield file


if __name__ == "__main__":
    raise SystemExit(main())
