"""The sites in a module's strings: where each is, what replaces it, and in which scopes it stands."""

from __future__ import annotations

import pytest

from dbfold.base.text import LineTable
from dbfold.code.lexer import sort_hits
from dbfold.code.parsing import parse
from dbfold.references.candidates import candidate_offsets
from dbfold.references.languages.python.detector import Detector
from dbfold.references.model import Kind


def detector(text):
    return Detector(parse(text), LineTable(text), sort_hits(text, list(candidate_offsets(text))))


def sites(text):
    return detector(text).run()


def replaced(text, site, accessor="ZOE"):
    """The text with the site replaced as it says."""
    one = site.replacement
    return text[: one.start] + one.template.replace("@", accessor) + text[one.end :]


REPLACED = {
    "a literal": ('x = "data/zoe.db"\n', Kind.CONSTANT, "x = ZOE\n"),
    "letters of several bytes before it": ('x = "ü", "ü"; y = "zoe.db"\n', Kind.CONSTANT, 'x = "ü", "ü"; y = ZOE\n'),
    "a path": (
        'from pathlib import Path\nx = Path(a) / "zoe.db"\n',
        Kind.PATH_JOIN,
        "from pathlib import Path\nx = Path(ZOE)\n",
    ),
    "an f-string": ('x = f"{a}/zoe.db"\n', Kind.PATH_JOIN, "x = ZOE\n"),
    "a URL": ('x = "sqlite:///zoe.db?mode=ro"\n', Kind.URL, 'x = f"sqlite:///{ZOE}?mode=ro"\n'),
    "a shell command": (
        'import os\nos.system("ls data/zoe.db")\n',
        Kind.EMBEDDED_SHELL,
        'import os\nos.system(f"ls {ZOE}")\n',
    ),
}


@pytest.mark.parametrize(("text", "kind", "expected"), REPLACED.values(), ids=REPLACED)
def test_what_an_accessor_replaces(text, kind, expected):
    (site,) = sites(text)
    assert (site.kind, site.obstacle, replaced(text, site)) == (kind, None, expected)


def test_the_whole_of_a_default_is_another_replacement():
    text = 'import os\nx = os.getenv("ZOE", "zoe.db")\n'
    (site,) = sites(text)
    assert text[site.whole.start : site.whole.end] == 'os.getenv("ZOE", "zoe.db")'
    assert text[site.replacement.start : site.replacement.end] == '"zoe.db"'


WAITING = {
    "bytes": ('x = b"zoe.db"\n', "a bytes literal"),
    "in the field of an f-string": ("x = f\"a {f('zoe.db')} b\"\n", "inside the field of an f-string"),
    "source in a text": ('x = """\nimport a\na.connect(zoe.db)\n"""\n', "source text in a string"),
}


@pytest.mark.parametrize(("text", "obstacle"), WAITING.values(), ids=WAITING)
def test_what_waits_for_a_person(text, obstacle):
    assert [site.obstacle for site in sites(text)] == [obstacle]


def test_sites_are_in_the_order_of_the_source_with_their_scopes():
    text = (
        'A = "a.db"\nclass C:\n    B = "b.db"\n    def f(self, c="c.db"):\n        return lambda: "d.db"\nE = "e.db"\n'
    )
    assert [(site.text, site.inside) for site in sites(text)] == [
        ("a.db", ()),
        ("b.db", ("C",)),
        ("c.db", ("C", "C.f")),
        ("d.db", ("C", "C.f")),
        ("e.db", ()),
    ]


SPANS = {
    "a literal": ('x = "zoe.db"\n', (1, 5, 1, 13)),
    "the literal that ends a path": ('x = a / "zoe.db"\n', (1, 9, 1, 17)),
    "the text within lines": ('"""\nsee zoe.db there\n"""\n', (2, 5, 2, 11)),
    "above a decorated function": ('@f("zoe.db")\ndef g(): pass\n', (1, 4, 1, 12)),
}


@pytest.mark.parametrize(("text", "expected"), SPANS.values(), ids=SPANS)
def test_spans(text, expected):
    (site,) = sites(text)
    assert (site.span.line, site.span.column, site.span.end_line, site.span.end_column) == expected


DOUBTFUL = {
    "a key": ('x = a["zoe.db"]\n', True),
    "compared": ('x = a == "zoe.db"\n', True),
    "a path as a key": ('x = a["data/zoe.db"]\n', False),
    "connected": ('import sqlite3\nsqlite3.connect("zoe.db")\n', False),
    "assigned": ('x = "zoe.sqlite"\n', False),
}


@pytest.mark.parametrize(("text", "expected"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_only_if_declared(text, expected):
    assert [site.only_if_declared for site in sites(text)] == [expected]


def test_documentation_is_nothing_to_rewrite():
    found = sites('"""See data/zoe.db and data/auth.db."""\n"zoe.db"\n')
    assert [(site.kind, site.obstacle) for site in found] == [(Kind.DOCSTRING, None)] * 3
    assert all(site.prose for site in found)
