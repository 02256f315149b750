"""What is one thing per file and then one for all: programs give the same after the fold, or wait."""

from __future__ import annotations

import textwrap

import pytest

from dbfold.journey.meeting import pragmas
from tests.programs import Program

SETTINGS = "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT)"
SCHEMAS = {
    "app.db": f"{SETTINGS}; INSERT INTO settings VALUES ('lang', 'en'); CREATE TABLE orders (id INTEGER PRIMARY KEY);",
    "users.db": f"{SETTINGS}; INSERT INTO settings VALUES ('theme', 'dark');"
    "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT); INSERT INTO users (name) VALUES ('ada');",
}
# One module for each database, so that each can be rewritten.
APP = """\
import sqlite3


def note_version():
    con = sqlite3.connect("data/app.db")
    con.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)")
    con.close()
"""
USERS = 'import sqlite3\n\n\ndef users():\n    return sqlite3.connect("data/users.db")\n'


def outcome(root, code, decisions="", schemas=SCHEMAS):
    main = f"from app import note_version\nfrom users import users\ncon = users()\n{textwrap.dedent(code)}"
    program = Program(root / "program", schemas=schemas)
    found = program.fold({"main.py": main, "app.py": APP, "users.py": USERS}, decisions)
    assert found.before[0][0] == 0, found
    assert found.is_kept, (found.said, found.code, found.after, found.errors)
    return found


HELD = {
    "user_version that is read": 'print(con.execute("PRAGMA user_version").fetchone())',
    "user_version that is set": 'con.execute("PRAGMA user_version = 4")',
    "user_version that is computed": 'for v in (1, 2):\n    con.execute(f"PRAGMA user_version = {v}")',
    "application_id": 'print(con.execute("PRAGMA main.application_id").fetchone())',
    "data_version": 'print(con.execute("PRAGMA data_version").fetchone())',
    "all rows": 'print(con.execute("SELECT key, value FROM settings").fetchall())',
    "rows by no key": 'print(con.execute("SELECT key FROM settings WHERE value <> ?", ("x",)).fetchall())',
    "a count": 'print(con.execute("SELECT count(*) FROM settings").fetchone())',
    "all counters": 'con.execute("UPDATE sqlite_sequence SET seq = 0")',
    "a table of versions": """
        note_version()
        con.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)")
        if con.execute("SELECT max(version) FROM schema_version").fetchone()[0] is None:
            con.execute("INSERT INTO schema_version VALUES (1)")
    """,
}


@pytest.mark.parametrize("name", HELD)
def test_what_would_be_shared_holds_the_database(tmp_path, name):
    found = outcome(tmp_path, HELD[name])
    assert "data/users.db" in found.code["users.py"]
    assert "users.db waits for " in found.said


FOLDED = {
    "another pragma": ('print(con.execute("PRAGMA foreign_keys").fetchone())', ""),
    "one row by its key": ('print(con.execute("SELECT value FROM settings WHERE key = ?", ("theme",)).fetchone())', ""),
    "a table of its own": ('print(con.execute("SELECT name FROM users").fetchall())', ""),
    "a decision": (
        "print(con.execute(\"SELECT value FROM settings WHERE value = 'dark'\").fetchall())",
        "tables: {settings: {key: [key]}}\n",
    ),
    "another name": (
        'print(con.execute("SELECT value FROM settings").fetchall())',
        "rename: {users.db: {settings: user_settings}}\n",
    ),
    "a table of versions under another name": (
        """
        con.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)")
        note_version()
        print(con.execute("SELECT max(version) FROM schema_version").fetchone())
        """,
        "rename: {users.db: {schema_version: users_schema_version}}\n",
    ),
}


@pytest.mark.parametrize("name", FOLDED)
def test_what_is_not_shared_is_folded(tmp_path, name):
    found = outcome(tmp_path, *FOLDED[name])
    assert "data/users.db" not in found.code["users.py"], found.said


def test_a_log_that_would_be_lost(tmp_path):
    schemas = {**SCHEMAS, "users.db": f"PRAGMA journal_mode = WAL; {SCHEMAS['users.db']}"}
    code = 'print(con.execute("PRAGMA journal_mode").fetchone())'
    found = outcome(tmp_path, code, schemas=schemas)
    assert "data/users.db" in found.code["users.py"]
    assert "users.db is in WAL mode and app.db is not" in found.said
    both = {name: f"PRAGMA journal_mode = WAL; {sql}" for name, sql in SCHEMAS.items()}
    assert "data/users.db" not in outcome(tmp_path, code, schemas=both).code["users.py"]
    sets = 'con.execute("PRAGMA journal_mode=WAL")\n' + code
    assert "data/users.db" not in outcome(tmp_path, sets, schemas=schemas).code["users.py"]


def test_tables_of_versions_that_no_code_names(tmp_path):
    versions = "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('a');"
    schemas = {name: f"{versions}{sql}" for name, sql in SCHEMAS.items()}
    found = outcome(tmp_path, 'print(con.execute("SELECT name FROM users").fetchall())', schemas=schemas)
    assert "data/users.db" in found.code["users.py"]
    assert "a table alembic_version of versions each" in found.said


def test_pragmas():
    assert list(pragmas("PRAGMA user_version; SELECT 1; pragma main.Application_ID = 3;")) == [
        "user_version",
        "application_id",
    ]
    assert list(pragmas("PRAGMA journal_mode = WAL")) == ["journal_mode=wal"]
    assert list(pragmas("PRAGMA journal_mode")) == ["journal_mode"]
