"""Uses of a path in another module than the one that names it: by what ways it gets there, and what is done with it."""

from __future__ import annotations

import pytest
from code_uses import uses
from hypothesis import given
from hypothesis import strategies as st

from dbfold.code.uses import Doing

# How `config` names the path, and what another module calls it then.
NAMED = {
    "a constant": ('DB = "users.db"', "import config", "config.DB"),
    "a constant, by its name": ('DB = "users.db"', "from config import DB", "DB"),
    "a constant under another name": ('DB = "users.db"', "from config import DB as path", "path"),
    "a Path": ('DB = Path("users.db")', "import config as c", "c.DB"),
    "a copy": ('A = "users.db"\nDB = A', "from config import DB", "DB"),
    "a function": ('def db():\n    return "users.db"', "from config import db", "db()"),
    "an attribute of a class": ('class C:\n    path = "users.db"', "from config import C", "C.path"),
    "an attribute of an object": (
        'class C:\n    def __init__(self):\n        self.path = "users.db"\nstore = C()',
        "from config import store",
        "store.path",
    ),
    "a default of a constructor": (
        'class C:\n    def __init__(self, path="users.db"):\n        self.path = path',
        "from config import C",
        "C().path",
    ),
    "a property": (
        'class C:\n    @property\n    def path(self):\n        return "users.db"\nstore = C()',
        "import config",
        "config.store.path",
    ),
    "a field of a dataclass": ('@dataclass\nclass C:\n    path: str = "users.db"', "from config import C", "C().path"),
    "a value of a mapping": ('DBS = {"users": "users.db"}', "from config import DBS", 'DBS["users"]'),
}
# What is done with it, `{}` for the path.
DESTROYED = {
    "os.remove": "os.remove({})",
    "an alias of it": "rm = os.remove\nrm({})",
    "imported under another name": "from os import unlink as rm\nrm({})",
    "Path.unlink": "Path({}).unlink(missing_ok=True)",
    "shutil.copyfile onto it": 'shutil.copyfile("seed", {})',
    "shutil.move": 'shutil.move({}, "old")',
    "os.replace": 'os.replace("new", {})',
    "Path.rename": 'Path({}).rename("x")',
    "Path.write_bytes": 'Path({}).write_bytes(b"")',
    "open to write": 'open({}, "wb")',
    "open to write, by a variable": 'mode = "w"\nopen({}, mode)',
    "gzip": 'import gzip\ngzip.open({}, "wb")',
    "a program": 'import subprocess\nsubprocess.run(["rm", "-f", {}])',
    "a shell": "os.system(f'rm -f {{{}}}')",
    "a shell, put together": 'os.system("rm " + {})',
    "at exit": "import atexit\natexit.register(os.remove, {})",
    "at exit, a method": "import atexit\natexit.register(Path({}).unlink)",
    "a callback of the project": "import atexit\ndef wipe(p):\n    os.remove(p)\natexit.register(wipe, {})",
    "a thread": "from threading import Thread\ndef wipe(p):\n    os.remove(p)\nThread(target=wipe, args=({},))",
    "a function that is told": "def wipe(p):\n    os.remove(p)\nwipe({})",
    "an object that is told": (
        "class W:\n    def __init__(self, p):\n        self.p = p\n"
        "    def go(self):\n        os.remove(self.p)\nW({}).go()"
    ),
    "a lambda": "import atexit\natexit.register(lambda: os.remove({}))",
    "a backup onto it": 'sqlite3.connect("x").backup(sqlite3.connect({}))',
    "VACUUM INTO": 'sqlite3.connect("x").execute("VACUUM INTO ?", ({},))',
}
HARMLESS = {
    "opened": "sqlite3.connect({})",
    "read": 'open({}, "rb")',
    "looked at": "os.path.getsize({})",
    "its directory made": "Path({}).parent.mkdir(exist_ok=True)",
    "its directory made, by os": "os.makedirs(os.path.dirname({}), exist_ok=True)",
    "shown": 'print("in " + {}, Path({}).name)',
    "logged": 'import logging\nlogging.info("%s.bak", f"{{{}}}.x")',
    "raised": 'raise SystemExit({} + ".x")',
    "rows of it": 'for row in sqlite3.connect({}).execute("SELECT 1"):\n    os.remove(row[0])',
    "another program": 'import subprocess\nsubprocess.run(["sqlite3", {}, ".tables"])',
    "a URL": "sqlite3.connect(f'file:{{{}}}?mode=ro', uri=True)",
}
ways = st.sampled_from(sorted(NAMED))


def doings(way, code):
    named, imports, expression = NAMED[way]
    found, texts = uses(
        config="from dataclasses import dataclass\n" + named, other=f"{imports}\n{fill(code, expression)}"
    )
    return {(use.doing, texts[site]) for use in found for site in use.sites}


def fill(code, expression):
    return code.replace("{{{}}}", "{" + expression + "}").replace("{}", expression)


@pytest.mark.parametrize("way", NAMED)
def test_each_way_leads_to_what_is_done(way):
    assert (Doing.DESTROYED, "users.db") in doings(way, "os.remove({})")


@pytest.mark.parametrize("code", DESTROYED.values(), ids=DESTROYED)
def test_each_deed_is_seen(code):
    assert (Doing.DESTROYED, "users.db") in doings("a constant", code)


@given(ways, st.sampled_from(sorted(set(DESTROYED) - {"a shell"})))
def test_every_deed_by_every_way(way, deed):
    assert (Doing.DESTROYED, "users.db") in doings(way, DESTROYED[deed])


@given(ways, st.sampled_from(sorted(set(HARMLESS) - {"a URL", "logged"})))
def test_what_does_no_harm_is_no_use_but_opening(way, deed):
    assert {doing for doing, _ in doings(way, HARMLESS[deed])} <= {Doing.OPENED}


@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS)
def test_what_does_no_harm_to_a_constant(code):
    assert {doing for doing, _ in doings("a constant", code)} <= {Doing.OPENED}


def test_an_inherited_method_works_on_the_attributes_of_the_heirs():
    base = "class Base:\n    path = None\n    def reset(self):\n        os.remove(self.path)"
    found, texts = uses(base=base, main='from base import Base\nclass Users(Base):\n    path = "users.db"')
    assert [(use.doing, use.file, use.by) for use in found] == [(Doing.DESTROYED, "base.py", "os.remove")]
    assert [texts[site] for site in found[0].sites] == ["users.db"]


TEXTS = {
    "replaced": ('{}.replace("users", "export")', Doing.DERIVED),
    "another suffix": ('Path({}).with_suffix(".log")', Doing.DERIVED),
    "its stem": ("x = Path({}).stem", Doing.DERIVED),
    "appended to": ('x = {} + ".bak"', Doing.DERIVED),
    "appended to, in an f-string": ("x = f'{{{}}}-wal'", Doing.DERIVED),
    "appended to, by %": ('x = "%s.bak" % {}', Doing.DERIVED),
    "sliced": ("x = {}[:-3]", Doing.DERIVED),
    "its base name": ("x = os.path.basename({})", Doing.DERIVED),
    "by a pattern": ('import re\nx = re.sub("users", "x", {})', Doing.DERIVED),
    "a URL's path": ("from urllib.parse import urlparse\nx = urlparse({}).path", Doing.DERIVED),
    "searched": ('x = "users" in {}', Doing.DERIVED),
    "put behind a text": ('x = os.getcwd() + "/" + {}', Doing.JOINED),
    "put behind a field": ("x = f'{os.getcwd()}/{{{}}}'", Doing.JOINED),
    "put behind a Path": ("x = Path.cwd() / {}", Doing.JOINED),
    "joined": ("x = os.path.join(os.getcwd(), {})", Doing.JOINED),
    "compared": ("x = os.environ == {}", Doing.COMPARED),
    "matched": ("match os.environ:\n    case {}:\n        pass", Doing.COMPARED),
    "a key": ("x = {{}: 1}", Doing.KEYED),
    "a key of a pool": ("pool = dict()\npool[{}] = 1", Doing.KEYED),
    "a choice": ('parser.add_argument("--db", choices=[{}])', Doing.CHOSEN),
}


@pytest.mark.parametrize(("code", "doing"), TEXTS.values(), ids=TEXTS)
def test_what_is_made_of_the_text(code, doing):
    assert (doing, "users.db") in doings("a constant", code)


def test_a_loop_over_several():
    config = 'A = "app.db"\nB = "users.db"'
    found, _ = uses(config=config, main="from config import A, B\nfor p in (A, B):\n    print(p)")
    assert [(use.doing, len(use.sites), use.line) for use in found] == [(Doing.LOOPED, 2, 4)]


def test_a_parameter_with_several_callers_is_no_loop_and_no_migration():
    config = 'A = "app.db"\nB = "users.db"'
    helper = "from config import A, B\ndef open_(p):\n    return sqlite3.connect(p)\n"
    main = helper + "def a():\n    open_(A)\ndef b():\n    open_(B)"
    found, texts = uses(config=config, main=main)
    by = {}
    for use in found:
        for site in use.sites:
            by.setdefault(use.by, set()).add(texts[site])
    assert by == {"a": {"app.db"}, "b": {"users.db"}}
