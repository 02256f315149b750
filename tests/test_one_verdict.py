"""One verdict: whoever looks at a place says the same of it, and what is called fixable is what a rewrite changes.

The consumers are asked as users ask them: audit, check, rewrite, plan, the flake8 plugin and the hook, on projects with
tables that several databases have and of which nobody has decided what becomes of them.
"""

from __future__ import annotations

import ast
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dbfold
from dbfold.hooks import db_paths
from dbfold.policy.codes import Code
from dbfold.references.model import Action
from dbfold.rules.flake8_plugin import Dbfold

NAMES = ("app", "users", "orders", "log")
TABLES = ("people", "items", "events")
COLUMNS = ("name TEXT", "name TEXT, age INT", "name TEXT, note TEXT")

POLICY = """\
version: 1
databases:
  app.db: {{role: primary, path: /srv/data/app.db, env: DATABASE_PATH}}
{retired}
accessor: {{module: database_config, roots: ["."]}}
data_dirs: [/srv/data, data]
{decisions}
"""

CONSTANT = 'DB = "{path}"\n\n\n'
# How a module names its database, and what it does there.
STYLES = {
    "constant": f'{CONSTANT}def read():\n    return sqlite3.connect(DB).execute("{{sql}}").fetchall()\n',
    "literal": 'def read():\n    conn = sqlite3.connect("{path}")\n    return conn.execute("{sql}").fetchall()\n',
    "parameter": 'def read(path="{path}"):\n    return sqlite3.connect(path).execute("{sql}").fetchall()\n',
    "computed table": (
        'DB = "{path}"\n\n\ndef read(table):\n'
        '    return sqlite3.connect(DB).execute(f"SELECT * FROM {{table}}").fetchall()\n'
    ),
    "a piece of SQL": (
        'DB = "{path}"\n\n\ndef read(more):\n    sql = "{sql}"\n    if more:\n'
        '        sql += " JOIN {table} AS other ON 1"\n    return sqlite3.connect(DB).execute(sql).fetchall()\n'
    ),
    "accessor's name is taken": (
        'DB = "{path}"\n\n\ndef read(DATABASE_PATH):\n'
        '    return sqlite3.connect(DB).execute("{sql}", DATABASE_PATH).fetchall()\n'
    ),
    "deletes it": 'import os\n\nDB = "{path}"\n\n\ndef drop():\n    os.remove(DB)\n',
    "ignored": 'DB = "{path}"  # dbfold: ignore[DBF002] read once\n',
    "prose": '"""Reads {path}."""\n',
}


@st.composite
def projects(draw):
    """Files by their names: a policy with decisions for some of the tables, and modules."""
    tables = {
        name: draw(st.dictionaries(st.sampled_from(TABLES), st.sampled_from(COLUMNS), max_size=3)) for name in NAMES
    }
    retired = [name for name in NAMES[1:] if draw(st.booleans())] or ["users"]
    renames = {name: {table: f"{name}_{table}" for table in tables[name] if draw(st.booleans())} for name in retired}
    decided = "".join(f"  {name}.db: {json.dumps(found)}\n" for name, found in renames.items() if found)
    files = {
        "dbfold.yaml": POLICY.format(
            retired="".join(f"  {name}.db: {{role: retired, into: app.db}}\n" for name in retired),
            decisions=f"rename:\n{decided}" if decided else "",
        )
    }
    for number in range(draw(st.integers(1, 5))):
        name = draw(st.sampled_from(NAMES))
        style = draw(st.sampled_from(sorted(STYLES)))
        table = draw(st.sampled_from(TABLES))
        text = STYLES[style].format(path=f"/srv/data/{name}.db", table=table, sql=f"SELECT name FROM {table}")
        files[f"m{number}.py"] = text if text.startswith('"""') else f"import sqlite3\n\n{text}"
    for name in NAMES:
        statements = [f"CREATE TABLE IF NOT EXISTS {table} ({columns})" for table, columns in tables[name].items()]
        create = "\n".join(f"    conn.execute('{sql}')" for sql in statements)
        opens = f'    conn = sqlite3.connect("/srv/data/{name}.db")'
        files[f"schema_{name}.py"] = f"import sqlite3\n\n\ndef create():\n{opens}\n{create}\n"
    return files


def places(references):
    return sorted((found.file, found.span.line, found.span.column) for found in references)


def findings_of_flake8(root, names):
    found = []
    for name in names:
        text = (root / name).read_text()
        for line, column, message, _ in Dbfold(ast.parse(text), str(root / name), text.splitlines(keepends=True)).run():
            found.append((name, line, column + 1, message))
    return sorted(found)


@pytest.fixture
def empty(tmp_path_factory):
    def make(files):
        root = tmp_path_factory.mktemp("project")
        for name, text in files.items():
            (root / name).write_text(text)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        subprocess.run(["git", "add", "."], cwd=root, check=True)
        return root

    return make


@given(projects())
@settings(
    max_examples=int(os.environ.get("DBFOLD_EXAMPLES", "12")), deadline=None, suppress_health_check=list(HealthCheck)
)
def test_all_say_the_same_of_each_place(empty, files):
    root = empty(files)
    with chdir(root):
        audited = dbfold.audit()
        checked = dbfold.check()
        would = dbfold.rewrite(write=False).prepared
        plan = dbfold.plan()
        hook = db_paths.check(sorted(files), None)
        flake8 = findings_of_flake8(root, [name for name in files if name.endswith(".py")])
        of_each = [found for name in sorted(files) if name.endswith(".py") for found in dbfold.audit([name]).references]

        assert audited.references == would.scan.references
        assert sorted(map(repr, of_each)) == sorted(repr(one) for one in audited.references if one.file.endswith(".py"))
        assert plan.checked.code.references.references == audited.references
        rewritten = [one for one in audited.references if one.verdict.action is Action.REWRITE]
        fixable = [found for found in checked.findings if found.fixable]
        assert places(fixable) == places(rewritten)
        flagged = [one for one in audited.references if one.code is not None]
        about_comments = {Code.UNUSED_IGNORE, Code.INVALID_IGNORE}
        assert places(one for one in checked.findings if one.code not in about_comments) == places(flagged)
        in_code = [one for one in checked.findings if one.file.endswith(".py")]
        assert flake8 == sorted(
            (one.file, one.span.line, one.span.column, f"{one.code} {one.message}; {one.remedy}") for one in in_code
        )
        assert hook is None or hook.findings == checked.findings
        assert hook is not None or not checked.findings

        before = {name: (root / name).read_text() for name in files}
        done = dbfold.rewrite()
        changed = {name for name, text in before.items() if (root / name).read_text() != text}
        assert {one.file for one in rewritten} <= changed
        assert done.written is not None and not done.written.failed
        again = dbfold.rewrite(write=False).prepared
        assert not again.changes
        left = [one for one in again.scan.references if one.verdict.action is Action.REWRITE]
        assert left == []


UNDECIDED = {
    "dbfold.yaml": POLICY.format(retired="  users.db: {role: retired, into: app.db}", decisions=""),
    "users.py": (
        'import sqlite3\n\nconn = sqlite3.connect("/srv/data/users.db")\n'
        'conn.execute("CREATE TABLE people (name TEXT, age INT)")\n'
    ),
    "app.py": (
        'import sqlite3\n\nconn = sqlite3.connect("/srv/data/app.db")\n'
        'conn.execute("CREATE TABLE people (name TEXT)")\n'
    ),
}


def test_what_waits_for_a_decision_is_fixable_for_nobody(empty):
    """Both databases have a table `people`, with other columns, and the policy does not say what becomes of them."""
    root = empty(UNDECIDED)
    with chdir(root):
        [waits] = [one for one in dbfold.audit().references if one.database == "users.db"]
        assert waits.verdict.action is Action.REVIEW
        assert "the policy does not say what becomes of people" in waits.verdict.reason
        assert [one.fixable for one in dbfold.check().findings if one.file == "users.py"] == [False]
        assert (root / "users.py").read_text() == UNDECIDED["users.py"]
        command = [sys.executable, "-m", "dbfold", "check", "--fix", "users.py"]
        first, second = (subprocess.run(command, cwd=root, capture_output=True, text=True, check=False) for _ in "ab")
        assert (first.stdout, first.returncode) == (second.stdout, second.returncode)
        assert "fixable" not in second.stdout
        assert (root / "users.py").read_text() == UNDECIDED["users.py"]


def test_with_the_decision_it_is_rewritten(empty):
    root = empty(UNDECIDED)
    policy = root / "dbfold.yaml"
    policy.write_text(policy.read_text() + "rename: {users.db: {people: members}}\n")
    with chdir(root):
        dbfold.rewrite()
        assert "members" in (root / "users.py").read_text()
        assert "/srv/data/users.db" not in (root / "users.py").read_text()


def test_a_database_that_is_there_counts_for_all(empty, tmp_path):
    """What a table looks like may be said by the database alone; audit and check ask it, too."""
    root = empty({**UNDECIDED, "app.py": 'DB = "/srv/data/app.db"\n'})
    (root / "data").mkdir()
    with sqlite3.connect(root / "data" / "app.db") as connection:
        connection.execute("CREATE TABLE people (nobody TEXT)")
    connection.close()
    with chdir(root):
        [waits] = [one for one in dbfold.audit().references if one.database == "users.db"]
        assert waits.verdict.action is Action.REVIEW
        assert not dbfold.rewrite(write=False).prepared.changed or all(
            one.file.shown != "users.py" for one in dbfold.rewrite(write=False).prepared.changed
        )


def test_warm_and_cold_say_the_same(empty, monkeypatch, tmp_path):
    """With a cache that former runs have filled, and after a change of one file."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("dbfold.references.survey._WORTH_KEEPING", 0)
    root = empty(
        {
            **UNDECIDED,
            "more.py": "import sqlite3\n\n" + STYLES["constant"].format(path="/srv/data/users.db", sql="SELECT 1"),
        }
    )
    with chdir(root):
        cold = dbfold.rewrite(write=False).prepared
        warm = dbfold.rewrite(write=False).prepared
        assert (root / ".dbfold_cache").is_dir()
        assert warm == cold
        text = (root / "app.py").read_text()
        (root / "app.py").write_text(text.replace("people (name TEXT)", "others (name TEXT)"))
        changed = dbfold.rewrite(write=False).prepared
        assert changed == dbfold.rewrite(write=False, cached=False).prepared
        assert changed != cold
        (root / "app.py").write_text(text)
        policy = Path("dbfold.yaml")
        policy.write_text(policy.read_text() + "rename: {users.db: {people: members}}\n")
        decided = dbfold.rewrite(write=False).prepared
        assert decided == dbfold.rewrite(write=False, cached=False).prepared
        assert decided.changed
