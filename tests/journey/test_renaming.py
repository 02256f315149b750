"""New names in statements: the words that SQLite means, and no others."""

from __future__ import annotations

import pytest

from dbfold.journey.preparing import Schema
from dbfold.journey.renaming import Renamer
from dbfold.journey.surroundings import Surroundings

SCHEMA = Schema(
    [
        "CREATE TABLE sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, sessions TEXT, user_id)",
        "CREATE TABLE users (id, s REFERENCES sessions (id))",
        "CREATE INDEX idx ON sessions (user_id)",
        "CREATE VIEW open_sessions AS SELECT * FROM sessions",
        "CREATE TRIGGER watch AFTER INSERT ON sessions BEGIN UPDATE users SET s = new.id; END",
    ]
)
NAMES = {"sessions": "logins", "idx": "idx_logins"}

RENAMED = [
    ("SELECT sessions FROM sessions", "SELECT sessions FROM logins"),
    (
        "SELECT s.id FROM sessions s WHERE s.sessions = 'sessions'",
        "SELECT s.id FROM logins s WHERE s.sessions = 'sessions'",
    ),
    ('SELECT sessions.id, "sessions".* FROM "sessions"', 'SELECT logins.id, "logins".* FROM "logins"'),
    ("SELECT b.id FROM [sessions], `sessions` AS b", "SELECT b.id FROM [logins], `logins` AS b"),
    ("SELECT ID FROM Sessions", "SELECT ID FROM logins"),
    ("SELECT /* sessions */ id FROM sessions -- sessions", "SELECT /* sessions */ id FROM logins -- sessions"),
    (
        "SELECT a.id FROM sessions AS a, (SELECT 1 AS id) AS sessions",
        "SELECT a.id FROM logins AS a, (SELECT 1 AS id) AS sessions",
    ),
    ("SELECT sessions.id FROM users AS sessions", "SELECT sessions.id FROM users AS sessions"),
    (
        "WITH sessions AS (SELECT 1 AS id) SELECT id FROM sessions",
        "WITH sessions AS (SELECT 1 AS id) SELECT id FROM sessions",
    ),
    (
        "WITH x AS (SELECT * FROM sessions) SELECT * FROM x WHERE id IN (SELECT max(id) FROM sessions)",
        "WITH x AS (SELECT * FROM logins) SELECT * FROM x WHERE id IN (SELECT max(id) FROM logins)",
    ),
    (
        "SELECT EXISTS (SELECT 1 FROM main.sessions) AS sessions",
        "SELECT EXISTS (SELECT 1 FROM main.logins) AS sessions",
    ),
    (
        "INSERT INTO sessions (id, sessions) VALUES (?, :x) ON CONFLICT (id) DO UPDATE SET sessions = sessions.sessions",
        "INSERT INTO logins (id, sessions) VALUES (?, :x) ON CONFLICT (id) DO UPDATE SET sessions = logins.sessions",
    ),
    ("REPLACE INTO sessions VALUES (?, ?, ?)", "REPLACE INTO logins VALUES (?, ?, ?)"),
    ("UPDATE sessions SET sessions = ? WHERE sessions.id = ?", "UPDATE logins SET sessions = ? WHERE logins.id = ?"),
    ("DELETE FROM sessions RETURNING sessions", "DELETE FROM logins RETURNING sessions"),
    ("INSERT INTO users SELECT id, id FROM sessions", "INSERT INTO users SELECT id, id FROM logins"),
    (
        "SELECT * FROM sessions INDEXED BY idx WHERE user_id = 1",
        "SELECT * FROM logins INDEXED BY idx_logins WHERE user_id = 1",
    ),
    ("DROP INDEX IF EXISTS idx", "DROP INDEX IF EXISTS idx_logins"),
    ("DROP TABLE IF EXISTS sessions;", "DROP TABLE IF EXISTS logins;"),
    ("ALTER TABLE sessions ADD COLUMN more", "ALTER TABLE logins ADD COLUMN more"),
    ("PRAGMA table_info(sessions)", "PRAGMA table_info(logins)"),
    ("PRAGMA table_info('sessions')", "PRAGMA table_info('logins')"),
    ("PRAGMA foreign_keys = ON", "PRAGMA foreign_keys = ON"),
    (
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sessions'",
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'logins'",
    ),
    (
        "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'sessions'",
        "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'logins'",
    ),
    (
        "CREATE TABLE IF NOT EXISTS sessions (id INTEGER PRIMARY KEY, sessions TEXT, user_id);",
        "CREATE TABLE IF NOT EXISTS logins (id INTEGER PRIMARY KEY, sessions TEXT, user_id);",
    ),
    ("CREATE TABLE child (s REFERENCES sessions)", "CREATE TABLE child (s REFERENCES logins)"),
    (
        "CREATE UNIQUE INDEX IF NOT EXISTS idx ON sessions (sessions)",
        "CREATE UNIQUE INDEX IF NOT EXISTS idx_logins ON logins (sessions)",
    ),
    ("CREATE VIEW v AS SELECT sessions.sessions FROM sessions", "CREATE VIEW v AS SELECT logins.sessions FROM logins"),
    (
        "CREATE TRIGGER t AFTER DELETE ON sessions BEGIN UPDATE users SET s = (SELECT max(sessions.id) FROM sessions) WHERE id = 'sessions'; END",
        "CREATE TRIGGER t AFTER DELETE ON logins BEGIN UPDATE users SET s = (SELECT max(logins.id) FROM logins) WHERE id = 'sessions'; END",
    ),
    ("SELECT * FROM open_sessions", "SELECT * FROM open_sessions"),
    ("UPDATE sessions SET \ufffc WHERE id = ?", "UPDATE logins SET \ufffc WHERE id = ?"),
    (
        "SELECT \ufffc FROM sessions WHERE \ufffc ORDER BY \ufffc",
        "SELECT \ufffc FROM logins WHERE \ufffc ORDER BY \ufffc",
    ),
    ("SELECT id FROM sessions WHERE id IN (\ufffc)", "SELECT id FROM logins WHERE id IN (\ufffc)"),
    ("SELECT absent FROM sessions", "SELECT absent FROM logins"),
    ("SELECT id FROM users", "SELECT id FROM users"),
]


@pytest.mark.parametrize(("old", "new"), RENAMED, ids=[old for old, _ in RENAMED])
def test_renamed(old, new):
    result = Renamer(SCHEMA, NAMES).rename(old)
    assert (result.text, result.problem) == (new, "")


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("SELECT * FROM \ufffc JOIN sessions ON \ufffc.x", "put together at run time"),
        ("SELECT id FROM sessions INDEXED BY absent", "no such index: absent"),
        ("SELECT sessions FROM (", "incomplete input"),
    ],
)
def test_what_cannot_be_renamed_is_told(sql, problem):
    result = Renamer(SCHEMA, NAMES).rename(sql)
    assert result.text == sql
    assert problem in result.problem


def test_names_may_be_swapped():
    schema = Schema(["CREATE TABLE a (x)", "CREATE TABLE b (y)"])
    renamer = Renamer(schema, {"a": "b", "b": "a"})
    assert renamer.rename("SELECT a.x, b.y FROM a, b").text == "SELECT b.x, a.y FROM b, a"


def test_a_name_that_has_to_be_quoted():
    schema = Schema(["CREATE TABLE a (x)"])
    renamer = Renamer(schema, {"a": 'new "a"'})
    assert renamer.rename("SELECT a.x FROM a").text == 'SELECT "new ""a""".x FROM "new ""a"""'
    assert renamer.rename('SELECT x FROM "a"').text == 'SELECT x FROM "new ""a"""'


def test_many_words_that_may_be_names():
    schema = Schema(["CREATE TABLE a (x, b)", "CREATE TABLE b (id, a)", "CREATE TABLE c (a, b)"])
    renamer = Renamer(schema, {"a": "b", "b": "a", "c": "d"})
    sql = "SELECT a.b, b.a, c.a, c.b, a.x FROM a, b, c WHERE a.x IN (SELECT a FROM c) AND a.b <> b.a AND 'a' <> c.b"
    new = "SELECT b.b, a.a, d.a, d.b, b.x FROM b, a, d WHERE b.x IN (SELECT a FROM d) AND b.b <> a.a AND 'a' <> d.b"
    assert renamer.rename(sql).text == new


CAPTURED = {
    "a WITH clause": (
        "WITH logins AS (SELECT * FROM users) SELECT count(*) FROM sessions",
        "WITH logins AS (SELECT * FROM users) SELECT count(*) FROM main.logins",
    ),
    "a WITH clause that reads the table": (
        "WITH logins AS (SELECT * FROM sessions) SELECT * FROM logins",
        "WITH logins AS (SELECT * FROM main.logins) SELECT * FROM logins",
    ),
    "a WITH clause beside it": (
        "WITH logins AS (SELECT 1 AS id) SELECT sessions.id, logins.id FROM sessions, logins",
        "WITH logins AS (SELECT 1 AS id) SELECT sessions.id, logins.id FROM main.logins AS sessions, logins",
    ),
    "a recursive one": (
        "WITH RECURSIVE logins(n) AS (SELECT 1 UNION SELECT n + 1 FROM logins WHERE n < (SELECT max(id) FROM sessions))"
        " SELECT n FROM logins",
        "WITH RECURSIVE logins(n) AS (SELECT 1 UNION SELECT n + 1 FROM logins WHERE n < (SELECT max(id) FROM"
        " main.logins)) SELECT n FROM logins",
    ),
    "an alias of a subquery": (
        "SELECT sessions.id FROM sessions, (SELECT 1 AS id) AS logins",
        "SELECT sessions.id FROM logins AS sessions, (SELECT 1 AS id) AS logins",
    ),
    "an alias around it, for columns that the table has not": (
        "SELECT logins.id FROM users AS logins WHERE EXISTS (SELECT 1 FROM sessions WHERE sessions.id = logins.s)",
        "SELECT logins.id FROM users AS logins WHERE EXISTS (SELECT 1 FROM logins WHERE logins.id = logins.s)",
    ),
    "an alias around it": (
        "SELECT logins.id FROM users AS logins WHERE EXISTS (SELECT 1 FROM sessions WHERE sessions.id = logins.id)",
        "SELECT logins.id FROM users AS logins WHERE EXISTS (SELECT 1 FROM logins AS sessions"
        " WHERE sessions.id = logins.id)",
    ),
    "an alias inside": (
        "UPDATE sessions SET user_id = (SELECT logins.s FROM users logins WHERE logins.id = sessions.id)",
        "UPDATE logins AS sessions SET user_id = (SELECT logins.s FROM users logins WHERE logins.id = sessions.id)",
    ),
    "the alias that it has": ("SELECT logins.id FROM sessions AS logins", "SELECT logins.id FROM logins AS logins"),
    "the name of a result": (
        "SELECT max(sessions.id) FROM sessions",
        "SELECT max(sessions.id) FROM logins AS sessions",
    ),
    "a table made from it": (
        "CREATE TABLE copy AS SELECT sessions.id FROM sessions",
        "CREATE TABLE copy AS SELECT logins.id FROM logins",
    ),
    "a temporary table made from it": (
        "CREATE TEMP TABLE copy AS WITH logins AS (SELECT 1) SELECT * FROM sessions",
        "CREATE TEMP TABLE copy AS WITH logins AS (SELECT 1) SELECT * FROM main.logins",
    ),
}


@pytest.mark.parametrize(("old", "new"), CAPTURED.values(), ids=CAPTURED)
def test_the_new_name_means_something_else_in_the_statement(old, new):
    result = Renamer(SCHEMA, NAMES).rename(old)
    assert (result.text, result.problem) == (new, "")


TEMPORARY = {
    "SELECT count(*) FROM sessions": "SELECT count(*) FROM main.logins",
    "SELECT l.a FROM logins l JOIN sessions s ON s.id = l.a": "SELECT l.a FROM logins l JOIN main.logins s ON s.id = l.a",
    "INSERT INTO logins SELECT id FROM sessions": "INSERT INTO logins SELECT id FROM main.logins",
    "INSERT INTO sessions (id) SELECT a FROM logins": "INSERT INTO main.logins (id) SELECT a FROM logins",
    "DELETE FROM sessions": "DELETE FROM main.logins",
    "DROP TABLE sessions": "DROP TABLE main.logins",
    "ALTER TABLE sessions RENAME COLUMN user_id TO owner": "ALTER TABLE main.logins RENAME COLUMN user_id TO owner",
    "PRAGMA table_info(sessions)": "PRAGMA main.table_info(logins)",
    "SELECT a FROM logins": "SELECT a FROM logins",
    "CREATE TABLE IF NOT EXISTS sessions (id, sessions, user_id)": (
        "CREATE TABLE IF NOT EXISTS logins (id, sessions, user_id)"
    ),
}


@pytest.mark.parametrize(("old", "new"), TEMPORARY.items(), ids=TEMPORARY)
def test_a_temporary_table_has_the_new_name(old, new):
    result = Renamer(SCHEMA, NAMES, Surroundings({"logins": ["a"]})).rename(old)
    assert (result.text, result.problem) == (new, "")


def test_an_index_would_be_one_of_the_temporary_table():
    result = Renamer(SCHEMA, NAMES, Surroundings({"logins": ["a"]})).rename("CREATE INDEX i ON sessions (user_id)")
    assert "the new name logins means something else in it" in result.problem


def test_temporary_tables_whose_names_nobody_knows():
    renamer = Renamer(SCHEMA, NAMES, Surroundings({}, computed=True))
    assert renamer.rename("SELECT id FROM sessions").text == "SELECT id FROM main.logins"
    assert renamer.rename("PRAGMA table_info(sessions)").text == "PRAGMA main.table_info(logins)"


LOOSE = {
    "SELECT sessions.id FROM sessions WHERE \ufffc": "SELECT sessions.id FROM logins AS sessions WHERE \ufffc",
    "SELECT id FROM sessions": "SELECT id FROM logins AS sessions",
    "UPDATE sessions SET user_id = 1 WHERE \ufffc": "UPDATE logins AS sessions SET user_id = 1 WHERE \ufffc",
    "DELETE FROM sessions": "DELETE FROM logins AS sessions",
    "SELECT s.id FROM sessions s JOIN users": "SELECT s.id FROM logins s JOIN users",
    'SELECT id FROM "sessions"': 'SELECT id FROM "logins" AS "sessions"',
    "DROP TABLE sessions": "DROP TABLE logins",
}


@pytest.mark.parametrize(("old", "new"), LOOSE.items(), ids=LOOSE)
def test_texts_elsewhere_go_on_calling_it_by_the_old_name(old, new):
    result = Renamer(SCHEMA, NAMES, Surroundings({}, loose={"sessions"})).rename(old)
    assert (result.text, result.problem) == (new, "")


def test_what_cannot_be_written_may_stay_under_the_old_name():
    sql = "SELECT id FROM sessions ORDER BY sessions.id"
    result = Renamer(SCHEMA, NAMES).rename(sql, [(0, sql.index(" sessions.id"))])
    assert result.text == "SELECT id FROM logins AS sessions ORDER BY sessions.id"


def test_results_that_are_called_by_the_table():
    renamer = Renamer(SCHEMA, NAMES, Surroundings({}, full_names=True))
    assert "full_column_names" in renamer.rename("SELECT sessions.id FROM sessions").problem
    assert renamer.rename("DELETE FROM sessions").text == "DELETE FROM logins"


def test_a_statement_that_goes_on_elsewhere():
    assert "may be a name" in Renamer(SCHEMA, NAMES).rename("SELECT id FROM ").problem
    assert Renamer(SCHEMA, NAMES).rename("SELECT id FROM users").problem == ""


@pytest.mark.parametrize("new", ["group", "index", "default", "my table", "1st", "tá"])
def test_names_that_are_written_in_quotes(new):
    renamer = Renamer(SCHEMA, {"sessions": new})
    assert renamer.rename("SELECT sessions.id FROM sessions").text == f'SELECT "{new}".id FROM "{new}"'
    assert renamer.rename("SELECT id FROM [sessions]").text == f"SELECT id FROM [{new}]"
    assert renamer.rename("PRAGMA table_info(sessions)").text == f'PRAGMA table_info("{new}")'
    created = renamer.rename("CREATE TABLE IF NOT EXISTS sessions (id, sessions, user_id)").text
    assert created == f'CREATE TABLE IF NOT EXISTS "{new}" (id, sessions, user_id)'
