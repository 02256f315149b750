"""The move from beginning to end: back up, plan, build beside, verify, swap, put the sources away.

Until the swap nothing but files of our own has been written; after it the sources' rows are in the target and their
files in the backup. The swap is one rename. A run that is killed is finished or cleaned up by the next.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from dbfold.datamove.progress import Progress
from dbfold.datamove.refusals import (
    refuse_users,
    require_decided,
    require_expected,
    require_space,
    require_writable,
)
from dbfold.datamove.results import Preview, Result
from dbfold.datamove.safety import backup as backups
from dbfold.datamove.safety.durable import fresh_directory
from dbfold.datamove.safety.leftovers import clear_leftovers
from dbfold.datamove.safety.services import health, stopped
from dbfold.datamove.sources.estate import Estate, find_estate
from dbfold.datamove.sources.files import Snapshot
from dbfold.datamove.sources.locks import DatabaseFile, locked, move_lock
from dbfold.datamove.sources.scratch import scratch_directory
from dbfold.datamove.sources.snapshots import copy_locked, copy_shared
from dbfold.datamove.target import TargetMove
from dbfold.policy.model import Policy


def plan(policy: Policy, directory: Path | None = None, *, progress: Progress | None = None) -> tuple[Preview, ...]:
    """What a move would do, one preview for each database that takes others in. Writes nothing but scratch files.

    `directory` holds the databases (default: see `estate.data_directory`). Others may go on using them.
    Raises UserError for what cannot be read.
    """
    estate = find_estate(policy, directory)
    with scratch_directory(estate.directory) as work:
        snapshots = _copy_shared(estate, work, progress or Progress())
        return tuple(TargetMove(estate, target, snapshots, work).preview for target in estate.targets)


def run(
    policy: Policy,
    directory: Path | None = None,
    *,
    dry_run: bool = False,
    expected: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Result:
    """Move everything, or nothing. `dry_run` does all of it but the swap, beside services that go on.

    `expected` are fingerprints (database → sha256) that the databases must still have, those of a plan. Raises
    MoveRefused while decisions are open, UserError and OSError for whatever else stands against it; nothing has changed
    then.
    """
    progress = progress or Progress()
    estate = find_estate(policy, directory)
    if dry_run:
        with scratch_directory(estate.directory) as work:
            return _dry_run(estate, work, expected, progress)
    require_writable(estate)
    with move_lock(estate.directory):
        clear_leftovers(estate)
        estate = find_estate(policy, estate.directory)  # another run may have ended a moment ago
        if not estate.targets:
            return Result(estate, (), None, 0.0)
        if policy.services.stop:
            _refuse_early(estate, progress)
        with stopped(policy, progress.say):
            result = _run(estate, expected, progress)
        return replace(result, unhealthy=tuple(health(policy, progress.say)))


def _run(estate: Estate, expected: Mapping[str, str] | None, progress: Progress) -> Result:
    began = time.monotonic()
    refuse_users(estate)
    paths = [path for target in estate.targets for _, path in target.files]
    work = fresh_directory(estate.work)
    try:
        with locked(paths, exclusive=True) as guards:
            require_space(estate)
            partial = backups.begin(estate.backups)
            snapshots = _copy_guarded(estate, guards, partial, progress)
            require_expected(snapshots, expected)
            targets = [TargetMove(estate, target, snapshots, work) for target in estate.targets]
            require_decided(target.preview for target in targets)
            absent = [target.name for target in estate.targets if not target.path.exists()]
            progress.stage("check the backup")
            # A rollback goes back to the last move, not to a run that only put away what a killed one had left.
            kind = "move" if any(target.preview.plan.sources for target in targets) else "leftovers"
            directory = backups.seal(partial, kind, list(snapshots.values()), absent)
            built = [target.build(directory.name, progress) for target in targets]
            backup = backups.publish(partial, directory)
            progress.say(f"backup: {backup.directory}")
            snapshots = {snapshot.name: snapshot for snapshot in backup.snapshots}
            targets = [target.with_snapshots(snapshots) for target in targets]
            for target in targets:
                target.swap(guards, progress)
            retired = [target.put_away(backup, progress) for target in targets]
            moved = tuple(replace(made, retired=names) for made, names in zip(built, retired, strict=True))
    finally:
        shutil.rmtree(work, ignore_errors=True)
        clear_leftovers(estate)
    return Result(estate, moved, backup, time.monotonic() - began)


def _dry_run(estate: Estate, work: Path, expected: Mapping[str, str] | None, progress: Progress) -> Result:
    began = time.monotonic()
    snapshots = _copy_shared(estate, work, progress)
    require_expected(snapshots, expected)
    targets = [TargetMove(estate, target, snapshots, work) for target in estate.targets]
    require_decided(target.preview for target in targets)
    moved = tuple(target.rehearse(progress) for target in targets)
    return Result(estate, moved, None, time.monotonic() - began)


def _refuse_early(estate: Estate, progress: Progress) -> None:
    """Before anything is stopped: a plan from shared copies."""
    with scratch_directory(estate.directory) as work:
        snapshots = _copy_shared(estate, work, progress)
        require_decided(TargetMove(estate, target, snapshots, work).preview for target in estate.targets)


def _copy_guarded(
    estate: Estate, guards: Mapping[Path, DatabaseFile], directory: Path, progress: Progress
) -> dict[str, Snapshot]:
    files = [entry for target in estate.targets for entry in target.files]
    progress.stage("back up", size=sum(path.stat().st_size for _, path in files))
    snapshots: dict[str, Snapshot] = {}
    for name, path in files:
        progress.step(name, sum(snapshot.size for snapshot in snapshots.values()))
        snapshots[name] = copy_locked(name, path, guards[path], directory / name)
    return snapshots


def _copy_shared(estate: Estate, work: Path, progress: Progress) -> dict[str, Snapshot]:
    files = [entry for target in estate.targets for entry in target.files]
    progress.stage("read", size=sum(path.stat().st_size for _, path in files))
    directory = fresh_directory(work / "copies")
    snapshots: dict[str, Snapshot] = {}
    for name, path in files:
        progress.step(name, sum(snapshot.size for snapshot in snapshots.values()))
        snapshots[name] = copy_shared(name, path, directory / name)
    return snapshots
