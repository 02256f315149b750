"""What stands against the move of a database in the code, and names that are written outside of the SQL itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dbfold.journey.renaming import Edit
from dbfold.policy.model import Policy
from dbfold.statements.model import Statement


@dataclass(frozen=True, slots=True)
class Concern:
    """Why `databases` (names of the policy) wait: the file relative to the policy, the line, and the reason."""

    databases: tuple[str, ...]
    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Apart:
    """A text that is no statement and takes part in one, `"users"`: as a statement, and its edits."""

    statement: Statement
    edits: tuple[Edit, ...]


def entry_names(policy: Policy, databases: Iterable[str]) -> tuple[str, ...]:
    """Databases by the names of their entries in the policy."""
    return tuple(sorted(set(map(policy.entry_name, databases))))
