"""Tables that are named in other ways than by a word: in quotes, by full-text search, in triggers."""

from __future__ import annotations

import pytest
from programs import Program

SCHEMAS = {
    "app.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT); INSERT INTO users VALUES (1, 'root');",
    "users.db": (
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, users TEXT);"
        "INSERT INTO users VALUES (1, 'ada', 'users'), (2, 'ben', 'u2');"
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id));"
        "INSERT INTO posts VALUES (1, 2);"
    ),
}
FULL_TEXT = {
    "app.db": SCHEMAS["app.db"],
    "users.db": (
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);"
        "CREATE VIRTUAL TABLE users USING fts5(body, content='notes', content_rowid='id');"
        "CREATE TRIGGER added AFTER INSERT ON notes BEGIN"
        " INSERT INTO users (rowid, body) VALUES (new.id, new.body); END;"
        "CREATE TRIGGER gone AFTER DELETE ON notes BEGIN"
        " INSERT INTO users (users, rowid, body) VALUES ('delete', old.id, old.body); END;"
        "INSERT INTO notes VALUES (1, 'hello world'), (2, 'hello users');"
    ),
}
HEAD = "import sqlite3\ncon = sqlite3.connect('data/users.db')\n"


def run(*statements):
    return HEAD + "".join(f"print(con.execute({sql!r}).fetchall())\n" for sql in statements) + "con.commit()\n"


QUOTED = {
    "in single quotes": ["SELECT name FROM 'users' WHERE users = 'users'", "SELECT 'users'.name, 'users' FROM 'users'"],
    "in brackets and backticks": ["SELECT [users].name FROM [users]", "SELECT `users`.id FROM `users`, posts"],
    "a value behind FROM": ["SELECT id FROM 'users' WHERE users IS NOT DISTINCT FROM 'users'"],
    "written to": [
        "INSERT INTO 'users' (name, users) VALUES ('users', 'x')",
        "UPDATE 'users' SET users = 'users' WHERE users <> 'users'",
        "DELETE FROM 'users' WHERE users = 'x' RETURNING name",
        "SELECT * FROM main.'users'",
    ],
    "defined": [
        "CREATE TABLE IF NOT EXISTS 'users' (id INTEGER PRIMARY KEY, name TEXT, users TEXT)",
        "CREATE TABLE IF NOT EXISTS tags (u REFERENCES 'users' (id))",
        "CREATE INDEX by_name ON 'users' (name)",
        "CREATE VIEW names AS SELECT 'users' AS kind, name FROM 'users'",
        "SELECT * FROM names",
    ],
    "a trigger with it inside": [
        "CREATE TRIGGER t AFTER DELETE ON posts BEGIN"
        " UPDATE users SET users = 'users' WHERE users.id = old.author; END",
        "DELETE FROM posts",
        "SELECT * FROM users",
    ],
    "joined, returned and put in again": [
        "UPDATE posts SET author = users.id FROM users WHERE users.id = posts.id RETURNING author",
        "INSERT INTO users (id, name) VALUES (1, 'eve') ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
        " users = users.users || '!' WHERE users.name <> 'users' RETURNING users, name",
        "SELECT rowid, users.rowid, users.* FROM users",
    ],
}


@pytest.mark.parametrize("statements", QUOTED.values(), ids=QUOTED)
def test_however_it_is_written(tmp_path, statements):
    program = Program(tmp_path / "program", schemas=SCHEMAS)
    outcome = program.fold({"main.py": run(*statements)}, "rename: {users.db: {users: people}}\n")
    assert outcome.is_kept, f"{outcome.said}{outcome.code['main.py']}{outcome.errors}"
    assert "DATABASE_PATH" in outcome.code["main.py"], outcome.said
    assert program.rows("SELECT * FROM users") == [(1, "root")]


SEARCHED = {
    "matched": ["SELECT body FROM users WHERE users MATCH 'users'", "SELECT rowid FROM users ('hello') ORDER BY rank"],
    "by an alias": ["SELECT u.body FROM users AS u WHERE u.users MATCH 'world'"],
    "with functions": [
        "SELECT highlight(users, 0, '<', '>') AS h, snippet(users, 0, '', '', '', 4) AS s FROM users"
        " WHERE users = 'hello' ORDER BY bm25(users), users.rowid"
    ],
    "told what to do": [
        "INSERT INTO users (users) VALUES ('optimize')",
        "INSERT INTO users (users, rank) VALUES ('rank', 'bm25(10.0)')",
        "INSERT INTO users (users) VALUES ('rebuild')",
    ],
    "kept up to date": [
        "INSERT INTO notes VALUES (3, 'hello eve')",
        "DELETE FROM notes WHERE id = 1",
        "SELECT notes.id FROM notes JOIN users ON users.rowid = notes.id WHERE users MATCH 'hello' ORDER BY 1",
    ],
    "made where it is not there": [
        "CREATE VIRTUAL TABLE IF NOT EXISTS users USING fts5(body, content='notes', content_rowid='id')",
        "CREATE TRIGGER changed AFTER UPDATE ON notes BEGIN"
        " INSERT INTO users (users, rowid, body) VALUES ('delete', old.id, old.body);"
        " INSERT INTO users (rowid, body) VALUES (new.id, new.body); END",
        "UPDATE notes SET body = 'users' WHERE id = 1",
        "SELECT rowid FROM users WHERE users MATCH 'users' ORDER BY 1",
    ],
}


@pytest.mark.parametrize("statements", SEARCHED.values(), ids=SEARCHED)
def test_full_text_tables(tmp_path, statements):
    program = Program(tmp_path / "program", schemas=FULL_TEXT)
    outcome = program.fold({"main.py": run("SELECT 1", *statements)}, "rename: {users.db: {users: people}}\n")
    assert outcome.is_kept, f"{outcome.said}{outcome.code['main.py']}{outcome.errors}"
    assert "DATABASE_PATH" in outcome.code["main.py"], outcome.said
    assert program.rows("SELECT * FROM users") == [(1, "root")]
    assert "fail already" not in program.dbfold("sql")


def test_older_full_text_tables(tmp_path):
    schemas = FULL_TEXT | {
        "users.db": "CREATE VIRTUAL TABLE users USING fts4(body); INSERT INTO users VALUES ('hello');"
    }
    program = Program(tmp_path / "program", schemas=schemas)
    text = run(
        "SELECT snippet(users) AS s FROM users WHERE users MATCH 'hello'",
        "INSERT INTO users (users) VALUES ('optimize')",
    )
    outcome = program.fold({"main.py": text}, "rename: {users.db: {users: people}}\n")
    assert outcome.is_kept and "DATABASE_PATH" in outcome.code["main.py"], outcome.said


def test_a_view_that_cannot_follow_holds(tmp_path):
    schemas = FULL_TEXT | {
        "users.db": FULL_TEXT["users.db"] + "CREATE VIEW hits AS SELECT body FROM users WHERE users MATCH 'hello';"
    }
    program = Program(tmp_path / "program", schemas=schemas)
    outcome = program.fold({"main.py": run("SELECT * FROM notes")}, "rename: {users.db: {users: people}}\n")
    assert outcome.is_kept and not outcome.changed, outcome.said
    assert "cannot follow its new name" in program.dbfold("move", "plan")


UNNAMED = "SELECT highlight(users, 0, '<', '>') FROM users WHERE users MATCH 'world'"


@pytest.mark.parametrize(
    ("by_name", "shown", "folds"), [("", "row", True), ("con.row_factory = sqlite3.Row\n", "dict(row)", False)]
)
def test_a_result_that_is_called_by_the_table(tmp_path, by_name, shown, folds):
    program = Program(tmp_path / "program", schemas=FULL_TEXT)
    text = f"{HEAD}{by_name}for row in con.execute({UNNAMED!r}):\n    print({shown})\n"
    outcome = program.fold({"main.py": text}, "rename: {users.db: {users: people}}\n")
    assert outcome.is_kept, f"{outcome.said}{outcome.code['main.py']}{outcome.errors}"
    assert outcome.changed == folds, outcome.said
    assert folds or "would be called otherwise: name it with AS" in outcome.said
