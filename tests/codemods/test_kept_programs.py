"""Programs that run before and after a rewrite and a move, on real databases: they print the same."""

from __future__ import annotations

import pytest
from programs import Program

READ = "print(sqlite3.connect(DB).execute('SELECT name FROM users').fetchall())\n"


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path / "program")


FOLDED = {
    "the last name of an import goes": "import sqlite3, os\nDB = os.path.join('data', 'users.db')\n" + READ,
    "so does one after a backslash": "import sqlite3, \\\n    os\nDB = os.path.join('data', 'users.db')\n" + READ,
}


@pytest.mark.parametrize("code", FOLDED.values(), ids=FOLDED)
def test_folded(program, code):
    outcome = program.fold({"main.py": code})
    assert outcome.is_kept, outcome.said
    assert "DATABASE_PATH" in outcome.code["main.py"]
    assert "os" not in outcome.code["main.py"].split("\n")[0]


def test_sql_with_a_null_character_is_no_error(program):
    code = "import sqlite3\nDB = 'data/users.db'\nc = sqlite3.connect(DB)\n" + READ
    code += "try:\n    c.execute('SELECT \\0; SELECT 1')\nexcept Exception as e:\n    print('refused')\n"
    outcome = program.fold({"main.py": code})
    assert outcome.is_kept, outcome.said
    assert "DATABASE_PATH" in outcome.code["main.py"]
    assert "[exit 0]" in program.dbfold("sql")


def test_a_windows_path_with_a_blank_is_a_path(program):
    program.fold({"main.py": "from pathlib import Path\nDB = Path('C:/My App/data/users.db')\n"}, move=False)
    assert "C:/My App/data/users.db: review" in program.dbfold("audit", ".")
    assert "All clear" not in program.dbfold("check", ".")


STORE = "import os\nimport sqlite3\nDB = os.path.join('data', 'users.db')\n"
SHOW = "print(sqlite3.connect(store.DB).execute('SELECT name FROM users').fetchall())\n"
TAKEN = {
    "an attribute": {"main.py": "import sqlite3, store\nprint(store.os.sep)\n" + SHOW},
    "an attribute under another name": {"main.py": "import sqlite3, store as s\nstore = s\nprint(s.os.sep)\n" + SHOW},
    "an alias of another module": {
        "names.py": "import store as st\n",
        "main.py": "import sqlite3\nfrom names import st\nstore = st\nprint(st.os.sep)\n" + SHOW,
    },
    "by name": {"main.py": "import sqlite3, store\nfrom store import os\nprint(os.sep)\n" + SHOW},
    "by name in lines": {"main.py": "import sqlite3, store\nfrom store import (\n    os,\n)\nprint(os.sep)\n" + SHOW},
    "with everything": {"main.py": "import sqlite3, store\nfrom store import *\nprint(os.sep)\n" + SHOW},
    "by a text": {"main.py": "import sqlite3, store\nprint(getattr(store, 'os').sep)\n" + SHOW},
    "by a computed text": {"main.py": "import sqlite3, store\nprint(getattr(store, 'o' + 's').sep)\n" + SHOW},
    "by a patch": {
        "main.py": (
            "import sqlite3, store\nfrom unittest import mock\nwith mock.patch('store.os.getcwd', lambda: 'x'):\n    "
            + SHOW
        )
    },
    "of the package's module": {
        "main.py": "import sqlite3\nfrom pkg import store\nprint(store.os.sep)\n" + SHOW,
        "pkg/__init__.py": "",
        "pkg/store.py": STORE,
    },
    "of a module of modules": {"main.py": "import sqlite3, sys, store\nprint(sys.modules['store'].os.sep)\n" + SHOW},
    "in its own text": {
        "store.py": STORE + "print(globals()['o' + 's'].sep)\n",
        "main.py": "import sqlite3, store\n" + SHOW,
    },
    "in an example": {
        "store.py": STORE + '\ndef f():\n    """\n    >>> os.sep\n    \'/\'\n    """\n',
        "main.py": "import sqlite3, store, doctest\nprint(doctest.testmod(store))\n" + SHOW,
    },
    "in __all__": {
        "store.py": STORE + "__all__ = ['DB', 'os']\n",
        "main.py": "import sqlite3, store\nfrom store import *\nprint(os.sep)\n" + SHOW,
    },
}


@pytest.mark.parametrize("files", TAKEN.values(), ids=TAKEN)
def test_an_import_that_others_use_stays(program, files):
    outcome = program.fold({"store.py": STORE, **files})
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert "[exit 0]" in outcome.said
    assert "('ada',)" in outcome.after[0][1]
    text = next(text for name, text in outcome.code.items() if name.endswith("store.py"))
    assert "DATABASE_PATH" in text
    assert "import os" in outcome.code["pkg/store.py" if "pkg/store.py" in files else "store.py"]


def test_an_import_that_nobody_uses_goes(program):
    main = "import os, sqlite3\nimport store\nprint(os.sep, store.DB[:0])\n" + SHOW
    outcome = program.fold({"store.py": STORE, "main.py": main, "other.py": "from pathlib import Path\nPath.os = 1\n"})
    assert outcome.is_kept
    assert "import os" not in outcome.code["store.py"]
