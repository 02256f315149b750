"""The umbrella command: `dbfold init`, `audit`, `rewrite`, `plan`, `sql`, `move`, `check`. Holds no logic."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from dbfold.base.arguments import Parser, with_epilog
from dbfold.base.version import VERSION
from dbfold.commands.registry import COMMANDS

_EXAMPLES = (
    ("dbfold init", "draft the policy"),
    ("dbfold audit", "see what names a database"),
    ("dbfold plan", "see the whole journey, and what is undecided"),
    ("dbfold rewrite services/", "rewrite the code"),
    ("dbfold move run", "move the rows"),
    ("dbfold check", "keep it so"),
)
_EXIT_CODES = {0: "done", 1: "findings, or something would change", 2: "something could not be done"}


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run; returns the exit code (see `dbfold.base.exits`)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = Parser(prog="dbfold", description="Fold many SQLite files into few, and keep it so.")
    with_epilog(parser, _EXAMPLES, _EXIT_CODES)
    parser.add_argument("--version", action="store_true", help="print the version")
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for name, module, help in COMMANDS:
        subparser = subparsers.add_parser(name, help=help, description=help)
        if arguments[:1] == [name]:
            command = import_module(module)
            command.add_arguments(subparser)
            with_epilog(subparser, command.EXAMPLES, command.EXIT_CODES)
            subparser.set_defaults(run=command.run)
    parsed = parser.parse_args(arguments)
    if parsed.version:
        print(f"dbfold {VERSION}")  # noqa: T201
        return 0
    run: Callable[[argparse.Namespace], int] | None = getattr(parsed, "run", None)
    if run is None:
        parser.print_help()
        return 2
    from dbfold.base.exits import run_guarded

    command_run = run
    return run_guarded(lambda: command_run(parsed))


def run() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    run()
