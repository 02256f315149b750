"""What every hook's command line has, and its exceptions turned into exit codes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from dbfold.base.arguments import Parser


def parse(name: str, description: str | None, argv: Sequence[str] | None) -> argparse.Namespace:
    """The arguments: `files`, as pre-commit names them, `policy` and `root`."""
    parser = Parser(prog=f"dbfold-{name}", description=(description or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help="staged files (default: all that the commit changes)")
    parser.add_argument(
        "--policy", metavar="FILE", help="the policy (default: the nearest dbfold.yaml above each file)"
    )
    parser.add_argument("--root", metavar="DIR", help="the directory that the policy speaks of (default: its own)")
    return parser.parse_args(argv)


def guarded(check: Callable[[], int]) -> int:
    """The exit code of `check`; what it raises becomes a message and the code that fits."""
    try:
        return check()
    except BaseException as error:  # noqa: BLE001 - sorted by run_guarded, which a clean commit does without
        raised = error
    from dbfold.base.exits import run_guarded

    def again() -> int:
        raise raised

    return run_guarded(again)
