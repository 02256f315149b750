"""The policy's commands: stop what uses the databases, start it again, ask whether it works."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.datamove.results import Failure
from dbfold.policy.model import Policy

HEALTH_SECONDS = 30.0
_PAUSE_SECONDS = 1.0
_SHOWN_LINES = 5

Say = Callable[[str], None]


def run_command(command: str, directory: Path) -> Failure | None:
    """Run a shell command in `directory`; None if it succeeded."""
    done = subprocess.run(
        command,
        shell=True,
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return None
    return Failure(command, done.returncode, " / ".join(done.stdout.split("\n")[-_SHOWN_LINES:]).strip(" /"))


@contextmanager
def stopped(policy: Policy, say: Say) -> Iterator[None]:
    """The services stopped for as long as the block runs, and started again however it ends.

    Raises UserError if they cannot be stopped (then they are started, too) or started.
    """
    services = policy.services
    if not services.stop:
        yield
        return
    say(f"stopping: {services.stop}")
    try:
        failure = run_command(services.stop, policy.root)
        if failure is not None:
            raise UserError(f"services.stop: {failure}; nothing has been changed")
        yield
    finally:
        start(policy, say)


def start(policy: Policy, say: Say) -> None:
    """Run `services.start`, if there is one. Raises UserError."""
    command = policy.services.start
    if command:
        say(f"starting: {command}")
        failure = run_command(command, policy.root)
        if failure is not None:
            raise UserError(f"services.start: {failure}; start the services by hand")


def health(policy: Policy, say: Say, seconds: float = HEALTH_SECONDS) -> list[Failure]:
    """The health checks that did not succeed within `seconds`."""
    failures = []
    for command in policy.services.health:
        deadline = time.monotonic() + seconds
        while (failure := run_command(command, policy.root)) is not None and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)
        say(f"health: {command}: {'failed' if failure else 'ok'}")
        if failure is not None:
            failures.append(failure)
    return failures
