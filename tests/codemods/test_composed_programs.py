"""Paths that code puts together, takes from other modules or keeps in collections: the same program after the fold."""

from __future__ import annotations

import pytest
from programs import Program

HEAD = "import os, sqlite3\nfrom pathlib import Path\n"
SHOW = "print(sqlite3.connect(DB).execute('SELECT name FROM users ORDER BY id').fetchall())\n"

FOLDED = {
    "percent": 'D = "data"\nDB = "%s/users.db" % D\n',
    "percent with a tuple": 'DB = "%s/%s.db" % ("data", "users")\n',
    "percent with a mapping": 'DB = "%(where)s/users.db" % {"where": "data"}\n',
    "format": 'DB = "{}/{}.db".format("data", "users")\n',
    "format with names": 'DB = "{d}/{n}.db".format(d="data", n="users")\n',
    "format with numbers": 'DB = "{1}/{0}.db".format("users", "data")\n',
    "literals in the fields of an f-string": 'n = "users"\nDB = f"{\'data\'}/{n}.db"\n',
    "constants made of constants": 'BASE = "data"\nD = f"{BASE}"\nDB = f"{D}/users.db"\n',
    "join of a text": 'DB = "/".join(["data", "users.db"])\n',
    "join with os.sep": 'DB = os.sep.join(("data", "users.db"))\n',
    "a suffix": 'NAME = "users"\nDB = Path("data", NAME).with_suffix(".db")\n',
    "a suffix of its own": 'EXT = ".db"\nWHO = "users"\nDB = os.path.join("data", WHO + EXT)\n',
    "a name behind a directory": 'HERE = Path(__file__).parent\nNAME = "users.db"\nDB = HERE / "data" / NAME\n',
    "a name in os.path.join": 'NAME = "users.db"\nDB = os.path.join("data", NAME)\n',
    "a name in two paths": 'NAME = "users.db"\nDB = os.path.join("data", NAME)\nprint(Path("data", NAME).exists())\n',
    "a relative path behind the directory": 'REL = "data/users.db"\nDB = os.getcwd() + "/" + REL\n',
    "a relative path in an f-string": (
        'HERE = os.path.dirname(os.path.abspath(__file__))\nREL = "data/users.db"\nDB = f"{HERE}/{REL}"\n'
    ),
    "a local constant": 'def path():\n    where = "data"\n    return f"{where}/users.db"\nDB = path()\n',
    "a constant of a class": 'class Store:\n    where = "data"\n    path = f"{where}/users.db"\nDB = Store.path\n',
    "a mapping": 'DBS = {"users": "data/users.db", "orders": "data/app.db"}\nDB = DBS["users"]\n',
    "get of a mapping": 'DBS = {"users": "data/users.db", "orders": "data/app.db"}\nDB = DBS.get("users")\n',
    "nested mappings": 'C = {"db": {"users": "data/users.db", "orders": "data/app.db"}}\nDB = C["db"]["users"]\n',
    "a function that looks it up": (
        'DBS = {"users": "data/users.db", "orders": "data/app.db"}\ndef path(name):\n    return DBS[name]\n'
        'DB = path("users")\n'
    ),
    "a list": 'DBS = ["data/users.db", "data/app.db"]\nDB = DBS[0]\n',
    "two names at once": 'DB, APP = "data/users.db", "data/app.db"\n',
    "is it one of them": 'DBS = ["data/users.db", "data/app.db"]\nDB = "data/users.db"\nprint(DB in DBS)\n',
}
MODULES = {
    "a directory": ('DATA = Path("data")\n', 'from settings import DATA\nDB = DATA / "users.db"\n'),
    "a text": ('DATA = "data"\n', 'import settings\nDB = os.path.join(settings.DATA, "users.db")\n'),
    "found from its file": (
        'BASE = Path(__file__).resolve().parent\nDATA = BASE / "data"\n',
        'from settings import DATA\nDB = str(DATA / "users.db")\n',
    ),
    "under another name": ('DATA = "data"\n', 'from settings import DATA as D\nDB = f"{D}/users.db"\n'),
    "taken from a third": ("from places import DATA\n", 'from settings import DATA\nDB = f"{DATA}/users.db"\n'),
    "a part of the name": ('WHO = "users"\n', 'from settings import WHO\nDB = f"data/{WHO}.db"\n'),
    "a mapping": (
        'DATABASES = {"users": "data/users.db", "orders": "data/app.db"}\n',
        'from settings import DATABASES\nDB = DATABASES["users"]\n',
    ),
}
HELD = {
    "a name behind another directory as well": (
        'NAME = "users.db"\nDB = os.path.join("data", NAME)\nprint(os.path.exists(os.path.join("copies", NAME)))\n'
    ),
    "a name that is opened as well": 'NAME = "users.db"\nDB = os.path.join("data", NAME)\nsqlite3.connect(NAME)\n',
    "a name that is shown as well": 'NAME = "users.db"\nDB = os.path.join("data", NAME)\nprint(NAME)\n',
    "a name with something behind it": (
        'NAME = "users.db"\nDB = os.path.join("data", NAME)\nprint(os.path.exists(f"data/{NAME}.bak"))\n'
    ),
    "a set": 'DBS = {"data/users.db", "data/app.db"}\nprint(len(DBS))\nDB = "data/users.db"\n',
    "made a set": 'DBS = ["data/users.db", "data/app.db"]\nprint(len(set(DBS)))\nDB = "data/users.db"\n',
    "summed up": (
        'DBS = ["data/users.db", "data/app.db"]\nprint(sum(map(os.path.isfile, DBS)))\nDB = "data/users.db"\n'
    ),
    "gone through": (
        'DBS = ["data/users.db", "data/app.db"]\nprint(sum(os.path.getsize(p) for p in DBS))\nDB = DBS[0]\n'
    ),
    "handed to a library": 'import json\nDB = json.loads(json.dumps(["data/users.db", "data/app.db"]))[0]\n',
    "a name that is computed": 'def path(name):\n    return f"data/{name}.db"\nDB = path("users")\n',
    "a directory that others set": 'D = os.environ.get("DIRECTORY", "data")\nDB = os.path.join(D, "users.db")\n',
    "a form of the value": 'n = "users"\nDB = f"data/{n:s}.db"\n',
    "a name that is bound twice": 'n = "x"\nn = "users"\nDB = f"data/{n}.db"\n',
    "a name that a function binds": 'n = "x"\ndef path(n="users"):\n    return f"data/{n}.db"\nDB = path()\n',
    "a module that has it from elsewhere": (
        "try:\n    from nowhere import WHO\nexcept ImportError:\n    WHO = 'users'\nDB = f'data/{WHO}.db'\n"
    ),
}


@pytest.mark.parametrize("body", FOLDED.values(), ids=FOLDED)
def test_folded(tmp_path, body):
    _is_folded(Program(tmp_path / "program"), {"main.py": HEAD + body + SHOW})


@pytest.mark.parametrize(("settings", "body"), MODULES.values(), ids=MODULES)
def test_folded_with_what_other_modules_say(tmp_path, settings, body):
    files = {"settings.py": HEAD + settings, "places.py": 'DATA = "data"\n', "main.py": HEAD + body + SHOW}
    _is_folded(Program(tmp_path / "program"), files)


@pytest.mark.parametrize("body", HELD.values(), ids=HELD)
def test_held(tmp_path, body):
    program = Program(tmp_path / "program")
    outcome = program.fold({"main.py": HEAD + body + SHOW})
    assert outcome.is_kept
    assert not outcome.changed
    assert "users.db waits" in outcome.said
    refused = program.dbfold("move", "run", "--yes")
    assert "nothing has been moved" in refused
    assert "users.db" in refused
    assert refused.endswith("[exit 2]\n")


NAMED_ELSEWHERE = {
    "joined": "import main, os\nprint(os.path.exists(os.path.join('copies', main.NAME)))\n",
    "opened": "import sqlite3\nfrom main import NAME\nsqlite3.connect(NAME)\n",
}


@pytest.mark.parametrize("other", NAMED_ELSEWHERE.values(), ids=NAMED_ELSEWHERE)
def test_held_because_another_module_uses_the_name(tmp_path, other):
    program = Program(tmp_path / "program")
    body = 'NAME = "users.db"\nDB = os.path.join("data", NAME)\n'
    outcome = program.fold({"main.py": HEAD + body + SHOW, "other.py": other})
    assert outcome.is_kept
    assert not outcome.changed
    assert "in other.py:" in outcome.said


def test_a_computed_name_is_accepted_with_a_reason(tmp_path):
    body = 'def path(name):\n    return f"data/{name}.db"\nDB = "data/users.db"\n'
    accept = 'accept:\n  users.db: {"main.py": "path() is for exports"}\n'
    program = Program(tmp_path / "program")
    outcome = program.fold({"main.py": HEAD + body + SHOW}, accept)
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert not (program.root / "data/users.db").exists()


def test_a_name_that_is_another_one_each_time_holds_nothing(tmp_path):
    body = 'timestamp = os.getpid()\nCOPY = f"data/{timestamp}.db"\nDB = "data/users.db"\n'
    _is_folded(Program(tmp_path / "program"), {"main.py": HEAD + body + SHOW})


def _is_folded(program, files):
    outcome = program.fold(files)
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert [code for code, _ in outcome.after] == [0]
    assert not (program.root / "data/users.db").exists(), outcome.said
