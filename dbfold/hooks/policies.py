"""The policy of each staged file: the nearest above it, as the commit will hold it."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.hooks.staged import StagedFile, content
from dbfold.policy.loading import find_policy, find_policy_or_none, load_policy
from dbfold.policy.model import Policy
from dbfold.policy.rooting import require_below, require_root


def by_policy(
    files: Iterable[StagedFile],
    option: str | None = None,
    root: str | None = None,
    *,
    required: Container[StagedFile] | None = None,
) -> Iterator[tuple[Policy, list[StagedFile]]]:
    """Each policy with its files. `option` names one policy for all, `root` the directory that it speaks of.

    Files that have none are left out, unless they are in `required` (by default all are). Raises UserError, also for a
    file outside of the policy's root.
    """
    groups: dict[Path, list[StagedFile]] = {}
    known: dict[str, Path | None] = {}
    for file in files:
        directory = file.path.rpartition(os.sep)[0]
        if directory not in known:
            known[directory] = Path(option).absolute() if option else find_policy_or_none(_existing(directory))
        source = known[directory]
        if source is None and (required is None or file in required):
            find_policy(_existing(directory))  # says what was searched, and what to do
        if source is not None:
            groups.setdefault(source, []).append(file)
    for source, group in groups.items():
        policy = staged_policy(source, root)
        require_below(policy, (Path(file.path) for file in group))
        yield policy, group


def _existing(directory: str) -> Path:
    """The directory, or the nearest above it that is there: what is staged may be gone from the work tree."""
    path = Path(directory)
    return next(parent for parent in (path, *path.parents) if parent.is_dir())


def relative(path: str, policy: Policy) -> str:
    """An absolute path as the policy's patterns see it."""
    return os.path.relpath(path, policy.root).replace(os.sep, "/")


def staged_policy(source: Path, root: str | None = None) -> Policy:
    """The policy in the file `source` as the commit will hold it, and the root that is stated. Raises UserError."""
    stated = require_root(Path(root)) if root is not None else None
    return load_policy(source, staged_content(source), root=stated)


def staged_content(path: Path) -> bytes | None:
    """A file's staged content; None if the commit does not hold it, because git knows nothing of it here."""
    try:
        return content(str(path))
    except (UserError, OSError, ValueError):  # outside of the repository, not there, on another drive
        return None
