"""Connections to several files that become connections to one: programs give the same after the fold, or wait."""

from __future__ import annotations

import textwrap

import pytest

from tests.programs import Program

ORDERS = """
    import sqlite3
    class Orders:
        def __init__(self, path="data/app.db"):
            self.con = sqlite3.connect(path, timeout=0.2)
"""
USERS = """
    import sqlite3
    class Users:
        def __init__(self, path="data/users.db"):
            self.con = sqlite3.connect(path, timeout=0.2)
        def touch(self, name):
            with self.con:
                self.con.execute("INSERT INTO users(name) VALUES (?)", (name,))
        def count(self):
            return self.con.execute("SELECT count(*) FROM users").fetchone()[0]
"""
MAIN = "from orders import Orders\nfrom users import Users\nprint(Orders().go(Users()))\n"


def outcome(root, files):
    found = Program(root / "program").fold(files)
    assert found.before[0][0] == 0, (found.before, found.errors)
    assert found.is_kept, (found.said, found.code, found.after, found.errors)
    return found


def stores(method):
    orders = textwrap.dedent(ORDERS) + textwrap.indent(textwrap.dedent(method), "    ")
    return {"main.py": MAIN, "orders.py": orders, "users.py": USERS}


NESTED = {
    "in a block": """
        def go(self, users):
            with self.con:
                self.con.execute("INSERT INTO orders(item) VALUES ('x')")
                users.touch("x")
            return users.count()
    """,
    "before the commit": """
        def go(self, users):
            self.con.execute("INSERT INTO orders(item) VALUES ('x')")
            users.touch("x")
            self.con.commit()
    """,
    "in a loop": """
        def go(self, users):
            for name in ("a", "b"):
                users.touch(name)
                self.con.execute("INSERT INTO orders(item) VALUES (?)", (name,))
            self.con.commit()
    """,
    "through a function": """
        def go(self, users):
            with self.con:
                self.con.execute("UPDATE orders SET item = 'x'")
                self.tell(users)
        def tell(self, users):
            users.touch("x")
    """,
}
APART = {
    "after the block": """
        def go(self, users):
            with self.con:
                self.con.execute("INSERT INTO orders(item) VALUES ('x')")
            users.touch("x")
            return users.count()
    """,
    "after the commit": """
        def go(self, users):
            self.con.execute("INSERT INTO orders(item) VALUES ('x')")
            self.con.commit()
            users.touch("x")
    """,
    "only read": """
        def go(self, users):
            with self.con:
                self.con.execute("INSERT INTO orders(item) VALUES ('x')")
                return users.count()
    """,
}


@pytest.mark.parametrize("name", NESTED)
def test_a_transaction_inside_of_another_holds(tmp_path, name):
    found = outcome(tmp_path, stores(NESTED[name]))
    assert "data/users.db" in found.code["users.py"]
    assert "in the middle of a transaction on app.db" in found.said


@pytest.mark.parametrize("name", APART)
def test_transactions_one_behind_the_other_are_folded(tmp_path, name):
    found = outcome(tmp_path, stores(APART[name]))
    assert "data/users.db" not in found.code["users.py"], found.said


ATTACHING = {
    "an f-string": "con.execute(f\"ATTACH DATABASE '{USERS}' AS u\")",
    "a parameter": 'con.execute("ATTACH DATABASE ? AS u", (USERS,))',
    "a statement elsewhere": "con.execute(config.ATTACH, (USERS,))",
    "a function": 'def use(path):\n    con.execute("ATTACH ? AS u", [path])\nuse(USERS)',
}


@pytest.mark.parametrize("name", ATTACHING)
def test_what_is_attached_to_what_becomes_the_same_file_holds(tmp_path, name):
    files = {
        "config.py": 'APP = "data/app.db"\nUSERS = "data/users.db"\nATTACH = "ATTACH DATABASE ? AS u"\n',
        "main.py": "import sqlite3\nimport config\nfrom config import APP, USERS\ncon = sqlite3.connect(APP)\n"
        f"{ATTACHING[name]}\n"
        'con.execute("BEGIN")\n'
        "con.execute(\"INSERT INTO orders(item) VALUES ('x')\")\n"
        "con.execute(\"INSERT INTO u.users(name) VALUES ('x')\")\n"
        "con.commit()\n"
        'print(con.execute("SELECT count(*) FROM u.users").fetchone())\n',
    }
    found = outcome(tmp_path, files)
    assert '"data/users.db"' in found.code["config.py"]
    assert "attaches users.db to app.db" in found.said or "which would become one file" in found.said


OPEN = {
    "users.py": """
        import sqlite3
        class Users:
            def __init__(self, path="data/users.db"):
                self.con = sqlite3.connect(path, timeout=0.2)
            def add(self, name):
                self.con.execute("INSERT INTO users(name) VALUES (?)", (name,))
            def commit(self):
                self.con.commit()
            def __iter__(self):
                yield from self.con.execute("SELECT id, name FROM users ORDER BY id")
            def rows(self):
                for row in self.con.execute("SELECT id, name FROM users ORDER BY id"):
                    yield row
            def cursor(self):
                cursor = self.con.cursor()
                return cursor.execute("SELECT id, name FROM users ORDER BY id")
            def all(self):
                return self.con.execute("SELECT id, name FROM users ORDER BY id").fetchall()
    """,
    "orders.py": """
        import sqlite3
        class Orders:
            def __init__(self, path="data/app.db"):
                self.con = sqlite3.connect(path, timeout=0.2)
            def add(self, item):
                self.con.execute("INSERT INTO orders(item) VALUES (?)", (item,)); self.con.commit()
            def items(self):
                return [item for item, in self.con.execute("SELECT item FROM orders ORDER BY id")]
    """,
}
OPENING = "from orders import Orders\nfrom users import Users\nusers, orders = Users(), Orders()\n"
LEFT_OPEN = {
    "on one line": 'users.add("c"); orders.add("x")\nusers.commit()',
    "one line after the other": 'users.add("c")\norders.add("x")\nusers.commit()',
    "in a function": 'def go():\n    users.add("c")\n    orders.add("x")\n    users.commit()\ngo()',
    "in a loop": 'for name in "cd":\n    orders.add(name)\n    users.add(name)\nusers.commit()',
    "through a function": 'def first():\n    users.add("c")\nfirst()\norders.add("x")\nusers.commit()',
}
READING = {
    "rows that a generator gives": "for _, name in users.rows():\n    orders.add(name)",
    "a cursor that is returned": "for _, name in users.cursor():\n    orders.add(name)",
    "an object that is gone through": "for _, name in users:\n    orders.add(name)",
    "rows on the way": "for row in users.con.execute('SELECT name FROM users'):\n    orders.add(row[0])",
}
BEHIND_EACH_OTHER = {
    "after the commit": 'users.add("c")\nusers.commit()\norders.add("x")',
    "the other one first": 'orders.add("x")\nusers.add("c")\nusers.commit()',
    "all rows at once": "for _, name in users.all():\n    orders.add(name)",
    "rows in a list": "names = [name for _, name in users.rows()]\nfor name in names:\n    orders.add(name)",
}


def _side_by_side(code):
    shown = "\nprint(orders.items(), users.all())\n"
    return {**OPEN, "main.py": OPENING + code + shown}


@pytest.mark.parametrize("name", LEFT_OPEN)
def test_a_write_behind_a_transaction_that_a_function_leaves_open_holds(tmp_path, name):
    found = outcome(tmp_path, _side_by_side(LEFT_OPEN[name]))
    assert "data/users.db" in found.code["users.py"]
    assert "in the middle of a transaction on users.db" in found.said


@pytest.mark.parametrize("name", READING)
def test_a_write_while_rows_are_read_holds(tmp_path, name):
    found = outcome(tmp_path, _side_by_side(READING[name]))
    assert "data/users.db" in found.code["users.py"]
    assert "writes app.db while rows of users.db are read" in " ".join(found.said.split())


@pytest.mark.parametrize("name", BEHIND_EACH_OTHER)
def test_reads_and_writes_one_behind_the_other_are_folded(tmp_path, name):
    found = outcome(tmp_path, _side_by_side(BEHIND_EACH_OTHER[name]))
    assert "data/users.db" not in found.code["users.py"], found.said
