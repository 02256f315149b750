"""The umbrella command: `dbfold init`, `audit`, `rewrite`, `plan`, `sql`, `move`, `check`. Holds no logic."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from dbfold.base.version import VERSION

# Name, module with `add_arguments` and `run`, one line of help. A module is imported only when it is asked for.
_COMMANDS = (
    ("init", "dbfold.commands.init", "draft dbfold.yaml, the policy, from what the code says"),
    ("audit", "dbfold.commands.audit", "list every place that names a database, and what happens to it"),
    ("rewrite", "dbfold.commands.rewrite", "rewrite hardcoded database paths to the configured accessor"),
    ("check", "dbfold.commands.check", "report every place that breaks a rule, and fail if there is one"),
    ("plan", "dbfold.commands.plan", "show the whole journey on one page, with proposals for what is undecided"),
    ("sql", "dbfold.commands.sql", "check every SQL statement in the code against the schema after the move"),
    ("move", "dbfold.commands.move", "move the rows of many databases into one: plan, run, verify, rollback"),
    ("rule", "dbfold.commands.rule", "say what a rule means, why it is there and how to mend what it finds"),
    ("ruff-config", "dbfold.commands.ruff_config", "print the settings with which ruff bans sqlite3.connect"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run; returns the exit code (see `dbfold.base.exits`)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="dbfold", description="Fold many SQLite files into few, and keep it so.")
    parser.add_argument("--version", action="store_true", help="print the version")
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for name, module, help in _COMMANDS:
        subparser = subparsers.add_parser(name, help=help, description=help)
        if arguments[:1] == [name]:
            command = import_module(module)
            command.add_arguments(subparser)
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
