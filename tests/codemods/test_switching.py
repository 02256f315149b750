"""A database switches whole, or not at all: in every file, by whatever part of the project is asked for."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbfold import api
from dbfold.codemods.run import prepare
from dbfold.codemods.writing import write
from dbfold.policy.loading import load_policy
from dbfold.references.model import Action

POLICY = """\
version: 1
databases:
  app.db: {role: primary, path: /srv/data/app.db}
  users.db: {role: retired, into: app.db}
  logs.db: {role: retired, into: app.db}
data_dirs: [/srv/data, data]
rename: {users.db: {users: people}}
"""
PATHS = 'import sqlite3\n\nUSERS = "/srv/data/users.db"\n\n\ndef connect():\n    return sqlite3.connect(USERS)\n'
SQL = 'from paths import connect\n\nprint(connect().execute("SELECT name FROM users").fetchall())\n'
LOGS = 'import sqlite3\n\nlogs = sqlite3.connect("/srv/data/logs.db")\n'
APP = 'import sqlite3\n\napp = sqlite3.connect("/srv/data/app.db")\n'
BLOCKS = {
    "a mapping": ("names.py", 'NAMES = {"users.db": 1}\n', 1),
    "configuration": ("compose.yaml", "services:\n  a:\n    environment:\n      U: /srv/data/users.db\n", 4),
    "a shell script": ("dump.sh", "#!/bin/sh\nsqlite3 /srv/data/users.db .dump\n", 2),
    "a file that does not parse": ("broken.py", 'def f(:\n    "/srv/data/users.db"\n', 2),
    "SQL that nobody can bind": ("report.py", 'def report(c):\n    return c.execute("DELETE FROM users")\n', 2),
    "a computed directory": ("where.py", 'def where(d):\n    return f"{d}/users.db"\n', 2),
    "several paths in one call": (
        "copy.py",
        'import shutil\n\nshutil.copy("/srv/data/users.db", "/srv/data/logs.db")\n',
        3,
    ),
}


@pytest.fixture
def application(project):
    project.write("dbfold.yaml", POLICY)
    (project.root / "data").mkdir()
    for name, sql in {
        "users.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
        "logs.db": "CREATE TABLE logs (at TEXT)",
        "app.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT)",
    }.items():
        with closing(sqlite3.connect(project.root / "data" / name)) as connection:
            connection.execute(sql)
    for name, text in {"paths.py": PATHS, "main.py": SQL, "logs.py": LOGS, "app.py": APP}.items():
        project.write(name, text)
    return project


def prepared(project, *names):
    targets = [project.root / name for name in names] or [project.root]
    policy = load_policy(project.root / "dbfold.yaml")
    options = {"base": project.root, "jobs": 1, "cached": False, "data_dir": project.root / "data"}
    return prepare(targets, policy, **options)


def changed(found):
    return {one.file.shown for one in found.changed}


def test_all_of_it_switches_where_nothing_stands_against_it(application):
    found = prepared(application)
    assert changed(found) == {"paths.py", "main.py", "logs.py", "app.py"}
    assert found.switches.waits == {}
    assert found.switches.files == {"users.db": ("main.py", "paths.py"), "logs.db": ("logs.py",)}


@pytest.mark.parametrize("block", BLOCKS)
def test_one_place_holds_all_of_its_database_and_no_other(application, block):
    name, text, line = BLOCKS[block]
    application.write(name, text)
    found = prepared(application)
    waits = found.switches.waits["users.db"]
    assert (waits[0].file, waits[0].line) == (name, line)
    assert changed(found).isdisjoint({"paths.py", "main.py"})
    assert "app.py" in changed(found)
    reasons = [one.verdict.reason for one in found.scan.references if one.file == "paths.py"]
    assert reasons
    assert all(reason.startswith(f"users.db waits for {name}:{line}: ") for reason in reasons)
    assert ("logs.py" in changed(found)) is ("logs.db" not in text)


@pytest.mark.parametrize("block", ["a mapping", "configuration", "SQL that nobody can bind"])
def test_what_the_policy_accepts_holds_nothing(application, block):
    name, text, _ = BLOCKS[block]
    application.write(name, text)
    application.write("dbfold.yaml", POLICY + f'accept: {{users.db: {{"{name}": looked at}}}}\n')
    found = prepared(application)
    assert found.switches.waits == {}
    assert {"paths.py", "main.py"} <= changed(found)
    references = [one for one in found.scan.references if one.file == name]
    assert all(one.verdict.action is Action.LEAVE for one in references)
    assert all("looked at" in one.verdict.reason for one in references)


def test_a_part_of_the_project_switches_the_whole_database(application):
    """What else the other files name stays as it is: it was not asked for."""
    application.write("paths.py", PATHS + 'LOGS = "/srv/data/logs.db"\nAPP = "/srv/data/app.db"\n')
    found = prepared(application, "main.py")
    assert changed(found) == {"paths.py", "main.py"}
    write(found)
    assert "FROM people" in application.read("main.py").decode()
    text = application.read("paths.py").decode()
    assert "users.db" not in text
    assert "logs.db" in text
    assert "app.db" in text


def test_every_database_of_the_part_switches(application):
    application.write("paths.py", PATHS + 'LOGS = "/srv/data/logs.db"\nAPP = "/srv/data/app.db"\n')
    found = prepared(application, "paths.py")
    assert changed(found) == {"paths.py", "main.py", "logs.py"}
    write(found)
    assert b".db" not in application.read("paths.py")


def test_the_command_says_what_switches_and_what_waits(application, monkeypatch, capsys):
    from dbfold import cli

    application.write(*BLOCKS["a shell script"][:2])
    monkeypatch.chdir(application.root)
    cli.main(["rewrite", "--check", "."])
    out = capsys.readouterr().out
    assert "databases:\n  logs.db switches in 1 file\n  users.db waits: dump.sh:2: a shell command\n" in out
    cli.main(["rewrite", "--check", "--format", "json", "."])
    databases = json.loads(capsys.readouterr().out)["databases"]
    assert databases["logs.db"] == {"switches": True, "files": ["logs.py"], "waits": []}
    assert databases["users.db"]["waits"] == [{"file": "dump.sh", "line": 2, "reason": "a shell command"}]


def test_files_that_switch_with_those_that_were_asked_for_are_named(application, monkeypatch, capsys):
    from dbfold import cli

    monkeypatch.chdir(application.root)
    cli.main(["rewrite", "--check", "main.py"])
    out = capsys.readouterr().out
    assert "users.db switches in 2 files; not asked for, and switch with it: paths.py" in out


def test_the_second_run_changes_nothing(application):
    application.write(*BLOCKS["a mapping"][:2])
    write(prepared(application))
    assert changed(prepared(application)) == set()


def test_a_file_that_cannot_be_rewritten_holds_its_databases_everywhere(application):
    """Its encoding cannot be written back in one of two files: the other waits as well, and the run says why."""
    application.write("other.py", "# coding: utf-7\n" + LOGS + "# caf+AOk-\n")
    found = prepared(application)
    assert "logs.py" not in changed(found)
    assert [error.file for error in found.errors] == ["other.py"]
    (wait,) = found.switches.waits["logs.db"]
    assert (wait.file, wait.line) == ("other.py", 4)
    assert wait.reason.startswith("cannot be rewritten: ")


# -- any part of any project -------------------------------------------------------------------------------------------

MODULES = [
    PATHS,
    SQL,
    LOGS,
    APP,
    *(text for name, text, _ in BLOCKS.values() if name.endswith(".py")),
    'USERS = "/srv/data/users.db"\n',
    'import sqlite3\n\nsqlite3.connect("/srv/data/users.db").execute("UPDATE users SET name = 1")\n',
    "x = 1\n",
]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_part_is_decided_as_the_whole(application, data):
    """Verdict by verdict and byte by byte, for every part of a generated project."""
    texts = data.draw(st.lists(st.sampled_from(MODULES), min_size=1, max_size=5))
    for path in application.root.glob("*.py"):
        path.unlink()
    for number, text in enumerate(texts):
        application.write("paths.py" if text == PATHS else f"m{number}.py", text)
    whole = prepared(application)
    names = sorted(path.name for path in application.root.glob("*.py"))
    part = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    found = prepared(application, *part)
    assert found.scan.references == tuple(one for one in whole.scan.references if one.file in part)
    new = {one.file.shown: one.new for one in whole.changed}
    assert {one.file.shown: one.new for one in found.results if one.new is not None} == {
        name: text for name, text in new.items() if name in part
    }
    assert {one.file.shown for one in found.beside if one.new is not None} <= new.keys()
    switched = {database for database, files in whole.switches.files.items() if any(file in part for file in files)}
    expected = {file for database in switched for file in whole.switches.files[database]}
    assert expected <= changed(found)


def test_the_library_decides_as_the_command(application, monkeypatch):
    monkeypatch.chdir(application.root)
    application.write(*BLOCKS["configuration"][:2])
    found = {(one.file, one.span.line): one.verdict for one in api.audit(["."], cached=False).references}
    assert {(one.file, one.span.line): one.verdict for one in prepared(application).scan.references} == found
