"""What a module opens, whatever the file is called: classes of evasion with several members, and what is none."""

from __future__ import annotations

import ast

import pytest

from dbfold.code.names import ModuleNames
from dbfold.references.detection import detect
from dbfold.references.languages.python.connections import is_derived, may_open, opened_texts

OPENED = {
    "by the position": "import sqlite3\nsqlite3.connect('data/notes')",
    "by its keyword, after others": "import sqlite3\nsqlite3.connect(timeout=5, database='data/notes')",
    "another name of connect": "from sqlite3 import connect as c\nc('data/notes')",
    "another name of sqlite3": "import sqlite3 as s\ns.Connection('data/notes')",
    "sqlite_utils": "import sqlite_utils\nsqlite_utils.Database('data/notes')",
    "sqlite_utils, by name": "from sqlite_utils import Database\nDatabase(filename_or_conn='data/notes')",
    "peewee": "from peewee import SqliteDatabase\ndb = SqliteDatabase('data/notes', pragmas={})",
    "peewee's pool": "from playhouse.pool import PooledSqliteDatabase\nPooledSqliteDatabase('data/notes')",
    "aiosqlite": "import aiosqlite\nasync def f():\n    await aiosqlite.connect('data/notes')",
    "sqlitedict": "from sqlitedict import SqliteDict\nSqliteDict('data/notes')",
    "pony": "from pony.orm import Database\nDatabase('sqlite', 'data/notes')",
    "pony, bound later": "import pony.orm\ndb.bind(provider='sqlite', filename='data/notes')",
    "a program": "import sqlite3, subprocess\nsubprocess.run(['sqlite3', '-readonly', 'data/notes', '.dump'])",
    "django": "D = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': BASE / 'data/notes'}}",
    "a constant": "import sqlite3\nDB = 'data/notes'\nsqlite3.connect(DB)",
    "a constant of a constant": "import sqlite3\nA = 'data/notes'\nB = A\nsqlite3.connect(B)",
    "a local": "import sqlite3\ndef f():\n    path = 'data/notes'\n    return sqlite3.connect(path)",
    "a Path": "import sqlite3\nfrom pathlib import Path\nDB = Path('data/notes')\nsqlite3.connect(str(DB))",
    "a join": "import sqlite3\nfrom pathlib import Path\nDB = Path('data') / 'notes'\nsqlite3.connect(DB)",
    "os.path": "import sqlite3, os\nsqlite3.connect(os.path.join('data', 'notes'))",
    "an f-string": "import sqlite3\nsqlite3.connect(f'{ROOT}/data/notes')",
    "a default": "import sqlite3\ndef f(path='data/notes'):\n    return sqlite3.connect(path)",
    "a keyword's default": "import sqlite3\ndef f(*, path='data/notes'):\n    return sqlite3.connect(path)",
    "a caller's": "import sqlite3\ndef f(path):\n    return sqlite3.connect(path)\nf('data/notes')",
    "a constructor's": (
        "import sqlite3\nclass S:\n    def __init__(self, path):\n        self.path = path\n"
        "    def go(self):\n        sqlite3.connect(self.path)\nS('data/notes')"
    ),
    "a class's": (
        "import sqlite3\nclass S:\n    path = 'data/notes'\n    def go(self):\n        sqlite3.connect(self.path)"
    ),
    "a dataclass's": "import sqlite3\nclass C:\n    db: str = 'data/notes'\ndef go(c):\n    sqlite3.connect(c.db)",
    "a function's": "import sqlite3\ndef path():\n    return 'data/notes'\nsqlite3.connect(path())",
    "a mapping's": "import sqlite3\nC = {'db': 'data/notes', 'log': 'app'}\nsqlite3.connect(C['db'])",
    "argparse": (
        "import sqlite3\np.add_argument('--db-path', default='data/notes')\nsqlite3.connect(p.parse_args().db_path)"
    ),
    "argparse, named": "import sqlite3\np.add_argument('-d', dest='db', default='data/notes')\nsqlite3.connect(a.db)",
    "click": (
        "import sqlite3, click\n@click.command()\n@click.option('--store', '-s', default='data/notes')\n"
        "def run(store):\n    sqlite3.connect(store)"
    ),
    "typer": "import sqlite3, typer\ndef run(store: str = typer.Option('data/notes')):\n    sqlite3.connect(store)",
    "the environment": "import sqlite3, os\nsqlite3.connect(os.environ.get('NOTES', 'data/notes'))",
    "the environment, or": "import sqlite3, os\nDB = os.getenv('NOTES') or 'data/notes'\nsqlite3.connect(DB)",
    "one of two": "import sqlite3\nsqlite3.connect('data/notes' if TEST else DATABASE_PATH)",
    "attached": "import sqlite3\nc.execute('ATTACH ? AS n', ('data/notes',))",
    "attached by name": "import sqlite3\nc.execute('ATTACH DATABASE :p AS n', {'p': 'data/notes'})",
    "attached, the SQL a constant": "import sqlite3\nSQL = 'ATTACH ? AS n'\nc.execute(SQL, ['data/notes'])",
    "attached in an f-string": 'import sqlite3\nP = "data/notes"\nc.execute(f"ATTACH \'{P}\' AS n")',
    "attached by a sum": 'import sqlite3\nP = "data/notes"\nc.execute("ATTACH \'" + P + "\' AS n")',
    "attached by format": 'import sqlite3\nc.execute("ATTACH \'{}\' AS n".format("data/notes"))',
    "attached by percent": 'import sqlite3\nc.execute("ATTACH \'%s\' AS n" % "data/notes")',
}


@pytest.mark.parametrize("source", OPENED.values(), ids=OPENED)
def test_a_file_without_a_suffix_is_found_where_it_is_opened(source):
    sites = detect(source.encode(), "a.py", "a.py").sites
    assert {site.text.rpartition("/")[2] for site in sites if not site.only_if_declared} == {"notes"}


NOT_OPENED = {
    "in memory": "import sqlite3\nsqlite3.connect(':memory:')\nsqlite3.connect('')",
    "a text that nobody opens": "import sqlite3\nTITLE = 'data/notes'\nsqlite3.connect(path)",
    "another engine's": "import sqlite3, psycopg\npsycopg.connect('data/notes')",
    "another class's attribute": (
        "import sqlite3\nclass A:\n    path = 'data/notes'\n"
        "class B:\n    def go(self):\n        sqlite3.connect(self.path)"
    ),
    "another function of the name": (
        "import sqlite3\ndef get(path):\n    sqlite3.connect(path)\nclient.get('data/notes')"
    ),
    "SQL for a method of the name": (
        "import sqlite3\nclass S:\n    def execute(self, name, sql):\n        c = sqlite3.connect(name)\n"
        "        c.execute(sql, ())\ndef go(s, c):\n    c.execute('SELECT 1', ())"
    ),
    "a file of another kind": "import sqlite3\nLOG = 'data/app.log'\ndef f(path=LOG):\n    sqlite3.connect(path)",
    "a shadowed constant": "import sqlite3\nP = 'data/notes'\ndef f(P):\n    sqlite3.connect(P)",
    "a directory that is joined": (
        "import sqlite3\nfrom pathlib import Path\nD = 'data'\nP = Path(D, name)\nsqlite3.connect(P)"
    ),
    "a value that is no file": "import sqlite3\nc.execute('SELECT ? AS n', ('data/notes',))",
    "a server": "from pony.orm import Database\nDatabase('postgres', 'data/notes')",
    "another backend": "D = {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'data/notes', 'x': 'sqlite3'}",
}


@pytest.mark.parametrize("source", NOT_OPENED.values(), ids=NOT_OPENED)
def test_what_is_not_opened_is_no_database(source):
    sites = detect(source.encode(), "a.py", "a.py").sites
    assert [site.text for site in sites if not site.only_if_declared] == []


LIBRARIES = {
    "diskcache.Cache('data/notes')": "data/notes/cache.db",
    "diskcache.FanoutCache(directory='data/notes/')": "data/notes/000/cache.db",
    "requests_cache.CachedSession('notes', expire_after=60)": "notes.sqlite",
    "requests_cache.install_cache(cache_name='data/notes')": "data/notes.sqlite",
}


@pytest.mark.parametrize(("call", "file"), LIBRARIES.items(), ids=LIBRARIES)
def test_a_library_that_names_the_file_itself(call, file):
    (site,) = detect(f"import {call.partition('.')[0]}\n{call}\n".encode(), "a.py", "a.py").sites
    assert (site.text, site.obstacle) == (file, "the library makes the file's name of it")


DERIVED = {
    "DATABASE_PATH.replace('app', 'notes')": True,
    "Path(DATABASE_PATH).with_stem('notes')": True,
    "path.replace('/', '_')": False,
    "path.replace(old, new)": False,
    "path.strip('notes')": False,
}


@pytest.mark.parametrize(("expression", "expected"), DERIVED.items(), ids=DERIVED)
def test_another_file_made_from_the_name_of_one(expression, expected):
    assert is_derived(ast.parse(expression, mode="eval").body) is expected
    sites = detect(f"import sqlite3\nsqlite3.connect({expression})\n".encode(), "a.py", "a.py").sites
    assert [site.text for site in sites] == [f"{{{expression}}}"] * expected


def test_a_loop_of_names_ends():
    tree = ast.parse("import sqlite3\na = b\nb = a\ndef f():\n    return f()\nsqlite3.connect(a)\nsqlite3.connect(f())")
    assert opened_texts(tree, ModuleNames(tree)) == {}


@pytest.mark.parametrize(("text", "expected"), [("import apsw", True), ("ATTACH 'x'", True), ("import json", False)])
def test_source_that_may_open(text, expected):
    assert may_open(text) is expected
