"""`python -m codemods.rewrite_db_paths PATH…` (= `dbfold rewrite`): hardcoded database paths become the accessor.

    sqlite3.connect("/app/data/auth.db")    ->    sqlite3.connect(DATABASE_PATH)

Writes by default; `--diff` shows, `--check` only tells. `RewriteDbPaths` is the same as a LibCST codemod command.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbpolicy.model import AccessorStyle
from references.command import (
    CLEAN,
    FAILED,
    FINDINGS,
    add_common_options,
    policy_for,
    progress,
    resolved,
    run_alone,
)

if TYPE_CHECKING:
    from codemods.libcst_command import RewriteDbPaths as RewriteDbPaths


def __getattr__(name: str) -> object:
    """`RewriteDbPaths`, on demand: importing LibCST takes twenty times as long as this module."""
    if name == "RewriteDbPaths":
        from codemods.libcst_command import RewriteDbPaths

        return RewriteDbPaths
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to report (default: text)")
    add_common_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; returns the exit code. Raises UserError."""
    from codemods import report
    from codemods.run import Written, prepare, write

    started = time.perf_counter()
    targets = [resolved(path) for path in arguments.paths]
    policy = policy_for(targets, arguments.policy)
    style = AccessorStyle(arguments.accessor_style) if arguments.accessor_style else None
    # From where the user stands, so that editors find the places and `git apply` the diff.
    here = Path.cwd()
    base = here if all(target.is_relative_to(here) for target in targets) else None
    with progress("Looking for database paths") as tell:
        options = {"style": style, "jobs": arguments.jobs, "base": base, "data_dir": arguments.data_dir}
        prepared = prepare(targets, policy, **options, progress=tell)
    written = Written((), ())
    if not (arguments.diff or arguments.check):
        with progress("Writing") as tell:
            written = write(prepared, tell)
    outcome = report.Outcome(prepared, written, arguments.diff, arguments.check, time.perf_counter() - started)
    report.show(outcome, arguments.format)
    if prepared.scan.errors or written.failed:
        return FAILED
    return FINDINGS if arguments.check and prepared.changes else CLEAN


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run; returns the exit code."""
    return run_alone("codemods.rewrite_db_paths", __doc__, add_arguments, run, argv)


if __name__ == "__main__":
    sys.exit(main())
