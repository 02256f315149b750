"""Blocks a commit that adds or changes an SQLite file which the policy does not allow, whatever the file is called.

A file is one by its first bytes (https://www.sqlite.org/fileformat.html), or by its suffix if it is empty, not text, or
only its git-lfs pointer; and so is one that holds such a file compressed or in an archive. Rows in a repository cannot
be merged, grow without end, and often are somebody's data.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dbfold.hooks.options import guarded, parse
from dbfold.hooks.packed import LFS_POINTER, members
from dbfold.hooks.staged import StagedFile, contents, staged_files
from dbfold.references.candidates import FOREIGN_NAMES, WHOLE_SUFFIX
from dbfold.sqlite.header import JOURNAL_MAGIC, MAGIC, WAL_MAGICS

if TYPE_CHECKING:
    from dbfold.policy.model import Policy


class What(NamedTuple):
    """What a file is, in words. A side file belongs to a database that is open, or was when its program died."""

    words: str
    is_side_file: bool = False
    packed: str | None = None
    """The name of a database inside the file."""


_HEAD = 8192  # git, too, decides by the first 8,000 bytes whether a file is text
_SIDE_FILE = re.compile(r"\.(?:db3?|sqlite3?)-(?:wal|shm|journal)\Z", re.IGNORECASE)
_BEGINNINGS = (
    ((MAGIC,), What("an SQLite database")),
    (WAL_MAGICS, What("the write-ahead log of an SQLite database", is_side_file=True)),
    ((JOURNAL_MAGIC,), What("the rollback journal of an SQLite database", is_side_file=True)),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Check the files named in `argv`, or all staged ones; returns the exit code (see `dbfold.base.exits`)."""
    arguments = parse("no-new-databases", __doc__, argv)
    return guarded(lambda: _check(arguments.files, arguments.policy, arguments.root))


def what_it_is(name: str, head: bytes) -> What | None:
    """What makes a file one of SQLite's; None if nothing does. `head` are the first bytes of its content."""
    for beginnings, what in _BEGINNINGS:
        if head.startswith(beginnings):
            return what
    if _SIDE_FILE.search(name):
        return What("a side file of an SQLite database, by its name", is_side_file=True)
    if not WHOLE_SUFFIX.search(name) or os.path.basename(name).lower() in FOREIGN_NAMES:  # noqa: PTH119
        return None
    if head.startswith(LFS_POINTER):
        return What("a database in git-lfs, by its name")
    if not head:
        return What("an empty database, by its name")
    return What("a database, by its name") if _is_binary(head) else None


def _what_is_in(file: StagedFile, head: bytes) -> What | None:
    """The first database inside an archive, a compressed file or git-lfs."""

    def content() -> bytes:
        return next(data for _, data in contents([file]))

    for member in members(file.name, head, content):
        what = What("a database, by its name") if member.head is None else what_it_is(member.name, member.head)
        if what is not None and not what.is_side_file:
            return What(f"{what.words}, {member.how}", packed=os.path.basename(member.name))  # noqa: PTH119
    return None


def _is_binary(head: bytes) -> bool:
    if b"\0" in head:
        return True
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start < len(head) - 3  # a character may be cut at the end
    return False


def _check(names: Sequence[str], policy_option: str | None, root: str | None) -> int:
    heads = contents(staged_files(names), _HEAD)
    found = {file: what for file, head in heads if (what := what_it_is(file.name, head) or _what_is_in(file, head))}
    if not found:
        return 0
    from dbfold.hooks.policies import by_policy

    blocked = 0
    for policy, files in by_policy(found, policy_option, root):
        for file in files:
            if problem := _problem(file, found[file], policy):
                blocked += 1
                sys.stdout.write("\n".join(_message(file, found[file], problem, policy)) + "\n")
    return 1 if blocked else 0


def _problem(file: StagedFile, what: What, policy: Policy) -> str | None:
    """Why the policy does not allow the file; None if it does."""
    from dbfold.hooks.policies import relative
    from dbfold.policy.matching import DirectoryKind, locate

    path = relative(file.path, policy)
    if policy.excluded_files.matching(path) or policy.temporary_files.matching(path):
        return None
    if what.is_side_file:
        return "which belongs to a running database and is worth nothing without it"
    place = locate(policy, path)
    entry = place.entry or (policy.find(what.packed) if what.packed else None)
    if entry is not None and entry.is_kept and place.entry is None:
        return f"which is a copy of {entry.name}"
    if entry is None:
        return f"which {policy.source.name} does not declare"
    if entry.is_kept:
        allowed = place.directory in (DirectoryKind.BARE, DirectoryKind.DATA)
        return None if allowed else f"a copy of {entry.name} in a directory that data_dirs does not list"
    if entry.reason is not None:
        return None
    target = policy.target(entry)
    if target is not None:
        return f"which is retired: {target.name} has its rows"
    return f"which is {entry.role} in {policy.source.name}, without a reason to be in the repository"


def _message(file: StagedFile, what: What, problem: str, policy: Policy) -> Iterator[str]:
    """What is blocked, and the ways out of it."""
    from shlex import quote

    from dbfold.base.output.printable import printable
    from dbfold.policy.accessor import accessor_import, accessor_name

    style = policy.accessor.style
    name, imported = accessor_name(policy.primary, style), accessor_import(policy.primary, style)
    accessor = f"{name} (from {policy.accessor.module} import {imported})" if imported else name
    shown = printable(file.name)
    yield f"{shown}: {what.words}, {problem}"
    if not what.is_side_file:
        yield f"  keep its tables in {policy.primary.name}, which code reaches with {accessor}"
    yield f"  take it out of the commit: git rm --cached -- {printable(quote(file.name))}, and list it in .gitignore"
    if not what.is_side_file:
        base = os.path.basename(shown)  # noqa: PTH119
        yield f"  or, if it belongs here, declare {base} in {policy.source.name}, with a role and a reason"


if __name__ == "__main__":
    raise SystemExit(main())
