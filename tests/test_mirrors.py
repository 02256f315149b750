"""Tests mirror the rooms: each module is imported by a test in the folder of its room."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("datamove", "sqlite")
MODULES = [
    path.relative_to(ROOT)
    for room in ROOMS
    for path in (ROOT / "dbfold" / room).rglob("*.py")
    if path.stem != "__init__"
]


def imported(path):
    """The names of all modules that a file imports, and of what it takes from them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_a_test_in_the_folder_of_its_room(module):
    folder = ROOT / "tests" / module.parent.relative_to("dbfold")
    names = {name for path in folder.glob("*.py") for name in imported(path)}
    assert ".".join(module.with_suffix("").parts) in names


def test_there_are_modules():
    assert len(MODULES) > 50
