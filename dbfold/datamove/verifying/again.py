"""`dbfold move verify`: the last move, checked once more against its backup, at any later time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.datamove import ledger
from dbfold.datamove.planning.document import plan_from
from dbfold.datamove.planning.plan import Plan
from dbfold.datamove.progress import Progress
from dbfold.datamove.results import Backup, Verified
from dbfold.datamove.safety import backup as backups
from dbfold.datamove.safety.services import health
from dbfold.datamove.sources.estate import Estate, find_estate
from dbfold.datamove.sources.scratch import scratch_directory
from dbfold.datamove.sources.snapshots import copy_shared, readable_copy
from dbfold.datamove.verifying.checks import verify as verify_file
from dbfold.datamove.verifying.digests import digests
from dbfold.datamove.verifying.timing import timings
from dbfold.policy.model import Policy
from dbfold.sqlite.engine import DatabaseError, open_copy


def verify(policy: Policy, directory: Path | None = None, *, progress: Progress | None = None) -> tuple[Verified, ...]:
    """Check the last move into each database against its backup. Writes nothing but scratch files.

    Rows that the application changed since are differences, too: this is for right after the move. Raises UserError
    if nothing was moved, or the backup is gone or damaged.
    """
    progress = progress or Progress()
    estate = find_estate(policy, directory)
    with scratch_directory(estate.directory) as work:
        found = [
            verified
            for entry in policy.kept
            if (path := estate.directory / entry.name).exists()
            and (verified := _verify(estate, entry.name, path, work, progress)) is not None
        ]
    if not found:
        raise UserError(f"{estate.directory}: nothing has been moved there; `dbfold move run` does it")
    unhealthy = tuple(health(policy, progress.say))
    return tuple(replace(verified, unhealthy=unhealthy) for verified in found)


def _verify(estate: Estate, name: str, path: Path, work: Path, progress: Progress) -> Verified | None:
    progress.stage(f"read {name}")
    copy, _ = readable_copy(copy_shared(name, path, work / name), work / f"{name}-readable")
    connection = open_copy(copy)
    try:
        last = ledger.last_move(connection)
        if last is None:
            return None
        move_id, moved_at, backup_name, text = last
        accounts = tuple(ledger.accounts(connection, move_id))
    finally:
        connection.close()
    try:
        plan = plan_from(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise DatabaseError(
            f"{name}: its ledger cannot be read ({error!r}); it was written by another dbfold"
        ) from None
    backup = backups.find(estate.backups, backup_name)
    progress.stage("check the backup", size=backup.size)
    backups.check(backup)
    copies = _copies(backup, plan, work)
    progress.stage(f"verify {name}")
    checks = tuple(verify_file(copy, plan, copies, move_id, work / "verify"))
    return Verified(
        target=name,
        moved_at=moved_at,
        backup=backup,
        checks=checks,
        accounts=accounts,
        digests=tuple(digests(copy, plan, copies)),
        timings=tuple(timings(copy, plan, copies)),
    )


def _copies(backup: Backup, plan: Plan, work: Path) -> dict[str, Path]:
    copies: dict[str, Path] = {}
    encoding = None
    for file in sorted(plan.files, key=lambda file: file.name != plan.target):
        snapshot = backup.snapshot(file.name)
        if snapshot is None:
            raise DatabaseError(f"{backup.directory}: does not hold {file.name}; it is not the backup of this move")
        copies[file.name], inventory = readable_copy(snapshot, work / f"before-{len(copies)}", encoding)
        encoding = encoding or inventory.encoding
    return copies
