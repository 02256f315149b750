"""SQLite files that lie in a tree, whatever they are called and whether git knows them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from dbfold.sqlite.header import is_database

_DEPENDENCIES = frozenset({"node_modules", "venv", "__pycache__"})


def sqlite_files(root: Path, directories: Iterable[str]) -> dict[str, int]:
    """Path relative to `root` → size in bytes, of those in `root`, directly below it, and in `directories`.

    Hidden files and directories belong to tools (`.coverage`) and are passed over; so is what cannot be read.
    """
    places = {"", *_children(root), *(name for name in directories if not name.startswith(("/", "..")))}
    found: dict[str, int] = {}
    for place in sorted(places):
        for entry in _entries(root / place):
            if entry.is_file(follow_symlinks=False) and _is_sqlite(entry.path):
                found[f"{place}/{entry.name}".removeprefix("/")] = entry.stat().st_size
    return found


def _children(root: Path) -> Iterator[str]:
    for entry in _entries(root):
        if entry.is_dir(follow_symlinks=False) and entry.name not in _DEPENDENCIES:
            yield entry.name


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return []


def _is_sqlite(path: str) -> bool:
    try:
        return is_database(path)
    except OSError:
        return False
