"""Programs that do more with a database's path than open it, run before and after: they behave as before, or wait."""

from __future__ import annotations

import pytest
from programs import Program

READ = "print(sqlite3.connect({}).execute('SELECT name FROM users ORDER BY id').fetchall())\n"
COUNT = (
    "def count():\n    found = sqlite3.connect('data/app.db').execute('SELECT count(*) FROM orders')\n"
    "    print(found.fetchall())\ncount()\n"
)
CONFIG = "USERS = 'data/users.db'\nAPP = 'data/app.db'\n"
MAIN = "import sqlite3, config\n" + READ.format("config.USERS")

HELD = {
    "deleted by a module that names nothing": (
        {
            "config.py": CONFIG,
            "tools.py": "import os, config\ndef reset():\n    os.remove(config.USERS)\n",
            "main.py": MAIN + "import tools\ntools.reset()\n" + COUNT,
        },
        "os.remove in tools.py:3 deletes, moves or overwrites the file, and would do so to app.db",
    ),
    "deleted by a helper that is told": (
        {
            "config.py": CONFIG,
            "files.py": "from pathlib import Path\ndef wipe(path):\n    Path(path).unlink()\n",
            "main.py": MAIN + "from files import wipe\nwipe(config.USERS)\n" + COUNT,
        },
        "Path.unlink in files.py:3 deletes",
    ),
    "deleted at exit": (
        {
            "main.py": (
                "import atexit, os, sqlite3\nDB = 'data/users.db'\natexit.register(os.remove, DB)\n" + READ.format("DB")
            )
        },
        "os.remove deletes, moves or overwrites the file",
    ),
    "deleted by an inherited method": (
        {
            "base.py": "import os\nclass Store:\n    path = ''\n    def drop(self):\n        os.unlink(self.path)\n",
            "main.py": (
                "import sqlite3\nfrom base import Store\nclass Users(Store):\n    path = 'data/users.db'\n"
                f"{READ.format('Users.path')}Users().drop()\n{COUNT}"
            ),
        },
        "os.unlink in base.py:5 deletes",
    ),
    "filled from a seed": (
        {
            "config.py": CONFIG,
            "main.py": (
                "import shutil, sqlite3\nfrom config import USERS\nshutil.copyfile(USERS, 'data/seed.bin')\n"
                f"shutil.copyfile('data/seed.bin', USERS)\n{READ.format('USERS')}{COUNT}"
            ),
        },
        "shutil.copyfile in main.py:3 deletes, moves or overwrites the file",
    ),
    "a backup onto it": (
        {
            "config.py": CONFIG,
            "main.py": (
                "import sqlite3\nfrom config import USERS\nsource = sqlite3.connect(':memory:')\n"
                "source.execute('CREATE TABLE users (id, name)')\nsource.backup(sqlite3.connect(USERS))\n"
                f"{READ.format('USERS')}{COUNT}"
            ),
        },
        "Connection.backup in main.py:5 deletes, moves or overwrites the file",
    ),
    "an export beside it": (
        {
            "config.py": CONFIG,
            "main.py": MAIN + "open(config.USERS.replace('users.db', 'users.json'), 'w').write('x')\n" + COUNT,
        },
        ".replace makes something of the path in main.py:3",
    ),
    "a lock beside it": (
        {
            "config.py": "from pathlib import Path\nUSERS = Path('data/users.db')\n",
            "main.py": MAIN + "lock = config.USERS.with_suffix('.lock')\nprint(lock.name == 'users.lock')\n",
        },
        "with_suffix makes something of the path in main.py:3",
    ),
    "a directory before it": (
        {
            "config.py": CONFIG,
            "main.py": "import os, sqlite3, config\n" + READ.format("os.getcwd() + '/' + config.USERS"),
        },
        "put behind another path in main.py:2",
    ),
    "compared": (
        {
            "config.py": CONFIG,
            "main.py": (
                f"{MAIN}for path in [config.APP, config.USERS]:\n"
                "    print('orders' if path == config.APP else 'users')\n"
            ),
        },
        "would become one",
    ),
    "a registry by path": (
        {
            "config.py": CONFIG,
            "main.py": MAIN + "tables = {config.APP: 'orders', config.USERS: 'users'}\nprint(len(tables))\n",
        },
        "a key in main.py:3, and app.db and users.db would become one key",
    ),
    "gone through": (
        {
            "config.py": CONFIG,
            "main.py": (
                f"{MAIN}total = 0\nfor path in (config.APP, config.USERS):\n    with open(path, 'rb') as file:\n"
                "        total += file.read(6) == b'SQLite'\nprint(total)\n"
            ),
        },
        "main.py:4 goes through app.db and users.db, which would become one file, app.db",
    ),
    "attached": (
        {
            "config.py": CONFIG,
            "main.py": (
                "import sqlite3\nfrom config import APP, USERS\nconnection = sqlite3.connect(APP)\n"
                "connection.execute(f\"ATTACH '{USERS}' AS u\")\n"
                "connection.execute(\"INSERT INTO u.users VALUES (3, 'c')\")\n"
                "connection.commit()\nprint(connection.execute('SELECT count(*) FROM u.users').fetchall())\n"
            ),
        },
        "opens app.db and users.db, which would become one file, app.db: a migration?",
    ),
}
FOLDED = {
    "opened elsewhere": {"config.py": CONFIG, "main.py": MAIN},
    "its directory made": {
        "config.py": "from pathlib import Path\nUSERS = Path('data/users.db')\n",
        "main.py": "import config\nconfig.USERS.parent.mkdir(exist_ok=True)\n" + MAIN,
    },
    "looked at": {"config.py": CONFIG, "main.py": f"{MAIN}import os\nprint(os.path.exists(config.USERS))\n"},
    "a URL": {
        "config.py": CONFIG,
        "main.py": "import sqlite3, config\n" + READ.format("f'file:{config.USERS}?mode=ro', uri=True"),
    },
    "a URL's scheme taken away": {
        "config.py": "URL = 'sqlite:///data/users.db'\n",
        "main.py": "import sqlite3, config\n" + READ.format("config.URL.replace('sqlite:///', '')"),
    },
    "compared with memory": {
        "config.py": CONFIG,
        "main.py": f"{MAIN}print(config.USERS == ':memory:')\nprint(config.USERS.endswith('.db'))\n",
    },
    "another file is deleted": {
        "config.py": CONFIG,
        "main.py": f"{MAIN}import os\nopen('data/x', 'w').close()\nos.remove('data/x')\n",
    },
    "put behind a Path": {
        "config.py": CONFIG,
        "main.py": "import pathlib, sqlite3, config\n" + READ.format("pathlib.Path.cwd() / config.USERS"),
    },
}


@pytest.mark.parametrize(("files", "reason"), HELD.values(), ids=HELD)
def test_what_would_do_harm_waits(tmp_path, files, reason):
    outcome = Program(tmp_path).fold(files)
    assert outcome.is_kept, outcome
    assert "data/users.db" in "".join(outcome.code.values())
    assert reason in outcome.said


@pytest.mark.parametrize("files", FOLDED.values(), ids=FOLDED)
def test_what_does_no_harm_is_folded(tmp_path, files):
    outcome = Program(tmp_path).fold(files)
    assert outcome.is_kept, outcome
    assert outcome.changed, outcome.said
