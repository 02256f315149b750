"""Blocks a commit whose staged files break a rule: the findings of `dbfold check`, in what is about to be committed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dbfold.hooks.options import guarded, parse
from dbfold.hooks.staged import contents, staged_files
from dbfold.references.candidates import is_candidate

if TYPE_CHECKING:
    from dbfold.rules.model import Checked


def main(argv: Sequence[str] | None = None) -> int:
    """Check the files named in `argv`, or all staged ones; returns the exit code (see `dbfold.base.exits`)."""
    arguments = parse("db-paths", __doc__, argv)
    return guarded(lambda: report(check(arguments.files, arguments.policy, arguments.root)))


def check(names: Sequence[str], policy_option: str | None, root: str | None = None) -> Checked | None:
    """What the staged versions of the files break; None if none of them is of interest. Raises UserError."""
    files = staged_files(names)
    suspects = {file for file, data in contents(files) if is_candidate(data)}
    from dbfold.hooks.policies import by_policy, relative
    from dbfold.policy.accessor import accessor_file_name
    from dbfold.references.roots import Roots

    scopes = []
    for policy, group in by_policy(files, policy_option, root, required=suspects):
        roots, name = Roots(policy), os.sep + accessor_file_name(policy)
        accessors = {
            file for file in group if file.path.endswith(name) and roots.is_accessor(relative(file.path, policy))
        }
        of_interest = [file for file in group if file in suspects or file in accessors]
        if of_interest:
            scopes.append((policy, of_interest))
    if not scopes:
        return None
    from dbfold.hooks.checking import check_staged  # the rules, which most commits do not need

    return check_staged(scopes)


def report(checked: Checked | None) -> int:
    """Print what is found, if anything is; returns the exit code."""
    if checked is None:
        return 0
    from dbfold.rules.model import exit_code
    from dbfold.rules.output.formats import render

    code = exit_code(checked)
    if code:
        sys.stdout.write(render("text", checked))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
