"""Tables that are named by values: programs give the same after the fold, or wait with nothing changed."""

from __future__ import annotations

import os
import textwrap

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.programs import Program

SCHEMAS = {
    "app.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT); INSERT INTO users VALUES (1, 'root');",
    "users.db": """
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'ada'), (2, 'ben');
        CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO posts VALUES (1, 'hi');
    """,
}
RENAME = "rename: {users.db: {users: people}}\n"
HEAD = 'import sqlite3\ncon = sqlite3.connect("data/users.db")\n'
EXAMPLES = int(os.environ.get("DBFOLD_EXAMPLES", "8"))


def folded(root, files, decisions=RENAME):
    """The outcome of a fold of a program that is given as the text of its main module, or as files."""
    files = {"main.py": HEAD + textwrap.dedent(files)} if isinstance(files, str) else files
    outcome = Program(root / "program", schemas=SCHEMAS).fold(files, decisions)
    assert outcome.before[0][0] == 0, outcome
    assert outcome.is_kept, (outcome.said, outcome.code, outcome.after, outcome.errors)
    return outcome


KNOWN = {
    "a constant": 'T = "users"\nprint(con.execute(f"SELECT name FROM {T}").fetchall())',
    "a loop": 'for t in ("posts", "users"):\n    print(con.execute(f"SELECT count(*) FROM {t}").fetchone())',
    "percent": 'print(con.execute("SELECT name FROM %s WHERE id = ?" % "users", (1,)).fetchall())',
    "format by name": 'print(con.execute("SELECT {c} FROM {t}".format(t="users", c="name")).fetchall())',
    "plus": """
        def rows(t):
            return con.execute("SELECT * FROM " + t + " WHERE id = 1").fetchall()
        print(rows("users"))
    """,
    "a pragma": """
        def columns(t):
            return con.execute(f"PRAGMA table_info({t})").fetchall()
        print(columns("users"))
    """,
    "a ternary": """
        import sys
        t = "posts" if len(sys.argv) > 1 else "users"
        print(con.execute(f"SELECT * FROM [{t}]").fetchall())
    """,
    "a mapping": 'T = {"u": "users", "p": "posts"}\nprint(con.execute(f"SELECT * FROM {T[\'u\']}").fetchall())',
    "pieces of a list": 'print(con.execute(" ".join(["SELECT name", "FROM users", "LIMIT 1"])).fetchall())',
    "added to": 'q = "SELECT name FROM "\nq += "users WHERE id = ?"\nprint(con.execute(q, (2,)).fetchall())',
    "a condition elsewhere": """
        where = ["users.id = ?"]
        print(con.execute("SELECT users.name FROM users WHERE " + " AND ".join(where), (1,)).fetchall())
    """,
    "a template that is replaced": 'print(con.execute("SELECT * FROM <t>".replace("<t>", "users")).fetchall())',
    "a helper that writes": """
        def insert(table, **values):
            names = ", ".join(values)
            marks = ", ".join("?" * len(values))
            con.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
        insert("users", name="cay")
        insert("posts", title="ho")
        print(con.execute("SELECT count(*) FROM users").fetchone())
    """,
    "a repository": """
        class Repository:
            table = ""
            def all(self):
                return con.execute(f"SELECT * FROM {self.table} ORDER BY id").fetchall()
        class Users(Repository):
            table = "users"
        class Posts(Repository):
            table = "posts"
        print(Users().all(), Posts().all())
    """,
    "a constructor": """
        class Table:
            def __init__(self, name):
                self.name = name
            def count(self):
                return con.execute(f"SELECT count(*) FROM {self.name}").fetchone()
        print(Table("users").count(), Table(name="posts").count())
    """,
    "a function that gives the name": """
        def table(kind):
            if kind == "u":
                return "users"
            return "posts"
        print(con.execute(f"SELECT * FROM {table('u')}").fetchall())
    """,
    "an enumeration": """
        from enum import Enum
        class Table(Enum):
            USERS = "users"
        print(con.execute(f"SELECT * FROM {Table.USERS.value}").fetchall())
    """,
    "a value that asks for a table": """
        def exists(name):
            return con.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        print(exists("users"), exists("nothing"))
        print(con.execute("SELECT name FROM pragma_table_info(:t)", {"t": "users"}).fetchall())
    """,
    "what the database says": """
        for (t,) in con.execute("SELECT name FROM sqlite_master WHERE name = 'users'").fetchall():
            print(con.execute(f"SELECT * FROM {t}").fetchall())
    """,
}

UNKNOWN = {
    "the environment": """
        import os
        t = os.environ.get("T", "users")
        print(con.execute(f"SELECT * FROM {t}").fetchall())
    """,
    "a value that asks for a table": """
        import os
        name = os.environ.get("T", "users")
        print(con.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (name,)).fetchone())
    """,
    "a part of a name": 'x = "ers"\nprint(con.execute(f"SELECT * FROM us{x}").fetchall())',
    "printed as well": """
        for t in ["users", "posts"]:
            print(t, con.execute(f"SELECT count(*) FROM {t}").fetchone())
    """,
    "compared as well": """
        def rows(t):
            return [] if t == "users" else con.execute(f"SELECT * FROM {t}").fetchall()
        print(rows("users"), rows("posts"))
    """,
    "handed on": """
        def count(t):
            return con.execute(f"SELECT count(*) FROM {t}").fetchone()
        print(list(map(count, ["users"])))
    """,
    "a key": 'T = {"users": 1}\nfor t in T:\n    print(con.execute(f"SELECT * FROM {t}").fetchall(), T["users"])',
    "a label as well": 'T = "users"\nprint(con.execute(f"SELECT \'{T}\', count(*) FROM {T}").fetchall())',
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_name_that_is_known_changes_where_it_is_written(tmp_path, name):
    outcome = folded(tmp_path, KNOWN[name])
    assert outcome.changed, outcome.said
    assert "users.db" not in outcome.code["main.py"]


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_name_that_is_not_known_or_means_more_holds_the_database(tmp_path, name):
    outcome = folded(tmp_path, UNKNOWN[name])
    assert not outcome.changed, outcome.code
    assert "users.db waits for main.py:" in outcome.said


def test_without_new_names_nothing_waits(tmp_path):
    schemas = {**SCHEMAS, "app.db": "CREATE TABLE orders (id)"}
    program = Program(tmp_path / "program", schemas=schemas)
    outcome = program.fold({"main.py": HEAD + textwrap.dedent(UNKNOWN["the environment"])})
    assert outcome.changed
    assert outcome.is_kept


def test_modules_of_sql_and_names_and_a_helper_between(tmp_path):
    files = {
        "main.py": 'import store\nprint(store.rows("users"), store.rows(store.names.POSTS), store.first())\n',
        "names.py": 'USERS = "users"\nPOSTS = "posts"\n',
        "queries.py": 'FIRST = "SELECT name FROM users WHERE id = 1"\n',
        "store.py": """
            import sqlite3
            import names
            from queries import FIRST
            con = sqlite3.connect("data/users.db")
            def rows(table=names.USERS):
                return con.execute(f"SELECT * FROM {table}").fetchall()
            def first():
                return con.execute(FIRST).fetchall()
        """,
    }
    outcome = folded(tmp_path, files)
    assert outcome.changed, outcome.said
    assert outcome.code["names.py"] == 'USERS = "people"\nPOSTS = "posts"\n'
    assert "FROM people" in outcome.code["queries.py"]


def test_a_name_that_two_databases_use_holds(tmp_path):
    code = """
        other = sqlite3.connect("data/app.db")
        T = "users"
        print(con.execute(f"SELECT * FROM {T}").fetchall(), other.execute(f"SELECT * FROM {T}").fetchall())
    """
    assert not folded(tmp_path, code).changed


VALUES = st.sampled_from(
    [
        ("", '"users"'),
        ("T = 'users'", "T"),
        ("class N:\n    T = 'users'", "N.T"),
        ("T = {'a': 'users'}", "T['a']"),
        ("T = ['users']", "T[0]"),
        ("def t():\n    return 'users'", "t()"),
        ("import os\nT = os.environ.get('NOT_SET', 'users')", "T"),
        ("T = 'USERS'.lower()", "T"),
    ]
)
STATEMENTS = st.sampled_from(
    [
        "SELECT name FROM @ ORDER BY id",
        "SELECT count(*) FROM @ JOIN posts ON posts.id = @.id",
        "SELECT * FROM main.@",
        'UPDATE "@" SET name = name',
        "PRAGMA table_info(@)",
        "SELECT 'users', name FROM posts, @",
    ]
)
COMPOSED = st.sampled_from(
    [
        lambda sql, name: 'f"""' + sql.replace("@", "{" + name.replace('"', "'") + "}") + '"""',
        lambda sql, name: f"{sql.replace('@', '%s')!r} % ({', '.join([name] * sql.count('@'))},)",
        lambda sql, name: f"{sql.replace('@', '{0}')!r}.format({name})",
        lambda sql, name: f" + {name} + ".join(map(repr, sql.split("@"))),
        lambda sql, name: f"{sql!r}.replace('@', {name})",
    ]
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.generate],
    derandomize="DBFOLD_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(VALUES, STATEMENTS, COMPOSED, st.booleans())
def test_however_a_name_comes_into_a_statement(tmp_path_factory, value, sql, compose, in_function):
    setup, name = value
    text = compose(sql, name)
    run = f"def run(q):\n    return con.execute(q).fetchall()\nprint(run({text}))" if in_function else ""
    code = f"{setup}\n{run or f'print(con.execute({text}).fetchall())'}\n"
    folded(tmp_path_factory.mktemp("variant"), code)
