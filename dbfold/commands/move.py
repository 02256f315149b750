"""`dbfold move`, with the gate between code and data: rows do not move while statements in the code would break."""

from __future__ import annotations

import argparse

from dbfold.base.errors import UserError
from dbfold.commands import move_options as move

_SHOWN = 10


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
        _require_whole(arguments)
    return move.run(arguments)


def _require_whole(arguments: argparse.Namespace) -> None:
    """Raises UserError while a move would break statements in the code."""
    from dbfold.journey.checking import check
    from dbfold.journey.judging import Effect

    policy = move.policy_of(arguments)
    checked = check(policy, arguments.data_dir)
    broken = checked.judged.of(Effect.BREAKS)
    if not broken:
        return
    lines = [
        f"  {one.statement.file}:{one.statement.span.line}: {'|'.join(one.statement.databases)}: {one.message}"
        for one in broken[:_SHOWN]
    ]
    more = [f"  … and {len(broken) - _SHOWN} more"] if len(broken) > _SHOWN else []
    raise UserError(
        "\n".join(
            [
                f"{len(broken)} statements in the code would break; nothing has been moved. `dbfold sql` lists them,"
                " `dbfold plan` proposes decisions; --accept-broken-sql moves all the same:",
                *lines,
                *more,
            ]
        )
    )
