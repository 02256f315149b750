"""Backups: the files as they were, byte for byte, with their checksums.

A backup is a directory with the databases, `manifest.json`, which describes them, and `SHA256SUMS` and `ABSENT` for
those who read with a shell. It is made under another name and renamed when it is complete, so that one that is listed
is whole. https://www.sqlite.org/howtocorrupt.html, section 1.3: a database is its file and its `-wal` or `-journal`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.datamove.results import Backup
from dbfold.datamove.safety.durable import flush_directory, fresh_directory, write_file
from dbfold.datamove.sources.files import Snapshot, StoredFile
from dbfold.sqlite.engine import DatabaseError

MANIFEST, CHECKSUMS, ABSENT = "manifest.json", "SHA256SUMS", "ABSENT"
_PREFIX, _PARTIAL = "dbfold-", ".partial-dbfold"
_CHUNK = 1 << 20


def begin(backups: Path) -> Path:
    """A directory for a backup that is being made. Raises UserError where it cannot be made."""
    try:
        return fresh_directory(backups / _PARTIAL)
    except OSError as error:
        raise UserError(
            f"{backups}: no backup can be made there ({error.strerror}); nothing has been changed"
        ) from error


def complete(partial: Path, kind: str, snapshots: Sequence[Snapshot], absent: Sequence[str]) -> Backup:
    """Describe what has been copied, check every copy, and give the backup its name. Raises DatabaseError."""
    return publish(partial, seal(partial, kind, snapshots, absent))


def seal(partial: Path, kind: str, snapshots: Sequence[Snapshot], absent: Sequence[str]) -> Path:
    """Describe what has been copied and check every copy; returns where `publish` will put it. Raises DatabaseError."""
    created = datetime.now(UTC)
    document = {
        "version": 1,
        "kind": kind,
        "created": created.isoformat(timespec="seconds"),
        "absent": list(absent),
        "databases": [
            {"name": snapshot.name, "link": snapshot.link, "files": [asdict(file) for file in snapshot.files]}
            for snapshot in snapshots
        ],
    }
    write_file(partial / MANIFEST, json.dumps(document, indent=1, ensure_ascii=True) + "\n")
    lines = (f"{file.sha256}  {snapshot.name}{file.suffix}\n" for snapshot in snapshots for file in snapshot.files)
    write_file(partial / CHECKSUMS, "".join(lines))
    write_file(partial / ABSENT, "".join(f"{name}\n" for name in absent))
    flush_directory(partial)
    check(_read(partial))
    return _free_name(partial.parent, created)


def publish(partial: Path, directory: Path) -> Backup:
    """Give a backup its name: from here on a rollback finds it."""
    partial.rename(directory)
    flush_directory(partial.parent)
    return _read(directory)


def _free_name(backups: Path, created: datetime) -> Path:
    stem = f"{_PREFIX}{created:%Y%m%d-%H%M%S}"
    candidates = (backups / (stem if number == 1 else f"{stem}-{number}") for number in range(1, 1000))
    return next(path for path in candidates if not path.exists())


def check(backup: Backup) -> None:
    """Read every file again and compare it with its checksum. Raises DatabaseError for one that differs."""
    for snapshot in backup.snapshots:
        for file in snapshot.files:
            path = snapshot.path(file)
            if not path.exists() or sha256_of(path) != file.sha256:
                raise DatabaseError(
                    f"{path}: is not what was backed up; choose another backup (`dbfold move list`), or restore"
                    f" this file"
                )


def sha256_of(path: Path) -> str:
    """Of a file that this process has not locked (see `locks.DatabaseFile`)."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def all_backups(backups: Path) -> list[Backup]:
    """Complete backups, the oldest first."""
    return sorted(_found(backups), key=lambda backup: (backup.created, len(backup.name), backup.name))


def _found(backups: Path) -> Iterator[Backup]:
    if backups.is_dir():
        for path in backups.iterdir():
            if path.name.startswith(_PREFIX) and (path / MANIFEST).is_file():
                yield _read(path)


def find(backups: Path, name: str | None) -> Backup:
    """The backup of that name or path, or the last one that a move made. Raises UserError."""
    if name is None:
        of_moves = [backup for backup in all_backups(backups) if backup.kind == "move"]
        if not of_moves:
            raise UserError(f"{backups}: holds no backup of a move; name a backup's directory")
        return of_moves[-1]
    for path in (backups / name, Path(name)):
        if (path / MANIFEST).is_file():
            return _read(path.resolve())
    raise UserError(f"{name}: no such backup in {backups}; `dbfold move list` shows them")


def discard_partial(backups: Path) -> None:
    """What a run that was killed left."""
    shutil.rmtree(backups / _PARTIAL, ignore_errors=True)


def _read(directory: Path) -> Backup:
    path = directory / MANIFEST
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Backup(
            directory=directory,
            created=document["created"],
            kind=document["kind"],
            snapshots=tuple(
                Snapshot(
                    name=entry["name"],
                    stored=directory / _file_name(entry["name"]),
                    files=tuple(StoredFile(**file) for file in entry["files"]),
                    link=entry["link"],
                )
                for entry in document["databases"]
            ),
            absent=tuple(map(_file_name, document["absent"])),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DatabaseError(f"{path}: is damaged ({error!r}); choose another backup") from None


def _file_name(name: str) -> str:
    """A name from the manifest must not lead out of the directory."""
    if not name or os.sep in name or name in (".", ".."):
        raise ValueError(f"{name!r} is not a file name")
    return name
