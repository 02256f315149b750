"""Writes what was prepared: accessors first, so that imports always resolve, and each file atomically."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.base.progress import SILENT, Progress
from dbfold.base.writing import WriteError, replace_file, uninterrupted
from dbfold.codemods.run import Prepared
from dbfold.references.model import FileError


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did. `failed` files are as they were."""

    files: tuple[str, ...]
    failed: tuple[FileError, ...]


def write(prepared: Prepared, progress: Progress = SILENT) -> Written:
    """Write every change, each file atomically. A file that cannot be written does not stop the others.

    If an accessor cannot be written, the files of its root are not written either: they would not import.
    Raises UserError on Ctrl-C, with how far it came.
    """
    written: list[str] = []
    failed: list[FileError] = []
    total = len(prepared.generated) + len(prepared.changed)
    progress.phase(f"writing {total:,} files", total)
    try:
        for _ in _writes(prepared, written, failed):
            progress.advance(len(written) + len(failed), total)
    except KeyboardInterrupt:
        last = f", the last one {written[-1]}" if written else ""
        raise UserError(
            f"interrupted: {len(written)} of {total} files are written{last}; none is half-written, "
            "the others are as they were: run the command again to finish"
        ) from None
    return Written(tuple(written), tuple(failed))


def _writes(prepared: Prepared, written: list[str], failed: list[FileError]) -> Iterator[None]:
    """Write one file for each step."""
    blocked: list[Path] = []
    for file in prepared.generated:
        shown = os.path.relpath(file.path, prepared.base)
        if not _write_one(shown, file.path, file.old, file.new, written, failed):
            blocked.append(file.path.parent)
        yield
    for change in prepared.changed:
        path = Path(change.file.path)
        if any(directory in path.parents for directory in blocked):
            failed.append(FileError(change.file.shown, "not written, because its accessor or Dockerfile was not"))
        elif change.new is not None:
            _write_one(change.file.shown, path, change.old, change.new, written, failed)
        yield


def _write_one(
    shown: str, path: Path, old: bytes | None, new: bytes, written: list[str], failed: list[FileError]
) -> bool:
    with uninterrupted():
        try:
            replace_file(path, old, new)
        except WriteError as error:
            failed.append(FileError(shown, str(error)))
            return False
        written.append(shown)
        return True
