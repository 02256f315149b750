"""Paths of which a part is set from outside, as tests do: with the accessor, they would empty the data itself."""

from __future__ import annotations

import pytest
from programs import Program

SETTERS = {
    "an attribute": "{}.DATA = where",
    "with a type": "{}.DATA: pathlib.Path = where",
    "setattr": 'setattr({}, "DATA", where)',
    "patch": 'mock.patch("{}.DATA", where).start()',
    "patch.object": 'mock.patch.object({}, "DATA", where).start()',
    "over several lines": 'setattr(\n    {},\n    "DATA",\n    where,\n)',
}
NO_SETTERS = {
    "compared": "print({}.DATA == where)",
    "of an object": "class Shop:\n    def __init__(self):\n        self.DATA = where",
    "shown": 'print(getattr({}, "DATA"))',
}
DIRECTORY = 'from pathlib import Path\nDATA = Path("data")\n'
IMPORTED = {
    "settings.py": DIRECTORY,
    "store.py": 'from pathlib import Path\nimport settings\ndef path():\n    return settings.DATA / "users.db"\n',
}
OWN = {"settings.py": "", "store.py": DIRECTORY + 'def path():\n    return DATA / "users.db"\n'}
AT_IMPORT = {
    "settings.py": "",
    "store.py": DIRECTORY + 'PATH = DATA / "users.db"\ndef path():\n    return PATH\n',
}
MAIN = (
    "import sqlite3\nimport store\nprint(sqlite3.connect(store.path()).execute('SELECT name FROM users').fetchall())\n"
)
CHECKS = """\
import pathlib, sqlite3, tempfile
from unittest import mock
import settings, store
where = pathlib.Path(tempfile.mkdtemp())
{}
connection = sqlite3.connect(store.path())
connection.execute("CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name)")
print(connection.execute("SELECT count(*) FROM users").fetchone())
"""


def fold(tmp_path, store, module, setter):
    program = Program(tmp_path / "program", ("python main.py", "python checks.py", "python main.py"))
    return program.fold({**store, "main.py": MAIN, "checks.py": CHECKS.format(setter.format(module))})


@pytest.mark.parametrize("setter", SETTERS.values(), ids=SETTERS)
@pytest.mark.parametrize(("store", "module"), [(IMPORTED, "settings"), (OWN, "store")], ids=["imported", "own"])
def test_held_where_another_file_sets_it(tmp_path, store, module, setter):
    outcome = fold(tmp_path, store, module, setter)
    assert outcome.is_kept
    assert not outcome.changed
    assert "DATA, of which the path is made, is set in checks.py:5: the accessor would not follow it" in outcome.said


@pytest.mark.parametrize("setter", NO_SETTERS.values(), ids=NO_SETTERS)
@pytest.mark.parametrize(("store", "module"), [(IMPORTED, "settings"), (OWN, "store")], ids=["imported", "own"])
def test_folded_where_nobody_sets_it(tmp_path, store, module, setter):
    outcome = fold(tmp_path, store, module, setter)
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert outcome.changed


def test_folded_where_it_was_used_on_import(tmp_path):
    """Whoever sets it later changes nothing."""
    outcome = fold(tmp_path, AT_IMPORT, "store", "{}.DATA = where")
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert outcome.changed
