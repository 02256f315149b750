"""What all commands share: options, the policy they find, progress, and exceptions turned into exit codes.

0 clean · 1 findings, or files that would change · 2 could not check · 3 internal error
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from dbfold.base.errors import UserError
from dbfold.base.exits import run_guarded
from dbfold.base.output.phases import telling
from dbfold.base.paths import resolved
from dbfold.base.progress import Progress

if TYPE_CHECKING:
    from dbfold.policy.model import Policy


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """The options that every command over files has."""
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="the policy (default: the nearest dbfold.yaml upwards)"
    )
    parser.add_argument(
        "--no-cache", dest="cached", action="store_false", help="neither use nor keep what former runs have found"
    )
    parser.add_argument("--jobs", type=_positive, metavar="N", help="processes to use (default: one per processor)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def policy_for(targets: list[Path], option: Path | None) -> Policy:
    """The policy of a run: the one named, else the nearest above the first target. Raises UserError."""
    for target in targets:
        if not os.path.exists(target):  # noqa: PTH110 - Path.exists raises where a directory may not be searched
            raise UserError(f"{target}: no such file or directory; name a directory or a file of the application")
    from dbfold.policy.loading import find_policy, load_policy  # YAML, which an error message does without

    return load_policy(resolved(option) if option else find_policy(targets[0]))


def run_alone(
    module: str,
    description: str,
    add_arguments: Callable[[argparse.ArgumentParser], None],
    run: Callable[[argparse.Namespace], int],
    argv: Sequence[str] | None,
) -> int:
    """A subcommand as a program of its own, `python -m module`; returns its exit code."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description.partition("\n")[0])
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    return run_guarded(lambda: run(arguments))


def progress() -> AbstractContextManager[Progress]:
    """Who is told of the phases: a person at a terminal."""
    return telling(live=sys.stderr.isatty())
