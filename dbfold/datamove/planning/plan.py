"""The plan of a move, and what a move did: values, printable as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from dbfold.datamove.sources.files import SourceFile
from dbfold.policy.model import OnConflict
from dbfold.sqlite.engine import folded
from dbfold.sqlite.inventory import Table


class Action(StrEnum):
    """How the rows of a table move."""

    COPY = "copy"
    """The only, or first, database with this table: row by row, ids included."""
    APPEND = "append"
    """No key says which rows are the same: all are added, equal ones too."""
    MERGE = "merge"
    """Rows are compared by a key."""


@dataclass(frozen=True)
class Problem:
    """Why nothing can move yet. `choices` are lines for the policy of which one has to be chosen; none of them means
    that the data have to be mended."""

    database: str
    table: str | None
    message: str
    choices: tuple[str, ...] = ()

    @property
    def is_decision(self) -> bool:
        return bool(self.choices)

    def __str__(self) -> str:
        place = f"{self.database}: {self.table}" if self.table else self.database
        return f"{place}: {self.message}"


@dataclass(frozen=True)
class Translation:
    """A column that holds ids of the table `table` (its name after the move) as the database `database` knew them."""

    database: str
    table: str


@dataclass(frozen=True)
class FinalTable:
    """A table of the database that remains.

    `sql` creates it; `rebuilt` tells that it exists and changes. `columns` are those that hold values; `fillers`
    gives for
    a column the SQL of its value in rows of databases that do not have it. `key` identifies rows, `identity` is the one
    column of a primary key outside of `key`: ids, which may change for rows that move.
    """

    name: str
    sql: str
    definition: Table
    columns: tuple[str, ...]
    contributors: tuple[str, ...]
    key: tuple[str, ...] = ()
    identity: str | None = None
    on_conflict: OnConflict = OnConflict.FAIL
    newest_by: str | None = None
    rebuilt: bool = False
    columns_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fillers: Mapping[str, str] = field(default_factory=dict)
    own_objects: tuple[str, ...] = ()
    """Indexes and triggers of a table that is rebuilt: they go with it and have to be made again."""
    is_undecided: bool = False
    """Its contributors disagree, and the policy does not say what becomes of it: `sql` is what `unify` would give."""

    @cached_property
    def spelling(self) -> Mapping[str, str]:
        """Its columns by their names in lower case."""
        return {folded(column): column for column in self.columns}

    @property
    def id_column(self) -> str | None:
        """The column that other tables refer to: a primary key of one column."""
        key = self.definition.primary_key
        return key[0] if len(key) == 1 else None

    @property
    def is_unified(self) -> bool:
        """Do some databases lack some of its columns?"""
        return any(len(columns) < len(self.columns) for columns in self.columns_of.values())


@dataclass(frozen=True)
class TableMove:
    """The rows of one table of one retired database."""

    database: str
    name: str
    target: str
    action: Action
    rows: int
    source: Table
    columns: tuple[str, ...]
    translations: Mapping[str, Translation] = field(default_factory=dict)
    late: frozenset[str] = frozenset()
    """Translated columns whose ids are known only after the table's own: references in a circle."""
    circle: int = 0
    """The same number for tables that refer to each other."""


@dataclass(frozen=True)
class ObjectMove:
    """An index, view, trigger or virtual table that is created under `name`; `name` None: it is there already."""

    database: str
    type: str
    original: str
    name: str | None
    table: str
    sql: str


@dataclass(frozen=True)
class Plan:
    """What becomes of the databases that go into `target`."""

    target: str
    files: tuple[SourceFile, ...] = ()
    finals: Mapping[str, FinalTable] = field(default_factory=dict)
    moves: tuple[TableMove, ...] = ()
    objects: tuple[ObjectMove, ...] = ()
    sequences: Mapping[str, int] = field(default_factory=dict)
    rebuilds: tuple[str, ...] = ()
    """Full-text indexes over tables of others whose rows get other ids: filled again from those tables."""
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    moved_before: tuple[str, ...] = ()
    """Databases whose rows are already in the target, byte for byte: what a move that was killed left."""

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(file.name for file in self.files if file.name != self.target)

    def final(self, name: str) -> FinalTable:
        return self.finals[folded(name)]


@dataclass(frozen=True)
class Account:
    """Where the rows of one table of one database went: `rows` is the sum of the others."""

    database: str
    name: str
    target: str
    rows: int
    moved: int
    identical: int = 0
    mapped: int = 0
    conflict: int = 0
    renumbered: int = 0
    """How many got another id; they are among the others."""

    @property
    def balances(self) -> bool:
        return self.rows == self.moved + self.identical + self.mapped + self.conflict
