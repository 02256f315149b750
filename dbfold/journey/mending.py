"""Statements that SQLite rejects before the move: a schema on which it says what their words mean.

`ALTER TABLE … ADD COLUMN` fails on every start but the first, inside of `try`; a column was never there. Which words
are tables, does not depend on that. So what SQLite misses is added to a copy of the schema, as long as that helps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbfold.journey.preparing import Schema
from dbfold.journey.shapes import shape, words
from dbfold.journey.wording import Names
from dbfold.sqlite.engine import folded, quoted

_MOST_REPAIRS = 8
_FUNCTION = re.compile(r"no such function: (\w+)\Z")
_TABLE = re.compile(r"no such table: (?:main\.)?([^.]+)\Z")
_COLUMN = re.compile(r"(?:no such column: |has no column named )(?:.*\.)?\"?([^.\"]+)\"?\Z", re.DOTALL)
_COUNT = re.compile(r"table (.+) has (\d+) columns? but (\d+) values? (?:was|were) supplied\Z", re.DOTALL)


def mended(schema: Schema, sql: str) -> Schema | None:
    """A copy of `schema` on which SQLite accepts `sql`; None if what it misses is nothing that can be added."""
    found = shape(sql)
    copy = schema.copied()
    if found.verb == "alter" and found.kind == "table" and found.name is not None:
        copy = Schema([f"CREATE TABLE {quoted(found.name)} (dbfold_0)"])  # whatever else it has and others make of it
    for _ in range(_MOST_REPAIRS):
        error = copy.prepare(sql).error
        if error is None:
            return copy
        better = next((one for one in _repaired(copy, sql, error) if one.prepare(sql).error != error), None)
        if better is None:
            return None
        copy = better
    return None


def _repaired(schema: Schema, sql: str, error: str) -> Iterator[Schema]:
    """Copies of a schema, each with something that SQLite may miss."""
    if (function := lacking_function(error)) is not None:
        copy = schema.copied()
        copy.accept_function(function)
        yield copy
    elif match := _TABLE.search(error):
        yield _changed(schema, f"CREATE TABLE {quoted(match[1])} (dbfold_0)")
    elif match := _COLUMN.search(error):
        tables = dict.fromkeys(word.key for word in words(sql) if schema.objects().get(word.key, ("",))[0] == "table")
        for table in tables:
            yield _changed(schema, f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(match[1])}")
    elif match := _COUNT.search(error):
        more = range(int(match[3]) - int(match[2]))
        yield _changed(schema, *(f"ALTER TABLE {quoted(match[1])} ADD COLUMN dbfold_{number}" for number in more))


def lacking_function(error: str) -> str | None:
    """The function that SQLite does not know, by its message; None if that is not what it says."""
    match = _FUNCTION.search(error)
    return match[1] if match else None


def _changed(schema: Schema, *statements: str) -> Schema:
    copy = schema.copied()
    for sql in statements:
        copy.execute(sql)
    return copy


def is_same_error(before: str, after: str, names: Names) -> bool:
    """Do two messages of SQLite say the same, one with the old names and one with the new ones?"""
    every = sorted({folded(name) for pair in names.items() for name in pair}, key=len, reverse=True)
    name = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, every))})(?!\w)")
    return name.sub("", folded(before)) == name.sub("", folded(after))
