"""What a project does with its sites: what is opened where, deleted, or handed on in pairs."""

from __future__ import annotations

import pytest
from code_uses import uses

from dbfold.code.uses import MODULE, Doing


def found(code):
    """What `code` opens, destroys and is given in pairs, by the text of the site."""
    all_uses, texts = uses(m=code)
    opened, destroyed, paired = {}, {}, {}
    for use in all_uses:
        for name in (texts[site] for site in use.sites):
            if use.doing is Doing.OPENED:
                opened[name] = tuple(sorted({*opened.get(name, ()), use.by}))
            elif use.doing is Doing.DESTROYED:
                destroyed.setdefault(name, use.by)
                if use.several:
                    paired.setdefault(name, use.by)
    return opened, destroyed, paired


OPENED = {
    "in the module": ('sqlite3.connect("a.db")', {"a.db": (MODULE,)}),
    "in a function": ('def f():\n    sqlite3.connect("a.db")', {"a.db": ("f",)}),
    "in a method, and so in its class": (
        'class A:\n    def f(self):\n        sqlite3.connect("a.db")',
        {"a.db": ("A", "A.f")},
    ),
    "in a function of a function": (
        'def f():\n    def g():\n        sqlite3.connect("a.db")',
        {"a.db": ("f.g",)},
    ),
    "by a name": ('OLD = "a.db"\ndef f():\n    sqlite3.connect(OLD)', {"a.db": ("f",)}),
    "by a copy of a name": ('OLD = "a.db"\nX = Path(OLD)\ndef f():\n    sqlite3.connect(X)', {"a.db": ("f",)}),
    "by a default": ('def f(a, b="a.db"):\n    sqlite3.connect(b)', {"a.db": ("f",)}),
    "by a default of a keyword": ('def f(*, a, b="a.db"):\n    sqlite3.connect(b)', {"a.db": ("f",)}),
    "by an attribute": (
        'class A:\n    def __init__(self):\n        self.p = "a.db"\n    def f(self):\n        sqlite3.connect(self.p)',
        {"a.db": ("A", "A.f")},
    ),
    "by a name of the class": (
        'class A:\n    p = "a.db"\n    def f(self):\n        sqlite3.connect(self.p)',
        {"a.db": ("A", "A.f")},
    ),
    "the nearest binding of a name": (
        'p = "a.db"\ndef f():\n    p = "b.db"\n    sqlite3.connect(p)',
        {"b.db": ("f",)},
    ),
    "by one of two": ('a, b = 1, 2\np = a or "a.db"\nsqlite3.connect(p)', {"a.db": (MODULE,)}),
    "names in a circle": ('a = b\nb = a\nsqlite3.connect(a)\nx = "a.db"', {}),
    "attached": ('c.execute(f"ATTACH {x}", "a.db")', {"a.db": (MODULE,)}),
    "not attached": ('c.execute("SELECT 1", "a.db")', {}),
    "never": ('x = "a.db"', {}),
    "what a connection returns": (
        'c = sqlite3.connect("a.db")\ndef f():\n    x = c.fetch("b.db")\n    sqlite3.connect(x)',
        {"a.db": (MODULE,)},
    ),
    "by a helper that is given it": (
        'def h(p):\n    return sqlite3.connect(p)\ndef f():\n    h("a.db")',
        {"a.db": ("f",)},
    ),
    "by a helper that knows it": (
        'def h():\n    c = sqlite3.connect("a.db")\n    return c\ndef f():\n    h()',
        {"a.db": ("f", "h")},
    ),
    "by a method that is a helper": (
        'class A:\n    def h(self):\n        return sqlite3.connect("a.db")\n    def f(self):\n        self.h()',
        {"a.db": ("A", "A.f", "A.h")},
    ),
    "two handed to a function": (
        'def f():\n    move("a.db", to="b.db")',
        {"a.db": ("move(…)",), "b.db": ("move(…)",)},
    ),
    "one handed to a function": ('move("a.db", 1)', {}),
    "two handed to a constructor": ('Store("a.db", "b.db")', {}),
}


@pytest.mark.parametrize(("code", "expected"), OPENED.values(), ids=OPENED)
def test_opened(code, expected):
    assert found(code)[0] == expected


DESTROYED = {
    "deleted": ('os.remove("a.db")', {"a.db": "os.remove"}, {}),
    "deleted as a path": ('Path("a.db").unlink()', {"a.db": "Path.unlink"}, {}),
    "deleted by a name": ('p = "a.db"\nos.remove(p)', {"a.db": "os.remove"}, {}),
    "overwritten": ('open("a.db", "wb")', {"a.db": "open"}, {}),
    "overwritten, by keyword": ('open("a.db", mode="w")', {"a.db": "open"}, {}),
    "overwritten as a path": ('Path("a.db").open("w")', {"a.db": "Path.open"}, {}),
    "read": ('open("a.db", "rb")', {}, {}),
    "read as a path": ('Path("a.db").open()', {}, {}),
    "moved": (
        'shutil.move("a.db", "b.db")',
        {"a.db": "shutil.move", "b.db": "shutil.move"},
        {"a.db": "shutil.move", "b.db": "shutil.move"},
    ),
    "moved as a path": (
        'Path("a.db").replace("b.db")',
        {"a.db": "Path.replace", "b.db": "Path.replace"},
        {"a.db": "Path.replace", "b.db": "Path.replace"},
    ),
    "a text in which something is replaced": ('"a.db".replace("x", "y")', {}, {}),
    "the first use alone is named": ('p = "a.db"\nos.remove(p)\nos.unlink(p)', {"a.db": "os.remove"}, {}),
}


@pytest.mark.parametrize(("code", "destroyed", "paired"), DESTROYED.values(), ids=DESTROYED)
def test_destroyed_and_paired(code, destroyed, paired):
    assert found(code)[1:] == (destroyed, paired)
