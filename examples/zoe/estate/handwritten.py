"""Python files that are written out because they are about more than one way to spell a path."""

from __future__ import annotations

SIMPLE_MAIN = '''\
"""Zoe's sign-in service: accounts and sessions live in auth.db."""

import hashlib
import json
import sqlite3
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'user',
    last_login TEXT
);
CREATE TABLE IF NOT EXISTS sessions (
    session_id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
"""


def initialise():
    """Create the tables and the first account."""
    connection = sqlite3.connect("data/auth.db")
    connection.executescript(SCHEMA)
    connection.execute(
        "INSERT OR IGNORE INTO users (username, password_hash, role) VALUES (?, ?, ?)",
        ("admin", hash_password("admin"), "admin"),
    )
    connection.commit()
    connection.close()


def hash_password(password):
    """The form in which passwords are kept."""
    return "sha256$" + hashlib.sha256(password.encode()).hexdigest()


def sign_in(username, password, now):
    """The account of that name and password, None if there is none."""
    with closing(sqlite3.connect("data/auth.db")) as connection, connection:
        row = connection.execute("SELECT * FROM users WHERE username = ?", (username,)).fetchone()
        # id, username, password_hash, role, last_login
        if row is None or row[2] != hash_password(password):
            return None
        connection.execute("UPDATE users SET last_login = ? WHERE id = ?", (now, row[0]))
        return {"id": row[0], "username": row[1], "role": row[3]}


def who_is(session_id):
    """Who a session belongs to."""
    with closing(sqlite3.connect('data/auth.db')) as connection:
        return connection.execute(
            """
            SELECT users.username, users.role
            FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE session_id = ?
            """,
            (session_id,),
        ).fetchone()


class Handler(BaseHTTPRequestHandler):
    """GET /whoami?<session>"""

    def do_GET(self):
        """Answer who is signed in."""
        found = who_is(self.path.partition("?")[2])
        self.send_response(200 if found else 401)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())


def main():
    """Serve until stopped."""
    initialise()
    HTTPServer(("", 8002), Handler).serve_forever()


if __name__ == "__main__":
    main()
'''

MIGRATION = '''\
#!/usr/bin/env python3
"""Moves the tasks of developer_tasks.db into zoe.db, row by row.

Written for one evening in spring; reads the old file and writes the new one, so both names have to stay.
"""

import argparse
import os
import sqlite3

DATA_DIR = "/home/pi/zoe/data"
OLD = os.path.join(DATA_DIR, "developer_tasks.db")
NEW = os.path.join(DATA_DIR, "zoe.db")


def migrate(old_path, new_path):
    """Copy what is not there yet; the number of rows that were added."""
    old = sqlite3.connect(old_path)
    new = sqlite3.connect(new_path)
    new.execute("CREATE TABLE IF NOT EXISTS moved_tasks (id INTEGER PRIMARY KEY, title TEXT, status TEXT)")
    before = new.execute("SELECT COUNT(*) FROM moved_tasks").fetchone()[0]
    for row in old.execute("SELECT id, title, status FROM tasks ORDER BY id"):
        new.execute("INSERT OR IGNORE INTO moved_tasks (id, title, status) VALUES (?, ?, ?)", row)
    new.commit()
    return new.execute("SELECT COUNT(*) FROM moved_tasks").fetchone()[0] - before


def main(argv=None):
    """Migrate, and say how much."""
    parser = argparse.ArgumentParser(description="Move developer tasks into zoe.db.")
    parser.add_argument("--old", default=OLD, help="usually developer_tasks.db")
    parser.add_argument("--new", default=NEW, help="usually zoe.db")
    options = parser.parse_args(argv)
    print(f"{migrate(options.old, options.new)} tasks moved")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
'''

TEST_CALENDAR = '''\
"""The calendar's SQL on a throw-away database; one test looks at the real zoe.db if there is one."""

import os
import sqlite3
import unittest

REAL = "/home/pi/zoe/data/zoe.db"
SCRATCH = "/tmp/test_zoe.db"


class CalendarTest(unittest.TestCase):
    """Events in, events out."""

    def setUp(self):
        """Begin with an empty table."""
        self.connection = sqlite3.connect(SCRATCH)
        self.connection.execute("DROP TABLE IF EXISTS events")
        self.connection.execute("CREATE TABLE events (title TEXT, starts_at TEXT)")

    def tearDown(self):
        """Leave nothing behind."""
        self.connection.close()
        os.remove("/tmp/test_zoe.db")

    def test_order(self):
        """Events come by time."""
        events = [("b", "2025-10-02"), ("a", "2025-10-01")]
        self.connection.executemany("INSERT INTO events VALUES (?, ?)", events)
        rows = self.connection.execute("SELECT title FROM events ORDER BY starts_at").fetchall()
        self.assertEqual(rows, [("a",), ("b",)])

    @unittest.skipUnless(os.path.exists(REAL), "needs zoe.db")
    def test_real_events_have_a_title(self):
        """Nothing in the real calendar is nameless."""
        connection = sqlite3.connect(REAL)
        self.assertEqual(connection.execute("SELECT COUNT(*) FROM events WHERE title = ''").fetchone(), (0,))


if __name__ == "__main__":
    unittest.main()
'''

TEST_FULL_SYSTEM = '''\
"""Looks at a running Zoe: is zoe.db where it should be, and whole?"""

import os
import sqlite3
import subprocess
import unittest


@unittest.skipUnless(os.path.exists("/home/pi/zoe/data/zoe.db"), "only on the machine that runs Zoe")
class FullSystemTest(unittest.TestCase):
    """Needs the real machine."""

    def test_tables(self):
        """The main tables exist."""
        connection = sqlite3.connect("/home/pi/zoe/data/zoe.db")
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        self.assertLessEqual({"users", "people", "events"}, names)

    def test_integrity(self):
        """SQLite finds nothing wrong."""
        command = ["docker", "exec", "zoe-core", "sqlite3", "/app/data/zoe.db", "PRAGMA integrity_check"]
        self.assertEqual(subprocess.check_output(command, text=True).strip(), "ok")
'''

TEST_LISTS = '''\
"""Lists on throw-away databases, with the three ways to get one."""

import sqlite3
import tempfile
import unittest
from pathlib import Path

SCHEMA = "CREATE TABLE list_items (list_id INTEGER, text TEXT, done INTEGER DEFAULT 0)"


class ListsTest(unittest.TestCase):
    """Ticking off."""

    def test_in_memory(self):
        """A new line is open."""
        connection = sqlite3.connect(":memory:")
        connection.execute(SCHEMA)
        connection.execute("INSERT INTO list_items (list_id, text) VALUES (1, 'milk')")
        self.assertEqual(connection.execute("SELECT done FROM list_items").fetchone(), (0,))

    def test_in_a_named_temporary_file(self):
        """Lines survive closing."""
        with tempfile.NamedTemporaryFile(suffix=".db") as file:
            connection = sqlite3.connect(file.name)
            connection.execute(SCHEMA)
            connection.close()
            connection = sqlite3.connect(file.name)
            self.assertEqual(connection.execute("SELECT COUNT(*) FROM list_items").fetchone(), (0,))

    def test_in_a_temporary_directory(self):
        """Two files do not share lines."""
        with tempfile.TemporaryDirectory() as directory:
            sqlite3.connect(Path(directory) / "test_lists.db").execute(SCHEMA)
            other = sqlite3.connect(Path(directory) / "scratch_tasks.db")
            self.assertEqual(other.execute("SELECT COUNT(*) FROM sqlite_master").fetchone(), (0,))


if __name__ == "__main__":
    unittest.main()
'''

CORE_MAIN = '''\
"""Zoe's core: every module of routers/ is an endpoint."""

import importlib
import pkgutil

import routers


def load_routers():
    """Import the routers: name → module."""
    names = sorted(module.name for module in pkgutil.iter_modules(routers.__path__))
    return {name: importlib.import_module(f"routers.{name}") for name in names}


ROUTERS = load_routers()


def main():
    """Say what is there."""
    for name, module in ROUTERS.items():
        print(f"/api/{name}: {module.__doc__}")


if __name__ == "__main__":
    main()
'''

HANDWRITTEN: dict[str, str] = {
    "services/zoe-auth/simple_main.py": SIMPLE_MAIN,
    "services/zoe-core/main.py": CORE_MAIN,
    "services/zoe-core/routers/__init__.py": '"""The endpoints of the core."""\n',
    "scripts/migrations/migrate_developer_tasks.py": MIGRATION,
    "tests/test_calendar.py": TEST_CALENDAR,
    "tests/test_lists.py": TEST_LISTS,
    "tests/integration/test_full_system.py": TEST_FULL_SYSTEM,
}
