"""A table of one database whose rows meet rows that are there: its names in SQL, and what all its steps ask.

In the SQL `t` is a row that is there, `s` one that arrives. All rows of the table are staged in `work`, where ids are
translated before they are compared.
"""

from __future__ import annotations

from functools import cached_property

from dbfold.datamove.building.step import MATCH, SAME, Context, Step
from dbfold.datamove.building.strategies import STRATEGIES
from dbfold.datamove.planning.plan import FinalTable, TableMove
from dbfold.sqlite.affinity import affinity, collation_of
from dbfold.sqlite.engine import comma_list, folded, quoted
from dbfold.sqlite.inventory import Column


class MergedTable:
    """`shared` are the columns in which rows may differ, `new_columns` those that a row in `main` may lack."""

    def __init__(self, context: Context, move: TableMove) -> None:
        self.context = context
        self.move = move
        self.final: FinalTable = context.final(move)
        self.strategy = STRATEGIES[self.final.on_conflict]
        self.index = self.final.contributors.index(move.database)
        number = context.number(move)
        self.stage_table, self.id_table = f"work.s{number}", f"work.m{number}"
        self.target = f"main.{quoted(self.final.name)}"
        self.provenance = f"work.p{self._first_number()}"
        own = {folded(column): column for column in move.columns}
        self.id_column = own.get(folded(self.final.id_column or ""))
        self.shared = [column for column in self._columns_before() if folded(column) in own]

    def step(self, sql: str, what: str, **options: object) -> Step:
        return self.context.step(self.move, sql, what, **options)

    def declared(self, name: str, column: Column | None) -> str:
        """A column of a scratch table in which values compare as they will in the final one."""
        kind = affinity(column, strict=self.final.definition.strict)
        return f"{quoted(name)} {kind} COLLATE {collation_of(column)}"

    # -- conditions ---------------------------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """The columns of the key, as a list."""
        return comma_list(map(quoted, self.final.key))

    @property
    def key_is_filled(self) -> str:
        """NULL in a key is equal to nothing."""
        return " AND ".join(f"{quoted(column)} IS NOT NULL" for column in self.final.key)

    @property
    def same_key(self) -> str:
        """The table's column first: its collation and affinity decide, as they do in its own constraints."""
        return " AND ".join(f"t.{quoted(column)} = s.{quoted(column)}" for column in self.final.key)

    @property
    def is_new(self) -> str:
        """Is a staged row to be added?"""
        return f"({MATCH} IS NULL OR {SAME} IS NULL)" if self.strategy.keeps_both else f"{MATCH} IS NULL"

    def differs(self, column: str) -> str:
        """Not the same value, to the byte and the storage class."""
        name = quoted(column)
        return f"(t.{name} IS NOT s.{name} COLLATE BINARY OR typeof(t.{name}) IS NOT typeof(s.{name}))"

    def conflict(self, column: str) -> str:
        """Do both rows have a value for the column, and are they different?"""
        also = (self.strategy.is_conflict(quoted(column)), self.provided(column))
        return " AND ".join([self.differs(column), *filter(None, also)])

    def provided(self, column: str) -> str | None:
        """Has one of the databases that brought the row in `main` this column? None if all have."""
        bits = self._providers[column]
        if bits == (1 << self.index) - 1:
            return None
        key = " AND ".join(f"p.{quoted(name)} = t.{quoted(name)}" for name in self.final.key)
        return f"(coalesce((SELECT mask FROM {self.provenance} AS p WHERE {key}), 1) & {bits} <> 0)"

    # -- columns ------------------------------------------------------------------------------------------------------

    @cached_property
    def new_columns(self) -> list[str]:
        fixed = {folded(column) for column in (*self.final.key, *filter(None, [self.final.id_column]))}
        own = [column for column in self.final.columns_of[self.move.database] if folded(column) not in fixed]
        return [column for column in own if self.provided(column) is not None]

    @cached_property
    def _providers(self) -> dict[str, int]:
        """Column → the databases before this one that have it, a bit each."""
        before = [frozenset(self.final.columns_of[name]) for name in self.final.contributors[: self.index]]
        return {
            column: sum(1 << index for index, columns in enumerate(before) if column in columns)
            for column in self.final.columns
        }

    def _columns_before(self) -> list[str]:
        """Columns of databases before this one, without ids."""
        before = self.final.contributors[: self.index]
        known = {folded(column) for database in before for column in self.final.columns_of[database]}
        fixed = {folded(column) for column in (*filter(self._is_exact, self.final.key), self.final.id_column or "")}
        return [column for column in self.final.columns if folded(column) in known - fixed]

    def _is_exact(self, column: str) -> bool:
        """Are values of a key equal to the byte where they are equal? Not if case does not count, or 1 may be 1.0."""
        definition = self.final.definition.column(column)
        kind = affinity(definition, strict=self.final.definition.strict)
        return definition is not None and definition.collation.upper() == "BINARY" and kind in ("INTEGER", "TEXT")

    def _first_number(self) -> int:
        """One provenance table for each final table: it has the number of the first merge."""
        return min(number for (_, name), number in self.context.numbers.items() if name == folded(self.final.name))
