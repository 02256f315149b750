"""Which module of a project an import means."""

from __future__ import annotations

import pytest

from dbfold.code.facts import Import, ModuleFacts
from dbfold.code.imports import Modules

FILES = ["main.py", "app/__init__.py", "app/store.py", "app/inner/deep.py", "app/inner/json.py", "src/lib/paths.py"]


@pytest.fixture
def modules():
    return Modules({file: ModuleFacts(file, file) for file in FILES})


@pytest.mark.parametrize(
    ("file", "level", "dotted", "expected"),
    [
        ("main.py", 0, "app.store", "app/store.py"),
        ("main.py", 0, "app", "app/__init__.py"),
        ("app/inner/deep.py", 0, "app.store", "app/store.py"),
        ("app/inner/deep.py", 1, "json", "app/inner/json.py"),
        ("app/inner/deep.py", 2, "store", "app/store.py"),
        ("app/inner/deep.py", 2, "", "app/__init__.py"),
        ("app/inner/json.py", 0, "json", None),  # a module that imports its own name means another one
        ("main.py", 0, "lib.paths", "src/lib/paths.py"),
        ("main.py", 0, "paths", None),
        ("main.py", 0, "sqlite3", None),
    ],
)
def test_the_module_that_an_import_means(modules, file, level, dotted, expected):
    assert modules.find(file, level, dotted) == expected


def test_what_is_imported_and_was_not_looked_at_is_loaded_once():
    asked = []

    def load(file):
        asked.append(file)
        return ModuleFacts(file, file) if file == "more.py" else None

    modules = Modules({"main.py": ModuleFacts("main.py", "main.py")}, load)
    assert [modules.find("main.py", 0, "more") for _ in range(2)] == ["more.py", "more.py"]
    assert asked == ["more.py"]
    assert modules.facts.keys() == {"main.py", "more.py"}


def test_what_is_the_projects_own(modules):
    assert [modules.is_own(Import(0, name, "x")) for name in ("app.gone", "sqlite3")] == [True, False]
    assert modules.is_own(Import(1, "", "x"))
