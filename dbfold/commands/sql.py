"""`dbfold sql`: every statement in the code on the schema before and after the move.

Exit codes: 0 nothing breaks · 1 something does · 2 a file could not be checked
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbfold.base.exits import CLEAN, FAILED, FINDINGS
from dbfold.base.output.report import Report
from dbfold.commands.formats import add_format_option, show
from dbfold.commands.shared import add_common_options, policy_for, progress, run_alone, targets_of
from dbfold.references.documents import error_line

if TYPE_CHECKING:
    from dbfold.journey.checking import Checked

EXAMPLES = (
    ("dbfold sql", "what breaks, changes, or could not be checked"),
    ("dbfold sql --all services/auth", "every statement of a part of the tree"),
)
EXIT_CODES = {0: "nothing breaks", 1: "a statement breaks", 2: "a file could not be checked"}


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
    add_format_option(parser, "sql")
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
    with progress(arguments) as told:
        checked = check(
            policy, arguments.data_dir, jobs=arguments.jobs, base=base, progress=told, cached=arguments.cached
        )
    shown = checked.within(targets)
    show(report_of(shown, everything=arguments.all), arguments)
    if arguments.format == "text":
        for error in shown.errors:
            print(f"error: {error_line(error)}", file=sys.stderr)  # noqa: T201
    if shown.errors:
        return FAILED
    return FINDINGS if shown.judged.of(Effect.BREAKS) else CLEAN


def report_of(checked: Checked, *, everything: bool) -> Report:
    """The report of a check of statements; `everything` lists those that stay as they are, too."""
    from dbfold.journey.documents import sql_document
    from dbfold.journey.sarif import render
    from dbfold.journey.text import sql_lines, statements_table

    return Report(
        text=lambda screen: "".join(f"{line}\n" for line in sql_lines(checked, everything=everything)),
        document=lambda: sql_document(checked),
        tables=lambda: (statements_table(checked),),
        own={"sarif": lambda screen: render(checked)},
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run; returns the exit code."""
    return run_alone("dbfold.commands.sql", __doc__, add_arguments, run, argv)


if __name__ == "__main__":
    sys.exit(main())
