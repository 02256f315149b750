"""What all commands share: options, the policy they find, progress, and exceptions turned into exit codes.

0 clean · 1 findings, or files that would change · 2 could not check · 3 internal error
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dbpolicy.errors import UserError

if TYPE_CHECKING:
    from dbpolicy.model import Policy

CLEAN, FINDINGS, FAILED, INTERNAL = 0, 1, 2, 3

Report = Callable[[int, int], None]


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """The options that every command over files has."""
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="the policy (default: the nearest dbfold.yaml upwards)"
    )
    parser.add_argument("--jobs", type=_positive, metavar="N", help="processes to use (default: one per processor)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def resolved(path: Path) -> Path:
    """An absolute path, links in its directories followed as the policy's are; a file that is a link keeps its name.

    Raises UserError.
    """
    try:
        return path.resolve() if path.is_dir() else path.parent.resolve() / path.name
    except OSError as error:
        raise UserError(
            f"{path}: cannot be reached ({error.strerror}); run dbfold as a user who may read it"
        ) from error
    except RuntimeError as error:  # so Python 3.11 says it
        raise UserError(f"{path}: a symbolic link that leads to itself; name a directory or a file") from error


def policy_for(targets: list[Path], option: Path | None) -> Policy:
    """The policy of a run: the one named, else the nearest above the first target. Raises UserError."""
    for target in targets:
        if not os.path.exists(target):  # noqa: PTH110 - Path.exists raises where a directory may not be searched
            raise UserError(f"{target}: no such file or directory; name a directory or a file of the application")
    from dbpolicy.loading import find_policy, load_policy  # YAML, which an error message does without

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


def run_guarded(command: Callable[[], int]) -> int:
    """The exit code of `command`; what it raises becomes a message on stderr and the code that fits."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names and texts may hold what the terminal cannot show
    try:
        code = command()
        sys.stdout.flush()
        return code
    except UserError as error:
        _say(f"dbfold: {error}")
        return FAILED
    except KeyboardInterrupt:
        _say("dbfold: interrupted; no file is half-written, run the command again")
        return FAILED
    except BrokenPipeError:
        _drop_output()  # its reader has gone: nothing is left to be said
        return FAILED
    except OSError as error:
        _say(f"dbfold: {error}; mend that and run dbfold again")
        _drop_output()
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last line of defence
        import traceback

        traceback.print_exc()
        _say(f"dbfold: internal error: {error!r}; nothing is half-written. Please report it with the lines above.")
        return INTERNAL


def _drop_output() -> None:
    """What stdout does not take, so that Python does not try once more at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def progress(label: str) -> Iterator[Report | None]:
    """A progress bar on stderr, if a person is looking at it; else None."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
