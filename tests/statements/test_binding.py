"""Which database does a statement run on? Every case is a way of real code, in our words."""

from __future__ import annotations

import re
import textwrap

import pytest

from dbfold.policy.loading import load_policy
from dbfold.references.discovery import discover
from dbfold.references.survey import Survey
from dbfold.statements.model import Bound
from dbfold.statements.scan import scan_code

POLICY = """\
version: 1
databases:
  zoe.db: {role: primary, path: /app/data/zoe.db, env: DATABASE_PATH}
  memory.db: {role: specialized, path: /app/data/memory.db, env: MEMORY_PATH}
  auth.db: {role: retired, into: zoe.db}
  tasks.db: {role: retired, into: zoe.db}
  cache_*.db: {role: undecided}
env_aliases: {OLD_PATH: DATABASE_PATH}
accessor: {module: database_config, roots: ["services/*"]}
data_dirs: [/app/data, data]
temporary: [/tmp, "tests/**"]
"""


def scan(tmp_path, files):
    (tmp_path / "dbfold.yaml").write_text(POLICY)
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(content), encoding="utf-8")
    policy = load_policy(tmp_path / "dbfold.yaml")
    return scan_code(Survey(None, jobs=1), discover([tmp_path], policy, tmp_path), policy).statements.statements


def bound(tmp_path, files):
    """Each statement's table with the databases it runs on."""
    found = {}
    for statement in scan(tmp_path, files):
        table = re.search(r"\b(?:FROM|INTO|TABLE|UPDATE)\s+(\w+)", statement.text)
        found[table[1] if table else statement.text] = "|".join(statement.databases) or statement.reason
    return found


ONE_MODULE = {
    "literal": ("""sqlite3.connect("data/auth.db").execute("SELECT 1 FROM a")""", {"a": "auth.db"}),
    "local, cursor, with": (
        """
        def f():
            path = "data/auth.db"
            with sqlite3.connect(path) as conn:
                cursor = conn.cursor()
                cursor.execute("SELECT 1 FROM a")
                cursor.executemany('''
                    INSERT INTO b VALUES (?)''', rows)
        """,
        {"a": "auth.db", "b": "auth.db"},
    ),
    "the same name for two connections, one after the other": (
        """
        def f():
            conn = sqlite3.connect("data/auth.db")
            conn.execute("SELECT 1 FROM a")
            conn = sqlite3.connect("data/tasks.db")
            conn.execute("SELECT 1 FROM b")
        """,
        {"a": "auth.db", "b": "tasks.db"},
    ),
    "one of two, by a condition": (
        """
        def f(old):
            conn = sqlite3.connect("data/auth.db")
            if old:
                conn = sqlite3.connect("data/tasks.db")
            conn.execute("SELECT 1 FROM a")
        """,
        {"a": "auth.db|tasks.db"},
    ),
    "two cursors side by side": (
        """
        def f():
            one, two = sqlite3.connect("data/auth.db"), sqlite3.connect("data/tasks.db")
            a, b = one.cursor(), two.cursor()
            a.execute("SELECT 1 FROM a")
            b.execute("SELECT 1 FROM b")
        """,
        {"a": "auth.db", "b": "tasks.db"},
    ),
    "an attribute from a default parameter": (
        """
        class Store:
            def __init__(self, path: str = "data/auth.db"):
                self.db_path = path

            def rows(self):
                with sqlite3.connect(self.db_path) as conn:
                    return conn.execute("SELECT 1 FROM a")
        """,
        {"a": "auth.db"},
    ),
    "a parameter that every caller passes": (
        """
        class Store:
            def __init__(self, path="data/auth.db"):
                self.conn = sqlite3.connect(path)

            def rows(self):
                return self.conn.execute("SELECT 1 FROM a")

        store = Store("data/tasks.db")
        """,
        {"a": "tasks.db"},
    ),
    "a caller that passes nothing": (
        """
        class Store:
            def __init__(self, path="data/auth.db"):
                self.conn = sqlite3.connect(path)

            def rows(self):
                return self.conn.execute("SELECT 1 FROM a")

        store = Store()
        other = Store(path="data/tasks.db")
        """,
        {"a": "auth.db|tasks.db"},
    ),
    "callers that are tests do not hide the default": (
        """
        class Store:
            def __init__(self, path="data/auth.db"):
                self.conn = sqlite3.connect(path)

            def rows(self):
                return self.conn.execute("SELECT 1 FROM a")

        def test(tmp_path):
            Store("/tmp/x.db")
            Store(":memory:")
        """,
        {"a": "auth.db"},
    ),
    "an inherited method and a base class's constructor": (
        """
        class Base:
            def __init__(self, path):
                self.path = path

            def connect(self):
                return sqlite3.connect(self.path)

        class Users(Base):
            def __init__(self):
                super().__init__("data/auth.db")

            def rows(self):
                with self.connect() as conn:
                    return conn.execute("SELECT 1 FROM a")
        """,
        {"a": "auth.db"},
    ),
    "a template method: the base class hands the connection down": (
        """
        class Base:
            def apply(self):
                self.up(sqlite3.connect("data/auth.db"))

            def up(self, conn):
                raise NotImplementedError

        class First(Base):
            def up(self, conn):
                conn.execute("CREATE TABLE a (x)")
        """,
        {"a": "auth.db"},
    ),
    "a runner of tasks, told which belong to which database": (
        """
        class Task:
            def apply(self, path):
                with sqlite3.connect(path) as conn:
                    self.up(conn)

        class First(Task):
            def up(self, conn):
                conn.execute("CREATE TABLE a (x)")

        class Second(Task):
            def up(self, conn):
                conn.execute("CREATE TABLE b (x)")

        class Runner:
            def run(self, path, tasks):
                for task in sorted(tasks):
                    task.apply(path)

        def main():
            parts = {
                "users": {"path": "data/auth.db", "tasks": [First()]},
                "work": {"path": "data/tasks.db", "tasks": [Second()]},
            }
            for name, part in parts.items():
                path = Path(part["path"])
                Runner().run(path, part["tasks"])
        """,
        {"a": "auth.db", "b": "tasks.db"},
    ),
    "a helper that yields": (
        """
        @contextmanager
        def opened():
            conn = sqlite3.connect("data/auth.db")
            try:
                yield conn
            finally:
                conn.close()

        def rows():
            with opened() as conn:
                return conn.execute("SELECT 1 FROM a")
        """,
        {"a": "auth.db"},
    ),
    "a helper that is told the path": (
        """
        def connect(path="data/auth.db"):
            return sqlite3.connect(path, timeout=5)

        def one():
            return connect().execute("SELECT 1 FROM a")

        def two():
            return connect("data/tasks.db").execute("SELECT 1 FROM b")
        """,
        {"a": "auth.db", "b": "tasks.db"},
    ),
    "a connection that is passed on": (
        """
        def create(cursor):
            cursor.execute("CREATE TABLE a (x)")

        def main():
            conn = sqlite3.connect("data/auth.db")
            create(conn.cursor())
        """,
        {"a": "auth.db"},
    ),
    "a wrapper that is told the SQL": (
        """
        class Store:
            def __init__(self):
                self.conn = sqlite3.connect("data/auth.db")

            def query(self, sql, values=()):
                return self.conn.execute(sql, values).fetchall()

            def rows(self):
                return self.query("SELECT 1 FROM a")
        """,
        {"a": "auth.db"},
    ),
    "a wrapper's global connection": (
        """
        _conn = None

        def get():
            global _conn
            if _conn is None:
                _conn = sqlite3.connect("data/auth.db")
            return _conn

        def rows():
            return get().execute("SELECT 1 FROM a")
        """,
        {"a": "auth.db"},
    ),
    "a thread's own connection": (
        """
        _local = threading.local()

        def get():
            if not hasattr(_local, "conn"):
                _local.conn = sqlite3.connect("data/auth.db")
            return _local.conn

        def rows():
            return get().execute("SELECT 1 FROM a")
        """,
        {"a": "auth.db"},
    ),
    "aiosqlite": (
        """
        async def f():
            async with aiosqlite.connect("data/auth.db") as db:
                async with db.execute("SELECT 1 FROM a") as cursor:
                    return await cursor.fetchall()
        """,
        {"a": "auth.db"},
    ),
    "SQLAlchemy": (
        """
        engine = create_engine("sqlite:////app/data/auth.db")
        Session = sessionmaker(bind=engine)

        def f():
            with engine.connect() as conn:
                conn.execute(text("SELECT 1 FROM a"))
            Session().execute(text("SELECT 1 FROM b"))
        """,
        {"a": "auth.db", "b": "auth.db"},
    ),
    "FastAPI": (
        """
        def get_db():
            db = sqlite3.connect("data/auth.db")
            yield db

        @app.get("/")
        def route(db=Depends(get_db)):
            return db.execute("SELECT 1 FROM a")
        """,
        {"a": "auth.db"},
    ),
    "pandas": (
        """
        def f():
            conn = sqlite3.connect("data/auth.db")
            return pd.read_sql_query("SELECT 1 FROM a", conn)
        """,
        {"a": "auth.db"},
    ),
    "a mapping of paths, by its key": (
        """
        PATHS = {"users": "data/auth.db", "work": "data/tasks.db"}

        def read(name, sql):
            return sqlite3.connect(PATHS.get(name)).execute(sql)

        def f():
            read("users", "SELECT 1 FROM a")
            read("work", "SELECT 1 FROM b")
            sqlite3.connect(PATHS["work"]).execute("SELECT 1 FROM c")
        """,
        {"a": "auth.db", "b": "tasks.db", "c": "tasks.db"},
    ),
    "the branch that fits the object": (
        """
        class Tab:
            def __init__(self, path, kind):
                self.path, self.kind = path, kind

            def load(self):
                if self.kind == "users" and ready:
                    Users(self.path)

        class Users:
            def __init__(self, path):
                self.conn = sqlite3.connect(path)

            def rows(self):
                return self.conn.execute("SELECT 1 FROM a")

        Tab("data/auth.db", "users")
        Tab("data/tasks.db", "work")
        """,
        {"a": "auth.db"},
    ),
    "environment": (
        """
        ONE = os.getenv("OLD_PATH")
        TWO = os.environ["MEMORY_PATH"]

        def f():
            sqlite3.connect(ONE).execute("SELECT 1 FROM a")
            sqlite3.connect(TWO).execute("SELECT 1 FROM b")
        """,
        {"a": "zoe.db", "b": "memory.db"},
    ),
    "a path in pieces": (
        """
        FOLDER = "data"
        NAME = "auth.db"
        PATH = os.path.join(FOLDER, NAME)
        OTHER = Path(FOLDER) / "tasks.db"

        def f():
            sqlite3.connect(PATH).execute("SELECT 1 FROM a")
            sqlite3.connect(str(OTHER)).execute("SELECT 1 FROM b")
        """,
        {"a": "auth.db", "b": "tasks.db"},
    ),
    "SQL elsewhere: constants, lists, pieces": (
        """
        CREATE = "CREATE TABLE a (x)"
        WITH = "WITH [odd name] (n) AS (SELECT 1) SELECT n FROM d"
        INDEXES = ["CREATE INDEX i ON a (x)", "CREATE INDEX j ON a (x)"]

        def f(conn=sqlite3.connect("data/auth.db")):
            conn.executescript(CREATE)
            conn.execute(WITH)
            for sql in INDEXES:
                conn.execute(sql)
            query = "SELECT 1 FROM b"
            query += " WHERE x = 1"
            conn.execute(query)
            parts = ["SELECT 1 FROM c"]
            parts.append("LIMIT 1")
            conn.execute(" ".join(parts))
            conn.execute(f"EXPLAIN QUERY PLAN {query}")
        """,
        {
            "a": "auth.db",
            "CREATE INDEX i ON a (x)": "auth.db",
            "CREATE INDEX j ON a (x)": "auth.db",
            "b": "auth.db",
            "c": "auth.db",
            "d": "auth.db",
            "EXPLAIN QUERY PLAN \ufffc": "auth.db",
        },
    ),
    "one text on two databases": (
        """
        SCHEMA = "CREATE TABLE a (x)"
        sqlite3.connect("data/auth.db").execute(SCHEMA)
        sqlite3.connect("data/tasks.db").execute(SCHEMA)
        """,
        {"a": "auth.db|tasks.db"},
    ),
    "f-strings of names that are known": (
        """
        TABLE = "a"
        conn = sqlite3.connect("data/auth.db")
        conn.execute(f"SELECT 1 FROM {TABLE}")
        """,
        {"a": "auth.db"},
    ),
    "a pattern of the policy": (
        """
        def f(device):
            sqlite3.connect(f"data/cache_{device}.db").execute("SELECT 1 FROM a")
        """,
        {"a": "cache_*.db"},
    ),
    "not files of the application": (
        """
        sqlite3.connect(":memory:").execute("SELECT 1 FROM a")
        sqlite3.connect("/tmp/x.db").execute("SELECT 1 FROM b")
        pool = asyncpg.create_pool("postgresql://localhost/x")
        pool.execute("SELECT 1 FROM c")
        """,
        {"a": "in memory", "b": "temporary", "c": "PostgreSQL"},
    ),
    "a wrapper around another engine, which only its type hint tells": (
        """
        PATH = "data/auth.db"

        class Compat:
            def __init__(self, conn: asyncpg.Connection):
                self._conn = conn

            def execute(self, sql, *values):
                return self._run(adapted(sql), values)

        async def get_db():
            conn = await pool()
            yield Compat(conn)

        async def route(db=Depends(get_db)):
            await db.execute("SELECT 1 FROM a")
        """,
        {"a": "PostgreSQL"},
    ),
    "the file's only database": (
        """
        PATH = "data/auth.db"

        def create(cursor):
            cursor.execute("CREATE TABLE a (x)")
        """,
        {"a": "auth.db"},
    ),
    "neither seen nor the only one": (
        """
        ONE, TWO = "data/auth.db", "data/tasks.db"

        def create(cursor):
            cursor.execute("CREATE TABLE a (x)")
        """,
        {"a": "the parameter cursor of create is not passed from anywhere in sight"},
    ),
    "many databases, one after the other": (
        """
        for name in ["data/auth.db", "data/tasks.db", "data/zoe.db", "data/memory.db", "data/cache_1.db"]:
            sqlite3.connect(name).execute("SELECT 1 FROM a")
        """,
        {"a": "may run on any of auth.db, cache_*.db, memory.db, tasks.db, zoe.db"},
    ),
}
IMPORTS = (
    "import asyncpg, aiosqlite, os, sqlite3, threading\nimport pandas as pd\nfrom pathlib import Path\n"
    "from contextlib import contextmanager\nfrom fastapi import Depends\n"
    "from sqlalchemy import create_engine, text\nfrom sqlalchemy.orm import sessionmaker\n"
)


@pytest.mark.parametrize("name", ONE_MODULE)
def test_one_module(tmp_path, name):
    code, expected = ONE_MODULE[name]
    assert bound(tmp_path, {"services/a/m.py": IMPORTS + textwrap.dedent(code)}) == expected


SEVERAL_MODULES = {
    "a constant of another module": (
        {
            "services/a/config.py": 'PATH = "data/auth.db"\n',
            "services/a/m.py": """
                import sqlite3
                from config import PATH
                sqlite3.connect(PATH).execute("SELECT 1 FROM a")
            """,
        },
        {"a": "auth.db"},
    ),
    "a neighbour of the same name wins": (
        {
            "services/a/config.py": 'PATH = "data/auth.db"\n',
            "services/b/config.py": 'PATH = "data/tasks.db"\n',
            "services/b/m.py": """
                import sqlite3, config
                sqlite3.connect(config.PATH).execute("SELECT 1 FROM a")
            """,
        },
        {"a": "tasks.db"},
    ),
    "a mapping of another module, by its key": (
        {
            "services/a/config.py": 'PATHS = {"users": "data/auth.db", "work": "data/tasks.db"}\n',
            "services/a/m.py": """
                import sqlite3, config
                from config import PATHS
                class Store:
                    def __init__(self, path=None):
                        if path is None:
                            path = str(PATHS["users"])
                        self.conn = sqlite3.connect(path)
                    def rows(self):
                        return self.conn.execute("SELECT 1 FROM a")
                sqlite3.connect(config.PATHS["work"]).execute("SELECT 1 FROM b")
            """,
        },
        {"a": "auth.db", "b": "tasks.db"},
    ),
    "an object of another module, made there": (
        {
            "services/a/store.py": """
                import sqlite3
                class Store:
                    def __init__(self, path="data/auth.db"):
                        self.db_path = path
                store = Store()
            """,
            "services/a/routers/store.py": """
                import sqlite3
                from store import store
                def f():
                    sqlite3.connect(store.db_path).execute("SELECT 1 FROM a")
            """,
        },
        {"a": "auth.db"},
    ),
    "a helper that a package hands on": (
        {
            "app/db/connection.py": """
                import sqlite3
                def connect():
                    return sqlite3.connect("data/auth.db")
            """,
            "app/db/__init__.py": "from .connection import connect\n",
            "app/m.py": """
                from app.db import connect
                def f():
                    with connect() as conn:
                        conn.execute("SELECT 1 FROM a")
            """,
        },
        {"a": "auth.db"},
    ),
    "what a module passes that holds no SQL itself": (
        {
            "app/store.py": """
                import sqlite3
                class Storage:
                    def __init__(self, path):
                        self.conn = sqlite3.connect(path)
                    def rows(self):
                        return self.conn.execute("SELECT 1 FROM a")
            """,
            "app/settings.py": 'PATH = "data/auth.db"\n',
            "app/main.py": """
                from app.settings import PATH
                from app.store import Storage
                storage = Storage(PATH)
            """,
        },
        {"a": "auth.db"},
    ),
    "code that has been rewritten": (
        {
            "services/a/m.py": """
                import sqlite3
                from database_config import DATABASE_PATH, MEMORY_PATH
                sqlite3.connect(DATABASE_PATH).execute("SELECT 1 FROM a")
                sqlite3.connect(MEMORY_PATH).execute("SELECT 1 FROM b")
            """,
        },
        {"a": "zoe.db", "b": "memory.db"},
    ),
    "an import that leads nowhere any more": (
        {
            "app/core/store.py": """
                import sqlite3
                class Storage:
                    def __init__(self, path="data/auth.db"):
                        self.path = path
            """,
            "app/gui.py": """
                import sqlite3
                try:
                    from app.old.store import Storage
                except ImportError:
                    Storage = None
                def f():
                    sqlite3.connect(Storage().path).execute("SELECT 1 FROM a")
            """,
        },
        {"a": "auth.db"},
    ),
    "functions that call each other": (
        {
            "app/a.py": """
                import sqlite3
                from app.b import other
                def one(conn):
                    conn.execute("SELECT 1 FROM a")
                    other(conn)
                one(sqlite3.connect("data/auth.db"))
            """,
            "app/b.py": """
                from app.a import one
                def other(conn):
                    conn.execute("SELECT 1 FROM b")
                    one(conn)
            """,
        },
        {"a": "auth.db", "b": "auth.db"},
    ),
}


@pytest.mark.parametrize("name", SEVERAL_MODULES)
def test_several_modules(tmp_path, name):
    files, expected = SEVERAL_MODULES[name]
    assert bound(tmp_path, files) == expected


def test_what_is_no_statement(tmp_path):
    code = '''
        """Update the database: select a file from the list."""
        import logging, sqlite3
        QUESTION = "Select a database from this list"
        logging.info("DELETE FROM a")
        print("update", "analyze this")
        do("Begin here")
    '''
    found = scan(tmp_path, {"services/a/m.py": code})
    assert [(one.text, one.executed) for one in found] == [
        ("Select a database from this list", False),
        ("DELETE FROM a", False),
    ]
    assert all(one.bound is Bound.NONE and one.reason == "nothing is seen to execute it" for one in found)


def test_places_are_in_code_points(tmp_path):
    code = 'import sqlite3\nc = sqlite3.connect("data/auth.db"); é = "ü"; c.execute("SELECT 1 FROM a")\n'
    (one,) = scan(tmp_path, {"services/a/m.py": code})
    line = code.splitlines()[1]
    assert (one.span.line, one.span.column) == (2, line.index('"SELECT') + 1)
    assert code[slice(*one.literals[0])] == '"SELECT 1 FROM a"'


def test_the_origin_of_a_database_is_told(tmp_path):
    files = {
        "services/a/config.py": 'PATH = "data/auth.db"\n',
        "services/a/m.py": """
            import sqlite3
            from config import PATH
            sqlite3.connect(PATH).execute("SELECT 1 FROM a")
        """,
    }
    (one,) = scan(tmp_path, files)
    assert one.sites == (("services/a/config.py", 1, 8),)


def test_code_that_does_not_parse_stops_nothing(tmp_path):
    files = {
        "services/a/broken.py": 'x = (\n"data/auth.db"\n',
        "services/a/m.py": 'import sqlite3\nsqlite3.connect("data/auth.db").execute("SELECT 1 FROM a")\n',
    }
    assert bound(tmp_path, files) == {"a": "auth.db"}
