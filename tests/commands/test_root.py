"""The one root that a policy speaks of, the same for every command: from wherever it is run, on code or on none."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from projects import BEFORE

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)"
WHOLE = (["audit"], ["rewrite", "--check", "."], ["check"], ["plan"], ["sql"], ["ruff-config"])
LOOKING = (["audit"], ["check"], ["plan"], ["sql"])
MOVES = (["plan"], ["run", "--yes"], ["verify"], ["list"], ["script"], ["rollback", "--yes"])


@pytest.fixture
def elsewhere(project, tmp_path):
    """The project with one file and its databases; the policy is the only thing in another directory."""
    project.write("services/core/a.py", BEFORE.replace('auth.db")', 'auth.db").execute("SELECT name FROM users")'))
    for name in ("zoe.db", "auth.db"):
        (project.root / "data").mkdir(exist_ok=True)
        with closing(sqlite3.connect(project.root / "data" / name)) as connection:
            connection.execute(USERS if name == "auth.db" else "CREATE TABLE notes (text)")
    (tmp_path / "else").mkdir()
    (project.root / "dbfold.yaml").rename(tmp_path / "else/dbfold.yaml")
    return tmp_path / "else/dbfold.yaml"


@pytest.mark.parametrize("command", [*WHOLE, *(["move", *action] for action in MOVES)], ids=" ".join)
def test_a_policy_elsewhere_needs_a_stated_root(project, elsewhere, command):
    before = project.tree()
    done = project.dbfold(*command, "--policy", elsewhere)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{project.root}: lies outside of the root {elsewhere.parent} (the directory of dbfold.yaml)" in done.stderr
    assert f"--root {elsewhere.parent}, or --root {project.root}" in done.stderr
    assert project.tree() == before


@pytest.mark.parametrize("command", [*LOOKING, ["rewrite", "--check", "services"]], ids=" ".join)
def test_with_a_root_a_policy_elsewhere_says_what_one_at_the_top_says(project, elsewhere, command):
    stated = project.dbfold(*command, "--format", "json", "--policy", elsewhere, "--root", ".")
    shutil.copy(elsewhere, project.root)
    own = project.dbfold(*command, "--format", "json")
    assert own.stdout.count("auth.db") > 0
    assert (stated.returncode, json.loads(stated.stdout)) == (own.returncode, json.loads(own.stdout))
    assert stated.stderr == own.stderr == ""


def test_a_rewrite_with_a_stated_root_writes_there(project, elsewhere):
    done = project.dbfold("rewrite", "services", "--policy", elsewhere, "--root", project.root)
    assert done.returncode == 0
    assert b"DATABASE_PATH" in project.read("services/core/a.py")
    assert (project.root / "services/core/database_config.py").exists()


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_the_root_is_told_where_it_is_not_the_current_directory(project, elsewhere, tmp_path, command):
    done = project.dbfold(*command, "--policy", elsewhere, "--root", project.root, cwd=tmp_path)
    assert done.stderr.splitlines()[0] == f"dbfold: the root {project.root} (as stated)"
    assert ("1 statement in 1 file" if command == ["sql"] else "auth.db") in done.stdout


def test_the_root_of_a_policy_above_is_told(project):
    project.write("services/core/a.py")
    done = project.dbfold("audit", cwd=project.services)
    assert done.stderr == f"dbfold: the root {project.root} (the directory of dbfold.yaml)\n"


def test_a_path_below_the_root_of_a_policy_elsewhere_needs_no_more(project, tmp_path):
    project.write("services/core/a.py")
    done = project.dbfold("audit", project.services, "--policy", project.root / "dbfold.yaml", cwd=tmp_path)
    assert done.returncode == 0
    assert "auth.db" in done.stdout


def test_a_root_finds_the_policy_that_lies_in_it(project, tmp_path):
    project.write("services/core/a.py")
    done = project.dbfold("audit", "--root", project.root, cwd=tmp_path)
    assert done.returncode == 0
    assert "auth.db" in done.stdout


def test_two_trees_with_a_policy_each(project, tmp_path):
    project.write("services/core/a.py")
    shutil.copytree(project.root, tmp_path / "second")
    done = project.dbfold("check", ".", tmp_path / "second")
    assert done.returncode == 2
    assert f"{tmp_path / 'second'}: lies outside of the root {project.root}" in done.stderr


def test_a_root_that_is_no_directory(project):
    done = project.dbfold("audit", "--root", "gone")
    assert done.returncode == 2
    assert f"{project.root / 'gone'}: no such directory; name with --root" in done.stderr


def test_an_editors_buffer_outside_of_the_root(project, elsewhere):
    done = project.dbfold("check", "--policy", elsewhere, "--stdin-filename", "services/core/a.py", input=BEFORE)
    assert done.returncode == 2
    assert "lies outside of the root" in done.stderr


# -- nothing to look at -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [*LOOKING, ["rewrite", "--check", "."], ["rewrite", "."]], ids=" ".join)
def test_nothing_to_look_at_is_no_success(project, command):
    done = project.dbfold(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{project.root}: no file to look at, with the root {project.root}" in done.stderr
    assert "state with --root" in done.stderr


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_a_tree_that_is_excluded_is_no_success(project, command):
    project.write("services/archive/a.py")
    done = project.dbfold(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no file to look at (1 excluded by dbfold.yaml)" in done.stderr


def test_a_file_that_is_excluded_may_be_named_but_is_not_clear(project):
    """A script names all files that have changed, whether the policy wants them or not."""
    done = project.dbfold("check", project.write("services/archive/a.py"))
    assert (done.returncode, done.stdout) == (0, "Nothing to check: 0 files (1 file excluded by the policy).\n")


def test_nothing_has_changed_since(project):
    project.write("services/core/a.py", "x = 1\n")
    project.git("init", "-q")
    project.git("add", ".")
    project.git("commit", "-qm", "one")
    done = project.dbfold("check", "--since", "HEAD")
    assert (done.returncode, done.stdout) == (0, "Nothing to check: 0 files.\n")


# -- the gate of the move ---------------------------------------------------------------------------------------------


@pytest.fixture
def data_only(project):
    """Databases and a policy, and no code."""
    (project.root / "data").mkdir()
    for name, table in (("zoe.db", "notes"), ("auth.db", "users")):
        with closing(sqlite3.connect(project.root / "data" / name)) as connection:
            connection.execute(f"CREATE TABLE {table} (text)")
    return project


@pytest.mark.parametrize("files", [{}, {"compose.yaml": "services: {}\n"}, {"services/archive/a.py": BEFORE}], ids=str)
def test_rows_move_with_a_warning_where_no_code_was_seen(data_only, files):
    for name, text in files.items():
        data_only.write(name, text)
    done = data_only.dbfold("move", "run", "--yes", "--data-dir", "data")
    assert done.returncode == 0, done.stderr
    assert f"warning: there is no Python code below the root {data_only.root}" in done.stderr
    assert "--root" in done.stderr
    assert not (data_only.root / "data/auth.db").exists()


def test_configuration_without_code_is_looked_at(data_only):
    data_only.write("compose.yaml", "services:\n  a:\n    environment:\n      AUTH: /app/data/auth.db\n")
    before = data_only.tree()
    done = data_only.dbfold("move", "run", "--yes", "--data-dir", "data")
    assert (done.returncode, done.stdout) == (2, "")
    assert "compose.yaml:4: /app/data/auth.db: " in done.stderr
    assert data_only.tree() == before


def test_a_script_without_a_suffix_is_code(data_only):
    data_only.write("bin/report", "#!/usr/bin/env python3\nprint('report')\n")
    done = data_only.dbfold("move", "run", "--dry-run", "--data-dir", "data")
    assert done.returncode == 0, done.stderr
    assert "no Python code" not in done.stderr
