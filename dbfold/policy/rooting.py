"""The root: the one directory that a policy speaks of.

Patterns, data directories, accessor roots, the baseline and the commands of `services` all start there. It is the
directory of the policy unless another one is stated, and nothing outside of it can be judged: no pattern names it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.policy.model import Policy


def require_root(directory: Path) -> Path:
    """A directory that is stated as the root (absolute, links followed). Raises UserError if there is none."""
    if not directory.is_dir():
        raise UserError(f"{directory}: no such directory; name with --root the one that the policy speaks of")
    return directory.resolve()


def require_below(policy: Policy, paths: Iterable[Path]) -> None:
    """Raises UserError for the first of `paths` (absolute) that does not lie below the policy's root."""
    for path in paths:
        if not path.is_relative_to(policy.root):
            raise UserError(f"{path}: lies outside of {described(policy)}; {_remedy(policy, path)}")


def described(policy: Policy) -> str:
    """The root, and why it is that one, for a message."""
    origin = "as stated" if policy.stated_root else f"the directory of {policy.source.name}"
    return f"the root {policy.root} ({origin})"


def _remedy(policy: Policy, path: Path) -> str:
    meaning = "its patterns and data directories mean nothing there"
    if policy.stated_root:
        return f"{meaning}: name a path below the root, or state another --root"
    return (
        f"{meaning}: name a path below the root, or say with --root DIR to which directory the policy belongs"
        f" (such as --root {policy.root}, or --root {path if path.is_dir() else path.parent})"
    )
