"""Programs that run before and after a rewrite and a move, on real databases: they print the same."""

from __future__ import annotations

import pytest
from programs import Program

READ = "print(sqlite3.connect(DB).execute('SELECT name FROM users').fetchall())\n"


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path / "program")


FOLDED = {
    "the last name of an import goes": "import sqlite3, os\nDB = os.path.join('data', 'users.db')\n" + READ,
    "so does one after a backslash": "import sqlite3, \\\n    os\nDB = os.path.join('data', 'users.db')\n" + READ,
}


@pytest.mark.parametrize("code", FOLDED.values(), ids=FOLDED)
def test_folded(program, code):
    outcome = program.fold({"main.py": code})
    assert outcome.is_kept, outcome.said
    assert "DATABASE_PATH" in outcome.code["main.py"]
    assert "os" not in outcome.code["main.py"].split("\n")[0]


def test_sql_with_a_null_character_is_no_error(program):
    code = "import sqlite3\nDB = 'data/users.db'\nc = sqlite3.connect(DB)\n" + READ
    code += "try:\n    c.execute('SELECT \\0; SELECT 1')\nexcept Exception as e:\n    print('refused')\n"
    outcome = program.fold({"main.py": code})
    assert outcome.is_kept, outcome.said
    assert "DATABASE_PATH" in outcome.code["main.py"]
    assert "[exit 0]" in program.dbfold("sql")


def test_a_windows_path_with_a_blank_is_a_path(program):
    program.fold({"main.py": "from pathlib import Path\nDB = Path('C:/My App/data/users.db')\n"}, move=False)
    assert "C:/My App/data/users.db: review" in program.dbfold("audit", ".")
    assert "All clear" not in program.dbfold("check", ".")
