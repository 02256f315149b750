"""A directory for copies and trials, which a run can tell from one that a killed run left."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dbfold.datamove.sources.locks import LockedError, move_lock

_PREFIX = ".dbfold-plan-"


@contextmanager
def scratch_directory(databases: Path) -> Iterator[Path]:
    """A directory beside the databases if that can be written, where there is most likely room for their copies."""
    parent = databases if os.access(databases, os.W_OK | os.X_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent, ignore_cleanup_errors=True) as name,
        move_lock(Path(name)),  # so that a run can tell it from one that was left
    ):
        yield Path(name)


def discard_scratch(databases: Path) -> None:
    """Remove the directories that killed plans left beside the databases."""
    for path in databases.glob(f"{_PREFIX}*"):
        with suppress(LockedError, OSError), move_lock(path):  # locked: a plan that is being made
            shutil.rmtree(path, ignore_errors=True)
