"""Which files a policy means, in which directory of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.policy.model import Policy, Role
from dbfold.sqlite.engine import DatabaseError
from dbfold.sqlite.header import is_database

COMPANIONS = ("-wal", "-journal")
"""What belongs to a database's content. `-shm` is an index of `-wal` and is made anew."""

WORK_DIRECTORY = ".dbfold-move"
BACKUP_DIRECTORY = "backup"


@dataclass(frozen=True)
class Target:
    """A database that takes others in. `path` may not exist yet; `sources` are those that exist, in policy order."""

    name: str
    path: Path
    sources: tuple[tuple[str, Path], ...]

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """Name and path of everything that is read, the target first if it exists."""
        own = ((self.name, self.path),) if self.path.exists() else ()
        return (*own, *self.sources)


@dataclass(frozen=True)
class Estate:
    """The databases of a policy in one directory."""

    policy: Policy
    directory: Path
    targets: tuple[Target, ...]
    absent: tuple[str, ...]
    """Retired databases without a file: nothing to move."""
    left_alone: tuple[str, ...]
    """SQLite files in the directory that are not to be moved, each with its role."""

    @property
    def work(self) -> Path:
        """Where scratch files and the lock are."""
        return self.directory / WORK_DIRECTORY

    @property
    def backups(self) -> Path:
        """Where backups are."""
        return self.directory / BACKUP_DIRECTORY


def find_estate(policy: Policy, directory: Path | None = None) -> Estate:
    """The databases below `directory`, or below the policy's data directory that exists here. Raises UserError."""
    place = data_directory(policy, directory)
    files = sorted(name for name in os.listdir(place) if (place / name).is_file())  # noqa: PTH208
    sources: dict[str, list[tuple[str, Path]]] = {}
    absent: list[str] = []
    for entry in policy.databases.values():
        if entry.role is Role.RETIRED and (target := policy.target(entry)) is not None:
            found = [name for name in files if policy.find(name) is entry]
            absent += [] if found else [entry.name]
            sources.setdefault(target.name, []).extend((name, place / name) for name in found)
    targets = tuple(
        Target(entry.name, place / entry.name, tuple(sources[entry.name]))
        for entry in policy.kept
        if sources.get(entry.name)
    )
    _check_distinct(targets)
    return Estate(policy, place, targets, tuple(absent), tuple(_left_alone(policy, place, files, targets)))


def data_directory(policy: Policy, directory: Path | None) -> Path:
    """`directory`, else the first that exists of the primary's and of `data_dirs`. Raises UserError."""
    if directory is not None:
        if not directory.is_dir():
            raise UserError(f"{directory}: no such directory; name the one that holds the databases with --data-dir")
        return directory.resolve()
    candidates = [str(Path(policy.primary.path or "").parent), *policy.data_dirs]
    for candidate in candidates:
        path = policy.root / candidate
        if path.is_dir():
            return path.resolve()
    raise UserError(
        f"none of the policy's data directories exists here ({', '.join(candidates)}); "
        "name the one that holds the databases with --data-dir"
    )


def _check_distinct(targets: Iterable[Target]) -> None:
    """A database that is another under a second name has nothing to give."""
    known: dict[tuple[int, int], str] = {}
    for target in targets:
        for name, path in target.files:
            state = path.stat()
            other = known.setdefault((state.st_dev, state.st_ino), name)
            if other != name:
                why = "nothing has to move" if other == target.name else "its rows would be there twice"
                raise DatabaseError(f"{path}: is the same file as {other} (a link); remove the link, {why}")


def _left_alone(policy: Policy, place: Path, files: list[str], targets: tuple[Target, ...]) -> Iterator[str]:
    moved = {name for target in targets for name, _ in target.files}
    for name in files:
        if name not in moved and _is_sqlite(place / name):
            entry = policy.find(name)
            yield f"{name} ({entry.role if entry else 'not in the policy'})"


def _is_sqlite(path: Path) -> bool:
    try:
        return is_database(path)
    except OSError:
        return False


def companion_of(path: Path, suffix: str) -> Path:
    """Where SQLite keeps a companion of the database at `path`."""
    real = path.resolve()
    return real.with_name(real.name + suffix)


def companions(path: Path) -> Iterator[tuple[str, Path]]:
    """Suffix and path of the companions of a database that are there: beside the file itself, if `path` is a link."""
    for suffix in COMPANIONS:
        companion = companion_of(path, suffix)
        if companion.exists():
            yield suffix, companion
