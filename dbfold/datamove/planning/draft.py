"""A plan while it is made, and what all who make it share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from dbfold.datamove.planning.plan import FinalTable, Problem
from dbfold.datamove.planning.schema_names import RenamedSchema
from dbfold.policy.model import Policy
from dbfold.policy.model import Table as TablePolicy
from dbfold.sqlite.engine import folded
from dbfold.sqlite.inventory import Inventory, Table

LEDGER_PREFIX = "_dbfold_"
FULL_TEXT = frozenset({"fts3", "fts4", "fts5"})


@dataclass(frozen=True)
class Contribution:
    """A table of one database under the name that it will have, and the text that creates it so."""

    database: str
    table: Table
    name: str
    sql: str


@dataclass
class Draft:
    """A plan while it is made."""

    policy: Policy
    target: str
    base: Inventory
    sources: Mapping[str, Inventory]
    moved_before: frozenset[str] = frozenset()
    """Databases that were moved once already, with other content than now."""
    schemas: dict[str, RenamedSchema] = field(default_factory=dict)
    contributions: dict[str, list[Contribution]] = field(default_factory=dict)
    finals: dict[str, FinalTable] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def problem(self, database: str, table: str | None, message: str, *choices: str) -> None:
        self.problems.append(Problem(database, table, message, choices))

    def inventory(self, database: str) -> Inventory:
        return self.base if database == self.target else self.sources[database]

    def decision(self, table: str) -> TablePolicy:
        """What the policy says about a table, whatever the case of its name."""
        lower = folded(table)
        found = (entry for name, entry in self.policy.tables.items() if folded(name) == lower)
        return next(found, TablePolicy(table))


def stem(database: str) -> str:
    return PurePosixPath(database).stem.replace(".", "_").replace("-", "_")


def rename_line(database: str, name: str) -> str:
    return f"rename: {{{database}: {{{name}: {stem(database)}_{name}}}}}"
