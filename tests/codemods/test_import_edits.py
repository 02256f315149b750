"""Where an import goes, how one is extended, and which go without taking anything else along."""

from __future__ import annotations

import ast

import pytest

from dbfold.base.text import LineTable
from dbfold.code.parsing import parse
from dbfold.codemods.bindings import ImportedName
from dbfold.codemods.fragments import Edit, apply
from dbfold.codemods.imports import extended, insertion, newline_at, removable, removals, without_gap

CODE = "from database_config import ZOE"


def inserted(text, code=CODE, local=()):
    """The text with `code` added before its first `USE`."""
    edit = insertion(parse(text), LineTable(text), code, text.index("USE"), frozenset(local))
    return apply(text, [edit])


INSERTED = {
    "nothing before it": ("USE\n", f"{CODE}\n\nUSE\n"),
    "before a definition": ("def f():\n    USE\n", f"{CODE}\n\n\ndef f():\n    USE\n"),
    "after a docstring": ('"""Doc."""\n\nUSE\n', f'"""Doc."""\n\n{CODE}\n\nUSE\n'),
    "after a docstring, without a blank line": ('"""Doc."""\nUSE\n', f'"""Doc."""\n\n{CODE}\n\nUSE\n'),
    "after future imports": (
        "from __future__ import annotations\n\nUSE\n",
        f"from __future__ import annotations\n\n{CODE}\n\nUSE\n",
    ),
    "after a shebang": ("#!/usr/bin/python\n\nUSE\n", f"#!/usr/bin/python\n\n{CODE}\n\nUSE\n"),
    "a group of its own": ("import os\n\nimport yaml\n\nUSE\n", f"import os\n\nimport yaml\n\n{CODE}\n\nUSE\n"),
    "no groups": ("import os\nimport yaml\n\nUSE\n", f"import os\nimport yaml\n{CODE}\n\nUSE\n"),
    "before relative ones": (
        "import os\n\nfrom . import a\n\nUSE\n",
        f"import os\n\n{CODE}\n\nfrom . import a\n\nUSE\n",
    ),
    "after what prepares the environment": (
        "import os\n\nos.environ['A'] = 'b'\nUSE\n",
        f"import os\n\nos.environ['A'] = 'b'\n\n{CODE}\nUSE\n",
    ),
    "after the imports that follow what prepares": (
        "import a\n\na.load_dotenv()\n\nimport b\n\nUSE\n",
        f"import a\n\na.load_dotenv()\n\nimport b\n\n{CODE}\n\nUSE\n",
    ),
    "after a call of a function that prepares": (
        "import os\n\ndef f():\n    os.chdir('/')\n\nf()\nUSE\n",
        f"import os\n\ndef f():\n    os.chdir('/')\n\nf()\n\n{CODE}\nUSE\n",
    ),
    "a function that prepares and is not called": (
        "import os\n\n\ndef f():\n    os.chdir('/')\n\n\nUSE\n",
        f"import os\n\n{CODE}\n\n\ndef f():\n    os.chdir('/')\n\n\nUSE\n",
    ),
    "what reads the environment prepares nothing": (
        "import os\n\nx = os.environ['A']\nUSE\n",
        f"import os\n\n{CODE}\n\nx = os.environ['A']\nUSE\n",
    ),
    "newlines of Windows": ("import os\r\n\r\nUSE\r\n", f"import os\r\n\r\n{CODE}\r\n\r\nUSE\r\n"),
}


@pytest.mark.parametrize(("text", "expected"), INSERTED.values(), ids=INSERTED)
def test_where_an_import_goes(text, expected):
    assert inserted(text) == expected


LOCAL = {
    "in order": (
        "import os\n\nimport alpha\nimport zeta\n\nUSE\n",
        f"import os\n\nimport alpha\nimport zeta\n{CODE}\n\nUSE\n",
    ),
    "in order among those of its form": (
        "from alpha import a\nfrom zeta import z\n\nUSE\n",
        f"from alpha import a\n{CODE}\nfrom zeta import z\n\nUSE\n",
    ),
    "after those that are in no order": (
        "from zeta import z\nfrom alpha import a\n\nUSE\n",
        f"from zeta import z\nfrom alpha import a\n{CODE}\n\nUSE\n",
    ),
    "in the last of their groups": (
        "from zeta import z\n\nfrom alpha import a\n\nUSE\n",
        f"from zeta import z\n\nfrom alpha import a\n{CODE}\n\nUSE\n",
    ),
}


@pytest.mark.parametrize(("text", "expected"), LOCAL.values(), ids=LOCAL)
def test_it_joins_the_imports_of_the_application(text, expected):
    assert inserted(text, local=["alpha", "zeta"]) == expected


OS = {
    "in order": ("import abc\nimport re\n\nUSE\n", "import abc\nimport os\nimport re\n\nUSE\n"),
    "in the first group": ("import abc\n\nimport yaml\n\nUSE\n", "import abc\nimport os\n\nimport yaml\n\nUSE\n"),
    "before what needs no environment": (
        "import abc\n\nabc.load_dotenv()\nUSE\n",
        "import abc\nimport os\n\nabc.load_dotenv()\nUSE\n",
    ),
}


@pytest.mark.parametrize(("text", "expected"), OS.values(), ids=OS)
def test_import_os_stands_with_the_standard_library(text, expected):
    assert inserted(text, "import os") == expected


REFUSED = {
    "the first use is on the line of the header": ("'''Doc.'''; USE\n", "no line for the import"),
    "the statement of the first use prepares": (
        "import os\nos.environ['A'], x = 'b', USE\n",
        "the environment is changed in the statement of the first use",
    ),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_there_may_be_no_place(text, message):
    with pytest.raises(ValueError, match=message):
        inserted(text)


GAPS = {
    "all imports before it go": ("import os\n", [Edit(0, 10, "")], Edit(10, 10, "\nX\n"), "X\n"),
    "a blank line stays": ("a\n\nimport os\n", [Edit(3, 13, "")], Edit(13, 13, "\nX\n"), "X\n"),
    "code stays": ("import os\nimport re\n", [Edit(0, 10, "")], Edit(20, 20, "\nX\n"), "\nX\n"),
    "what goes is after it": ("a\nimport os\n", [Edit(2, 12, "")], Edit(2, 2, "\nX\n"), "\nX\n"),
    "one newline of Windows is one": ("a\r\n", [], Edit(3, 3, "\r\nX\r\n"), "\r\nX\r\n"),
    "two newlines of Windows are a blank line": ("a\r\n\r\n", [], Edit(5, 5, "\r\nX\r\n"), "X\r\n"),
}


@pytest.mark.parametrize(("text", "gone", "edit", "expected"), GAPS.values(), ids=GAPS)
def test_without_gap(text, gone, edit, expected):
    assert without_gap(edit, gone, text) == Edit(edit.start, edit.end, expected)


NEWLINES = {
    "of the line before": ("a\nb\r\nc", 5, "\r\n"),
    "of the first line, where that has none": ("a\r\nb", 4, "\r\n"),
    "of old Macs": ("a\rb", 2, "\r"),
    "none": ("a", 1, "\n"),
    "empty": ("", 0, "\n"),
}


@pytest.mark.parametrize(("text", "offset", "expected"), NEWLINES.values(), ids=NEWLINES)
def test_newline_at(text, offset, expected):
    assert newline_at(LineTable(text), offset) == expected


def imported(text, *names):
    tree = parse(text)
    statements = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    return [ImportedName(one, alias) for one in statements for alias in one.names if alias.name in names]


REMOVED = {
    "a statement goes with its line": ("import os\nimport re\n", ["os"], "import re\n"),
    "a statement with a comment stays": ("import os  # why\nimport re\n", ["os", "re"], "import os  # why\n"),
    "a name": ("from a import b, c\n", ["c"], "from a import b\n"),
    "the first name": ("import os, re\n", ["os"], "import re\n"),
    "the last name": ("import re, os\n", ["os"], "import re\n"),
    "a name between others": ("import re, os, sys\n", ["os"], "import re, sys\n"),
    "the last two of names that are modules of packages": (
        "import a.b, a.c as d, a\n",
        ["a.c", "a"],
        "import a.b\n",
    ),
    "the last name on a line of its own": ("import re, \\\n    os\n", ["os"], "import re\n"),
    "the last name of a line with blanks": ("import re , os  \n", ["os"], "import re  \n"),
    "all names": ("from a import (\n    b,\n    c,\n)\nx = 1\n", ["b", "c"], "x = 1\n"),
    "a name among lines": ("from a import (\n    b,\n    c,\n)\n", ["c"], "from a import (\n    b,\n    )\n"),
    "a statement that says noqa stays": ("import os  # noqa: F401\n", ["os"], "import os  # noqa: F401\n"),
    "so do all its names": (
        "from a import (  # noqa: F401\n    b,\n    c,\n)\n",
        ["c"],
        "from a import (  # noqa: F401\n    b,\n    c,\n)\n",
    ),
    "a statement that shares its line stays": ("import os; x = 1\n", ["os"], "import os; x = 1\n"),
    "so does one that follows on its line": ("x = 1; import os\n", ["os"], "x = 1; import os\n"),
    "a name with a comment stays": (
        "from a import (\n    b,  # why\n    c,\n    d,\n)\n",
        ["b", "c"],
        "from a import (\n    b,  # why\n    d,\n)\n",
    ),
}


@pytest.mark.parametrize(("text", "names", "expected"), REMOVED.values(), ids=REMOVED)
def test_imports_that_go(text, names, expected):
    table = LineTable(text)
    assert apply(text, removals(removable(imported(text, *names), table), table)) == expected


EXTENDED = {
    "in order": ("from a import b, d", "c", "from a import b, c, d"),
    "at the end": ("from a import b", "c", "from a import b, c"),
    "in no order": ("from a import d, b", "c", "from a import d, b, c"),
    "in parentheses": ("from a import (b, d)", "e", "from a import (b, d, e)"),
    "with a last comma": ("from a import (b,)", "c", "from a import (b, c,)"),
}


@pytest.mark.parametrize(("code", "name", "expected"), EXTENDED.values(), ids=EXTENDED)
def test_extended(code, name, expected):
    assert extended(code, name) == expected
