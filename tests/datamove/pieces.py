"""Pieces of a move without the whole: inventories, policies, plans, and files in which a plan's steps can run."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw

from dbfold.datamove import ledger
from dbfold.datamove.building.step import Context
from dbfold.datamove.planning.make import make_plan
from dbfold.datamove.sources.files import SourceFile
from dbfold.policy.model import Database, Policy, Role, Table
from dbfold.sqlite.engine import attach, attach_scratch, open_scratch
from dbfold.sqlite.inventory import Inventory, take_inventory


def write(path, *statements):
    """A database at `path`; returns the path."""
    with closing(apsw.Connection(str(path))) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def inventory_of(*statements):
    with closing(apsw.Connection(":memory:")) as connection:
        for statement in statements:
            connection.execute(statement)
        return take_inventory(connection)


def table_of(sql, *others):
    """The table that the statement creates, as its inventory says it."""
    return next(iter(inventory_of(sql, *others).tables.values()))


def policy_of(*retired, source=Path("dbfold.yaml"), **sections):
    """zoe.db remains, the others retire into it. `tables` may be given as {name: {key: …}}."""
    databases = {"zoe.db": Database("zoe.db", Role.PRIMARY, path="data/zoe.db")}
    databases |= {name: Database(name, Role.RETIRED, into="zoe.db") for name in retired}
    tables = {name: Table(name, **settings) for name, settings in sections.pop("tables", {}).items()}
    return Policy(source, 1, databases, tables=tables, **sections)


def plan_of(databases, files=None, moved_before=(), **sections):
    """The plan for {name: statements}; zoe.db is the target, and empty if it is not among them."""
    files = [SourceFile(name, "00", 1) for name in databases] if files is None else files
    inventories = {name: inventory_of(*_listed(sql)) for name, sql in databases.items()}
    base = inventories.pop("zoe.db", Inventory())
    policy = policy_of(*inventories, **sections)
    return make_plan(policy, "zoe.db", base, inventories, files, moved_before)


def problems_of(databases, **sections):
    """What stands against the plan: (database, table, message, choices)."""
    plan = plan_of(databases, **sections)
    return [(one.database, one.table, one.message, one.choices) for one in plan.problems]


def _listed(sql):
    return (sql,) if isinstance(sql, str) else sql


class Bench:
    """A plan's files, ready for its steps: `main` is a copy of the target, `src` one source at a time."""

    def __init__(self, directory, databases, **sections):
        self.plan = plan_of(databases, **sections)
        self.copies = {
            name: write(directory / name, *_listed(databases.get(name, "PRAGMA user_version = 0")))
            for name in dict.fromkeys(("zoe.db", *databases))
        }
        self.path = directory / "new.db"
        self.path.write_bytes(self.copies["zoe.db"].read_bytes())
        self.connection = open_scratch(self.path, "UTF-8")
        attach_scratch(self.connection, directory / "scratch", "work")
        self.context = Context(self.plan, ledger.create(self.connection))
        self._attached = None

    def move_of(self, database, target):
        return next(move for move in self.plan.moves if (move.database, move.target) == (database, target))

    def run(self, steps):
        """Run statements; returns what those that ask found: (what, count)."""
        answers = []
        for step in steps:
            if step.database not in (None, self._attached):
                self._attach(step.database)
            while True:
                before = self.connection.total_changes()
                rows = self.connection.execute(step.sql).fetchall()
                if not step.repeated or self.connection.total_changes() == before:
                    break
            if step.problem is not None:
                answers.append((step.what.rpartition(": ")[2], rows[0][0]))
        return answers

    def _attach(self, database):
        if self._attached is not None:
            self.connection.execute("DETACH src")
        attach(self.connection, self.copies[database], "src")
        self._attached = database

    def query(self, sql):
        return self.connection.execute(sql).fetchall()

    def close(self):
        self.connection.close()
