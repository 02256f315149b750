"""What has to hold before a move writes anything. Each question raises an error that says what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping

from dbfold.base.errors import UserError
from dbfold.datamove.planning.plan import Problem
from dbfold.datamove.results import Preview
from dbfold.datamove.sources.estate import Estate
from dbfold.datamove.sources.files import Snapshot
from dbfold.datamove.sources.locks import LockedError, users_of

_SPARE_BYTES = 16 << 20


class MoveRefused(UserError):
    """Nothing has been changed: `problems` say what has to be decided or mended first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"the move waits for decisions (`dbfold move plan` shows the choices):{lines}")


def require_decided(previews: Iterable[Preview]) -> None:
    problems = tuple(problem for preview in previews for problem in preview.problems)
    if problems:
        raise MoveRefused(problems)


def refuse_users(estate: Estate) -> None:
    users = users_of(path for target in estate.targets for _, path in target.files)
    if users:
        raise LockedError(
            f"{estate.directory}: {', '.join(users)} has a database open and could lose what it writes; stop it, or"
            " let the policy's services.stop do so"
        )


def require_expected(snapshots: Mapping[str, Snapshot], expected: Mapping[str, str] | None) -> None:
    if expected is None:
        return
    now = {name: snapshot.source_file.sha256 for name, snapshot in snapshots.items()}
    changed = sorted(name for name in now.keys() | expected.keys() if now.get(name) != expected.get(name))
    if changed:
        raise UserError(f"{', '.join(changed)} changed since the plan was made; plan again")


def require_writable(estate: Estate) -> None:
    for directory in {estate.directory, *(target.path.resolve().parent for target in estate.targets)}:
        if not os.access(directory, os.W_OK | os.X_OK):
            raise UserError(
                f"{directory}: is not writable, and the new database is built there; run dbfold as its owner"
            )


def require_space(estate: Estate) -> None:
    """Backup, new database and scratch files, before any of them is written."""
    size = sum(path.stat().st_size for target in estate.targets for _, path in target.files)
    needed = 3 * size + _SPARE_BYTES
    free = shutil.disk_usage(estate.directory).free
    if free < needed:
        raise UserError(
            f"{estate.directory}: {free >> 20:,} MB are free, and the move needs {needed >> 20:,} MB for the"
            f" backup, the new"
            " database and scratch files; make room"
        )
