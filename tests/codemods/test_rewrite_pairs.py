"""Before and after, byte for byte: first what must stay as it is, then imports, bindings, layout and types."""

import ast
from textwrap import dedent

import pytest

from dbfold.codemods.run import prepare
from dbfold.codemods.writing import write
from dbfold.policy.loading import load_policy

POLICY = """
version: 1
databases:
  zoe.db: {role: primary, path: /app/data/zoe.db, env: DATABASE_PATH}
  memory.db: {role: specialized, path: /app/data/memory.db, env: MEMORY_DATABASE_PATH}
  auth.db: {role: retired, into: zoe.db}
accessor: {roots: [service], style: STYLE}
data_dirs: [/app/data, data]
"""


@pytest.fixture
def rewrite(tmp_path):
    """Rewrites one module in a service that has a module `models` of its own."""

    def run(before, style="constant"):
        (tmp_path / "dbfold.yaml").write_text(POLICY.replace("STYLE", style))
        (tmp_path / "service").mkdir(exist_ok=True)
        (tmp_path / "service" / "models.py").write_text("")
        file = tmp_path / "service" / "module.py"
        file.write_bytes(before.encode())
        policy = load_policy(tmp_path / "dbfold.yaml")
        prepared = prepare([file], policy, jobs=1)
        assert prepared.errors == ()
        write(prepared)
        assert not prepare([file], policy, jobs=1).changes
        after = file.read_bytes().decode()
        ast.parse(after)
        return after

    return run


UNCHANGED = {
    "no path": "import os\nprint(os.getcwd())\n",
    "docstring": '"""Keeps its rows in /app/data/zoe.db."""\n',
    "comment": "x = 1  # was /app/data/zoe.db\n",
    "message": 'print("using /app/data/zoe.db")\n',
    "other directory": 'path = "/srv/zoe.db"\n',
    "bytes": 'path = b"/app/data/zoe.db"\n',
    "bare statement": '"/app/data/zoe.db"\n',
}


@pytest.mark.parametrize("before", UNCHANGED.values(), ids=UNCHANGED)
def test_unchanged(rewrite, before):
    assert rewrite(before) == before


PAIRS = {
    "no import yet": (
        'DB = "/app/data/zoe.db"\n',
        "from database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\n",
    ),
    "after the docstring": (
        '"""What it does."""\nDB = "/app/data/zoe.db"\n',
        '"""What it does."""\n\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\n',
    ),
    "after the docstring and a blank line": (
        '"""What it does."""\n\nDB = "/app/data/zoe.db"\n',
        '"""What it does."""\n\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\n',
    ),
    "after __future__": (
        'from __future__ import annotations\n\nDB = "/app/data/zoe.db"\n',
        "from __future__ import annotations\n\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\n",
    ),
    "after a shebang and a coding line": (
        '#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nDB = "/app/data/zoe.db"\n',
        "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\n",
    ),
    "before the comment of the first statement": (
        '# Licence: MIT\n\n# The database.\nDB = "/app/data/zoe.db"\n',
        "# Licence: MIT\n\nfrom database_config import DATABASE_PATH\n\n# The database.\nDB = DATABASE_PATH\n",
    ),
    "in a group of its own where groups are apart": (
        'import json\n\nimport httpx\n\nDB = "/app/data/zoe.db"\n',
        "import json\n\nimport httpx\n\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\n",
    ),
    "no group of its own where nothing is apart": (
        'import httpx\nimport json\nDB = "/app/data/zoe.db"\n',
        "import httpx\nimport json\nfrom database_config import DATABASE_PATH\nDB = DATABASE_PATH\n",
    ),
    "among the application's own, in order": (
        'import json\n\nfrom models import User\n\nDB = "/app/data/zoe.db"\n',
        "import json\n\nfrom database_config import DATABASE_PATH\nfrom models import User\n\nDB = DATABASE_PATH\n",
    ),
    "before relative imports": (
        'import json\n\nfrom .auth import user\n\nDB = "/app/data/zoe.db"\n',
        "import json\n\nfrom database_config import DATABASE_PATH\n\nfrom .auth import user\n\nDB = DATABASE_PATH\n",
    ),
    "before the first use, although imports follow": (
        'import json\nDB = "/app/data/zoe.db"\nimport re\n',
        "import json\n\nfrom database_config import DATABASE_PATH\nDB = DATABASE_PATH\nimport re\n",
    ),
    "several statements in the import's line": (
        'import json; import re\nDB = "/app/data/zoe.db"\n',
        "import json; import re\nfrom database_config import DATABASE_PATH\nDB = DATABASE_PATH\n",
    ),
    "an import over several lines": (
        'from typing import (\n    Any,\n)\n\nDB = "/app/data/zoe.db"\n',
        "from typing import (\n    Any,\n)\n\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\n",
    ),
    "two accessors, one import": (
        'A = "/app/data/memory.db"\nB = "/app/data/zoe.db"\n',
        "from database_config import DATABASE_PATH, MEMORY_DATABASE_PATH\n\nA = MEMORY_DATABASE_PATH\nB = DATABASE_PATH\n",
    ),
    "the import is there": (
        'from database_config import DATABASE_PATH\n\nA = "/app/data/zoe.db"\n',
        "from database_config import DATABASE_PATH\n\nA = DATABASE_PATH\n",
    ),
    "the import is there under another name": (
        'from database_config import DATABASE_PATH as DB\n\nA = "/app/data/zoe.db"\n',
        "from database_config import DATABASE_PATH as DB\n\nA = DB\n",
    ),
    "the import is extended": (
        'from database_config import (\n    DATABASE_PATH,\n)\n\nA = DATABASE_PATH\nB = "/app/data/memory.db"\n',
        "from database_config import (\n    DATABASE_PATH, MEMORY_DATABASE_PATH,\n)\n\nA = DATABASE_PATH\nB = MEMORY_DATABASE_PATH\n",
    ),
    "an import without a use goes": (
        'import os\nimport sys\n\nDB = os.getenv("DATABASE_PATH", "/app/data/zoe.db")\nprint(sys.argv)\n',
        "import sys\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\nprint(sys.argv)\n",
    ),
    "a name without a use goes": (
        'from os import getenv, path\n\nDB = getenv("DATABASE_PATH", "/app/data/zoe.db")\nprint(path)\n',
        "from os import path\n\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\nprint(path)\n",
    ),
    "an import with another use stays": (
        'import os\n\nDB = os.getenv("DATABASE_PATH", "/app/data/zoe.db")\nprint(os.sep)\n',
        "import os\n\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\nprint(os.sep)\n",
    ),
    "an import that is exported stays": (
        'import os\n\n__all__ = ["os"]\nDB = os.getenv("DATABASE_PATH", "/app/data/zoe.db")\n',
        'import os\n\nfrom database_config import DATABASE_PATH\n\n__all__ = ["os"]\nDB = DATABASE_PATH\n',
    ),
    "an import with noqa stays": (
        'import os  # noqa: F401\n\nDB = os.getenv("DATABASE_PATH", "/app/data/zoe.db")\n',
        "import os  # noqa: F401\n\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\n",
    ),
    "the assignment becomes the import": (
        'import json\n\nDATABASE_PATH = "/app/data/zoe.db"  # the one\nprint(DATABASE_PATH)\n',
        "import json\n\nfrom database_config import DATABASE_PATH  # the one\nprint(DATABASE_PATH)\n",
    ),
    "the assignment after code becomes an import above": (
        'import json\nprint(json)\nDATABASE_PATH = "/app/data/zoe.db"\nprint(DATABASE_PATH)\n',
        "import json\n\nfrom database_config import DATABASE_PATH\nprint(json)\nprint(DATABASE_PATH)\n",
    ),
    "the assignment after a use of the path": (
        'def f(p="/app/data/zoe.db"):\n    return p\n\n\nDATABASE_PATH = "/app/data/zoe.db"\n',
        "from database_config import DATABASE_PATH\n\n\ndef f(p=DATABASE_PATH):\n    return p\n\n\n",
    ),
    "a local of the same name": (
        'def f():\n    DATABASE_PATH = "/app/data/zoe.db"\n    return DATABASE_PATH\n',
        "from database_config import DATABASE_PATH as CONFIGURED_DATABASE_PATH\n\n\n"
        "def f():\n    DATABASE_PATH = CONFIGURED_DATABASE_PATH\n    return DATABASE_PATH\n",
    ),
    "a class attribute of the same name": (
        'class Settings:\n    DATABASE_PATH: str = "/app/data/zoe.db"\n',
        "from database_config import DATABASE_PATH as CONFIGURED_DATABASE_PATH\n\n\n"
        "class Settings:\n    DATABASE_PATH: str = CONFIGURED_DATABASE_PATH\n",
    ),
    "assigned twice": (
        'DATABASE_PATH = "/app/data/zoe.db"\nDATABASE_PATH = DATABASE_PATH.upper()\n',
        "from database_config import DATABASE_PATH as CONFIGURED_DATABASE_PATH\n\n"
        "DATABASE_PATH = CONFIGURED_DATABASE_PATH\nDATABASE_PATH = DATABASE_PATH.upper()\n",
    ),
    "no space after the keyword": (
        'def f():\n    return"/app/data/zoe.db"\n',
        "from database_config import DATABASE_PATH\n\n\ndef f():\n    return(DATABASE_PATH)\n",
    ),
    "implicit concatenation over lines": (
        'def f(\n    path="/app/"\n    "data/zoe.db",  # where\n):\n    return path\n',
        "from database_config import DATABASE_PATH\n\n\ndef f(\n    path=DATABASE_PATH,  # where\n):\n    return path\n",
    ),
    "parentheses and spacing stay": (
        'x = ( "/app/data/zoe.db" )   ;  y = 1\n',
        "from database_config import DATABASE_PATH\n\nx = ( DATABASE_PATH )   ;  y = 1\n",
    ),
    "a decorator": (
        'import click\n\n\n@click.option("--db", default="/app/data/zoe.db")\n@click.command()\ndef f(db): ...\n',
        "import click\n\nfrom database_config import DATABASE_PATH\n\n\n"
        '@click.option("--db", default=DATABASE_PATH)\n@click.command()\ndef f(db): ...\n',
    ),
    "headers of compound statements": (
        "import sqlite3\n"
        'with sqlite3.connect("/app/data/zoe.db") as a, \\\n     sqlite3.connect("/app/data/zoe.db") as b:\n    pass\n'
        'for c in sqlite3.connect("/app/data/zoe.db").execute("SELECT 1"): pass\n'
        'while sqlite3.connect("/app/data/zoe.db"): break\n'
        'match sqlite3.connect("/app/data/zoe.db"):\n    case _ if sqlite3.connect("/app/data/zoe.db"): pass\n',
        "import sqlite3\n\nfrom database_config import DATABASE_PATH\n"
        "with sqlite3.connect(DATABASE_PATH) as a, \\\n     sqlite3.connect(DATABASE_PATH) as b:\n    pass\n"
        'for c in sqlite3.connect(DATABASE_PATH).execute("SELECT 1"): pass\n'
        "while sqlite3.connect(DATABASE_PATH): break\n"
        "match sqlite3.connect(DATABASE_PATH):\n    case _ if sqlite3.connect(DATABASE_PATH): pass\n",
    ),
    "non-ASCII before the path in its line": (
        'names = ["Zoë", "日本"]; path = "/app/data/zoe.db"; end = "ü"\n',
        'from database_config import DATABASE_PATH\n\nnames = ["Zoë", "日本"]; path = DATABASE_PATH; end = "ü"\n',
    ),
    "a Path stays a Path": (
        'from pathlib import Path\n\nA = Path("data") / "zoe.db"\nB = Path("/app/data/zoe.db")\n',
        "from pathlib import Path\n\nfrom database_config import DATABASE_PATH\n\n"
        "A = Path(DATABASE_PATH)\nB = Path(DATABASE_PATH)\n",
    ),
    "a Path as the module spells it": (
        'import pathlib as p\n\nA = p.Path("data") / "zoe.db"\n',
        "import pathlib as p\n\nfrom database_config import DATABASE_PATH\n\nA = p.Path(DATABASE_PATH)\n",
    ),
    "a joined text stays a text": (
        'import os\n\nA = os.path.join("/app/data", "zoe.db")\n',
        "from database_config import DATABASE_PATH\n\nA = DATABASE_PATH\n",
    ),
    "the only import after a docstring goes": (
        '"""Doc."""\n\nimport os\n\nA = os.path.join("/app/data", "zoe.db")\n',
        '"""Doc."""\n\nfrom database_config import DATABASE_PATH\n\nA = DATABASE_PATH\n',
    ),
    "a URL stays a URL": (
        'A = "sqlite+aiosqlite:////app/data/zoe.db?timeout=5"\n',
        'from database_config import DATABASE_PATH\n\nA = f"sqlite+aiosqlite:///{DATABASE_PATH}?timeout=5"\n',
    ),
    "a shell word": (
        "import os\nos.system(\"sqlite3 /app/data/zoe.db 'select {}'\")\n",
        "import os\n\nfrom database_config import DATABASE_PATH\nos.system(f\"sqlite3 {DATABASE_PATH} 'select {{}}'\")\n",
    ),
    "tabs, trailing blanks and no final newline": (
        'class A:\n\tdef f(self):   \n\t\treturn "/app/data/zoe.db"',
        "from database_config import DATABASE_PATH\n\n\nclass A:\n\tdef f(self):   \n\t\treturn DATABASE_PATH",
    ),
}


@pytest.mark.parametrize(("before", "after"), PAIRS.values(), ids=PAIRS)
def test_pair(rewrite, before, after):
    assert rewrite(before) == after


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize(("before", "after"), PAIRS.values(), ids=PAIRS)
def test_pair_with_other_newlines(rewrite, before, after, newline):
    assert rewrite(before.replace("\n", newline)) == after.replace("\n", newline)


STYLES = {
    "function": (
        'import os\n\nDB = os.getenv("DATABASE_PATH", "/app/data/zoe.db")\n',
        "from database_config import database_path\n\nDB = database_path()\n",
    ),
    "inline": (
        'import sqlite3\n\nDB = "/app/data/zoe.db"\nURL = "sqlite:////app/data/zoe.db"\n',
        'import os\nimport sqlite3\n\nDB = os.environ["DATABASE_PATH"]\nURL = f"sqlite:///{os.environ[\'DATABASE_PATH\']}"\n',
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_style(rewrite, style):
    before, after = STYLES[style]
    assert rewrite(before, style) == after


def test_function_style_and_a_parameter_of_that_name(rewrite):
    before = 'def f(database_path="/app/data/zoe.db"):\n    return database_path\n'
    assert rewrite(before, "function") == dedent("""\
        from database_config import database_path as configured_database_path


        def f(database_path=configured_database_path()):
            return database_path
    """)


def test_no_line_for_the_import_before_its_first_use(tmp_path):
    (tmp_path / "dbfold.yaml").write_text(POLICY.replace("STYLE", "constant"))
    (tmp_path / "service").mkdir()
    file = tmp_path / "service" / "module.py"
    file.write_text('"""Doc."""; DB = "/app/data/zoe.db"\n')
    prepared = prepare([file], load_policy(tmp_path / "dbfold.yaml"), jobs=1)
    assert not prepared.changes
    [error] = prepared.errors
    assert "no line for the import before its first use" in error.message
    [reference] = prepared.scan.references
    assert reference.verdict.action == "review"
