"""What came of a plan, a move, a verification and a rollback: values, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dbfold.datamove.planning.plan import Account, Plan, Problem
from dbfold.datamove.sources.estate import Estate
from dbfold.datamove.sources.files import Snapshot

Conflicts = Mapping[tuple[str, str], int]
"""Table and column → how many values lost a conflict."""


@dataclass(frozen=True)
class Preview:
    """A plan, and what came of trying it where tables of several databases meet. `accounts` are of those tables."""

    plan: Plan
    accounts: tuple[Account, ...] = ()
    conflicts: Conflicts = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.plan.problems


@dataclass(frozen=True)
class Check:
    """One question and its answer: no `failures` is good. `looked_at` says how much was looked at."""

    name: str
    looked_at: str
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass(frozen=True)
class Failure:
    """A command that did not succeed, with the end of what it printed."""

    command: str
    code: int
    output: str

    def __str__(self) -> str:
        return f"`{self.command}` failed with exit code {self.code}{': ' if self.output else ''}{self.output}"


@dataclass(frozen=True)
class Backup:
    """A complete backup. `absent` are databases that did not exist: a rollback removes them."""

    directory: Path
    created: str
    kind: str
    snapshots: tuple[Snapshot, ...]
    absent: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.directory.name

    @property
    def size(self) -> int:
        return sum(snapshot.size for snapshot in self.snapshots)

    def snapshot(self, name: str) -> Snapshot | None:
        return next((snapshot for snapshot in self.snapshots if snapshot.name == name), None)


@dataclass(frozen=True)
class Moved:
    """What a run did for one target. `retired` are the databases that were put away."""

    plan: Plan
    accounts: tuple[Account, ...]
    checks: tuple[Check, ...]
    conflicts: Conflicts
    retired: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """What a run did. `backup` is None after a dry run; `unhealthy` are health checks that failed afterwards."""

    estate: Estate
    moved: tuple[Moved, ...]
    backup: Backup | None
    seconds: float
    unhealthy: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Verified:
    """What was found out about one target. Digests are (database, table, before, after); timings (query, before, after)
    in seconds, over all tables.
    """

    target: str
    moved_at: str
    backup: Backup
    checks: tuple[Check, ...]
    accounts: tuple[Account, ...]
    digests: tuple[tuple[str, str, str | None, str | None], ...]
    timings: tuple[tuple[str, float, float], ...]
    unhealthy: tuple[Failure, ...] = ()

    @property
    def passed(self) -> bool:
        same = all(before == after for _, _, before, after in self.digests)
        return same and not self.unhealthy and all(check.passed for check in self.checks)


@dataclass(frozen=True)
class Restored:
    """What a rollback did: the backup it restored, and the one of what was there before."""

    backup: Backup
    before: Backup
    removed: tuple[str, ...]
    unhealthy: tuple[Failure, ...] = ()
