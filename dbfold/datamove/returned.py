"""Databases that have been moved, and whose files are there again: something still writes to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import apsw

from dbfold.datamove import ledger
from dbfold.datamove.sources.estate import find_estate
from dbfold.datamove.sources.locks import users_of
from dbfold.policy.model import Policy
from dbfold.sqlite.engine import open_copy


@dataclass(frozen=True, slots=True)
class Returned:
    """A file that is back: where, which database its rows were moved into and when, and who has it open now."""

    name: str
    path: Path
    target: str
    moved_at: str
    users: tuple[str, ...]


def find_returned(policy: Policy, directory: Path | None = None) -> tuple[Returned, ...]:
    """The retired databases below `directory`, or below the policy's data directory, that came back after a move.

    Only files of the databases are read. Raises UserError where there is no such directory.
    """
    found = []
    for target in find_estate(policy, directory).targets:
        moved = _moved_into(target.path) if target.path.exists() else {}
        for name, path in target.sources:
            if name in moved:
                found.append(Returned(name, path, target.name, moved[name], tuple(users_of([path]))))
    return tuple(found)


def _moved_into(path: Path) -> dict[str, str]:
    """When which database was moved into this one. A move leaves its ledger in the file itself, not in its log."""
    connection = open_copy(path)
    try:
        return ledger.moved(connection) if ledger.exists(connection) else {}
    except (apsw.CorruptError, apsw.NotADBError):
        return {}  # it is changing at this moment, or is none: `dbfold move plan` reads it with care, and says so
    finally:
        connection.close()
