"""Paths that code finds from its own file: the accessor leads to the same file, from every working directory."""

from __future__ import annotations

import pytest
from programs import POLICY, Program

SHOW = "print(sqlite3.connect({}).execute('SELECT name FROM users').fetchall())\n"
HEAD = "import os, sqlite3\nfrom pathlib import Path\n"
RELATIVE = POLICY.replace("path: ROOT/data/app.db", "path: data/app.db, relative_to: project")
CWD = POLICY.replace("path: ROOT/data/app.db", "path: data/app.db")
COMMANDS = ("python app/main.py", "cd app && python main.py", "cd / && python $OLDPWD/app/main.py")

ANCHORED = {
    "parents": "DB = Path(__file__).resolve().parents[1] / 'data' / 'users.db'\n" + SHOW.format("DB"),
    "parent of parent": "DB = Path(__file__).resolve().parent.parent / 'data/users.db'\n" + SHOW.format("str(DB)"),
    "os.path": (
        "DB = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'data', 'users.db')\n" + SHOW.format("DB")
    ),
    "a constant": (
        "BASE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\n"
        "DATA = os.path.join(BASE_DIR, 'data')\n"
        "DB = os.path.join(DATA, 'users.db')\n" + SHOW.format("DB")
    ),
    "a text": "BASE = Path(__file__).resolve().parents[1]\n" + SHOW.format("f'{BASE}/data/users.db'"),
    "a sum": "BASE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\n"
    + SHOW.format("BASE + '/data/users.db'"),
    "joinpath": SHOW.format("Path(__file__).absolute().parent.parent.joinpath('data', 'users.db')"),
    "pardir": SHOW.format("os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'data', 'users.db')"),
}


@pytest.mark.parametrize("body", ANCHORED.values(), ids=ANCHORED)
@pytest.mark.parametrize("policy", [POLICY, RELATIVE], ids=["absolute", "relative to the project"])
def test_folded(tmp_path, body, policy):
    program = Program(tmp_path / "program", COMMANDS, policy=policy)
    outcome = program.fold({"app/main.py": HEAD + body})
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert [code for code, _ in outcome.after] == [0, 0, 0]
    assert "DATABASE_PATH" in outcome.code["app/main.py"]
    assert not (program.root / "app/data").exists()
    assert "All clear" in program.dbfold("check", ".")


@pytest.mark.parametrize("body", ANCHORED.values(), ids=ANCHORED)
def test_held_where_the_accessor_would_look_elsewhere(tmp_path, body):
    outcome = Program(tmp_path / "program", COMMANDS, policy=CWD).fold({"app/main.py": HEAD + body})
    assert outcome.is_kept
    assert not outcome.changed
    assert "relative_to: project" in outcome.said


SETTINGS = "from pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent{}\n"
IMPORTED = {
    "a name": "from settings import BASE_DIR\n",
    "a module": "import settings\nBASE_DIR = settings.BASE_DIR\n",
    "a name of a module that takes it": "from paths import BASE_DIR\n",
}


@pytest.mark.parametrize("head", IMPORTED.values(), ids=IMPORTED)
@pytest.mark.parametrize("policy", [POLICY, RELATIVE], ids=["absolute", "relative to the project"])
def test_the_directory_of_another_module(tmp_path, head, policy):
    body = f"{head}DB = BASE_DIR / 'data' / 'users.db'\n" + SHOW.format("DB")
    files = {"app/main.py": HEAD + body, "app/paths.py": "from settings import BASE_DIR\n"}
    program = Program(tmp_path / "program", COMMANDS, policy=policy)
    outcome = program.fold({**files, "app/settings.py": SETTINGS.format(".parent")})
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert "DATABASE_PATH" in outcome.code["app/main.py"]
    outcome = program.fold({**files, "app/settings.py": SETTINGS.format("")})
    assert not outcome.changed
    assert "it is in app/data, which data_dirs does not list" in outcome.said


ELSEWHERE = {
    "beside the file": "DB = Path(__file__).parent / 'data' / 'users.db'\n",
    "above the root": "DB = os.path.join(os.path.dirname(__file__), '..', '..', 'data', 'users.db')\n",
    "in the home": "DB = Path.home() / 'data' / 'users.db'\n",
    "in the home, by os.path": "HOME = os.path.expanduser('~')\nDB = os.path.join(HOME, 'data', 'users.db')\n",
    "of Flask-SQLAlchemy": "SQLALCHEMY_DATABASE_URI = 'sqlite:///data/users.db'\nDB = ''\n",
}


@pytest.mark.parametrize("body", ELSEWHERE.values(), ids=ELSEWHERE)
@pytest.mark.parametrize("policy", [POLICY, RELATIVE], ids=["absolute", "relative to the project"])
def test_another_file_is_held(tmp_path, body, policy):
    outcome = Program(tmp_path / "program", ("true",), policy=policy).fold({"app/main.py": HEAD + body})
    assert not outcome.changed
    assert "1 review" in outcome.said


def test_a_temporary_file_stays(tmp_path):
    body = "import tempfile\nDB = os.path.join(tempfile.mkdtemp(), 'data', 'users.db')\n"
    outcome = Program(tmp_path / "program", ("true",)).fold({"main.py": HEAD + body})
    assert not outcome.changed
    assert "1 reference: 0 rewritten, 0 review, 1 left" in outcome.said
