"""Whatever the user gives us: exit code 2 and a message that names the place and the remedy, and nothing is written."""

from __future__ import annotations

import ast
import json
import os
import time

import pytest

from dbfold import cli
from dbfold.base.exits import CLEAN, FAILED


@pytest.fixture
def rewrite(project, monkeypatch, capsys):
    """Runs `dbfold rewrite` in the project; returns the exit code, stdout and stderr."""
    monkeypatch.chdir(project.root)

    def run(*arguments):
        code = cli.main(["rewrite", *map(str, arguments)])
        output = capsys.readouterr()
        assert "Traceback" not in output.err
        return code, output.out, output.err

    return run


# -- policy ---------------------------------------------------------------------------------------------------------

POLICIES = {
    "empty": ("", "dbfold.yaml:1: empty; write at least 'version: 1'"),
    "only a comment": ("# databases\n", "dbfold.yaml:1: empty; write at least 'version: 1'"),
    "a list": ("- zoe.db\n", "dbfold.yaml:1: expected keys and values; begin with 'version: 1'"),
    "not YAML": (
        "version: 1\ndatabases: {zoe.db: [\n",
        "dbfold.yaml:3: not YAML: ",
    ),
    "a control character": ("version: 1\nx: \x07\n", "dbfold.yaml:2: not YAML: a control character"),
    "not UTF-8": (b"version: 1\n# caf\xe9\n", "dbfold.yaml:2: not UTF-8; save the file with that encoding"),
    "unknown key": (
        "version: 1\ndatabases:\n  zoe.db: {role: primary, pth: /app/data/zoe.db}\n",
        "dbfold.yaml:3: databases.zoe.db.pth: unknown key; did you mean 'path'?",
    ),
    "two primaries": (
        "version: 1\ndatabases:\n"
        "  a.db: {role: primary, path: /app/data/a.db}\n"
        "  b.db: {role: primary, path: /app/data/b.db}\n",
        "dbfold.yaml:4: databases.b.db.role: second primary database beside 'a.db' on line 3; choose one",
    ),
    "retired into nothing": (
        "version: 1\ndatabases:\n  zoe.db: {role: primary, path: /app/data/zoe.db}\n  auth.db: {role: retired}\n",
        "dbfold.yaml:4: databases.auth.db.into: missing; a retired database needs the database that takes its rows",
    ),
    "retired into the unknown": (
        "version: 1\ndatabases:\n"
        "  zoe.db: {role: primary, path: /app/data/zoe.db}\n"
        "  auth.db: {role: retired, into: zoo.db}\n",
        "dbfold.yaml:4: databases.auth.db.into: 'zoo.db' is not declared under 'databases'; did you mean 'zoe.db'?",
    ),
    "cyclic into": (
        "version: 1\ndatabases:\n"
        "  zoe.db: {role: primary, path: /app/data/zoe.db}\n"
        "  a.db: {role: retired, into: b.db}\n"
        "  b.db: {role: retired, into: a.db}\n",
        "dbfold.yaml:4: databases.a.db.into: goes in a circle: a.db -> b.db -> a.db;"
        " let it end in a database that remains",
    ),
}


@pytest.mark.parametrize(("policy", "message"), POLICIES.values(), ids=POLICIES)
def test_a_bad_policy(project, rewrite, policy, message):
    project.write("dbfold.yaml", policy)
    project.write("services/core/a.py")
    before = project.tree()
    code, out, err = rewrite("services")
    assert code == FAILED
    assert message in err
    assert out == ""
    assert project.tree() == before


def test_a_policy_that_is_missing(project, rewrite):
    project.write("services/core/a.py")
    (project.root / "dbfold.yaml").unlink()
    code, _, err = rewrite("services")
    assert code == FAILED
    assert f"no dbfold.yaml found (searched: {project.services}, {project.root}, " in err
    assert "name the file with --policy" in err


def test_a_policy_option_that_names_nothing(project, rewrite):
    project.write("services/core/a.py")
    code, _, err = rewrite("services", "--policy", "other.yaml")
    assert (code, err) == (FAILED, "dbfold: other.yaml: no such file; write it, or name another with --policy\n")


def test_a_policy_option_that_names_a_directory(project, rewrite):
    project.write("services/core/a.py")
    code, _, err = rewrite("services", "--policy", "services")
    assert (code, err) == (FAILED, "dbfold: services: is a directory; name the file: services/dbfold.yaml\n")


# -- target ---------------------------------------------------------------------------------------------------------


def test_a_target_that_is_missing(project, rewrite):
    project.write("services/core/a.py")
    before = project.tree()
    code, _, err = rewrite("services", "servces")
    assert code == FAILED
    assert f"{project.root / 'servces'}: no such file or directory; name a directory or a file" in err
    assert project.tree() == before


def test_a_target_that_is_a_link_to_itself(project, rewrite):
    (project.root / "loop").symlink_to("loop")
    code, _, err = rewrite("loop")
    assert code == FAILED
    assert f"{project.root / 'loop'}: no such file or directory" in err
    code, _, err = rewrite("loop/services")
    assert code == FAILED
    assert "loop/services: " in err


def test_a_target_that_is_no_file(project, rewrite):
    os.mkfifo(project.root / "pipe")
    code, _, err = rewrite("pipe")
    assert code == FAILED
    assert f"{project.root / 'pipe'}: no such file or directory" in err


def test_a_directory_with_no_python(project, rewrite):
    project.write("services/core/notes.txt", "Nothing to see.\n")
    code, out, err = rewrite("services")
    assert (code, err) == (CLEAN, "")
    assert "0 references: 0 rewritten, 0 review, 0 left; 0 of 1 file" in out


def test_an_empty_directory(project, rewrite):
    project.services.mkdir()
    code, out, err = rewrite("services")
    assert (code, out) == (FAILED, "")
    assert f"{project.services}: no file to look at, with the root {project.root}" in err


def test_a_target_that_may_not_be_read(project, unprivileged):
    path = project.write("services/core/a.py").parent
    with unprivileged.without_access(path):
        done = unprivileged.dbfold("rewrite", "services/core")
    assert done.returncode == FAILED
    assert done.stderr == f"dbfold: {path}: the directory cannot be read; run dbfold as a user who may read it\n"


@pytest.mark.parametrize("target", ["services/core/a.py", "services/core/sub"])
def test_a_target_that_may_not_be_reached(project, unprivileged, target):
    project.write("services/core/a.py")
    (project.services / "core/sub").mkdir()
    with unprivileged.without_access(project.services / "core"):
        done = unprivileged.dbfold("rewrite", target)
    assert done.returncode == FAILED
    assert "Traceback" not in done.stderr
    assert target in done.stderr


def test_a_file_that_may_not_be_read_does_not_stop_the_others(project, unprivileged):
    path = project.write("services/core/a.py")
    project.write("services/core/b.py")
    with unprivileged.without_access(path):
        done = unprivileged.dbfold("rewrite", "services")
    assert done.returncode == FAILED
    assert "services/core/a.py: cannot be read: Permission denied" in done.stdout
    assert b"/app/data" in project.read("services/core/a.py")
    assert b"/app/data" not in project.read("services/core/b.py")


# -- content --------------------------------------------------------------------------------------------------------

CONTENTS = {
    "syntax error": (b'def f(:\n    connect("/app/data/tasks.db")\n', "bad.py:1: does not parse: "),
    "unclosed string": (b'x = "/app/data/tasks.db"\ny = "/app/data\n', "bad.py:2: does not parse: "),
    "merge conflict": (
        b'<<<<<<< HEAD\nx = "/app/data/tasks.db"\n=======\nx = 1\n>>>>>>> b\n',
        "bad.py:1: does not parse: ",
    ),
    "Python 2": (b'print "/app/data/tasks.db"\n', "bad.py:1: does not parse: "),
    "null byte": (b'x = "/app/data/tasks.db"\n\0\n', "bad.py"),
    "wrong encoding": (
        b'# coding: utf-8\n\nx = "/app/data/tasks.db"  # caf\xe9\n',
        "bad.py: cannot be decoded: line 3 is not utf-8: byte 0xe9; save it in the encoding that it declares",
    ),
    "no encoding": (
        b'x = "/app/data/tasks.db"  # caf\xe9\n',
        "bad.py: cannot be decoded: line 1 is not utf-8: byte 0xe9; save it in the encoding that it declares",
    ),
    "unknown encoding": (
        b'# coding: klingon\nx = "/app/data/tasks.db"\n',
        "bad.py: cannot be decoded: declares the unknown encoding 'klingon'",
    ),
    "encoding of bytes": (
        b'# coding: hex\nx = "/app/data/tasks.db"\n',
        "bad.py: cannot be decoded: declares the unknown encoding 'hex'",
    ),
    "encoding that decodes nothing": (
        b'# coding: undefined\nx = "/app/data/tasks.db"\n',
        "bad.py: cannot be decoded: declares the unknown encoding 'undefined'",
    ),
    "two encodings": (
        b'\xef\xbb\xbf# coding: latin-1\nx = "/app/data/tasks.db"\n',
        "bad.py: cannot be decoded: declares latin-1 but starts with a UTF-8 byte order mark",
    ),
    "UTF-16": (
        'x = "/app/data/tasks.db"\n'.encode("utf-16"),
        "bad.py: cannot be decoded: it is UTF-16, which Python does not read",
    ),
    "UTF-16, big endian": (
        b"\xfe\xff" + 'x = "/app/data/tasks.db"\n'.encode("utf-16-be"),
        "bad.py: cannot be decoded: it is UTF-16, which Python does not read",
    ),
    "broken UTF-16": (
        'x = "/app/data/tasks.db"\n'.encode("utf-16") + b'\n"/app/data/tasks.db"',
        "bad.py: cannot be decoded: it is UTF-16, which Python does not read",
    ),
}


@pytest.mark.parametrize(("content", "message"), CONTENTS.values(), ids=CONTENTS)
def test_a_file_that_python_does_not_read(project, rewrite, content, message):
    """It is found by a text scan, reported, and left alone; the other files are rewritten."""
    project.write("services/core/bad.py", content)
    project.write("services/core/good.py")
    code, out, _ = rewrite("services")
    assert code == FAILED
    assert f"services/core/{message}" in out
    assert "2 references: 1 rewritten, 1 review, 0 left" in out
    assert project.read("services/core/bad.py") == content
    assert b"/app/data" not in project.read("services/core/good.py")


@pytest.mark.parametrize("content", [b"def f(:\n", b"x = 1\n\0\n", b"# coding: klingon\n", "é = 1".encode("utf-16")])
def test_a_file_that_python_does_not_read_and_that_names_nothing(project, rewrite, content):
    """Whether it parses is not our question."""
    project.write("services/core/bad.py", content)
    assert rewrite("services")[0] == CLEAN


def test_other_files_in_any_encoding(project, rewrite):
    """What is not Python has no declaration to be wrong; UTF-16 is common in what Windows tools write."""
    project.write("services/core/a.md", "Es heißt /app/data/auth.db.\n".encode("utf-16"))
    project.write("services/core/b.md", "Es heißt /app/data/auth.db.\n".encode("latin-1"))
    project.write("services/core/c.txt", b"\xff\xfe/app/data/auth.db \0 \xd8")  # begins like UTF-16, and is not
    code, out, _ = rewrite("services")
    assert code == CLEAN
    assert "3 references: 0 rewritten, 0 review, 3 left" in out


def test_a_file_too_large_to_be_source(project, rewrite, monkeypatch):
    monkeypatch.setattr("dbfold.references.contents._LARGEST_FILE", 1000)
    project.write("services/core/a.py", 'x = "/app/data/auth.db"\n' * 100)
    code, out, _ = rewrite("services")
    assert code == FAILED
    assert "services/core/a.py: cannot be read: larger than 64 MB; exclude it in the policy" in out


# -- size and depth -------------------------------------------------------------------------------------------------


def seconds(function, *arguments):
    """Of the processor: what else the machine does is no matter."""
    started = time.process_time()
    function(*arguments)
    return time.process_time() - started


ONE_LINE = {
    "one long string": "x = '" + "y" * (5 << 20) + "'; z = '/app/data/auth.db'\n",
    "not ASCII": "x = ['" + "é" * (5 << 19) + "'," + "'/app/data/auth.db'," * 500 + "]\n",
}


@pytest.mark.parametrize("text", ONE_LINE.values(), ids=ONE_LINE)
def test_a_file_of_one_long_line(project, rewrite, text):
    """A walk over all its columns for each reference would take minutes."""
    project.write("services/core/a.py", text)
    parsing = seconds(ast.parse, text)
    spent = seconds(lambda: rewrite("services"))
    assert spent < 10 * parsing + 5


def test_the_cost_of_a_reference_does_not_grow_with_its_column(project, rewrite):
    def cost(count):
        project.write("services/core/a.py", "x = ['é'," + "'/app/data/auth.db'," * count + "]\n")
        return min(seconds(lambda: rewrite("services", "--check")) for _ in range(2))

    assert cost(4000) < 8 * cost(1000)


DEEP = {
    "brackets": "x = " + "[" * 300 + "'/app/data/auth.db'" + "]" * 300,
    "additions": "x = " + "1 + " * 5000 + "len('/app/data/auth.db')",
    "joined": "x = '/app/data/' + " + "y + " * 900 + "'auth.db'",
    "joined deeper": "x = '/app/data/' + " + "y + " * 20_000 + "'auth.db'",
    "divisions": "x = " + "y / " * 900 + "'auth.db'",
    "signs": "x = " + "-" * 100_000 + "len('/app/data/auth.db')",
    "attributes": "x = f('/app/data/auth.db')" + ".y" * 50_000,
    "calls": "x = f('/app/data/auth.db')" + "()" * 50_000,
    "lambdas": "x = " + "lambda: " * 20_000 + "'/app/data/auth.db'",
    "branches": "if x: pass\n" + "elif x: pass\n" * 20_000 + "else: y = '/app/data/auth.db'",
    "for LibCST": "import sqlite3\nx = f(" + "1 + " * 900 + "1, sqlite3.connect('/app/data/auth.db'))",
}


def test_files_nested_too_deeply(project):
    """In a process of its own: a parser that overflows the C stack takes its process along."""
    for name, text in DEEP.items():
        project.write(f"services/core/{name}.py", text)
    before = project.tree()
    done = project.dbfold("rewrite", "--jobs=1", "--format=json", "services")
    assert (done.returncode, done.stderr) == (FAILED, "")
    result = json.loads(done.stdout)
    verdicts = {found["file"]: found["verdict"] for found in result["references"]}
    assert verdicts == {f"services/core/{name}.py": "review" for name in DEEP}
    messages = {error["message"] for error in result["errors"]}
    assert "is nested too deeply for the parser" in messages
    assert len(result["errors"]) >= len(DEEP) - 3  # the rest is looked at, and is no path that can be rewritten
    assert project.tree() == before


def test_nesting_elsewhere_in_the_file_is_no_obstacle(project, rewrite):
    project.write(
        "services/core/a.py", "import sqlite3\nx = " + "1 + " * 900 + "1\nsqlite3.connect('/app/data/auth.db')\n"
    )
    code, out, _ = rewrite("services")
    assert code == CLEAN
    assert "1 reference: 1 rewritten" in out
