"""Rollback: the files of a backup, byte for byte, in the place of what is there now.

What is there now is backed up first, so a rollback can be rolled back. Then the sources come back, which the new
database can live with, and last the target: at every instant there is a whole database under its name.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import apsw

from dbfold.base.errors import UserError
from dbfold.datamove.progress import Progress
from dbfold.datamove.results import Backup, Restored
from dbfold.datamove.safety import backup as backups
from dbfold.datamove.safety.durable import flush_directory, flush_file, fresh_directory
from dbfold.datamove.safety.leftovers import clear_leftovers
from dbfold.datamove.safety.services import health, stopped
from dbfold.datamove.safety.swapping import RESTORE_SUFFIX, retire
from dbfold.datamove.sources.estate import Estate, companion_of, companions, data_directory
from dbfold.datamove.sources.files import Snapshot, StoredFile
from dbfold.datamove.sources.locks import LockedError, locked, move_lock, users_of
from dbfold.datamove.sources.snapshots import copy_locked, readable_copy
from dbfold.policy.model import Policy


def rollback(
    policy: Policy, directory: Path | None = None, name: str | None = None, *, progress: Progress | None = None
) -> Restored:
    """Restore the backup `name` (default: that of the last move) into `directory`.

    Killed in the middle, it is finished by running it again. Raises UserError if the backup is not what was backed up,
    or a database is in use; nothing has changed then.
    """
    progress = progress or Progress()
    place = data_directory(policy, directory)
    estate = Estate(policy, place, (), (), ())
    with move_lock(place):
        clear_leftovers(estate)
        chosen = backups.find(estate.backups, name)
        progress.stage("check the backup", size=chosen.size)
        _check(chosen, estate)
        with stopped(policy, progress.say):
            restored = _restore(estate, chosen, progress)
    return replace(restored, unhealthy=tuple(health(policy, progress.say)))


def _check(backup: Backup, estate: Estate) -> None:
    """Checksums, and SQLite's own check. What was damaged when it was backed up is restored as it was."""
    backups.check(backup)
    needed = 2 * backup.size
    free = shutil.disk_usage(estate.directory).free
    if free < needed:
        raise UserError(f"{estate.directory}: {free >> 20:,} MB are free, {needed >> 20:,} MB are needed; make room")


def _restore(estate: Estate, backup: Backup, progress: Progress) -> Restored:
    # The target last: until then the state of after the move is whole.
    kept = {entry.name for entry in estate.policy.kept}
    snapshots = sorted(backup.snapshots, key=lambda snapshot: snapshot.name in kept)
    paths = [estate.directory / name for name in (*(one.name for one in snapshots), *backup.absent)]
    existing = [path for path in paths if path.exists()]
    users = users_of(existing)
    if users:
        raise LockedError(f"{estate.directory}: {', '.join(users)} has a database open; stop it, then again")
    work = fresh_directory(estate.work)
    removed: list[str] = []
    try:
        progress.stage("back up what is there")
        before = _back_up(estate, existing, [path.name for path in paths if not path.exists()])
        progress.say(f"what was there: {before.directory}")
        progress.stage("restore", size=backup.size)
        for snapshot in snapshots:
            progress.step(snapshot.name, 0)
            _put_back(estate.directory / snapshot.name, snapshot, work)
            progress.say(f"{snapshot.name}: restored")
        for name in backup.absent:
            progress.step(name, 0)
            retire(estate.directory / name)
            removed.append(name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Restored(backup, before, tuple(removed))


def _back_up(estate: Estate, paths: Sequence[Path], absent: Sequence[str]) -> Backup:
    partial = backups.begin(estate.backups)
    with locked(paths, exclusive=True) as files:
        snapshots = [copy_locked(path.name, path, files[path], partial / path.name) for path in paths]
    return backups.complete(partial, "rollback", snapshots, absent)


def _put_back(path: Path, snapshot: Snapshot, work: Path) -> None:
    """At every instant SQLite finds a whole database: what is there now without companions, then the old one with all
    of its log or journal in it, then the same content as the files it consisted of.
    """
    if snapshot.link is not None and not path.is_symlink():
        path.unlink(missing_ok=True)
        path.symlink_to(snapshot.link)
    _fold_companions(path)
    if not snapshot.is_complete:
        whole, _ = readable_copy(snapshot, work / snapshot.name)
        _rename_copy(whole, path, snapshot.files[0])
        for file in snapshot.files[1:]:
            _rename_copy(snapshot.path(file), companion_of(path, file.suffix), file)
    _rename_copy(snapshot.stored, path, snapshot.files[0])
    for file in snapshot.files[1:]:
        if not file.size and not companion_of(path, file.suffix).exists():
            _rename_copy(snapshot.path(file), companion_of(path, file.suffix), file)


def _fold_companions(path: Path) -> None:
    """Bring a log or journal into the database that is there now, so that it is not applied to the next."""
    if not path.exists() or not any(True for _ in companions(path)):
        return
    if any(companion.stat().st_size for _, companion in companions(path)):
        try:
            connection = apsw.Connection(os.fspath(path))
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            connection.close()
        except apsw.BusyError:
            raise LockedError(f"{path}: another program is using it; stop it, then again") from None
        except (apsw.FullError, apsw.IOError) as error:
            raise OSError(errno.ENOSPC, f"{path}: its log cannot be written into it ({error})") from None
        except apsw.Error:  # no database: nothing to keep together
            pass
    for suffix in ("-wal", "-journal", "-shm"):
        companion_of(path, suffix).unlink(missing_ok=True)
    flush_directory(path.resolve().parent)


def _rename_copy(source: Path, path: Path, file: StoredFile) -> None:
    real = path.resolve()
    new = real.with_name(f".{real.name}{RESTORE_SUFFIX}")
    shutil.copyfile(source, new)
    new.chmod(file.mode)
    os.utime(new, ns=(file.mtime_ns, file.mtime_ns))
    if os.geteuid() == 0:
        owner = (real if real.exists() else real.parent).stat()
        os.chown(new, owner.st_uid, owner.st_gid)
    flush_file(new)
    new.replace(real)
    flush_directory(real.parent)
