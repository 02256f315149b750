"""Settings that are read when a function is called: they go on being read then."""

from __future__ import annotations

import programs
import pytest
from programs import Program

ALIAS = "env_aliases: {USERS_DB: DATABASE_PATH}\n"
HEAD = "import os, sqlite3\n"
# Another file, named by the variable after the module has been imported, as a test does it.
COPY = "import os, sys, store\nprint(store.show())\nos.environ['USERS_DB'] = sys.argv[1]\nprint(store.show())\n"
COMMAND = "python main.py data/copy"
SCHEMAS = {**programs.SCHEMAS, "copy": "CREATE TABLE users (name); INSERT INTO users VALUES ('eve');"}
SHOW = "    return sqlite3.connect({}).execute('SELECT name FROM users').fetchall()\n"

CALLED = {
    "getenv": "def show():\n" + SHOW.format("os.getenv('USERS_DB', 'data/users.db')"),
    "get": "def show():\n    path = os.environ.get('USERS_DB', 'data/users.db')\n" + SHOW.format("path"),
    "or": "def show():\n    path = os.environ.get('USERS_DB') or 'data/users.db'\n" + SHOW.format("path"),
    "a property": (
        "class Store:\n    @property\n    def path(self):\n        return os.getenv('USERS_DB', 'data/users.db')\n"
        "def show():\n" + SHOW.format("Store().path")
    ),
    "a factory": (
        "from dataclasses import dataclass, field\n@dataclass\nclass Store:\n"
        "    path: str = field(default_factory=lambda: os.getenv('USERS_DB', 'data/users.db'))\n"
        "def show():\n" + SHOW.format("Store().path")
    ),
    "a lambda": "path = lambda: os.getenv('USERS_DB', 'data/users.db')\ndef show():\n" + SHOW.format("path()"),
    "a method of a class": (
        "class Store:\n    def __init__(self):\n        self.path = os.environ.get('USERS_DB', 'data/users.db')\n"
        "def show():\n" + SHOW.format("Store().path")
    ),
}
ONCE = {
    "a constant": "DB = os.getenv('USERS_DB', 'data/users.db')\ndef show():\n" + SHOW.format("DB"),
    "a default": "def show(path=os.getenv('USERS_DB', 'data/users.db')):\n" + SHOW.format("path"),
    "a class": "class S:\n    path = os.getenv('USERS_DB', 'data/users.db')\ndef show():\n" + SHOW.format("S.path"),
}


@pytest.mark.parametrize("store", CALLED.values(), ids=CALLED)
def test_read_at_each_call(tmp_path, store):
    program = Program(tmp_path / "program", (COMMAND,), SCHEMAS)
    outcome = program.fold({"store.py": HEAD + store, "main.py": COPY}, ALIAS)
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert outcome.after == [(0, "[('ada',), ('b',)]\n[('eve',)]\n")]
    assert "import database_path" in outcome.code["store.py"]
    assert "All clear" in program.dbfold("check", ".")
    assert "[exit 0]" in program.dbfold("rewrite", "--check", ".")


@pytest.mark.parametrize("store", ONCE.values(), ids=ONCE)
def test_read_once(tmp_path, store):
    program = Program(tmp_path / "program", (COMMAND,), SCHEMAS)
    outcome = program.fold({"store.py": HEAD + store, "main.py": COPY}, ALIAS)
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert outcome.after == [(0, "[('ada',), ('b',)]\n[('ada',), ('b',)]\n")]
    assert "import DATABASE_PATH" in outcome.code["store.py"]


def test_both_in_one_project(tmp_path):
    program = Program(tmp_path / "program", (COMMAND, "python other.py"), SCHEMAS)
    other = HEAD + "DB = 'data/users.db'\nprint(sqlite3.connect(DB).execute('SELECT count(*) FROM users').fetchall())\n"
    outcome = program.fold({"store.py": HEAD + CALLED["getenv"], "main.py": COPY, "other.py": other}, ALIAS)
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    text = (program.root / "database_config.py").read_text()
    assert "def database_path() -> str:" in text
    assert "DATABASE_PATH: str = database_path()" in text
