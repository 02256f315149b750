"""A retired database whose file is there again after its move is an error that names who may have made it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from programs import SCHEMAS, Program

import dbfold

READS = "import sqlite3\nprint(sqlite3.connect('data/users.db').execute('SELECT name FROM users').fetchall())\n"
REMOVES = "import os\nDB = 'data/users.db'\nif os.environ.get('AGAIN'):\n    os.remove(DB)\n"
COMMANDS = (("check", "."), ("plan",), ("move", "verify"))


def moved(program, files=None, decisions=""):
    """A program whose databases were moved, `files` beside it."""
    outcome = program.fold({"main.py": READS, **(files or {})}, decisions)
    assert outcome.is_kept, outcome.said
    assert not users(program).exists()
    return program


def users(program):
    return program.root / "data/users.db"


def make_again(program):
    with closing(sqlite3.connect(users(program))) as connection:
        connection.executescript(SCHEMAS["users.db"].replace("'ada'", "'zoe'"))


@pytest.fixture
def program(tmp_path):
    return moved(Program(tmp_path / "program"))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_fine_after_the_move(program, command):
    assert "is back" not in program.dbfold(*command)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_back_after_the_move(program, command):
    make_again(program)
    said = program.dbfold(*command)
    assert "data/users.db: is back: its rows were moved into app.db on 20" in said
    assert "nothing in the project names it" in said
    assert said.endswith("[exit 2]\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_places_that_the_policy_accepts_may_have_made_it(tmp_path, command):
    accept = 'accept:\n  users.db: {"export.py": "runs nowhere"}\n'
    program = moved(Program(tmp_path / "program"), {"export.py": REMOVES}, accept)
    make_again(program)
    assert "it is named by export.py:2" in program.dbfold(*command)


def test_a_computed_name_may_have_made_it(tmp_path):
    accept = 'accept:\n  users.db: {"export.py": "other names only"}\n'
    code = "def path(name):\n    return f'data/{name}.db'\n"
    program = moved(Program(tmp_path / "program"), {"export.py": code}, accept)
    make_again(program)
    assert "it is named by export.py:2" in program.dbfold("check", ".")


@pytest.mark.skipif(sys.platform != "linux", reason="other processes are seen in /proc")
def test_a_process_that_has_it_open(program):
    make_again(program)
    opens = "c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM users'); print(flush=True); input()"
    code = f"import sqlite3, sys\n{opens}"
    with subprocess.Popen(
        [sys.executable, "-c", code, users(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        said = program.dbfold("check", ".")
        other.communicate("\n")
    assert f"(pid {other.pid}) has it open" in said


def test_documents_and_the_library_tell_it(program):
    make_again(program)
    (error,) = json.loads(program.dbfold("plan", "--format", "json").partition("\nerror:")[0].rpartition("[exit")[0])[
        "errors"
    ]
    assert error["file"] == "data/users.db"
    policy = program.root / "dbfold.yaml"
    assert [one.file for one in dbfold.plan(policy).returned] == ["data/users.db"]
    assert [one.message for one in dbfold.check([program.root], policy).errors] == [error["message"]]


def test_its_rows_are_taken_by_another_move(program):
    make_again(program)
    with closing(sqlite3.connect(users(program))) as connection, connection:
        connection.execute("DELETE FROM users WHERE id < 3")
        connection.execute("INSERT INTO users VALUES (9, 'late')")
    assert "[exit 0]" in program.dbfold("move", "run", "--yes")
    assert program.rows("SELECT name FROM users") == [("ada",), ("b",), ("late",)]
    assert "is back" not in program.dbfold("check", ".")


def test_a_rollback_brings_it_back_rightly(program):
    assert "[exit 0]" in program.dbfold("move", "rollback", "--yes")
    assert users(program).exists()
    assert "is back" not in program.dbfold("check", ".")


def test_nothing_is_written_to_the_databases(program):
    make_again(program)
    before = {path.name: path.read_bytes() for path in (program.root / "data").glob("*.db*")}
    program.dbfold("check", ".")
    assert {path.name: path.read_bytes() for path in (program.root / "data").glob("*.db*")} == before
