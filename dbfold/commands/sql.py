"""`dbfold sql`: every statement in the code on the schema before and after the move.

Exit codes: 0 nothing breaks · 1 something does · 2 a file could not be checked
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from dbfold.base.exits import CLEAN, FAILED, FINDINGS
from dbfold.commands.shared import add_common_options, policy_for, progress, run_alone, targets_of
from dbfold.references.documents import error_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments, for the umbrella command."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="report on these files and directories (default: .); the whole application is looked at",
    )
    parser.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where the databases are (default: as the policy says)"
    )
    parser.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text", help="how to report (default: text)"
    )
    parser.add_argument("--all", action="store_true", help="list the statements that stay as they are, too")
    add_common_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; returns the exit code. Raises UserError."""
    from dbfold.journey.checking import check
    from dbfold.journey.judging import Effect

    targets = targets_of(arguments)
    policy = policy_for(arguments, targets)
    here = Path.cwd()
    base = here if all(target.is_relative_to(here) for target in targets) else policy.root
    with progress() as told:
        checked = check(
            policy, arguments.data_dir, jobs=arguments.jobs, base=base, progress=told, cached=arguments.cached
        )
    shown = checked.within(targets)
    if arguments.format == "json":
        from dbfold.journey.documents import sql_text

        sys.stdout.write(sql_text(shown))
    elif arguments.format == "sarif":
        from dbfold.journey.sarif import render

        sys.stdout.write(render(shown))
    else:
        from dbfold.journey.text import sql_lines

        for line in sql_lines(shown, everything=arguments.all):
            print(line)  # noqa: T201
        for error in shown.errors:
            print(f"error: {error_line(error)}", file=sys.stderr)  # noqa: T201
    if shown.errors:
        return FAILED
    return FINDINGS if shown.judged.of(Effect.BREAKS) else CLEAN


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run; returns the exit code."""
    return run_alone("dbfold.commands.sql", __doc__, add_arguments, run, argv)


if __name__ == "__main__":
    sys.exit(main())
