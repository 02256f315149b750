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

from dbfold.base.arguments import Parser
from dbfold.base.errors import UserError
from dbfold.base.exits import run_guarded
from dbfold.base.output.phases import telling
from dbfold.base.output.screen import COLORS
from dbfold.base.paths import resolved
from dbfold.base.progress import Progress

if TYPE_CHECKING:
    from dbfold.policy.model import Policy


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """The options that every command over files has."""
    add_policy_options(parser)
    add_telling_options(parser)
    parser.add_argument(
        "--no-cache", dest="cached", action="store_false", help="neither use nor keep what former runs have found"
    )
    parser.add_argument("--jobs", type=_positive, metavar="N", help="processes to use (default: one per processor)")


def add_policy_options(parser: argparse.ArgumentParser) -> None:
    """Which policy counts, and of which directory it speaks."""
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="the policy (default: the nearest dbfold.yaml upwards)"
    )
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="the directory that the policy speaks of (default: its own)"
    )


def add_telling_options(parser: argparse.ArgumentParser) -> None:
    """How much a run tells of itself on stderr, and whether the report has colours. The report is the same for all."""
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("-q", "--quiet", action="store_true", help="tell nothing but the report, and errors")
    amount.add_argument("-v", "--verbose", action="store_true", help="tell each phase with its time, and the policy")
    parser.add_argument("--color", choices=COLORS, default="auto", help="colours (default: auto, on a terminal)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def targets_of(arguments: argparse.Namespace) -> list[Path]:
    """The paths that a command is about (absolute): those given, else the current directory, or the root that is
    stated if that lies elsewhere. Raises UserError."""
    if arguments.paths:
        return [resolved(path) for path in arguments.paths]
    here = Path.cwd()
    root = _stated_root(arguments)
    return [here if root is None or here.is_relative_to(root) else root]


def policy_for(arguments: argparse.Namespace, targets: Sequence[Path] = ()) -> Policy:
    """The policy of a run: the one named, else the nearest above the first target.

    A command without targets is about the whole root: that of a policy elsewhere has to be stated then, since nobody
    can know whether the policy's directory is meant, or the current one. Raises UserError.
    """
    for target in targets:
        if not os.path.exists(target):  # noqa: PTH110 - Path.exists raises where a directory may not be searched
            raise UserError(f"{target}: no such file or directory; name a directory or a file of the application")
    from dbfold.policy.loading import find_policy, load_policy  # YAML, which an error message does without
    from dbfold.policy.rooting import described, require_below

    root = _stated_root(arguments)
    start = targets[0] if targets else root or Path.cwd()
    policy = load_policy(resolved(arguments.policy) if arguments.policy else find_policy(start), root=root)
    require_below(policy, targets or ([Path.cwd()] if root is None else []))
    if arguments.verbose:
        _tell(f"the policy {policy.source}")
    if arguments.verbose or (policy.root != Path.cwd() and not arguments.quiet):
        _tell(described(policy))
    return policy


def _tell(text: str) -> None:
    print(f"dbfold: {text}", file=sys.stderr)  # noqa: T201


def _stated_root(arguments: argparse.Namespace) -> Path | None:
    if arguments.root is None:
        return None
    from dbfold.policy.rooting import require_root

    return require_root(resolved(arguments.root))


def run_alone(
    module: str,
    description: str,
    add_arguments: Callable[[argparse.ArgumentParser], None],
    run: Callable[[argparse.Namespace], int],
    argv: Sequence[str] | None,
) -> int:
    """A subcommand as a program of its own, `python -m module`; returns its exit code."""
    parser = Parser(prog=f"python -m {module}", description=description.partition("\n")[0])
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    return run_guarded(lambda: run(arguments))


def progress(arguments: argparse.Namespace) -> AbstractContextManager[Progress]:
    """Who is told of the phases: a person at a terminal, unless they want quiet; with `-v` everybody."""
    return telling(live=sys.stderr.isatty() and not arguments.quiet, times=arguments.verbose)
