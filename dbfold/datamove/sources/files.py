"""A database's files as they were read: values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SourceFile:
    """A database as it was read: sha256 over its file, -wal and -journal, and its size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class StoredFile:
    """One file as it was copied; `suffix` is empty for the database itself."""

    suffix: str
    size: int
    sha256: str
    mode: int
    mtime_ns: int


@dataclass(frozen=True)
class Snapshot:
    """A database as it was at one instant. `stored` is the copy of its bytes; its companions' copies lie beside it."""

    name: str
    stored: Path
    files: tuple[StoredFile, ...]
    link: str | None = None
    """Where the file's symbolic link led, if it was one."""

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def source_file(self) -> SourceFile:
        """The fingerprint: over the file and those companions that hold something."""
        digest = hashlib.sha256()
        for file in self.files:
            if file.size or not file.suffix:
                digest.update(f"{file.suffix}\0{file.sha256}\n".encode())
        return SourceFile(self.name, digest.hexdigest(), self.size)

    @property
    def is_complete(self) -> bool:
        """Is everything in the database file itself?"""
        return not any(file.suffix and file.size for file in self.files)

    def path(self, file: StoredFile) -> Path:
        """The copy of one of `files`."""
        return self.stored.with_name(self.stored.name + file.suffix)
