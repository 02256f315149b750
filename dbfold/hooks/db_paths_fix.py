"""Rewrites the staged files to the accessor, and fails if there was anything to rewrite, so that a person looks at it.

What is left for a person is reported as by `db-paths`. The files of the work tree are rewritten, not the index: look at
`git diff`, then stage them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from dbfold.hooks.db_paths import check, report
from dbfold.hooks.options import guarded, parse


def main(argv: Sequence[str] | None = None) -> int:
    """Mend the files named in `argv`, or all staged ones; returns the exit code (see `dbfold.base.exits`)."""
    arguments = parse("db-paths-fix", __doc__, argv)
    return guarded(lambda: _fix(arguments.files, arguments.policy, arguments.root))


def _fix(names: Sequence[str], policy_option: str | None, root: str | None) -> int:
    checked = check(names, policy_option, root)
    if checked is None or not any(finding.fixable for finding in checked.findings):
        return report(checked)
    from dbfold.hooks.fixing import fix_work_tree

    fixed = fix_work_tree(names, policy_option, root)
    for name in fixed.files:
        sys.stdout.write(f"wrote {name}\n")
    for warning in fixed.warnings:
        sys.stdout.write(f"warning: {warning}\n")
    code = report(fixed.left)
    sys.stdout.write(
        "The commit would still hold what was there before: look at `git diff`, and `git add` the files.\n"
    )
    return max(code, 1)


if __name__ == "__main__":
    raise SystemExit(main())
