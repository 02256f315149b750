"""Is a text a path as a whole, and what may stand in its place?"""

from __future__ import annotations

import ast

import pytest

from dbfold.code.names import ModuleNames
from dbfold.references.languages.python.composition import Composition, compose
from dbfold.references.languages.python.templates import Form, path_form
from dbfold.references.model import Kind

PLAIN = ModuleNames(ast.parse(""))


def form(text, connected=False):
    return path_form(Composition(text, ast.Constant(text)), connected, PLAIN)


WHOLE = [
    "zoe.db",
    "./data/zoe.sqlite3",
    "/srv/my data/zoe.db",
    "{root}/zoe.db",
    "C:\\data\\zoe.db",
    "C:/data/zoe.db",
    "C:/My App/data/zoe.db",
    "D:\\Program Files\\App\\zoe.db",
    "\\\\server\\my share\\zoe.db",
]


@pytest.mark.parametrize("text", WHOLE)
def test_a_path(text):
    assert form(text) == Form(text)


NO_PATH = [
    "zoe",
    ".db",
    "data/.db",
    "data/.hidden.db",
    "self.db",
    "open /srv/zoe.db",
    "the old zoe.db",
    " zoe.db",
    "zoe.db\n",
    "a=zoe.db",
    "a;zoe.db",
    "http://host/zoe.db",
    "host:data/zoe.db",
    "open C:/data/zoe.db",
    "C:\\data\\zoe.db and D:\\data\\zoe.db",
    "C:\\data\\old.db \\\\server\\zoe.db",
    "my data/zoe.db",
    "",
]


@pytest.mark.parametrize("text", NO_PATH)
def test_no_path(text):
    assert form(text) is None


@pytest.mark.parametrize("text", ["my data/zoe.db", "the old zoe.db", "C:/My App/zoe.db"])
def test_words_handed_to_path_are_no_prose(text):
    composition = Composition(text, ast.Constant(text))
    assert path_form(composition, False, PLAIN, constructed=True) == Form(text)


def test_a_pattern():
    assert form("data/cache_*.db") == Form("data/cache_*.db", kind=Kind.GLOB)


@pytest.mark.parametrize(
    ("text", "is_file"),
    [("zoe", True), (":memory:", False), ("", False), (" ", False), ("{a}/{b}", False), ("{a}/b", True)],
)
def test_sqlite_opens_files_of_any_name(text, is_file):
    assert form(text) is None
    assert form(text, connected=True) == (Form(text) if is_file else None)


URLS = {
    "relative": ("sqlite:///data/zoe.db", "f'sqlite:///{@}'"),
    "absolute": ("sqlite:////app/zoe.db", "f'sqlite:///{@}'"),
    "with a driver": ("sqlite+aiosqlite:///zoe.db", "f'sqlite+aiosqlite:///{@}'"),
    "with a query": ("sqlite:///zoe.db?mode=ro", "f'sqlite:///{@}?mode=ro'"),
    "a URI": ("file:/app/zoe.db?mode=ro", "f'file:{@}?mode=ro'"),
}


@pytest.mark.parametrize(("text", "template"), URLS.values(), ids=URLS)
def test_a_url_keeps_its_scheme_and_its_query(text, template):
    found = form(text)
    assert (found.text, found.kind, found.obstacle) == (text.partition("?")[0], Kind.URL, None)
    assert found.template.replace('"', "'") == template


@pytest.mark.parametrize(
    "text",
    ["sqlite:///:memory:", "sqlite:///zoe.db?mode=memory", "sqlite:///{name}", "sqlite:///data/", "sqlite:///a b"],
)
def test_a_url_that_names_no_file(text):
    assert form(text) is None


@pytest.mark.parametrize(
    ("text", "obstacle"),
    [
        ("sqlite:///zoe.db?a={b}", "a URL whose query is computed or unusual"),
        ("sqlite:///file:zoe.db?uri=true", "a URI inside a URL"),
    ],
)
def test_a_url_that_a_person_has_to_see(text, obstacle):
    assert form(text).obstacle == obstacle


PATHS = {
    "as the module says it": ("from pathlib import Path\nPath('a') / 'zoe.db'", "Path(@)"),
    "by its module": ("import pathlib\npathlib.Path('a') / 'zoe.db'", "pathlib.Path(@)"),
    "under another name": ("from pathlib import Path as P\nP('a') / 'zoe.db'", "P(@)"),
}


@pytest.mark.parametrize(("code", "template"), PATHS.values(), ids=PATHS)
def test_a_path_stays_a_path(code, template):
    tree = ast.parse(code)
    names = ModuleNames(tree)
    assert path_form(compose(tree.body[-1].value, names), False, names).template == template


def test_a_path_without_a_constructor_waits_for_a_person():
    found = path_form(Composition("a/zoe.db", ast.Constant("zoe.db"), is_path=True), False, PLAIN)
    assert found == Form("a/zoe.db", obstacle="a Path, and the module does not import pathlib.Path")
