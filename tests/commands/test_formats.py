"""One registry of forms: every command has those that are for all, and may have some of its own."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sqlite3
from contextlib import closing

import pytest

from dbfold.base.output.report import Report
from dbfold.base.output.screen import PIPE
from dbfold.commands import formats

COMMANDS = {
    "audit": ["audit"],
    "check": ["check"],
    "rewrite": ["rewrite", "--check", "."],
    "plan": ["plan"],
    "sql": ["sql"],
    "move plan": ["move", "plan"],
    "move verify": ["move", "verify"],
}


@pytest.fixture(scope="module")
def application(tmp_path_factory):
    """A project with a statement, a database that has been moved, and another that has not."""
    from projects import BEFORE, Project

    root = tmp_path_factory.mktemp("application") / "project"
    root.mkdir()
    project = Project(root)
    (root / "data").mkdir()
    for name, table in (("zoe.db", "notes"), ("tasks.db", "tasks")):
        with closing(sqlite3.connect(root / "data" / name)) as connection:
            connection.execute(f"CREATE TABLE {table} (text)")
    assert project.dbfold("move", "run", "--yes", "--accept-broken-sql").returncode == 0
    with closing(sqlite3.connect(root / "data/auth.db")) as connection:
        connection.execute("CREATE TABLE users (text)")
    project.write("services/core/a.py", BEFORE.replace('auth.db")', 'auth.db").execute("SELECT text FROM users")'))
    return project


@pytest.mark.parametrize("form", formats.FORMATS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_every_general_form(application, command, form):
    done = application.dbfold(*COMMANDS[command], "--format", form)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout.endswith("\n")
    if form == "json":
        json.loads(done.stdout)
    if form == "csv":
        first, *rest = csv.reader(io.StringIO(done.stdout))
        assert len(first) > 3
        assert all(len(row) == len(first) for row in rest)
        assert rest or command == "move plan"
    if form == "markdown":
        assert "|---" in done.stdout


@pytest.mark.parametrize(
    ("command", "form"), [(command, form) for command, own in formats._OWN.items() for form in own]
)
def test_a_form_of_one_command(application, command, form):
    done = application.dbfold(*COMMANDS[command], "--format", form)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout
    for other in COMMANDS.keys() - {name for name, own in formats._OWN.items() if form in own}:
        refused = application.dbfold(*COMMANDS[other], "--format", form)
        assert refused.returncode == 2, other


def test_a_new_form_is_one_module_and_one_line(monkeypatch, tmp_path):
    (tmp_path / "shouting.py").write_text("def render(report, screen):\n    return report.text(screen).upper()\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(formats.FORMATS, "shout", "shouting")
    parser = argparse.ArgumentParser()
    formats.add_format_option(parser, "plan")
    assert parser.parse_args(["--format", "shout"]).format == "shout"
    assert formats.rendered(Report(lambda screen: "said\n", dict, list), "shout") == "SAID\n"


def test_an_own_form_goes_before_the_general_one():
    report = Report(lambda screen: "", dict, list, {"csv": lambda screen: "own"})
    assert formats.rendered(report, "csv", PIPE) == "own"


def test_colors_by_option_and_environment(application):
    plain = application.dbfold("audit", "--summary")
    always = application.dbfold("audit", "--summary", "--color", "always")
    assert "\033[1m" in always.stdout
    assert "\033" not in plain.stdout
    assert "\033[1m" in application.dbfold("check", "--color", "always").stdout


def test_quiet_and_verbose_are_about_stderr_alone(application):
    there = application.services
    outputs = {
        option: application.dbfold("audit", *option, cwd=there) for option in ((), ("-q",), ("-v",), ("--verbose",))
    }
    assert len({done.stdout for done in outputs.values()}) == 1
    assert outputs["-q",].stderr == ""
    assert outputs[()].stderr == f"dbfold: the root {application.root} (the directory of dbfold.yaml)\n"
    told = outputs["-v",].stderr
    assert told.startswith(f"dbfold: the policy {application.root / 'dbfold.yaml'}\ndbfold: the root")
    assert "reading 1 files: 0.0 s\n" in told
    assert application.dbfold("audit", "-q", "-v").returncode == 2
