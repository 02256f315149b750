"""Files and directories that are on the disk when a function returns."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def flush_file(path: Path) -> None:
    """Wait until the file's content is on the disk."""
    _flush(path)


def flush_directory(path: Path) -> None:
    """Wait until the directory's entries are on the disk: files that were made, renamed or removed there."""
    _flush(path)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, text: str) -> None:
    """Write a new file, flushed; the caller flushes the directory."""
    with path.open("w", encoding="utf-8", errors="surrogateescape") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def fresh_directory(path: Path) -> Path:
    """An empty directory at `path`, whatever a run that was killed left there."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path
