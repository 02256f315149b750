"""The schema after the move, and the names that change on the way to it: the plan of the move, without rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dbfold.datamove.planning.make import make_plan
from dbfold.datamove.planning.plan import FinalTable, Plan
from dbfold.journey.preparing import Schema
from dbfold.journey.schemas import Schemas
from dbfold.policy.model import Policy, Role
from dbfold.sqlite.ddl import renamed
from dbfold.sqlite.engine import folded
from dbfold.sqlite.inventory import Inventory, Kind, take_inventory


@dataclass(frozen=True, slots=True)
class Merged:
    """One database that takes others in: its plan, its schema after the move, and each source's new names.

    `names` maps a database to the objects that get another name there, old (as SQLite compares names) to new.
    `inventories` are those of the target and of its sources.
    """

    target: str
    plan: Plan
    schema: Schema
    names: Mapping[str, Mapping[str, str]]
    inventories: Mapping[str, Inventory]

    def original(self, database: str, final: FinalTable) -> str:
        """The name that a table has in one of its databases before the move."""
        return next(
            (m.name for m in self.plan.moves if m.database == database and folded(m.target) == folded(final.name)),
            final.name,
        )

    def final_of(self, database: str, table: str) -> FinalTable | None:
        """What becomes of a database's table; None for what is none, such as a view."""
        name = self.names.get(database, {}).get(folded(table), table)
        return self.plan.finals.get(folded(name))


@dataclass(slots=True)
class Outlook:
    """What is before the move and after it. `merged` finds a database, target or retired, in what it becomes."""

    policy: Policy
    before: Schemas
    targets: dict[str, Merged] = field(default_factory=dict)
    merged: dict[str, Merged] = field(default_factory=dict)


def look_ahead(policy: Policy, before: Schemas) -> Outlook:
    """Plan the move of all databases that have a schema."""
    outlook = Outlook(policy, before)
    for target in policy.kept:
        sources = {
            name: schema
            for entry in policy.databases.values()
            if entry.role is Role.RETIRED and policy.target(entry) is target
            for name, schema in before.schemas.items()
            if policy.find(name) is entry
        }
        if not sources:
            continue
        base = before.schemas.get(target.name) or Schema()
        inventories = {name: _inventory(schema) for name, schema in sources.items()}
        own = _inventory(base)
        plan = make_plan(policy, target.name, own, inventories, ())
        inventories[target.name] = own
        merged = Merged(target.name, plan, _after(plan, base), _new_names(plan), inventories)
        outlook.targets[target.name] = merged
        for name in (target.name, *sources):
            outlook.merged[name] = merged
    return outlook


def _inventory(schema: Schema) -> Inventory:
    return take_inventory(schema.connection, count=False)


def _after(plan: Plan, base: Schema) -> Schema:
    """What is there after the move. A table that nobody has decided on stays as the first database has it."""
    after = Schema()
    for final in plan.finals.values():
        if final.definition.kind is Kind.TABLE:
            after.execute(renamed(final.definition.sql, final.name) if final.is_undecided else final.sql)
    virtual = [final for final in plan.finals.values() if final.definition.kind is Kind.VIRTUAL]
    for final in virtual:
        after.execute(final.sql)
    existing = after.objects()
    for name, (type, _, sql) in base.objects().items():
        if type != "table" and name not in existing:
            after.execute(sql)
    for thing in plan.objects:
        if thing.name is not None and thing.type != "table":
            after.execute(thing.sql if thing.name == thing.original else renamed(thing.sql, thing.name))
    return after


def _new_names(plan: Plan) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {}
    for move in plan.moves:
        if folded(move.name) != folded(move.target):
            names.setdefault(move.database, {})[folded(move.name)] = move.target
    for thing in plan.objects:
        if thing.name is not None and folded(thing.name) != folded(thing.original):
            names.setdefault(thing.database, {})[folded(thing.original)] = thing.name
    return names
