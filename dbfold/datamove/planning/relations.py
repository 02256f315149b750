"""Which columns hold ids of which table: declared foreign keys, those of the policy, and chains of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbfold.policy.model import NO_FOREIGN_KEY, Policy
from dbfold.sqlite.engine import folded
from dbfold.sqlite.inventory import Inventory, Table


@dataclass(frozen=True)
class Reference:
    """A column that holds values of a column of `table` in the database `database`."""

    database: str
    table: str
    column: str


Column = tuple[str, str]
"""Table and column, in lower case."""


def references(policy: Policy, database: str, inventory: Inventory) -> dict[Column, Reference]:
    """Every column of the database that refers to another one. What the policy says comes before the schema."""
    found: dict[Column, Reference] = {}
    for table in inventory.tables.values():
        for key in table.foreign_keys:
            for column, parent_column in zip(key.columns, key.parent_columns, strict=False):
                found.setdefault(
                    (folded(table.name), folded(column)), Reference(database, folded(key.parent), folded(parent_column))
                )
    for column, target in policy.foreign_keys.get(database, {}).items():
        at = split_column(column)
        if target == NO_FOREIGN_KEY:
            found.pop(at, None)
        else:
            other, _, place = target.rpartition("/")
            found[at] = Reference(other or database, *split_column(place))
    return found


def split_column(text: str) -> Column:
    """`table.column` in lower case; a table's name may hold dots."""
    table, _, column = folded(text).rpartition(".")
    return table, column


def origin(
    column: Column, database: str, all_references: Mapping[str, Mapping[Column, Reference]], merged: Iterable[Column]
) -> Reference | None:
    """The id of a merged table that a column holds, following references; None if it holds none.

    `merged` has (database, table) for each table whose rows may get other ids.
    """
    known = set(merged)
    seen = {(database, *column)}
    reference = all_references.get(database, {}).get(column)
    while reference is not None:
        if (reference.database, reference.table) in known:
            return reference
        place = (reference.database, reference.table, reference.column)
        if place in seen:
            return None
        seen.add(place)
        reference = all_references.get(reference.database, {}).get((reference.table, reference.column))
    return None


def components(edges: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Strongly connected components, each after those it points to (Tarjan 1972, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    for root in edges:
        if root in index:
            continue
        work: list[tuple[str, Iterator[str]]] = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            node, following = work[-1]
            step = next((other for other in following if other in edges), None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    position = stack.index(node)
                    yield stack[position:]
                    del stack[position:]
            elif step not in index:
                index[step] = low[step] = len(index)
                stack.append(step)
                work.append((step, iter(edges[step])))
            elif step in stack:
                low[node] = min(low[node], index[step])


def looks_like_an_id_of(table: Table, id_column: str, column: str) -> bool:
    """Is `column` named as a foreign key to `table` usually is: user_id, users_id, userid, user for users.id?"""
    name, stem = folded(column), folded(table.name)
    singular = stem.removesuffix("s")
    for owner in {stem, singular, stem.removesuffix("es"), stem.removesuffix("ies") + "y"}:
        if name in (f"{owner}_{folded(id_column)}", f"{owner}{folded(id_column)}"):
            return True
    return False
