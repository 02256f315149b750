"""What the checks look at: the new file and the copies it was made from, attached to one connection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import apsw

from dbfold.datamove.planning.plan import Plan, TableMove
from dbfold.sqlite.engine import CHECK_CACHE_KIB, attach, folded, number, quoted
from dbfold.sqlite.inventory import Inventory, Table, take_inventory


class Evidence:
    """In SQL the new file is `t`, and `schemas` says what each database of before is (name → schema).

    `before` holds what was in them, `base` what was in the target, `after` what is in the new file.
    """

    def __init__(
        self, connection: apsw.Connection, path: Path, plan: Plan, copies: Mapping[str, Path], move_id: int
    ) -> None:
        """Attach everything. Raises apsw.Error for what cannot be read at all."""
        self.connection = connection
        self.plan = plan
        self.move_id = move_id
        attach(connection, path, "t")
        connection.pragma("cache_size", -CHECK_CACHE_KIB, schema="t")
        self.schemas: dict[str, str] = {}
        for index, name in enumerate(name for name in copies if name == plan.target or name in plan.sources):
            self.schemas[name] = f"d{index}"
            attach(connection, copies[name], f"d{index}")
        self.before = {name: take_inventory(connection, schema) for name, schema in self.schemas.items()}
        self.base = self.before.get(plan.target, Inventory())
        self.after = take_inventory(connection, "t")

    def source(self, database: str, table: Table) -> str:
        """A table of before, in SQL."""
        return f"{self.schemas[database]}.{quoted(table.name)}"

    def count(self, sql: str) -> int:
        """The number that a query answers with."""
        return number(self.connection, sql)

    def move_into(self, database: str, target: str) -> TableMove | None:
        """The move of the database's rows into the table `target`; None for the target's own rows."""
        wanted = (database, folded(target))
        return next((move for move in self.plan.moves if (move.database, folded(move.target)) == wanted), None)
