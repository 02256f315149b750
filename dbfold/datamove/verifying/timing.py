"""How long do counting and looking up take, then and now?"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import apsw

from dbfold.datamove.planning.plan import Plan
from dbfold.sqlite.engine import comma_list, open_copy, quoted

_LOOKUPS = 200


def timings(copy: Path, plan: Plan, copies: Mapping[str, Path]) -> list[tuple[str, float, float]]:
    """Counting, and looking up rows by primary key, in all tables that moved: then and now."""
    counting = [
        (f"SELECT count(*) FROM {quoted(move.name)}", f"SELECT count(*) FROM {quoted(move.target)}", move.database)
        for move in plan.moves
    ]
    found = [_timed("count the rows", counting, copy, copies)]
    lookups = []
    for move in plan.moves:
        key = move.source.primary_key
        if key and not move.translations:
            condition = " AND ".join(f"{quoted(column)} = x.{quoted(column)}" for column in key)
            old, new = (
                f"SELECT count(*) FROM (SELECT {comma_list(map(quoted, key))} FROM {table} LIMIT {_LOOKUPS}) AS x"
                f" WHERE EXISTS (SELECT 1 FROM {table} AS y WHERE {condition})"
                for table in (quoted(move.name), quoted(move.target))
            )
            lookups.append((old, new, move.database))
    found.append(_timed("look rows up by key", lookups, copy, copies))
    return found


def _timed(
    name: str, queries: Sequence[tuple[str, str, str]], copy: Path, copies: Mapping[str, Path]
) -> tuple[str, float, float]:
    connections = {database: open_copy(path) for database, path in copies.items()}
    after = open_copy(copy)
    before_seconds = after_seconds = 0.0
    try:
        for old, new, database in queries:
            before_seconds += _seconds(connections[database], old)
            after_seconds += _seconds(after, new)
    finally:
        for connection in (*connections.values(), after):
            connection.close()
    return name, before_seconds, after_seconds


def _seconds(connection: apsw.Connection, sql: str) -> float:
    connection.execute(sql).fetchall()  # once to warm up
    began = time.perf_counter()
    connection.execute(sql).fetchall()
    return time.perf_counter() - began
