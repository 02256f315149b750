"""What the code around a path says about it: kind, obstacle, and what a rewrite may replace."""

from __future__ import annotations

import ast

import pytest

from dbfold.code.names import ModuleNames
from dbfold.references.languages.python.context import Context, classify
from dbfold.references.model import Kind


def path_to(tree, value="zoe.db"):
    """The ancestors of the constant `value`, the module first, and the constant."""
    pending = [(tree, [])]
    while pending:
        node, ancestors = pending.pop()
        if isinstance(node, ast.Constant) and node.value == value:
            return ancestors, node
        pending.extend((child, [*ancestors, node]) for child in ast.iter_child_nodes(node))
    raise AssertionError(f"no {value!r}")


def classified(code):
    tree = ast.parse(code)
    ancestors, node = path_to(tree)
    return classify(node, ancestors, ModuleNames(tree))


IMPORTS = "import os, sqlite3, subprocess, tempfile\nfrom pathlib import Path\n"

KINDS = {
    'x = "zoe.db"': Kind.CONSTANT,
    'x: str = "zoe.db"': Kind.CONSTANT,
    'x = Path("zoe.db").resolve()': Kind.CONSTANT,
    'def f():\n    x = "zoe.db"': Kind.LOCAL,
    'f = lambda: (y := "zoe.db")': Kind.LOCAL,
    'class A:\n    x = "zoe.db"': Kind.ATTRIBUTE,
    'class A:\n    x: str = "zoe.db"': Kind.DEFAULT_PARAM,
    'class A:\n    def f(self):\n        self.x = "zoe.db"': Kind.ATTRIBUTE,
    'def f():\n    return "zoe.db"': Kind.RETURN,
    'def f():\n    return str(Path("zoe.db"))': Kind.RETURN,
    'def f(x="zoe.db"): pass': Kind.DEFAULT_PARAM,
    'def f(*, x="zoe.db"): pass': Kind.DEFAULT_PARAM,
    'sqlite3.connect("zoe.db")': Kind.CONNECT_LITERAL,
    'from sqlite3 import connect as c\nc("zoe.db")': Kind.CONNECT_LITERAL,
    'sqlite3.connect(Path("zoe.db"))': Kind.CONNECT_LITERAL,
    'p.add_argument("--db", default="zoe.db")': Kind.CLI_DEFAULT,
    'x = typer.Option("zoe.db")': Kind.CLI_DEFAULT,
    'x = Field("zoe.db")': Kind.DEFAULT_PARAM,
    'x["db"] = "zoe.db"': Kind.COLLECTION,
    'x = {"db": "zoe.db"}': Kind.COLLECTION,
    'x = a if b else "zoe.db"': Kind.ENV_DEFAULT,
    'x = a or "zoe.db"': Kind.ENV_DEFAULT,
}


@pytest.mark.parametrize(("code", "kind"), KINDS.items(), ids=KINDS)
def test_kinds_of_what_may_be_rewritten(code, kind):
    found = classified(IMPORTS + code)
    assert (found.kind, found.obstacle, found.prose) == (kind, None, None)


OBSTACLES = {
    'x = a == "zoe.db"': (Kind.COMPARISON, "compared as text"),
    'x = a in ("zoe.db", "b")': (Kind.COMPARISON, "compared as text"),
    'match x:\n    case "zoe.db": pass': (Kind.COMPARISON, "compared as text"),
    'match x:\n    case {"zoe.db": 1}: pass': (Kind.COMPARISON, "compared as text"),
    'x = a.endswith("zoe.db")': (Kind.COMPARISON, "compared or replaced as text"),
    'x = "zoe.db".replace(a, b)': (Kind.COMPARISON, "part of a string operation"),
    'x = Path("zoe.db").name': (Kind.CALL_ARG, "only its .name is used"),
    'x.append("zoe.db")': (Kind.COLLECTION, "a name put into a collection"),
    'x = {"zoe.db", "auth.db"}': (Kind.COLLECTION, "one of a collection of file names"),
    'f({"a": "zoe.db", "b": "auth.db"})': (Kind.COLLECTION, "one of a collection of file names"),
    'def f(): return {"a": ["zoe.db"]}': (Kind.COLLECTION, "one of a collection of file names"),
    'x = {"zoe.db": 1}': (Kind.COLLECTION, "a key of a mapping"),
    'x = a["zoe.db"]': (Kind.COLLECTION, "a key of a mapping"),
    'x = "zoe.db"[1]': (Kind.CALL_ARG, "indexed as text"),
    'x = a.get("zoe.db", b)': (Kind.COLLECTION, "a key of a mapping"),
    'x = a + "zoe.db"': (Kind.PATH_JOIN, "part of a text that is put together at run time"),
    'x += "zoe.db"': (Kind.PATH_JOIN, "part of a text that is put together at run time"),
    'x: "zoe.db" = 1': (Kind.CALL_ARG, "an annotation"),
    'def f(x: "zoe.db"): pass': (Kind.CALL_ARG, "an annotation"),
    'def f() -> "zoe.db": pass': (Kind.CALL_ARG, "an annotation"),
    'class A(Enum):\n    x = "zoe.db"': (Kind.ATTRIBUTE, "a member of an enumeration"),
    'os.environ["A"] = "zoe.db"': (Kind.ENV_ASSIGNMENT, "sets an environment variable"),
    'c.execute("…", ("zoe.db",))': (Kind.CALL_ARG, "a value handed to an SQL statement"),
    'subprocess.run(["/bin/rm", "zoe.db"])': (
        Kind.CALL_ARG,
        "a program that deletes, moves or overwrites files",
    ),
    'import_module("zoe.db")': (Kind.COLLECTION, "the name of a module or a type"),
    '@app.get("zoe.db")\ndef f(): pass': (Kind.CALL_ARG, "a route"),
    'self.assertEqual("zoe.db", x)': (Kind.COMPARISON, "compared as text"),
}


@pytest.mark.parametrize(("code", "expected"), OBSTACLES.items(), ids=OBSTACLES)
def test_obstacles(code, expected):
    found = classified(IMPORTS + code)
    assert ((found.kind, found.obstacle), found.prose) == (expected, None)


PROSE = {
    'print("zoe.db")': (Kind.MESSAGE, "text for people"),
    'log.warning("a", extra="zoe.db")': (Kind.MESSAGE, "text for people"),
    'p.add_argument("--db", help="zoe.db")': (Kind.MESSAGE, "text for people"),
    'raise ValueError("zoe.db")': (Kind.MESSAGE, "text for people"),
    'assert x, "zoe.db"': (Kind.MESSAGE, "text for people"),
    'tempfile.mktemp("zoe.db")': (Kind.TEMPORARY, "a temporary file"),
    '"zoe.db"': (Kind.DOCSTRING, "a string that is only documentation"),
}


@pytest.mark.parametrize(("code", "expected"), PROSE.items(), ids=PROSE)
def test_what_is_nothing_to_rewrite(code, expected):
    found = classified(IMPORTS + code)
    assert ((found.kind, found.prose), found.obstacle) == (expected, None)


DEFAULTS = {
    'x = os.getenv("ZOE", "zoe.db")': ("ZOE", 'os.getenv("ZOE", "zoe.db")'),
    'x = os.environ.get("ZOE", "zoe.db")': ("ZOE", 'os.environ.get("ZOE", "zoe.db")'),
    'x = os.getenv("ZOE") or "zoe.db"': ("ZOE", 'os.getenv("ZOE") or "zoe.db"'),
    'x = os.getenv("ZOE") or a or "zoe.db"': ("ZOE", None),
    'x = os.getenv("ZOE", a) or "zoe.db"': ("ZOE", None),
    'x = os.getenv("ZOE", Path("zoe.db"))': ("ZOE", None),
    'x = config("ZOE", default="zoe.db")': ("ZOE", None),
    'x = os.environ.setdefault("ZOE", "zoe.db")': ("ZOE", None),
}


@pytest.mark.parametrize(("code", "expected"), DEFAULTS.items(), ids=DEFAULTS)
def test_defaults_of_the_environment_and_what_asks_for_them(code, expected):
    found = classified(IMPORTS + code)
    whole = found.whole and ast.unparse(found.whole).replace("'", '"')
    assert (found.kind, found.environment, whole) == (Kind.ENV_DEFAULT, *expected)


def test_a_reader_of_other_settings_is_no_default_of_the_environment():
    assert classified('x = config("zoe", "zoe.db")') == Context(Kind.CALL_ARG, callee="config")


@pytest.mark.parametrize(
    "code", ['x = {"zoe.db": 1}', 'x = a["zoe.db"]', 'x = os.getenv("zoe.db")', 'a.pop("zoe.db")', 'reload("zoe.db")']
)
def test_only_the_policy_can_tell_a_key_from_a_file(code):
    assert classified(IMPORTS + code).key is True


@pytest.mark.parametrize(
    ("code", "shell"),
    [
        ('subprocess.run("zoe.db")', True),
        ('os.system("zoe.db")', True),
        ('subprocess.run(["ls", "zoe.db"])', False),
        ('run("zoe.db")', False),
    ],
)
def test_only_the_text_of_a_command_goes_through_a_shell(code, shell):
    assert classified(IMPORTS + code).shell is shell


@pytest.mark.parametrize(
    ("code", "callee"),
    [
        ('f("zoe.db")', "f"),
        ('os.stat("zoe.db")', "os.stat"),
        ('a.load(db="zoe.db")', "a.load"),
        ('a().load("zoe.db")', "load"),
    ],
)
def test_the_name_of_what_is_called(code, callee):
    assert classified(IMPORTS + code) == Context(Kind.CALL_ARG, callee=callee)
