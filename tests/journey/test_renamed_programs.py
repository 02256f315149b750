"""Programs whose tables get new names: they print the same after the move, and `dbfold sql` says so."""

from __future__ import annotations

import pytest
from programs import Program

SCHEMAS = {
    "app.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT); INSERT INTO users VALUES (1, 'root');",
    "users.db": (
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'ada'), (2, 'ben');"
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id));"
        "INSERT INTO posts VALUES (1, 2);"
    ),
}
HEAD = "import sqlite3\ncon = sqlite3.connect('data/users.db')\ncon.row_factory = sqlite3.Row\n"


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path / "program", schemas=SCHEMAS)


def folded(program, body, new="people"):
    outcome = program.fold({"main.py": HEAD + body}, f"rename: {{users.db: {{users: {new!r}}}}}\n")
    assert outcome.is_kept, f"{outcome.said}{outcome.code['main.py']}{outcome.errors}"
    return outcome


def rows(sql):
    return f"print([tuple(r) for r in con.execute({sql!r})])\n"


PROGRAMS = {
    "a WITH clause of the new name": rows("WITH people AS (SELECT 7 AS id) SELECT count(*), max(name) FROM users"),
    "beside it": rows("WITH people AS (SELECT 2 AS id) SELECT users.name, people.id FROM users JOIN people USING (id)"),
    "an alias of the new name": rows("SELECT people.id, u.name FROM posts AS people JOIN users u ON u.id = author"),
    "in a subquery": rows(
        "SELECT (SELECT name FROM users WHERE users.id = people.author) FROM posts AS people ORDER BY people.id"
    ),
    "a temporary table": "con.execute('CREATE TEMP TABLE people (id)')\n" + rows("SELECT name FROM users"),
    "a temporary table made from it": (
        "con.execute('CREATE TEMP TABLE people AS SELECT id FROM users WHERE id > 1')\n"
        + rows("SELECT u.name FROM users u JOIN people p ON p.id = u.id")
    ),
    "a temporary view of it": (
        "con.execute('CREATE TEMP VIEW v AS SELECT u.name, p.id FROM users u JOIN posts p ON p.author = u.id')\n"
        + rows("SELECT * FROM v")
    ),
    "a temporary table made in a function": (
        "def prepare(c):\n    c.executescript('CREATE TEMPORARY VIEW people AS SELECT 9 AS id;')\n\nprepare(con)\n"
        + rows("SELECT max(id) FROM users")
    ),
    "keys of rows": "for r in con.execute('SELECT * FROM users'):\n    print(r.keys(), r['name'])\n",
    "keys of results": "print(con.execute('SELECT max(users.id) FROM users').fetchone()['max(users.id)'])\n",
    "conditions of their own": (
        "where = ['users.id = ?', 'users.name > ?']\n"
        "q = 'SELECT name FROM users WHERE ' + ' AND '.join(where)\n"
        "print([tuple(r) for r in con.execute(q, (2, 'a'))])\n"
    ),
    "an order of its own": (
        "ORDER = 'users.name DESC'\n"
        "print([tuple(r) for r in con.execute('SELECT name FROM users ORDER BY ' + ORDER)])\n"
    ),
    "a condition that is added": (
        "q = 'SELECT users.name FROM users'\nif con:\n    q += ' WHERE users.id = 2'\n"
        "print([tuple(r) for r in con.execute(q)])\n"
    ),
    "an update with conditions of its own": (
        "where = 'users.id = 1'\ncon.execute(f\"UPDATE users SET name = 'eve' WHERE {where}\")\n"
        + rows("SELECT name FROM users")
    ),
    "a deletion": "con.execute('DELETE FROM users WHERE id = 1')\ncon.commit()\n" + rows("SELECT * FROM users"),
}


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS)
def test_folded(program, body):
    outcome = folded(program, body)
    assert "DATABASE_PATH" in outcome.code["main.py"]
    assert "[exit 0]" in program.dbfold("sql")
    assert "SELECT login FROM users" not in outcome.code["main.py"]
    assert program.rows("SELECT login FROM users") == [("root",)]


NAMES = ["group", "index", "default", "my people", "it's", 'so "called"', "50%", "a{b}", "tá", "1st", "main"]
BODY = (
    'print([tuple(r) for r in con.execute("SELECT name FROM users ORDER BY users.id")])\n'
    "print([tuple(r) for r in con.execute('SELECT name FROM \"users\" ORDER BY id')])\n"
    "print([tuple(r) for r in con.execute('''SELECT name\n    FROM users''')])\n"
    'print([tuple(r) for r in con.execute("""SELECT name FROM users""")])\n'
    'n = 1\nprint([tuple(r) for r in con.execute(f"SELECT name FROM users WHERE id = {n}")])\n'
    'print([tuple(r) for r in con.execute("SELECT %s FROM users" % "name")])\n'
    'print([tuple(r) for r in con.execute("SELECT {} FROM users".format("name"))])\n'
    'print(len(con.execute("PRAGMA table_info(users)").fetchall()))\n'
    "con.execute(\"INSERT INTO users (name) VALUES ('eve')\")\n"
    "con.execute(\"UPDATE users SET name = 'bob' WHERE id = 2\")\n"
    'print([tuple(r) for r in con.execute("SELECT name FROM users AS u")])\n'
)


@pytest.mark.parametrize("new", NAMES)
def test_names_that_have_to_be_quoted(program, new):
    outcome = folded(program, BODY, new)
    assert "DATABASE_PATH" in outcome.code["main.py"]
    assert "[exit 0]" in program.dbfold("sql")


HELD = {
    "results that are called by their table": (
        "con.execute('PRAGMA full_column_names=1')\ncon.execute('PRAGMA short_column_names=0')\n"
        "print(con.execute('SELECT users.name FROM users').fetchone()['users.name'])\n"
    ),
    "a piece that begins with the name": (
        "q = 'SELECT name FROM '\nq += 'users ORDER BY id'\nprint([tuple(r) for r in con.execute(q)])\n"
    ),
    "a piece that is the name": "q = 'SELECT name FROM '\nq += 'users'\nprint([tuple(r) for r in con.execute(q)])\n",
    "a piece that joins": (
        "q = 'SELECT author FROM posts'\nq += ' JOIN users ON users.id = author'\n"
        "print([tuple(r) for r in con.execute(q)])\n"
    ),
    "pieces in a list": (
        "q = ' '.join(['SELECT name', 'FROM users', 'ORDER BY id'])\nprint([tuple(r) for r in con.execute(q)])\n"
    ),
    "an index beside a temporary table": (
        "con.execute('CREATE TEMP TABLE people (name)')\ncon.execute('CREATE INDEX IF NOT EXISTS i ON users (name)')\n"
        + rows("SELECT name FROM users")
    ),
}


@pytest.mark.parametrize("body", HELD.values(), ids=HELD)
def test_held_or_right(program, body):
    outcome = folded(program, body)
    assert outcome.changed == ("DATABASE_PATH" in outcome.code["main.py"])
    assert outcome.changed or "review: 1" in outcome.said
