"""Code that asks for all tables of a database: it gets the same answer after the fold, or waits."""

from __future__ import annotations

import pytest

from tests.programs import Program

USERS = """
    import sqlite3
    con = sqlite3.connect("data/users.db")
"""
APP = """
    import sqlite3
    con = sqlite3.connect("data/app.db")
"""
HELD = {
    "printed": """
        for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            print(name)
    """,
    "counted": """print(con.execute("SELECT count(*) FROM sqlite_schema").fetchone())""",
    "asked whether there are any": """
        rows = con.execute("SELECT name FROM sqlite_master").fetchall()
        print("new" if len(rows) < 2 else "old")
    """,
    "dropped": """
        cur = con.cursor()
        cur.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for (name,) in cur.fetchall():
            cur.execute(f'DROP TABLE "{name}"')
        print(cur.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name)").fetchall())
    """,
    "a pattern that others fit": """
        print(con.execute("SELECT name FROM sqlite_master WHERE name LIKE '%ers' ORDER BY 1").fetchall())
    """,
    "a list of SQLite's own": """print([row[1] for row in con.execute("PRAGMA table_list")])""",
    "a dump": """print(len(list(con.iterdump())))""",
    "a list that is handed on": """
        def tables():
            return {row[0] for row in con.execute("SELECT name FROM sqlite_master")}
        print(sorted(tables()))
    """,
}
FOLDED = {
    "one name": """
        print(con.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'users'").fetchone())
    """,
    "one name as a parameter": """
        print(con.execute("SELECT 1 FROM sqlite_master WHERE name = ?", ("users",)).fetchone())
    """,
    "a pattern that nothing else fits": """
        print(con.execute("SELECT name FROM sqlite_master WHERE name LIKE 'use%'").fetchall())
    """,
    "whether a name is among them": """
        tables = {row[0] for row in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "users" not in tables:
            con.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name)")
        print(con.execute("SELECT name FROM users").fetchall())
    """,
    "whether a name is among what a cursor gives": """
        cur = con.cursor()
        cur.execute("SELECT name FROM sqlite_master")
        names = [row[0] for row in cur.fetchall()]
        cur.execute("SELECT count(*) FROM users")
        print("users" in names, "visits" in names, cur.fetchone())
    """,
    "whether there is one": """
        print("users" in [t[0] for t in con.execute("SELECT name FROM sqlite_master").fetchall()])
    """,
}


def fold(root, files):
    found = Program(root / "program").fold(files)
    assert found.before[0][0] == 0, (found.before, found.errors)
    assert found.is_kept, (found.said, found.code, found.after, found.errors)
    return found


@pytest.mark.parametrize("code", HELD.values(), ids=HELD)
def test_what_goes_through_all_tables_waits(tmp_path, code):
    found = fold(tmp_path, {"main.py": _program(USERS, code)})
    assert not found.changed
    assert "lists the tables of users.db, and would list those of app.db as well" in " ".join(found.said.split())


@pytest.mark.parametrize("code", FOLDED.values(), ids=FOLDED)
def test_what_asks_for_a_name_is_folded(tmp_path, code):
    assert fold(tmp_path, {"main.py": _program(USERS, code)}).changed


def test_what_is_kept_may_show_more_tables_and_must_not_empty_them(tmp_path):
    users = _program(USERS, 'print(con.execute("SELECT name FROM users").fetchall())')
    shows = _program(APP, 'names = [n for n, in con.execute("SELECT name FROM sqlite_master")]\nprint(len(names) > 0)')
    found = Program(tmp_path / "shows").fold({"main.py": users, "tool.py": shows})
    assert found.changed
    empties = shows + 'for name in names:\n    con.execute(f"DELETE FROM {name}")\n'
    found = Program(tmp_path / "empties").fold({"main.py": users, "tool.py": empties})
    assert "users.db" in found.code["main.py"]
    assert "lists the tables of app.db, and would list those of users.db as well" in " ".join(found.said.split())


def _program(opening, code):
    lines = [line[4:] for line in opening.strip("\n").splitlines()]
    body = code.strip("\n").splitlines()
    indent = len(body[0]) - len(body[0].lstrip())
    return "\n".join(lines + [line[indent:] for line in body]) + "\n"
