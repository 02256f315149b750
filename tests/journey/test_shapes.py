"""SQL as words: where a statement ends, and what it does at first sight."""

from __future__ import annotations

import pytest

from dbfold.code.texts import HOLE
from dbfold.journey.shapes import Shape, names_a_hole, shape, split, words


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", []),
        ("-- only a comment", []),
        ("Users", [("Users", "Users", "users", False, True)]),
        ('"My T"', [("My T", '"My T"', "my t", False, True)]),
        ('"a""b"', [('a"b', '"a""b"', 'a"b', False, True)]),
        ("[a]", [("a", "[a]", "a", False, True)]),
        ("'x'", [("x", "'x'", "x", True, False)]),
        ("1 /* c */ ;", [("1", "1", "1", False, False), (";", ";", ";", False, False)]),
    ],
)
def test_words(sql, expected):
    found = words(sql)
    assert [(one.text, one.written, one.key, one.is_text, one.may_be_name) for one in found] == expected
    assert [sql[one.start : one.end] for one in found] == [one.written for one in found]


TRIGGER = "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; DELETE FROM c; END;"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", []),
        (" ; ;; -- nothing\n", []),
        ("SELECT 1", [(0, "SELECT 1")]),
        ("SELECT 1; SELECT 2", [(0, "SELECT 1;"), (9, " SELECT 2")]),
        ("SELECT ';'; -- a; b\nSELECT 2;", [(0, "SELECT ';';"), (11, " -- a; b\nSELECT 2;")]),
        ("SELECT '\0'; SELECT \0;", [(0, "SELECT '\0';"), (11, " SELECT \0;")]),
        ("SELECT '\ud800'; SELECT 2", [(0, "SELECT '\ud800';"), (11, " SELECT 2")]),
        (f"{TRIGGER} SELECT 1", [(0, TRIGGER), (len(TRIGGER), " SELECT 1")]),
    ],
)
def test_a_script_in_statements(sql, expected):
    assert list(split(sql)) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", Shape("")),
        ("SELECT a FROM t", Shape("select")),
        ("select a from t where b", Shape("select", where=True)),
        ("SELECT 'where'", Shape("select", where=True)),
        ("WITH a AS (SELECT 1), b(x) AS (SELECT 2) DELETE FROM t", Shape("delete", "table", "t")),
        ("EXPLAIN QUERY PLAN SELECT 1", Shape("select")),
        ("EXPLAIN DELETE FROM t WHERE 1", Shape("delete", "table", "t", where=True)),
        ("CREATE TABLE Users (a)", Shape("create", "table", "Users")),
        ("CREATE TEMP TABLE IF NOT EXISTS main.'my t' (a)", Shape("create", "table", "my t", lenient=True)),
        ("CREATE UNIQUE INDEX i ON t (a)", Shape("create", "index", "i")),
        ("CREATE VIRTUAL TABLE f USING fts5(a)", Shape("create", "table", "f")),
        ("DROP VIEW IF EXISTS v", Shape("drop", "view", "v", lenient=True)),
        ("DROP TRIGGER t", Shape("drop", "trigger", "t")),
        ("ALTER TABLE main.t ADD COLUMN a", Shape("alter", "table", "t")),
        (f"CREATE TABLE {HOLE} (a)", Shape("create", "table")),
        (f'CREATE TABLE "t_{HOLE}" (a)', Shape("create", "table")),
        ("CREATE TABLE", Shape("create", "table")),
        ("CREATE nonsense", Shape("create")),
        ("INSERT INTO t (a) VALUES (1)", Shape("insert", "table", "t")),
        ("INSERT INTO t VALUES (1)", Shape("insert", "table", "t", columns=False)),
        ("INSERT INTO main.t AS x (a) VALUES (1)", Shape("insert", "table", "t")),
        ("INSERT INTO t AS x VALUES (1)", Shape("insert", "table", "t", columns=False)),
        ("INSERT OR IGNORE INTO t (a) VALUES (1)", Shape("insert", "table", "t", replaces=True)),
        ("INSERT OR REPLACE INTO t (a) VALUES (1)", Shape("insert", "table", "t", replaces=True)),
        ("INSERT OR ABORT INTO t (a) VALUES (1)", Shape("insert", "table", "t")),
        ("REPLACE INTO t (a) VALUES (1)", Shape("insert", "table", "t", replaces=True)),
        ("INSERT", Shape("insert")),
        ("DELETE FROM main.t", Shape("delete", "table", "t")),
        ("UPDATE t SET a = 1", Shape("update", "table", "t")),
        ("UPDATE OR IGNORE t SET a = 1 WHERE b", Shape("update", "table", "t", where=True)),
        (f"UPDATE {HOLE} SET a = 1", Shape("update", "table")),
        (f"DELETE FROM t_{HOLE}", Shape("delete", "table")),
        (f"INSERT INTO {HOLE}_t (a) VALUES (1)", Shape("insert", "table")),
    ],
)
def test_shapes(sql, expected):
    assert shape(sql) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM @", True),
        ('SELECT * FROM "@" WHERE a', True),
        ("SELECT * FROM t_@", True),
        ("SELECT * FROM main.@", True),
        ("SELECT * FROM a, @ WHERE b", True),
        ("SELECT @.a FROM b", True),
        ("INSERT OR IGNORE INTO @ (a) VALUES (1)", True),
        ("DROP TABLE IF EXISTS @", True),
        ("PRAGMA table_info(@)", True),
        ("SELECT 1 FROM sqlite_master WHERE name = '@'", True),
        ("CREATE INDEX i ON @ (a)", True),
        ("CREATE TABLE a (b REFERENCES @ (c))", True),
        ("SELECT @ FROM a", False),
        ("SELECT a, @ FROM b", False),
        ("SELECT * FROM a WHERE @", False),
        ("SELECT * FROM a WHERE b IN (@) ORDER BY @ LIMIT @", False),
        ("SELECT * FROM a WHERE EXISTS (@)", False),
        ("INSERT INTO a (@) VALUES (@)", False),
        ("UPDATE a SET @ WHERE b = '@'", False),
        ("PRAGMA user_version = @", False),
    ],
)
def test_holes_that_may_be_the_name_of_a_table(sql, expected):
    assert names_a_hole(sql.replace("@", HOLE)) is expected
