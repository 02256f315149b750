"""The proof lets pass what was intended, and nothing else."""

from __future__ import annotations

import ast

import pytest

from dbfold.code.parsing import parse, position
from dbfold.codemods.proof import Intent, Parsed, ProofError, prove, prove_text

FROM = ("database_config", "ZOE", None)


def parsed(text):
    return Parsed(parse(text), text.split("\n"))


def run(old, new, added=(), removed=(), became_import=()):
    """Proves that `"zoe.db"` became `ZOE` wherever the old text has it."""
    before = parsed(old)
    places = {
        position(node): "ZOE"
        for node in ast.walk(before.tree)
        if isinstance(node, ast.Constant) and node.value == "zoe.db"
    }
    aliases = {node.name: id(node) for node in ast.walk(before.tree) if isinstance(node, ast.alias)}
    gone = frozenset(aliases[name] for name in removed)
    imported = frozenset(id(before.tree.body[number]) for number in became_import)
    prove(before, parsed(new), Intent(places, frozenset(added), gone, imported))


ACCEPTED = {
    "nothing changes": ("x = 1\n", "x = 1\n", {}),
    "other white space": ("x = 1\n", "x  =  1\n", {}),
    "the expression": ('x = "zoe.db"\n', "x = ZOE\n", {}),
    "in parentheses": ('x = "zoe.db"\n', "x = (ZOE)\n", {}),
    "deep within": ('def f():\n    g(1, a="zoe.db")\n', "def f():\n    g(1, a=ZOE)\n", {}),
    "an import is added": ("x = 1\n", "from database_config import ZOE\nx = 1\n", {"added": [FROM]}),
    "an import is extended": (
        "from database_config import A\n",
        "from database_config import A, ZOE\n",
        {"added": [FROM]},
    ),
    "a name of an import goes": ("import os, re\nx = 1\n", "import re\nx = 1\n", {"removed": ["os"]}),
    "a whole import goes": ("import os\nx = 1\n", "x = 1\n", {"removed": ["os"]}),
    "one statement for two names": ("import os, re\n", "import os\nimport re\n", {}),
    "an assignment became an import": (
        'ZOE = "zoe"\nx = 1\n',
        "from database_config import ZOE\nx = 1\n",
        {"added": [FROM], "became_import": [0]},
    ),
    "a number that is not equal to itself": ("x = 1e999 - 1e999\n", "x = (1e999 - 1e999)\n", {}),
}


@pytest.mark.parametrize(("old", "new", "intent"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_was_intended(old, new, intent):
    run(old, new, **intent)


REFUSED = {
    "not replaced": ('x = "zoe.db"\n', 'x = "zoe.db"\n', {}, "the expression at line 1 was not replaced"),
    "replaced by something else": ('x = "zoe.db"\n', "x = OTHER\n", {}, "line 1 does not hold the accessor"),
    "replaced, and something beside it": ('f(1, "zoe.db")\n', "f(2, ZOE)\n", {}, "1 became 2"),
    "another constant": ("x = 'a'\n", "x = 'b'\n", {}, "'a' became 'b'"),
    "another type of equal value": ("x = 1\n", "x = True\n", {}, "somewhere: int became bool"),
    "another kind of statement": ("x = 1\n", "x: int = 1\n", {}, "line 1: Assign became AnnAssign"),
    "another operator": ("x = a + b\n", "x = a - b\n", {}, "somewhere: Add became Sub"),
    "a statement too many": ("x = 1\n", "x = 1\ny = 2\n", {}, "1 top-level statements became 2"),
    "a part too many": ("f(1)\n", "f(1, 2)\n", {}, "line 1: 1 parts became 2"),
    "an import that nobody meant": ("x = 1\n", "import os\nx = 1\n", {}, "1 top-level statements became 2"),
    "the import twice": (
        "x = 1\n",
        "from database_config import ZOE\nfrom database_config import ZOE\nx = 1\n",
        {"added": [FROM]},
        "1 top-level statements became 2",
    ),
    "the import below the top level": (
        "if x:\n    pass\n",
        "if x:\n    from database_config import ZOE\n",
        {"added": [FROM]},
        r"the import of \['ZOE'\] is not at the top level",
    ),
    "the import under another name": (
        "x = 1\n",
        "from database_config import ZOE as Z\nx = 1\n",
        {"added": [FROM]},
        "is not at the top level",
    ),
    "the import from a package": (
        "x = 1\n",
        "from .database_config import ZOE\nx = 1\n",
        {"added": [FROM]},
        "is not at the top level",
    ),
    "another name goes": ("import os, re\n", "import os\n", {"removed": ["os"]}, "'re', None.* became .*'os', None"),
    "a decorator goes": ("@d\ndef f(): pass\n", "def f(): pass\n", {}, "1 parts became 0"),
}


@pytest.mark.parametrize(("old", "new", "intent", "message"), REFUSED.values(), ids=REFUSED)
def test_anything_else(old, new, intent, message):
    with pytest.raises(ProofError, match=message):
        run(old, new, **intent)


def expression(code):
    return ast.parse(code, mode="eval").body


PATH = "/app/data/zoe.db"
TEXTS = {
    "all of it": ("'cp /app/data/zoe.db /b'", "f'cp {ZOE} /b'", PATH, True),
    "the end of it": ("'sqlite:////app/data/zoe.db'", "f'sqlite:///{ZOE}'", f"sqlite:///{PATH}", True),
    "no f-string": ("'a'", "ZOE", PATH, True),
    "another beginning": ("'cp /app/data/zoe.db /b'", "f'mv {ZOE} /b'", PATH, False),
    "another end": ("'cp /app/data/zoe.db /b'", "f'cp {ZOE} /c'", PATH, False),
    "another path": ("'cp /app/data/old.db /b'", "f'cp {ZOE} /b'", PATH, False),
    "no path at all": ("'cp  /b'", "f'cp {ZOE} /b'", PATH, False),
    "no field": ("'a'", "f'a'", PATH, False),
    "two fields": ("'/app/data/zoe.db'", "f'{ZOE}{B}'", PATH, False),
    "beginning and end overlap": ("'aba'", "f'ab{ZOE}ba'", PATH, False),
}


@pytest.mark.parametrize(("old", "new", "path", "passes"), TEXTS.values(), ids=TEXTS)
def test_a_text_around_a_path_says_what_it_said(old, new, path, passes):
    if passes:
        prove_text(expression(old), expression(new), path)
    else:
        with pytest.raises(ProofError):
            prove_text(expression(old), expression(new), path)
