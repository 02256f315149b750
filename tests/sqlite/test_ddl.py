"""Cutting CREATE statements between tokens. Each outcome is also run by SQLite."""

from __future__ import annotations

import sqlite3

import pytest

from dbfold.sqlite import ddl

TABLE = """CREATE TABLE "a b" (id INTEGER PRIMARY KEY AUTOINCREMENT, -- the number, as ever
    name VARCHAR(20) NOT NULL DEFAULT 'x, y' COLLATE NOCASE UNIQUE,
    size INT CONSTRAINT positive CHECK (size > 0) DEFAULT (1+2), /* ( */
    shown TEXT GENERATED ALWAYS AS (name || ')') VIRTUAL,
    owner INT CONSTRAINT needed NOT NULL REFERENCES t(id) ON DELETE SET NULL NOT DEFERRABLE INITIALLY IMMEDIATE,
    at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    "not" DEFAULT NULL,
    [w x] double precision NOT NULL,
    FOREIGN KEY (owner) REFERENCES x(y), CHECK (id > 2)
)"""


def execute(*statements):
    connection = sqlite3.connect(":memory:")
    for statement in statements:
        connection.execute(statement)
    return connection


@pytest.mark.parametrize(
    ("column", "definition"),
    [
        ("id", "id INTEGER"),
        ("NAME", "name VARCHAR(20) DEFAULT 'x, y' COLLATE NOCASE"),
        ("size", "size INT CONSTRAINT positive CHECK (size > 0) DEFAULT (1+2)"),
        ("shown", "shown TEXT GENERATED ALWAYS AS (name || ')') VIRTUAL"),
        ("owner", "owner INT REFERENCES t(id) ON DELETE SET NULL NOT DEFERRABLE INITIALLY IMMEDIATE"),
        ("at", "at TIMESTAMP DEFAULT CURRENT_TIMESTAMP"),
        ("not", '"not" DEFAULT NULL'),
        ("w x", "[w x] double precision"),
        ("id2", None),
    ],
)
def test_a_column_that_is_added_elsewhere(column, definition):
    assert ddl.added_column(TABLE, column, nullable=True) == definition
    if definition:
        execute("CREATE TABLE other (name)", f"ALTER TABLE other ADD COLUMN {definition.replace('name VAR', 'n VAR')}")


def test_not_null_stays_where_there_is_a_value():
    assert "NOT NULL" in ddl.added_column(TABLE, "name", nullable=False)


def test_a_unified_table():
    sql = ddl.unified(TABLE, frozenset({"owner", "w x"}), ["role TEXT DEFAULT 'user'", "seen"])
    facts = {row[1]: row for row in execute(sql).execute('PRAGMA table_info("a b")')}
    assert list(facts) == ["id", "name", "size", "owner", "at", "not", "w x", "role", "seen"]
    assert [name for name, row in facts.items() if row[3]] == ["name"]
    assert "-- the number, as ever" in sql


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE TABLE t(a)", 'CREATE TABLE "n""w"(a)'),
        ("CREATE TABLE [t x] (a)", 'CREATE TABLE "n""w" (a)'),
        ("CREATE UNIQUE INDEX `i` ON t(a)", 'CREATE UNIQUE INDEX "n""w" ON t(a)'),
        ("CREATE VIRTUAL TABLE 'f' USING fts5(a)", 'CREATE VIRTUAL TABLE "n""w" USING fts5(a)'),
        ("CREATE VIEW v/**/AS SELECT 1", 'CREATE VIEW "n""w"/**/AS SELECT 1'),
    ],
)
def test_renaming(sql, expected):
    assert ddl.renamed(sql, 'n"w') == expected


def test_the_normal_form_forgets_what_does_not_matter():
    one = ddl.normal_form("CREATE TABLE a (\n  X int, -- c\n  y TEXT DEFAULT 'A')")
    assert one == ddl.normal_form("create table \"b\"(x INT,[y] text default 'A')")
    assert one != ddl.normal_form("CREATE TABLE a (x INT, y TEXT DEFAULT 'a')")


@pytest.mark.parametrize(
    ("sql", "content"),
    [
        ("CREATE VIRTUAL TABLE f USING fts5(a, content='notes')", "notes"),
        ("CREATE VIRTUAL TABLE f USING fts5(a, content = notes , content_rowid=id)", "notes"),
        ("CREATE VIRTUAL TABLE f USING fts5(a, content='')", ""),
        ("CREATE VIRTUAL TABLE f USING fts5(content)", None),
    ],
)
def test_the_content_table(sql, content):
    assert ddl.content_table(sql) == content
    assert ddl.module_of(sql) == "fts5"
    if content:
        assert ddl.content_table(ddl.with_content_table(sql, {"notes": "it's"})) == "it's"
