"""The command line as people and CI use it: entry points, options, exit codes, diffs that apply, JSON that parses."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from projects import AFTER, BEFORE, GIT_ENV, SCRIPT, Project

from dbfold import cli
from dbfold.base import parallel
from dbfold.codemods.file import Attempt
from dbfold.commands import rewrite as rewrite_db_paths

REVIEW = """\
import sqlite3


def move():
    old = sqlite3.connect("/app/data/tasks.db")
    new = sqlite3.connect("/app/data/zoe.db")
    return old, new
"""
LEAVE = "# was /app/data/auth.db\n"


@pytest.fixture
def application(project, monkeypatch):
    """One reference of each verdict, more or less, from where the user stands."""
    project.write("services/core/a.py")
    project.write("services/core/move.py", REVIEW)
    project.write("services/core/note.py", LEAVE)
    monkeypatch.chdir(project.root)
    return project


def python(project, *arguments, **options):
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=project.root, capture_output=True, encoding="utf-8", check=False, **options)


# -- entry points ---------------------------------------------------------------------------------------------------


def test_both_entry_points_do_the_same(application, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    twin = Project(other)
    for name in ("a.py", "move.py", "note.py"):
        twin.write(f"services/core/{name}", application.read(f"services/core/{name}"))
    module = python(application, "-m", "codemods.rewrite_db_paths", "services/")
    script = twin.dbfold("rewrite", "services/")
    assert (module.returncode, script.returncode) == (0, 0)
    assert module.stdout.rpartition(" in ")[0] == script.stdout.rpartition(" in ")[0]
    assert application.tree() == twin.tree()
    assert application.read("services/core/a.py") == AFTER.encode()


@pytest.mark.parametrize("command", ["rewrite", "audit"])
def test_a_tree_with_packages_named_like_ours(application, command):
    """The script's own directory comes first on `sys.path`, the current one is not on it at all."""
    for package in ("hooks", "rules", "codemods", "references", "dbpolicy", "datamove"):
        application.write(f"{package}/__init__.py", "raise SystemExit('the wrong package')\n")
    application.write("dbfold.py", "raise SystemExit('the wrong module')\n")
    application.write("yaml.py", "raise SystemExit('the wrong module')\n")
    done = application.dbfold(command, "services")
    assert (done.returncode, done.stderr) == (0, "")
    assert "services/core/move.py" in done.stdout or "core/move.py" in done.stdout


def test_python_m_takes_the_packages_of_the_current_directory(application):
    """Why the README recommends the script: with `-m`, Python puts the current directory first. `-P` keeps it out."""
    application.write("codemods/__init__.py", "raise SystemExit('the wrong package')\n")
    arguments = ("-m", "codemods.rewrite_db_paths", "services")
    assert python(application, *arguments).stderr == "the wrong package\n"
    assert python(application, "-P", *arguments).returncode == 0


# -- modes ----------------------------------------------------------------------------------------------------------


def test_check_tells_and_writes_nothing(application, capsys):
    before = application.tree()
    assert cli.main(["rewrite", "--check", "services"]) == 1
    assert application.tree() == before
    out = capsys.readouterr().out
    assert "would rewrite services/core/a.py" in out
    assert "would write services/core/database_config.py" in out
    assert "4 references: 1 to rewrite, 2 review, 1 left" in out
    assert cli.main(["rewrite", "services"]) == 0
    assert cli.main(["rewrite", "--check", "services"]) == 0


def test_the_second_run_changes_nothing(application):
    assert cli.main(["rewrite", "services"]) == 0
    files = {path: path.stat().st_mtime_ns for path in application.services.rglob("*") if path.is_file()}
    assert cli.main(["rewrite", "services"]) == 0
    assert {path: path.stat().st_mtime_ns for path in application.services.rglob("*") if path.is_file()} == files


def test_a_broken_file_is_exit_code_2_in_every_mode(application):
    application.write("services/core/broken.py", 'def f(:\n    "/app/data/auth.db"\n')
    for mode in ("--check", "--diff", "--format=json"):
        assert cli.main(["rewrite", mode, "services"]) == 2


STYLES = {
    "constant": AFTER,
    "function": AFTER.replace("DATABASE_PATH)", "database_path())").replace(
        "import DATABASE_PATH", "import database_path"
    ),
    "inline": BEFORE.replace("import sqlite3\n", "import os\nimport sqlite3\n").replace(
        '"/app/data/auth.db"', 'os.environ["DATABASE_PATH"]'
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_accessor_styles(application, style):
    assert rewrite_db_paths.main(["--accessor-style", style, "services"]) == 0
    assert sorted(application.read("services/core/a.py").decode().splitlines()) == sorted(STYLES[style].splitlines())
    assert (application.services / "core/database_config.py").exists() == (style != "inline")
    assert rewrite_db_paths.main(["--accessor-style", style, "--check", "services"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--no-such-option", "services"],
        ["services", "--diff", "--check"],
        ["services", "--jobs", "0"],
        ["services", "--jobs", "many"],
        ["services", "--accessor-style", "global"],
        ["services", "--format", "xml"],
    ],
    ids=" ".join,
)
def test_wrong_usage(application, capsys, arguments):
    before = application.tree()
    for main, prefix in ((cli.main, ["rewrite"]), (rewrite_db_paths.main, [])):
        with pytest.raises(SystemExit) as error:
            main([*prefix, *arguments])
        assert error.value.code == 2
        assert capsys.readouterr().err.startswith("usage: ")
    assert application.tree() == before


def test_an_unknown_command(capsys):
    with pytest.raises(SystemExit) as error:
        cli.main(["rewritten"])
    assert error.value.code == 2


# -- diff -----------------------------------------------------------------------------------------------------------

DIFFED = {
    "services/core/a.py": BEFORE.encode(),
    "services/core/no newline.py": BEFORE.rstrip().encode(),
    'services/core/it\'s "quoted".py': BEFORE.encode(),
    "services/core/new\nline\tand \\.py": BEFORE.encode(),
    "services/core/größe.py": BEFORE.encode(),
    os.fsdecode(b"services/core/latin-\xe9.py"): b"# coding: latin-1\n# Gr\xf6\xdfe\n" + BEFORE.encode(),
    "services/core/crlf.py": BEFORE.replace("\n", "\r\n").encode(),
    "services/core/cr.py": BEFORE.replace("\n", "\r").encode(),
    "services/core/bom.py": b"\xef\xbb\xbf" + BEFORE.encode(),
    "services/core/separators.py": BEFORE.encode() + "# \u2028 \x0c \x85 \x1c\n".encode(),
    "services/core/sub/deep.py": BEFORE.encode(),
    "services/other/b.py": BEFORE.encode(),
    "services/other/Dockerfile": b"FROM python\nCOPY b.py /app/\n",
}


@pytest.mark.parametrize(
    ("form", "target"),
    [("text", "."), ("json", "services"), ("text", "services/other"), ("text", "services/core/sub")],
)
def test_a_diff_applies_and_gives_what_writing_gives(project, target, form):
    for name, content in DIFFED.items():
        project.write(name, content)
    before = project.tree()
    done = project.dbfold("rewrite", "--diff", "--format", form, target, encoding=None)
    assert (done.returncode, done.stderr) == (0, b"")
    assert project.tree() == before
    patch = done.stdout
    if form == "json":
        patch = json.loads(done.stdout)["diff"].encode("utf-8", "surrogateescape")
    project.git("init", "-q")
    subprocess.run(["git", "apply", "-"], input=patch, cwd=project.root, env=GIT_ENV, check=True)
    applied = project.tree()
    assert applied != before
    for name in applied.keys() - before.keys():
        (project.root / name).unlink()
    for name, content in DIFFED.items():
        project.write(name, content)
    assert project.dbfold("rewrite", target).returncode == 0
    assert project.tree() == applied


def test_a_diff_from_below_an_accessor_root(project):
    """The accessor lies above the current directory: its diff is for the directory that holds both."""
    project.write("services/core/sub/deep.py")
    done = project.dbfold("rewrite", "--diff", ".", cwd=project.services / "core/sub")
    names = [line for line in done.stdout.splitlines() if line.startswith(("--- ", "+++ "))]
    assert names == ["--- /dev/null", "+++ b/database_config.py", "--- a/sub/deep.py", "+++ b/sub/deep.py"]


# -- JSON -----------------------------------------------------------------------------------------------------------

TOP = [
    "version",
    "summary",
    "references",
    "errors",
    "statements",
    "changed",
    "generated",
    "written",
    "databases",
    "warnings",
]
SUMMARY = [
    *("references", "rewrite", "review", "leave", "databases"),
    *("files_with_references", "files", "files_excluded", "errors"),
]
REFERENCE = [
    *("file", "line", "column", "end_line", "end_column"),
    *("database", "kind", "code", "verdict", "target", "reason", "text"),
]


@pytest.fixture
def as_json(capsys):
    """Runs `dbfold rewrite --format json`; returns the document."""

    def run(*arguments):
        cli.main(["rewrite", "--format", "json", *arguments])
        output = capsys.readouterr()
        assert output.err == ""
        return json.loads(output.out)

    return run


def test_json_has_the_documented_form(application, as_json):
    application.write("services/core/broken.py", 'x = (\n"/app/data/tasks.db"\n')
    application.write("services/core/archive/old.py")
    result = as_json("services")
    assert list(result) == TOP
    assert result["version"] == 1
    assert list(result["summary"]) == SUMMARY
    assert all(list(reference) == REFERENCE for reference in result["references"])
    assert [list(error) for error in result["errors"]] == [["file", "line", "message"]]
    summary = result["summary"]
    assert summary["references"] == len(result["references"]) == 5
    assert summary["references"] == summary["rewrite"] + summary["review"] + summary["leave"]
    assert (summary["rewrite"], summary["review"], summary["leave"]) == (1, 3, 1)
    assert (summary["files"], summary["files_with_references"], summary["files_excluded"]) == (4, 4, 1)
    assert summary["errors"] == len(result["errors"]) == 1
    assert result["changed"] == ["services/core/a.py"]
    assert result["generated"] == ["services/core/database_config.py"]
    assert result["written"] == ["services/core/database_config.py", "services/core/a.py"]


def test_json_points_at_the_place(application, as_json):
    found = as_json("--check", "services/core/a.py")["references"]
    assert found == [
        {
            "file": "services/core/a.py",
            "line": 5,
            "column": 28,
            "end_line": 5,
            "end_column": 47,
            "database": "auth.db",
            "kind": "connect-literal",
            "code": "DBF002",
            "verdict": "rewrite",
            "target": "zoe.db",
            "reason": "becomes the accessor of zoe.db",
            "text": "/app/data/auth.db",
        }
    ]


def test_json_is_the_same_each_time(application, as_json):
    assert as_json("--check", "services") == as_json("--check", "services")


def test_json_of_a_run_that_wrote_nothing_because_a_file_is_read_only(application, as_json):
    (application.services / "core/a.py").chmod(0o444)
    result = as_json("services")
    assert result["written"] == ["services/core/database_config.py"]
    assert [error["file"] for error in result["errors"]] == ["services/core/a.py"]


# -- jobs and pipes -------------------------------------------------------------------------------------------------


def test_the_number_of_jobs_changes_nothing(application, capsys, monkeypatch):
    for number in range(30):
        application.write(f"services/core/m{number}.py", BEFORE + f"# {number}\n" * number)
    application.write("services/core/broken.py", 'x = (\n"/app/data/tasks.db"\n')
    monkeypatch.setattr(parallel, "_WORTH_A_PROCESS", 0)
    results = []
    for jobs in ("1", "2", "3"):
        assert cli.main(["rewrite", "--diff", "--format", "json", "--jobs", jobs, "services"]) == 2
        results.append(json.loads(capsys.readouterr().out))
    assert results[0] == results[1] == results[2]
    assert len(results[0]["changed"]) == 31


def test_a_worker_process_that_dies_is_reported(application, capsys, monkeypatch):
    monkeypatch.setattr(parallel, "_WORTH_A_PROCESS", 0)
    parent = os.getpid()
    monkeypatch.setattr(
        "dbfold.codemods.attempts.attempt", lambda *_: Attempt() if os.getpid() == parent else os._exit(9)
    )
    application.write("services/core/more.py", BEFORE)
    before = application.tree()
    assert cli.main(["rewrite", "--jobs", "2", "services"]) == 2
    assert capsys.readouterr().err == "dbfold: a worker process died, perhaps for want of memory; try --jobs 1\n"
    assert application.tree() == before


@pytest.mark.parametrize("command", [["audit"], ["rewrite", "--diff"], ["rewrite", "--check", "--format", "json"]])
def test_a_reader_that_goes_away(application, command):
    """As in `dbfold audit . | head -1`: more output than a pipe holds, and nobody to read it."""
    application.write("services/core/many.py", 'x = ["/app/data/tasks.db"]\n' * 2000 + BEFORE + "# rest\n" * 40_000)
    # Unbuffered, Python itself takes a write that was cut short for a whole one.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen([SCRIPT, *command, "services"], env=environment, **pipes)
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=30) == 2


def test_an_internal_error_is_exit_code_3(application, capsys, monkeypatch):
    def fail(*arguments, **options):
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr("dbfold.codemods.run.prepare", fail)
    assert cli.main(["rewrite", "services"]) == 3
    err = capsys.readouterr().err
    assert "internal error: ZeroDivisionError('nobody thought of this')" in err
    assert "Please report it" in err
