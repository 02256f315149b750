"""SQL in a module of its own: by whatever way it is asked for, it runs on the database of whoever asks."""

from __future__ import annotations

import pytest
from programs import Program

SCHEMAS = {
    "app.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT); INSERT INTO users VALUES (1, 'root');",
    "users.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'ada');",
}
RENAME = "rename: {users.db: {users: people}}\n"
U, A = "SELECT id, name FROM users ORDER BY id", "SELECT login FROM users ORDER BY id"
OPENS = "import sqlite3\nimport queries\nfrom queries import *\ncon = sqlite3.connect('data/{}')\n{}\n"


def folded(tmp_path, **files):
    program = Program(tmp_path / "program", schemas=SCHEMAS)
    outcome = program.fold({name.replace("__", "/") + ".py": text for name, text in files.items()}, RENAME)
    assert outcome.is_kept, f"{outcome.said}{outcome.code}{outcome.errors}"
    return outcome


ASKED = {
    "a mapping": (f"Q = {{'u': {U!r}, 'a': {A!r}}}", "Q['u']", "queries.Q['a']"),
    "a mapping with get": (f"Q = {{'u': {U!r}, 'a': {A!r}}}", "Q.get('u')", "queries.Q.get('a')"),
    "a mapping in a mapping": (f"Q = {{'p': {{'u': {U!r}}}, 'o': {{'a': {A!r}}}}}", "Q['p']['u']", "Q['o']['a']"),
    "an Enum": (f"from enum import Enum\nclass Q(Enum):\n    U = {U!r}\n    A = {A!r}", "Q.U.value", "Q['A'].value"),
    "a StrEnum": (f"from enum import StrEnum\nclass Q(StrEnum):\n    U = {U!r}\n    A = {A!r}", "Q.U", "Q.A.value"),
    "a class": (f"class Q:\n    U = {U!r}\n    class Inner:\n        A = {A!r}", "Q.U", "queries.Q.Inner.A"),
    "a dataclass": (
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Q:\n    sql: str\n    many: bool = False\n"
        f"u = Q({U!r})\na = Q(many=True, sql={A!r})",
        "u.sql",
        "queries.a.sql",
    ),
    "a dataclass with defaults": (
        f"from dataclasses import dataclass\n@dataclass\nclass Q:\n    u: str = {U!r}\n    a: str = {A!r}\nq = Q()",
        "q.u",
        "Q().a",
    ),
    "a NamedTuple": (
        f"from typing import NamedTuple\nclass Q(NamedTuple):\n    u: str\n    a: str\nq = Q({U!r}, {A!r})",
        "q.u",
        "queries.q.a",
    ),
}


@pytest.mark.parametrize("case", ASKED.values(), ids=ASKED)
def test_each_runs_on_its_own_database(tmp_path, case):
    defined, first, second = case
    outcome = folded(
        tmp_path,
        queries=defined + "\n",
        main=OPENS.format("users.db", f"print(con.execute({first}).fetchall())\nimport other"),
        other=OPENS.format("app.db", f"print(con.execute({second}).fetchall())"),
    )
    assert "FROM people" in outcome.code["queries.py"], outcome.said
    assert A in outcome.code["queries.py"]


LOOPS = {
    "the members of an Enum": (f"from enum import Enum\nclass Q(Enum):\n    U = {U!r}", "Q", "q.value"),
    "the values of a mapping": (f"Q = {{'u': {U!r}}}", "Q.values()", "q"),
    "the keys of a mapping": (f"Q = {{'u': {U!r}}}", "Q", "Q[q]"),
}


@pytest.mark.parametrize("case", LOOPS.values(), ids=LOOPS)
def test_all_of_them_run(tmp_path, case):
    defined, looped, executed = case
    body = f"for q in {looped}:\n    print(con.execute({executed}).fetchall())\nimport other"
    other = OPENS.format("app.db", f"print(con.execute({A!r}).fetchall())")
    outcome = folded(tmp_path, queries=defined + "\n", main=OPENS.format("users.db", body), other=other)
    assert "FROM people" in outcome.code["queries.py"], outcome.said


QUERIES = f"N = {U!r}\nDEL = 'DELETE FROM users WHERE id = ?'\nTEXTS = [{U!r}]\n"
UNSEEN = {
    "nobody uses it": "print(con.execute(queries.N).fetchall())",
    "asked for by a computed name": "print(con.execute(getattr(queries, 'N' if con else 'DEL')).fetchall())",
    "in a namespace": "print(con.execute(vars(queries)['N']).fetchall())",
    "a module in between": "import runner\nprint(runner.run(con, 'N'))",
}


@pytest.mark.parametrize("body", UNSEEN.values(), ids=UNSEEN)
def test_what_nobody_is_seen_to_execute_belongs_to_the_only_database(tmp_path, body):
    runner = "import queries\n\ndef run(con, name):\n    return con.execute(queries.__dict__[name]).fetchall()\n"
    outcome = folded(tmp_path, queries=QUERIES, main=OPENS.format("users.db", body), runner=runner)
    assert outcome.code["queries.py"].count("FROM people") == 3, outcome.said


HELD = {
    "one that imports it opens another": OPENS.format("app.db", "print(con.execute(vars(queries)['N']).fetchall())"),
    "one that imports it opens nobody knows what": (
        "import sqlite3, sys, queries\ncon = sqlite3.connect(sys.argv[-1][:0] + 'data/' + 'app' + '.db')\n"
        "print(con.execute(vars(queries)['N'].replace('name', 'login')).fetchall())\n"
    ),
    "it is handed to one that opens another": (
        "import store, queries\nprint(store.run(vars(queries)['N'].replace('name', 'login')))\n"
    ),
}


@pytest.mark.parametrize("other", HELD.values(), ids=HELD)
def test_with_several_databases_it_holds(tmp_path, other):
    other = other.replace("['N'])", "['N'].replace('name', 'login'))")
    store = "import sqlite3\n\ndef run(sql):\n    return sqlite3.connect('data/app.db').execute(sql).fetchall()\n"
    main = OPENS.format("users.db", "print(con.execute(queries.N).fetchall())\nimport other")
    outcome = folded(tmp_path, queries=QUERIES, main=main, other=other, store=store)
    assert "FROM people" not in outcome.code["queries.py"]
    assert "waits" in outcome.said


def test_what_others_do_beside_it_says_nothing(tmp_path):
    other = "import sqlite3\nprint(sqlite3.connect('data/app.db').execute('SELECT login FROM users').fetchall())\n"
    main = OPENS.format("users.db", "print(con.execute(N).fetchall())")
    program = Program(tmp_path / "program", commands=("python main.py", "python other.py"), schemas=SCHEMAS)
    outcome = program.fold({"queries.py": QUERIES, "main.py": main, "other.py": other}, RENAME)
    assert outcome.is_kept and outcome.code["queries.py"].count("FROM people") == 3, outcome.said
