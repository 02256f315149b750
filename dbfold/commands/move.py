"""`dbfold move`, with the gate between code and data: rows do not move while statements in the code would break."""

from __future__ import annotations

import argparse

from dbfold.commands import move_options as move


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `dbfold.commands.move_options`, and what the gate adds."""
    run_parser = move.add_arguments(parser)
    run_parser.add_argument(
        "--accept-broken-sql",
        action="store_true",
        help="move the rows although `dbfold sql` says that statements in the code break",
    )


def run(arguments: argparse.Namespace) -> int:
    """Carry out a subcommand; returns its exit code.

    Raises UserError, before anything is touched, for SQL that breaks.
    """
    if getattr(arguments, "accept_broken_sql", None) is False:
        from dbfold.journey.gate import require_whole

        require_whole(move.policy_of(arguments), arguments.data_dir)
    return move.run(arguments)
