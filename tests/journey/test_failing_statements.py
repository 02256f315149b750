"""Statements that SQLite rejects before the move already, and code that looks at what SQLite says of them."""

from __future__ import annotations

import pytest
from programs import Program

from dbfold.journey.mending import is_same_error, mended
from dbfold.journey.preparing import Schema

SCHEMAS = {
    "app.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT); INSERT INTO users VALUES (1, 'root');",
    "users.db": (
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO users VALUES (1, 'ada');"
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id));"
    ),
}
RENAME = "rename: {users.db: {users: people}}\n"
HEAD = "import sqlite3\ncon = sqlite3.connect('data/users.db')\n"
LAST = "print(con.execute('SELECT * FROM users').fetchall())\ncon.commit()\n"


def folded(tmp_path, body):
    program = Program(tmp_path / "program", schemas=SCHEMAS)
    outcome = program.fold({"main.py": HEAD + body + LAST}, RENAME)
    assert outcome.is_kept, f"{outcome.said}{outcome.code['main.py']}{outcome.errors}"
    if outcome.changed:
        assert program.rows("SELECT * FROM users") == [(1, "root")]
    return outcome


def tried(*statements):
    return "".join(
        f"try:\n    con.execute({sql!r})\nexcept sqlite3.Error as problem:\n    print(type(problem))\n"
        for sql in statements
    )


TRIED = {
    "a column that is there": tried("ALTER TABLE users ADD COLUMN name TEXT"),
    "a column that refers to it": tried("ALTER TABLE posts ADD COLUMN author INTEGER REFERENCES users (id)"),
    "a column that is gone": tried("ALTER TABLE users DROP COLUMN old", "ALTER TABLE users RENAME COLUMN old TO new"),
    "a name that is taken": tried("ALTER TABLE users RENAME TO posts"),
    "a column that nobody has": tried(
        "SELECT nope FROM users WHERE name = 'users'",
        "SELECT u.nope FROM users u JOIN posts ON posts.zip = u.id",
        "UPDATE users SET nope = 1 WHERE users.none = 2",
        "INSERT INTO users (id, nope) VALUES (7, 8)",
    ),
    "too many values": tried("INSERT INTO users VALUES (1, 2, 3, 4)"),
    "a table that nobody has": tried("SELECT users.name FROM users JOIN absent ON absent.id = users.id"),
    "a function that nobody has": tried("SELECT soundex2(name) FROM users"),
    "a function of the application": (
        "con.create_function('shout', 1, str.upper)\nprint(con.execute('SELECT shout(name) FROM users').fetchall())\n"
    ),
    "a loop of migrations": (
        "for column in ('name TEXT', 'age INTEGER'):\n    try:\n"
        "        con.execute(f'ALTER TABLE users ADD COLUMN {column}')\n"
        "    except sqlite3.OperationalError as e:\n"
        "        if 'duplicate column name' not in str(e):\n            raise\n"
    ),
    "an error that is told in other words": (
        "try:\n    con.execute('INSERT INTO users (id) VALUES (1)')\nexcept sqlite3.IntegrityError:\n"
        "    print('no such table: users, or the like')\n"
    ),
    "a permission of the same form": "print('users.view' == 'users.edit', str('users.view') in ['users.view'])\n",
}


@pytest.mark.parametrize("body", TRIED.values(), ids=TRIED)
def test_what_fails_already_gets_new_names(tmp_path, body):
    outcome = folded(tmp_path, body)
    assert outcome.changed, outcome.said


CLASH = (
    "try:\n    con.execute(\"INSERT INTO users (id, name) VALUES (1, 'x')\")\n"
    "except sqlite3.IntegrityError as e:\n    {}\n"
)
LOOKED_FOR = {
    "compared": CLASH.format("print(str(e) == 'UNIQUE constraint failed: users.id')"),
    "a part of it": CLASH.format("print('users.id' in str(e))"),
    "the name alone": CLASH.format("print('users' in f'{e}')"),
    "in a name": CLASH.format("text = str(e).lower()\n    print('users.id' in text)"),
    "by its beginning": CLASH.format("print(e.args[0].startswith('UNIQUE constraint failed: users'))"),
    "by a pattern": CLASH.format("import re\n    print(bool(re.search(r'users\\.(\\w+)', str(e))))"),
    "a mapping of messages": (
        "KNOWN = {'UNIQUE constraint failed: users.id': 'taken'}\n" + CLASH.format("print(KNOWN.get(str(e)))")
    ),
    "a mapping of parts": (
        "KNOWN = {'users.id': 'taken'}\n" + CLASH.format("print([v for k, v in KNOWN.items() if k in str(e)])")
    ),
    "in a function": ("def taken(error):\n    return 'users.id' in str(error)\n\n" + CLASH.format("print(taken(e))")),
    "a table that is not there yet": (
        "try:\n    con.execute('SELECT * FROM later')\nexcept sqlite3.OperationalError as e:\n"
        "    print('no such table: users' in str(e))\n"
    ),
}


@pytest.mark.parametrize("body", LOOKED_FOR.values(), ids=LOOKED_FOR)
def test_what_is_looked_for_in_a_message_holds(tmp_path, body):
    outcome = folded(tmp_path, body)
    assert not outcome.changed
    assert "is looked for in a message of SQLite" in outcome.said


def test_what_would_not_fail_any_more_is_told(tmp_path):
    """The target's table has the column that the statement adds."""
    schemas = SCHEMAS | {"app.db": "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE, nope);"}
    program = Program(tmp_path / "program", schemas=schemas)
    decided = RENAME + "tables: {people: {columns: unify}}\n"
    outcome = program.fold({"main.py": HEAD + tried("SELECT nope FROM users")}, decided)
    assert outcome.is_kept and not outcome.changed
    assert "fails before the move" in outcome.said


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT x FROM t INDEXED BY nope", "INSERT INTO t VALUES (1)"])
def test_what_cannot_be_mended(sql):
    assert mended(Schema(["CREATE TABLE t (a, b)"]), sql) is None


def test_messages_that_are_the_same():
    names = {"users": "people", "idx": "idx_2"}
    assert is_same_error("no such column: users.x", "no such column: people.x", names)
    assert is_same_error("no such column: USERS.x", "no such column: people.x", names)
    assert not is_same_error("no such column: users.x", "no such table: people", names)
    assert not is_same_error("no such column: x", "no such column: y", names)
