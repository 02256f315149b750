"""`dbfold plan`: the whole journey on one page, and proposals for what is undecided.

Exit codes: 0 nothing stands against it · 1 decisions are open, or statements would break · 2 it could not be made, or a
database that has been moved is back
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbfold.base.errors import UserError
from dbfold.base.exits import CLEAN, FAILED, FINDINGS
from dbfold.base.output.counted import counted
from dbfold.base.output.report import Report
from dbfold.commands.formats import add_format_option, show
from dbfold.commands.shared import add_common_options, policy_for, progress, run_alone
from dbfold.policy.model import Policy
from dbfold.references.documents import error_line

if TYPE_CHECKING:
    from dbfold.journey.overview import Overview
    from dbfold.journey.proposals import Proposal

EXAMPLES = (
    ("dbfold plan", "the whole journey on one page"),
    ("dbfold plan --write", "take the proposals"),
)
EXIT_CODES = {
    0: "nothing stands against it",
    1: "decisions are open, or statements would break",
    2: "it could not be made, or a database that has been moved is back",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments, for the umbrella command."""
    parser.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where the databases are (default: as the policy says)"
    )
    add_format_option(parser, "plan")
    parser.add_argument("--write", action="store_true", help="put the proposals into the policy")
    add_common_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; returns the exit code. Raises UserError."""
    from dbfold.api import plan

    policy = policy_for(arguments)
    with progress(arguments) as told:
        found = plan(policy, arguments.data_dir, jobs=arguments.jobs, cached=arguments.cached, progress=told)
    show(report_of(found), arguments)
    if arguments.format == "text":
        for error in found.checked.errors:
            print(f"not checked: {error_line(error)}", file=sys.stderr)  # noqa: T201
        for error in found.returned:
            print(f"error: {error_line(error)}", file=sys.stderr)  # noqa: T201
    if arguments.write:
        _write(policy, found.proposals)
    if found.returned:
        return FAILED
    return FINDINGS if found.is_open else CLEAN


def report_of(found: Overview) -> Report:
    """The report of a plan."""
    from dbfold.journey.documents import overview_document
    from dbfold.journey.text import overview_lines, overview_table

    return Report(
        text=lambda screen: "".join(f"{line}\n" for line in overview_lines(found, screen)),
        document=lambda: overview_document(found),
        tables=lambda: (overview_table(found),),
    )


def _write(policy: Policy, proposals: Sequence[Proposal]) -> None:
    """Put the best option of each proposal into the policy, or say that there is none. Raises UserError."""
    from dbfold.base.writing import WriteError, replace_file
    from dbfold.journey.proposals import written
    from dbfold.policy.loading import load_policy

    if not proposals:
        print(f"{policy.source.name}: nothing is undecided", file=sys.stderr)  # noqa: T201
        return
    old = policy.source.read_bytes()
    new = written(old.decode("utf-8-sig"), proposals).encode()
    load_policy(policy.source, data=new)  # what cannot be read back must not be written
    try:
        replace_file(policy.source, old, new)
    except WriteError as error:
        raise UserError(f"{policy.source}: {error}") from error
    print(f"{policy.source.name}: {counted(len(proposals), 'decision')} written", file=sys.stderr)  # noqa: T201


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run; returns the exit code."""
    return run_alone("dbfold.commands.plan", __doc__, add_arguments, run, argv)


if __name__ == "__main__":
    sys.exit(main())
