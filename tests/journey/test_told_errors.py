"""The text of an SQLite error names tables: who uses it prints the same after the fold, or the database waits."""

from __future__ import annotations

import textwrap

import pytest

from tests.programs import Program

RENAME = "rename: {users.db: {users: people}}\n"
STORE = """
import sqlite3
from errors import explain
con = sqlite3.connect("data/users.db")
def add(number):
    con.execute("INSERT INTO users (id, name) VALUES (?, 'x')", (number,))
"""
ERRORS = """
import re
def explain(error):
    found = re.search(r"failed: (\\w+)", str(error))
    return found[1] if found else ""
"""
HELD = {
    "printed": "try:\n    add(1)\nexcept sqlite3.IntegrityError as error:\n    print('no:', error)",
    "returned": "def go():\n    try:\n        add(1)\n    except sqlite3.IntegrityError as e:\n"
    "        return f'{e}'\nprint(go())",
    "split": "try:\n    add(1)\nexcept sqlite3.Error as e:\n    print(str(e).split(': ')[1])",
    "handed to a function": "try:\n    add(1)\nexcept sqlite3.IntegrityError as e:\n    print(explain(e))",
    "written there": "try:\n    con.execute('INSERT INTO users (id) VALUES (1)')\n"
    "except sqlite3.IntegrityError as e:\n    print(e.args[0])",
}
FOLDED = {
    "logged": "import logging\nlog = logging.getLogger('x')\ntry:\n    add(1)\n"
    "except sqlite3.IntegrityError as e:\n    log.error('no: %s', e)\n    print('no')",
    "only its kind": "try:\n    add(1)\nexcept sqlite3.IntegrityError as e:\n    print(type(e).__name__)",
    "its code": "try:\n    add(1)\nexcept sqlite3.IntegrityError as e:\n    print(e.sqlite_errorname)",
    "another error": "try:\n    try:\n        add(1)\n    except sqlite3.IntegrityError as e:\n"
    "        raise KeyError('x') from e\nexcept KeyError:\n    print('no')",
    "of what only reads": "try:\n    print(con.execute('SELECT name FROM users').fetchall())\n"
    "except sqlite3.IntegrityError as e:\n    print(e)",
}


def fold(root, code):
    files = {"main.py": textwrap.dedent(STORE) + code + "\n", "errors.py": ERRORS}
    found = Program(root / "program").fold(files, RENAME)
    assert found.before[0][0] == 0, (found.before, found.errors)
    assert found.is_kept, (found.said, found.code, found.after, found.errors)
    return found


@pytest.mark.parametrize("code", HELD.values(), ids=HELD)
def test_the_text_of_an_error_holds_what_gets_new_names(tmp_path, code):
    found = fold(tmp_path, code)
    assert not found.changed
    assert "SQLite" in found.said


@pytest.mark.parametrize("code", FOLDED.values(), ids=FOLDED)
def test_an_error_whose_text_is_not_used_is_folded(tmp_path, code):
    assert fold(tmp_path, code).changed


def test_without_new_names_the_text_stays(tmp_path):
    files = {"main.py": textwrap.dedent(STORE) + HELD["printed"] + "\n", "errors.py": ERRORS}
    found = Program(tmp_path / "program").fold(files)
    assert found.changed
    assert found.is_kept
