"""An estate for rough treatment: moved in a child process, which is killed, starved or kept waiting.

Children are forked, so that a move starts in a millisecond. The parent opens databases with the standard library's
SQLite, and copies only, so that looking recovers nothing; children use datamove alone.
"""

from __future__ import annotations

import functools
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from dbfold import datamove
from dbfold.base.errors import UserError
from dbfold.datamove.progress import Progress
from dbfold.policy.loading import load_policy

KILLS = int(os.environ.get("DBFOLD_KILLS", "12"))
SOURCES_OF = {"zoe.db": ("auth.db", "tasks.db", "chat.db"), "memory.db": ("facts.db",)}
NAMES = tuple(name for target, sources in SOURCES_OF.items() for name in (target, *sources))
VARIANTS = ("plain", "wal", "journal", "absent", "two")
POLICY = """\
version: 1
databases:
  zoe.db: {role: primary, path: data/zoe.db}
  memory.db: {role: specialized, path: data/memory.db}
  facts.db: {role: retired, into: memory.db}
  auth.db: {role: retired, into: zoe.db}
  tasks.db: {role: retired, into: zoe.db}
  chat.db: {role: retired, into: zoe.db}
tables:
  users: {key: [username], on_conflict: keep-target}
"""
USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, email TEXT);"
LOG = "CREATE TABLE log (line TEXT);"
ZOE = f"""{USERS}{LOG}
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), body TEXT);
CREATE INDEX notes_user ON notes (user_id);
INSERT INTO users VALUES (1, 'ada', 'ada@zoe'), (2, 'bob', 'bob@zoe');
INSERT INTO notes VALUES (1, 1, 'of ada'), (2, 2, 'of bob');
INSERT INTO notes (user_id, body) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
  SELECT 1, i || hex(zeroblob(400)) FROM n;
INSERT INTO log VALUES ('same'), ('zoe');
"""
ZOE_LATER = "INSERT INTO users VALUES (3, 'cyd', NULL); INSERT INTO notes (user_id, body) VALUES (3, 'of cyd');"
AUTH = f"""{USERS}
CREATE TABLE sessions (token TEXT PRIMARY KEY, user_id INTEGER REFERENCES users(id)) WITHOUT ROWID;
INSERT INTO users VALUES (1, 'bob', 'bob@auth'), (2, 'dan', 'dan@auth');
INSERT INTO sessions VALUES ('t-bob', 1), ('t-dan', 2);
"""
AUTH_LATER = "INSERT INTO users VALUES (3, 'eve', NULL); INSERT INTO sessions VALUES ('t-eve', 3);"
TASKS = """CREATE TABLE tasks (title TEXT, data BLOB);
INSERT INTO tasks WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
  SELECT 'task ' || i, zeroblob(900) FROM n;
INSERT INTO tasks SELECT 'twice', NULL FROM tasks LIMIT 2;
"""
CHAT = f"""{USERS}{LOG}
CREATE TABLE messages (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), text TEXT);
INSERT INTO users VALUES (1, 'dan', 'dan@auth'), (5, 'ada', 'ada@zoe'), (6, 'fay', 'fay@chat');
INSERT INTO messages VALUES (1, 1, 'by dan'), (2, 5, 'by ada'), (3, 6, 'by fay');
INSERT INTO log VALUES ('same'), ('same'), ('chat');
"""


# -- files ------------------------------------------------------------------------------------------------------------


def write(path, script, *, wal="", journal="", pragmas=""):
    """A database; `wal` is SQL whose outcome is committed in its -wal, `journal` SQL that a crash interrupts."""
    with tempfile.TemporaryDirectory() as place:
        original = Path(place, path.name)
        with closing(sqlite3.connect(original, isolation_level=None)) as connection:
            connection.executescript(pragmas)
            connection.executescript(f"BEGIN; {script} COMMIT;")
            if wal:
                connection.executescript("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;")
                connection.executescript(f"BEGIN; {wal} COMMIT;")
            if journal:
                connection.executescript(f"PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; {journal}")
            for file in Path(place).iterdir():
                if not file.name.endswith("-shm"):
                    shutil.copyfile(file, path.with_name(file.name))
    assert not wal or path.with_name(f"{path.name}-wal").stat().st_size
    assert not journal or path.with_name(f"{path.name}-journal").stat().st_size


def make(root, variant="plain"):
    """The policy and the databases below `root`; `variant` says what lies beside zoe.db, or that there is none, or that
    a second database takes one in, too. Returns `root`.
    """
    data = root / "data"
    data.mkdir(parents=True)
    (root / "dbfold.yaml").write_text(POLICY)
    if variant == "wal":
        write(data / "zoe.db", ZOE, wal=ZOE_LATER)
    elif variant == "journal":
        write(data / "zoe.db", ZOE, journal="UPDATE notes SET body = 'never' || body; DELETE FROM users;")
    elif variant != "absent":
        write(data / "zoe.db", ZOE)
    if variant == "two":
        write(data / "memory.db", LOG + "INSERT INTO log VALUES ('memory'), ('same');")
        write(data / "facts.db", LOG + "INSERT INTO log VALUES ('fact'), ('same');")
    write(data / "auth.db", AUTH, wal=AUTH_LATER)
    write(data / "tasks.db", TASKS)
    write(data / "chat.db", CHAT)
    policy(root)  # whatever it imports
    return root


def contents(root):
    """Databases and what lies beside them, byte for byte; backups apart."""
    return {path.name: path.read_bytes() for path in sorted((root / "data").iterdir()) if path.is_file()}


def leftovers(root):
    """What is in the data directory and is neither a database, nor a companion, nor the backups."""
    expected = {"backup", *(name + suffix for name in NAMES for suffix in ("", "-wal", "-journal", "-shm"))}
    return sorted({path.name for path in (root / "data").iterdir()} - expected)


# -- rows -------------------------------------------------------------------------------------------------------------


def dump(path):
    """Every row of every table as SQLite sees them, and None if there is no such file. Checked for damage."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], path
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in names
            if name not in ("_dbfold_moves", "_dbfold_files")
        }


def look(root):
    """The rows of all databases, from a copy of the directory."""
    with tempfile.TemporaryDirectory() as place:
        for path in (root / "data").iterdir():
            if path.is_file() and not path.name.startswith("."):
                shutil.copyfile(path, Path(place, path.name))
        return {name: dump(Path(place, name)) for name in NAMES}


def states(root, old, new):
    """Of each target, 'old' or 'new', whichever its rows are; anything else is a mixture, and fails."""
    now = look(root)
    return [_state(now, target, old, new) for target in SOURCES_OF if old[target] != new[target]]


def _state(now, target, old, new):
    sources = SOURCES_OF[target]
    if now[target] == old[target]:
        assert [now[name] for name in sources] == [old[name] for name in sources]
        return "old"
    assert now[target] == new[target], "neither the old nor the new rows"
    for name in sources:
        assert now[name] in (old[name], None), name
    return "new"


def check_new(rows, *, absent=False):
    """What the moved rows of zoe.db must be, written by hand; `absent` if it did not exist before."""
    users = {(username, email) for _, username, email in rows["users"]}
    late = {("cyd", None)} & users
    expected = {("ada", "ada@zoe"), ("bob", "bob@zoe"), ("dan", "dan@auth"), ("eve", None), ("fay", "fay@chat"), *late}
    if absent:
        expected = {("ada", "ada@zoe"), ("bob", "bob@auth"), ("dan", "dan@auth"), ("eve", None), ("fay", "fay@chat")}
    assert users == expected
    assert len(rows["users"]) == len(users)
    names = {id: username for id, username, _ in rows["users"]}
    assert {token: names[id] for token, id in rows["sessions"]} == {f"t-{name}": name for name in ("bob", "dan", "eve")}
    assert {text: names[id] for _, id, text in rows["messages"]} == {
        f"by {name}": name for name in ("ada", "dan", "fay")
    }
    log = [("chat",), ("same",), ("same",), ("same",), ("zoe",)]
    assert sorted(rows["log"]) == ([log[0], *log[1:3]] if absent else log)
    assert len(rows["tasks"]) == 42
    assert len(rows.get("notes", ())) == (63 if late else 0 if absent else 62)
    conflicts = [row[-3:] for row in rows["_dbfold_conflicts"]]
    assert conflicts == ([] if absent else [("email", "bob@auth", "bob@zoe")])


# -- children ---------------------------------------------------------------------------------------------------------


class Outcome:
    """How a child ended: `value` if its work was done, `error` if that raised, neither if it was killed."""

    def __init__(self, status, data):
        self.killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        self.value, self.error, self.kind = pickle.loads(data) if data else (None, None, None)
        assert self.killed or data, f"the child ended with status {status}"

    @property
    def is_clear(self):
        """Did it do its work, or say why not in words for the user?"""
        return self.error is None or self.kind in ("user", "system")


class Child:
    """Work in a forked process. `work` returns something picklable."""

    def __init__(self, work):
        reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reader)
            self._run(work, writer)
        os.close(writer)
        self._reader = reader

    @staticmethod
    def _run(work, writer):
        answer = (None, "it ended without a word", "internal")
        try:
            answer = (work(), None, None)
        except UserError as error:
            answer = (None, str(error), "user")
        except OSError as error:
            answer = (None, str(error), "system")
        except BaseException as error:  # noqa: BLE001
            answer = (None, repr(error), "internal")
        finally:
            os.write(writer, pickle.dumps(answer))
            os._exit(0)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def wait(self):
        with open(self._reader, "rb") as stream:
            data = stream.read()
        _, status = os.waitpid(self.pid, 0)
        return Outcome(status, data)


def child(work):
    """Do `work` in another process, to its end."""
    return Child(work).wait()


def suicide():
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


class Killer(Progress):
    """Counts what it is told, and dies at number `at`."""

    def __init__(self, at=0):
        self.at, self.count = at, 0

    def _counted(self):
        self.count += 1
        if self.count == self.at:
            suicide()

    def say(self, *args, **kwargs):
        self._counted()

    def stage(self, *args, **kwargs):
        self._counted()

    def step(self, *args, **kwargs):
        self._counted()


CHANGES = (
    (os, "replace"),
    (os, "rename"),
    (os, "unlink"),
    (os, "mkdir"),
    (os, "rmdir"),
    (os, "symlink"),
    (os, "fsync"),
    (os, "chmod"),
    (os, "utime"),
    (shutil, "copyfile"),
)


def die_at_change(number, *, after):
    """In this process from now on: the `number`-th change of the file system kills, before or after it is done.

    Returns a function that tells how many there were.
    """
    count = 0

    def wrapped(function):
        @functools.wraps(function)
        def change(*args, **kwargs):
            nonlocal count
            count += 1
            mine = count
            if mine == number and not after:
                suicide()
            try:
                return function(*args, **kwargs)
            finally:
                if mine == number:
                    suicide()

        return change

    for module, name in CHANGES:
        setattr(module, name, wrapped(getattr(module, name)))
    return lambda: count


# -- moving -----------------------------------------------------------------------------------------------------------


def policy(root):
    return load_policy(root / "dbfold.yaml")


def move(root, progress=None, **options):
    """`datamove.run` here; the names that were put away."""
    result = datamove.run(policy(root), root / "data", progress=progress, **options)
    return tuple(name for moved in result.moved for name in moved.retired)


def roll_back(root, name=None, progress=None):
    """`datamove.rollback` here."""
    datamove.rollback(policy(root), root / "data", name, progress=progress)


def python(code, *arguments, **options):
    """Another program, written in Python; talks over its standard input and output."""
    command = [sys.executable, "-u", "-c", code, *map(os.fspath, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
