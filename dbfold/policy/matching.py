"""Which declared database a path in code or configuration names, and what kind of directory it puts it in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from dbfold.policy.directories import has_placeholder, split_path, static_tail, without_drive, without_parents
from dbfold.policy.model import Database, Policy

_URI_AUTHORITY = re.compile(r"//(?:localhost)?(?=/)")
# `{backup_dir}/data` holds copies of the data directory.
_ELSEWHERE = re.compile(r"(?i)\{[^}]*(?:backup|bak|archive|snapshot|restore|dest|output|target|export|tmp|temp)[^}]*\}")
_URI_DRIVE = re.compile(r"/(?=[A-Za-z]:/)")


class DirectoryKind(StrEnum):
    """What the directory part of a path is to the policy."""

    BARE = "bare"
    DATA = "data"
    TEMPORARY = "temporary"
    COMPUTED = "computed"
    OTHER = "other"


@dataclass(frozen=True)
class Location:
    """A path as the policy sees it. `entry` is None for a database that is not declared."""

    database_name: str
    entry: Database | None
    directory: DirectoryKind


def locate(policy: Policy, text: str) -> Location:
    """Where `text`, the static text of a path, points to; `{name}` stands for a part that the code computes.

    Understands SQLite's `file:` URIs (https://www.sqlite.org/uri.html) and Windows separators. Never raises.
    """
    directory, name = directory_and_name(text)
    entry = policy.find(name) if name else None
    return Location(name, entry, _kind(policy, directory))


def directory_and_name(text: str) -> tuple[str, str]:
    """A path or `file:` URI as its directory in normal form (see `dbfold.policy.directories`) and its file name."""
    return split_path(_without_uri(text) if text.startswith("file:") else text)


def _without_uri(text: str) -> str:
    """The path of a `file:` URI: without scheme, authority, query, fragment and percent escapes."""
    from urllib.parse import unquote

    path = re.split(r"[?#]", text.removeprefix("file:"), maxsplit=1)[0]
    return _URI_DRIVE.sub("", unquote(_URI_AUTHORITY.sub("", path, count=1)), count=1)


def _kind(policy: Policy, directory: str) -> DirectoryKind:
    """A listed data directory is one wherever it is; a computed one below a temporary one is temporary."""
    if not directory:
        return DirectoryKind.BARE
    if _is_data(policy, directory):
        return DirectoryKind.DATA
    if _is_temporary(policy, directory):
        return DirectoryKind.TEMPORARY
    return DirectoryKind.COMPUTED if has_placeholder(directory) else DirectoryKind.OTHER


def _is_data(policy: Policy, directory: str) -> bool:
    known = policy.data_directories
    if without_parents(directory) in known or without_drive(directory) in known:
        return True
    # `{root}/.cache/data` is another directory than `data`, and `{root}` alone may be any.
    if not has_placeholder(directory) or _ELSEWHERE.search(directory):
        return False
    tail = static_tail(directory)
    return bool(tail) and tail in known


def _is_temporary(policy: Policy, directory: str) -> bool:
    place = without_drive(directory) + "/"
    return any(place.startswith(entry + "/") for entry in policy.temporary_directories)
