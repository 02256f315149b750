"""Where paths lead that code works out from its own file."""

from __future__ import annotations

import ast

import pytest

from dbfold.code.libraries import HOMES
from dbfold.code.names import ModuleNames
from dbfold.references.languages.python.anchors import anchored, is_made_by

HEAD = """
import os, pathlib
from os.path import abspath, dirname, join
from pathlib import Path
import config.paths as paths
from settings import BASE, DATA as data_dir
from . import near
from ..other import UP
HERE = Path(__file__).parent
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NAME = "data"
HOME = Path.home()
"""


def value(code):
    tree = ast.parse(f"{HEAD}\nlast = {code}")
    return tree.body[-1].value, ModuleNames(tree)


PATHS = {
    "Path(__file__)": "__file__",
    "Path(__file__).parent": ".",
    "Path(__file__).resolve().parents[0] / 'a.db'": "a.db",
    "Path(__file__).parents[2] / 'data/a.db'": "../../data/a.db",
    "pathlib.Path(__file__).parent.parent / NAME / 'a.db'": "../data/a.db",
    "HERE / '..' / 'a.db'": "../a.db",
    "HERE.joinpath('b', 'a.db')": "b/a.db",
    "HERE.with_name('a.db')": "../a.db",
    "Path(HERE, 'b') / 'a.db'": "b/a.db",
    "str((HERE / 'a.db').resolve())": "a.db",
    "join(dirname(abspath(__file__)), 'a.db')": "a.db",
    "os.path.join(ROOT, NAME, 'a.db')": "../data/a.db",
    "os.path.join(os.path.dirname(__file__), os.pardir, 'a.db')": "../a.db",
    "os.path.join(__file__, '..', 'a.db')": "a.db",
    "ROOT + '/a.db'": "../a.db",
    "ROOT + os.sep + 'a.db'": None,
    "ROOT + 'a.db'": None,
    "f'{ROOT}/data/a.db'": "../data/a.db",
    "f'sqlite:///{ROOT}/a.db'": "../a.db",
    "'sqlite:///' + os.path.join(ROOT, 'a.db')": "../a.db",
    "f'{ROOT}{NAME}/a.db'": None,
    "'data/a.db'": None,
    "os.path.join(os.getcwd(), 'a.db')": None,
    "Path(x) / 'a.db'": None,
    "HERE / name": None,
    "BASE / 'data/a.db'": "{settings.BASE}/data/a.db",
    "os.path.join(data_dir, 'a.db')": "{settings.DATA}/a.db",
    "paths.BASE / 'a.db'": "{config.paths.BASE}/a.db",
    "near.BASE / 'a.db'": "{.near.BASE}/a.db",
    "f'{UP}/a.db'": "{..other.UP}/a.db",
    "BASE.parent / 'a.db'": None,
    "BASE / '..' / 'a.db'": None,
    "HERE / '/a.db'": None,
    "HERE.parents[x] / 'a.db'": None,
}


@pytest.mark.parametrize(("code", "expected"), PATHS.items(), ids=PATHS)
def test_relative_to_the_directory_of_the_module(code, expected):
    assert anchored(*value(code)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("HOME", True), ("Path.home()", True), ("os.path.expanduser('~')", True), ("HERE", False), ("ROOT", False)],
)
def test_directories_of_the_user(code, expected):
    node, names = value(code)
    assert is_made_by(HOMES, [node], names) is expected


def test_a_constant_that_is_made_of_itself():
    tree = ast.parse("A = A / 'b'\nB = A / 'a.db'")
    assert anchored(tree.body[-1].value, ModuleNames(tree)) is None
