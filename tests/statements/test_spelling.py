"""Every text that an expression may be, and holes where it may be something else."""

from __future__ import annotations

import ast
import textwrap

import pytest

from dbfold.code.texts import HOLE
from dbfold.references.discovery import SourceFile
from dbfold.references.words import Words
from dbfold.statements.family import Family
from dbfold.statements.sources import Sources
from dbfold.statements.spelling import Speller
from dbfold.statements.spellings import spelled


def spell(**modules):
    """The texts of the last expression of the module `main`, and the literals that they are written in."""
    files = [
        SourceFile(f"/{name}.py", f"{name}.py", f"{name}.py", textwrap.dedent(text).encode())
        for name, text in modules.items()
    ]
    sources = Sources(Words(files))
    source = sources.source("main.py")
    last = source.tree.body[-1]
    assert isinstance(last, ast.Expr)
    found = Speller(sources, Family(sources)).spell(source, last.value)
    texts = {file.shown: file.content.decode() for file in files}
    for spelling in found:
        for segment in spelling:
            if segment.literal is not None:
                written = texts[segment.literal.file][segment.literal.start : segment.literal.end]
                assert written[-1] in "'\""
                assert segment.literal.text[segment.at : segment.at + len(segment.text)] == segment.text
    return {spelled(one) for one in found}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"a"', {"a"}),
        ('f"a{1}b"', {"a1b"}),
        ('x = "a"\nx + "b"', {"ab"}),
        ('x = "a" if y else "b"\nx', {"a", "b"}),
        ('"%s-%s" % ("a", "b")', {"a-b"}),
        ('"%(x)s" % {"x": "a"}', {"a"}),
        ('"{}{}".format("a", "b")', {"ab"}),
        ('"{0}{0}".format("a")', {"aa"}),
        ('", ".join(["a", "b"])', {"a, b"}),
        ('for x, y in [("a", 1), ("b", 2)]:\n    pass\nx', {"a", "b"}),
        ('for n, x in enumerate(("a", "b")):\n    pass\nx', {"a", "b"}),
        ('D = {"k": "a", "l": "b"}\nD["k"]', {"a"}),
        ('D = {"k": "a", "l": "b"}\nD[k]', {"a", "b"}),
        ('for k, v in {"k": "a"}.items():\n    pass\nk + v', {"ka"}),
        ('x = []\nx.append("a")\nfor y in x:\n    pass\ny', {"a"}),
        ('x = "a"\nif y:\n    x += "b"\nx', {"a", "ab"}),
        ('x = "a"\nx = x + "b"\nx', {"a", "ab"}),
        ('def f(x, y="b"):\n    return x + y\nf("a")', {"ab"}),
        ('def f(x):\n    return x\nf("a")\nf(x="b")\nf("c")', {"a", "b", "c"}),
        ('class A:\n    x = "a"\nclass B(A):\n    x = "b"\nA().x', {"a"}),
        ('from dataclasses import dataclass\n@dataclass\nclass A:\n    x: str\nA("a")\nA(x="b").x', {"a", "b"}),
        ("unknown", {HOLE}),
        ('import os\nos.environ["X"]', {HOLE}),
        ('def f(x):\n    return x\nmap(f, y)\nf("a")', {HOLE}),
        ('def f(x):\n    return x\nf(*y)\nf("a")', {HOLE}),
        ('@app.get("/")\ndef f(x):\n    return x\nf("a")', {HOLE}),
        ('x = "a"\nwith open(y) as x:\n    pass\nx', {HOLE}),
        ('f"a{x!r}"', {"a" + HOLE}),
        ('rows = con.execute("SELECT name FROM sqlite_master")\nfor (x,) in rows:\n    pass\nx', {"sqlite_schema"}),
    ],
)
def test_texts_of_one_module(code, expected):
    assert spell(main=code) == expected


def test_values_of_other_modules():
    names = 'A = "a"\nclass Base:\n    table = "x"\n    def go(self, t="d"):\n        return self.table + t\n'
    assert spell(main="from names import A\nA", names=names) == {"a"}
    assert spell(main="import names as n\nn.A", names=names) == {"a"}
    used = 'from names import Base\nclass One(Base):\n    table = "y"\nOne().go("p")'
    assert spell(main=f"{used}\nOne().go()", names=names) == {"xd", "yd", "xp", "yp"}


def test_a_method_that_is_called_from_a_module_that_does_not_name_its_class():
    store = "class Store:\n    def purge(self, table):\n        return table\n"
    other = 'def clean(store):\n    store.purge("b")\n'
    assert spell(main='from store import Store\nStore().purge("a")', store=store, other=other) == {"a", "b"}


def test_a_branch_that_calls_itself_ends():
    assert spell(main='def f(x):\n    return f(x + "b") if x else x\nf("a")') <= {"a", "ab", HOLE}
