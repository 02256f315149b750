"""The gate before the parser: it lets in all SQL that the reader takes for SQL, and little else."""

from __future__ import annotations

import pytest

from dbfold.code.gate import may_hold_sql
from dbfold.code.texts import is_surely_sql

STATEMENTS = [
    "SELECT id FROM events",
    "select*from events",
    "SELECT (1)",
    "SELECT\n  id,\n  name\nFROM events",
    "-- the latest\nSELECT id FROM events",
    "/* a * b */ SELECT id FROM events",
    "INSERT INTO events VALUES (1)",
    "INSERT OR REPLACE INTO events VALUES (1)",
    "replace into events values (1)",
    'UPDATE events SET name = "x"',
    'UPDATE OR IGNORE "my events" AS e SET name = 1',
    "DELETE FROM events",
    "CREATE TABLE events (id)",
    "CREATE TEMP TABLE events (id)",
    "CREATE UNIQUE INDEX i ON events (id)",
    "CREATE VIRTUAL TABLE search USING fts5 (text)",
    "DROP TABLE events",
    "ALTER TABLE events ADD COLUMN name",
    "WITH recent AS (SELECT 1) SELECT * FROM recent",
    "WITH RECURSIVE tree (id) AS (SELECT 1) SELECT * FROM tree",
]


@pytest.mark.parametrize("written", ["X = {!r}", 'X = """{}"""', 'X = f"""\n    {}\n"""', "run('''\\\n{}''')"])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_sql_passes_wherever_it_is_written(statement, written):
    assert is_surely_sql(statement)
    assert may_hold_sql(written.format(statement).encode())


@pytest.mark.parametrize(
    "source",
    [
        'db.execute("BEGIN IMMEDIATE")',
        "db.executescript('VACUUM')",
        'db.execute(\n    f"{verb} events")',
        "from sqlalchemy import select",
        "    import peewee",
        "from django.db import models",
        "frame.to_sql(name, engine)",
        'PRAGMA = "PRAGMA foreign_keys"',
        'X = "ATTACH DATABASE ? AS other"',
        'X = "DELETE "\n    "FROM events"',
        'X = ("INSERT " "OR IGNORE " "INTO events VALUES (1)")',
    ],
)
def test_what_is_executed_and_what_opens_passes(source):
    assert may_hold_sql(source.encode())


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "select(x)",
        'label = "Select a platform"',
        'print("update available")',
        'message = "Created table of contents"',
        "cursor.execute(sql)",
        'execute_trade("BTC")',
        "# from sqlalchemy import select",
        'note = "drop the table"',
    ],
)
def test_prose_and_code_without_sql_do_not(source):
    assert not may_hold_sql(source.encode())
