"""What a run that was killed left. Nothing of it is needed: `Plan.moved_before` says what is in the target already."""

from __future__ import annotations

import shutil

from dbfold.datamove.safety.backup import discard_partial
from dbfold.datamove.safety.swapping import RESTORE_SUFFIX, discard_build, finish_retiring
from dbfold.datamove.sources.estate import Estate
from dbfold.datamove.sources.scratch import discard_scratch


def clear_leftovers(estate: Estate) -> None:
    """Remove it all. The caller holds the lock of the directory."""
    shutil.rmtree(estate.work, ignore_errors=True)
    discard_partial(estate.backups)
    for entry in estate.policy.kept:
        discard_build(estate.directory / entry.name)
    for path in estate.directory.glob(f".*{RESTORE_SUFFIX}"):
        path.unlink(missing_ok=True)
    discard_scratch(estate.directory)
    finish_retiring(estate.directory)
