"""`python -m codemods.rewrite_db_paths PATH…` (= `dbfold rewrite`): hardcoded database paths become the accessor.

    sqlite3.connect("/app/data/auth.db")    ->    sqlite3.connect(DATABASE_PATH)

Writes by default; `--diff` shows, `--check` only tells.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from dbfold.base.exits import CLEAN, FAILED, FINDINGS
from dbfold.base.output.screen import screen_of
from dbfold.commands.formats import add_format_option, rendered, write
from dbfold.commands.shared import add_common_options, policy_for, progress, run_alone, targets_of
from dbfold.policy.model import AccessorStyle

EXAMPLES = (
    ("dbfold rewrite --diff services/", "see what would change"),
    ("dbfold rewrite services/", "change it"),
    ("dbfold rewrite --check .", "fail if anything would change"),
)
EXIT_CODES = {0: "done", 1: "with --check: something would change", 2: "a file could not be checked or written"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments, also for the umbrella command."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="directories or files to rewrite")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--diff", action="store_true", help="print a unified diff; write nothing")
    mode.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything would change")
    parser.add_argument(
        "--accessor-style",
        choices=[style.value for style in AccessorStyle],
        help="override the policy's accessor.style",
    )
    parser.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where the databases are (default: as the policy says)"
    )
    add_format_option(parser, "rewrite")
    add_common_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; returns the exit code. Raises UserError."""
    from dbfold.api import rewrite
    from dbfold.codemods import report
    from dbfold.codemods.writing import Written

    started = time.perf_counter()
    targets = targets_of(arguments)
    policy = policy_for(arguments, targets)
    style = AccessorStyle(arguments.accessor_style) if arguments.accessor_style else None
    only_looks = arguments.diff or arguments.check
    with progress(arguments) as told:
        options = {"style": style, "jobs": arguments.jobs, "data_dir": arguments.data_dir, "cached": arguments.cached}
        done = rewrite(targets, policy, write=not only_looks, progress=told, **options)
    prepared, written = done.prepared, done.written or Written((), ())
    outcome = report.Outcome(prepared, written, arguments.diff, arguments.check, time.perf_counter() - started)
    write(rendered(report.report_of(outcome), arguments.format, screen_of(sys.stdout, arguments.color)))
    if prepared.errors or written.failed:
        return FAILED
    return FINDINGS if arguments.check and prepared.changes else CLEAN


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run; returns the exit code."""
    return run_alone("codemods.rewrite_db_paths", __doc__, add_arguments, run, argv)


if __name__ == "__main__":
    sys.exit(main())
