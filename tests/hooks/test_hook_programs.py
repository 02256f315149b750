"""The hooks as programs: arguments, exit codes, and what they say when they cannot work."""

import os
import subprocess

import pytest
from repositories import BIN, HARDCODED, MANIFEST, POLICY, STRAY, hooks_of_the_manifest

from dbfold.hooks.no_new_databases import What, what_it_is

HOOKS = ["no-new-databases", "db-paths", "db-paths-fix", "db-policy"]


@pytest.fixture
def repository(make_repository):
    made = make_repository("git", ())
    made.base()
    return made


def call(repository, hook, *arguments, **options):
    return repository.run(BIN / f"dbfold-{hook}", *arguments, check=False, **options)


def test_the_manifest_is_valid():
    subprocess.run([BIN / "pre-commit", "validate-manifest", MANIFEST], check=True)
    subprocess.run([BIN / "prek", "validate-manifest", MANIFEST], check=True)
    assert [hook["id"] for hook in hooks_of_the_manifest()] == HOOKS
    assert all((BIN / hook["entry"]).exists() for hook in hooks_of_the_manifest())


def test_each_hook_has_a_module_of_its_name():
    hooks = MANIFEST.parent / "hooks"
    assert all((hooks / f"{name.replace('-', '_')}.py").exists() for name in HOOKS)


@pytest.mark.parametrize("hook", HOOKS[:3])
def test_outside_of_git(tmp_path, hook):
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    (tmp_path / "a.py").write_text(STRAY)
    result = subprocess.run(
        [BIN / f"dbfold-{hook}", "a.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "run the hook inside a git work tree" in result.stderr
    assert "Traceback" not in result.stderr


def test_no_policy(repository, database):
    repository.run("git", "rm", "-q", "dbfold.yaml")
    repository.write("a.py", b"x = 1\n")
    repository.run("git", "add", "-A")
    for hook in HOOKS[:3]:
        assert call(repository, hook).returncode == 0
    repository.write("notes.bin", database)
    repository.write("a.py", STRAY.encode())
    repository.run("git", "add", "-A")
    for hook in HOOKS:
        result = call(repository, hook)
        assert result.returncode == 2
        assert "no dbfold.yaml found" in result.stderr
        assert "dbfold init" in result.stderr


def test_a_policy_by_option(repository, database):
    repository.run("git", "mv", "dbfold.yaml", "other.yaml")
    repository.write("data/zoe.db", database)
    repository.run("git", "add", "-f", ".")
    assert call(repository, "no-new-databases", "--policy", "other.yaml").returncode == 0
    assert call(repository, "db-policy", "--policy", "other.yaml").returncode == 0


@pytest.mark.parametrize("hook", HOOKS[:3])
def test_a_policy_beside_the_files_needs_a_root(repository, database, hook):
    """`data_dirs` and patterns would match nothing, and a commit that is wrong would pass."""
    repository.run("mkdir", "deploy")
    repository.run("git", "mv", "dbfold.yaml", "deploy/dbfold.yaml")
    repository.write("services/core/a.py", HARDCODED.encode())
    repository.write("data/auth.db", database)
    repository.run("git", "add", "-f", ".")
    result = call(repository, hook, "--policy", "deploy/dbfold.yaml")
    assert result.returncode == 2
    assert "lies outside of the root" in result.stderr
    assert "--root DIR" in result.stderr
    result = call(repository, hook, "--policy", "deploy/dbfold.yaml", "--root", ".")
    assert (result.returncode, result.stderr) == (1, "")


def test_the_nearest_policy_counts(repository, database):
    repository.write("part/dbfold.yaml", POLICY.replace("auth.db:", "notes.db:").encode())
    repository.write("part/notes.db", database)
    repository.write("part/services/a/a.py", STRAY.encode())
    repository.run("git", "add", "-f", ".")
    output = call(repository, "no-new-databases").stdout
    assert "part/notes.db: an SQLite database, which is retired: zoe.db has its rows" in output
    assert "part/services/a/a.py:3:30: DBF002" in call(repository, "db-paths").stdout


def test_below_the_top(repository, database):
    repository.write("services/core/notes.bin", database)
    repository.write("services/core/a.py", STRAY.encode())
    repository.run("git", "add", ".")
    directory = repository.root / "services/core"
    assert "notes.bin: an SQLite database" in call(repository, "no-new-databases", cwd=directory).stdout
    assert "a.py:3:30: DBF006" in call(repository, "db-paths", "a.py", cwd=directory).stdout


def test_files_that_git_does_not_know(repository, database):
    repository.write("notes.bin", database)
    repository.write("a.py", STRAY.encode())
    assert call(repository, "no-new-databases", "notes.bin").returncode == 1
    assert call(repository, "db-paths", "a.py").returncode == 1
    assert call(repository, "db-paths", "gone.py").returncode == 0


def test_intent_to_add(repository, database):
    repository.write("notes.bin", database)
    repository.run("git", "add", "-N", "notes.bin")
    assert call(repository, "no-new-databases", "notes.bin").returncode == 0
    repository.run("git", "add", "notes.bin")
    assert call(repository, "no-new-databases", "notes.bin").returncode == 1


def test_a_sparse_checkout(repository, database):
    repository.write("far/notes.bin", database)
    repository.write("far/a.py", STRAY.encode())
    repository.run("git", "add", ".")
    repository.run("git", "update-index", "--skip-worktree", "far/notes.bin", "far/a.py")
    for name in ("far/notes.bin", "far/a.py"):
        (repository.root / name).unlink()
    assert "far/notes.bin: an SQLite" in call(repository, "no-new-databases", "far/notes.bin").stdout
    assert "far/a.py:3:30: DBF006" in call(repository, "db-paths", "far/a.py").stdout


def test_during_a_conflict_the_work_tree_counts(repository, database):
    for branch, text in (("one", b"1\n"), ("two", b"2\n")):
        repository.run("git", "switch", "-qc", branch, "main")
        repository.write("a.txt", text)
        repository.run("git", "add", ".")
        repository.run("git", "commit", "-qm", branch)
    assert repository.run("git", "merge", "one", check=False).returncode == 1
    repository.write("a.txt", database)
    assert call(repository, "no-new-databases", "a.txt").returncode == 1


def test_a_file_that_cannot_be_checked(repository):
    repository.write("services/core/a.py", b'print "/app/data/zoe.db"\n')
    repository.run("git", "add", ".")
    result = call(repository, "db-paths")
    assert result.returncode == 2
    assert "services/core/a.py:1: does not parse" in result.stdout


def test_two_policies_are_both_told(repository):
    for name in ("dbfold.yaml", "part/dbfold.yaml"):
        repository.write(name, b"version: 1\n")
    repository.run("git", "add", ".")
    result = call(repository, "db-policy", "dbfold.yaml", "part/dbfold.yaml")
    assert result.returncode == 2
    assert "\ndbfold.yaml:1: databases: missing" in "\n" + result.stderr.replace("dbfold: ", "")
    assert "part/dbfold.yaml:1: databases: missing" in result.stderr


def test_an_unknown_option(repository):
    for hook in HOOKS:
        assert call(repository, hook, "--nonsense").returncode == 2


ALLOWED = {
    "data/zoe.db": None,
    "zoe.db": None,
    "data/memory.db": None,
    "anywhere/fixture.db": None,
    "tests/data/notes.db": None,
    "archive/notes.db": None,
    "tests/data/notes.db-wal": None,
    "backup/zoe.db": "a copy of zoe.db in a directory that data_dirs does not list",
    "data/auth.db": "which is retired: zoe.db has its rows",
    "data/litellm.db": "which is external in dbfold.yaml, without a reason to be in the repository",
    "data/notes.db": "which dbfold.yaml does not declare",
    "data/zoe.db-wal": "which belongs to a running database and is worth nothing without it",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_the_policy_allows(repository, database, name):
    repository.write(name, database if not name.endswith("wal") else b"")
    repository.run("git", "add", "-f", ".")
    result = call(repository, "no-new-databases", name)
    problem = ALLOWED[name]
    assert result.returncode == (0 if problem is None else 1), result.stdout
    assert (problem or "") in result.stdout


@pytest.mark.parametrize(
    ("name", "head", "words"),
    [
        ("a.bin", b"SQLite format 3\0" + b"\0" * 84, "an SQLite database"),
        ("a.bin", b"SQLite format 3", None),
        ("a.db", b"", "an empty database, by its name"),
        ("a.bin", b"", None),
        ("a.db", b"\x8f\x12\x00\xff" * 9, "a database, by its name"),
        ("a.sqlite", b"\xc3\x28\xa0" * 99, "a database, by its name"),
        ("a.DB3", b"\0", "a database, by its name"),
        ("example.com.db", b"$TTL 3600\n@ IN SOA ns1\n", None),
        ("a.db", "zone of ü".encode() + b"x" * 8182 + "ü".encode()[:1], None),
        ("Thumbs.db", b"\xd0\xcf\x11\xe0" * 9, None),
        ("Thumbs.db", b"SQLite format 3\0", "an SQLite database"),
        ("a.db-shm", b"", "a side file of an SQLite database, by its name"),
        ("a.sqlite3-journal", b"text", "a side file of an SQLite database, by its name"),
        ("a.txt-wal", b"text", None),
        ("db", b"text", None),
        (".db", b"\0\0", "a database, by its name"),
    ],
)
def test_what_a_file_is(name, head, words):
    found = what_it_is(name, head)
    assert found == (words and What(words, is_side_file="side file" in words))


def test_a_hook_reads_little_of_a_large_file_that_differs(repository, database):
    """From the index, 16 bytes are asked of 64 MB; the process may not hold them all."""
    repository.write("large.bin", database + b"x" * (64 << 20))
    repository.run("git", "add", ".")
    (repository.root / "large.bin").unlink()
    limited = ["sh", "-c", f"ulimit -v 200000; exec '{BIN}/dbfold-no-new-databases' large.bin"]
    result = repository.run(*limited, check=False)
    assert result.returncode == 1, result.stderr
    assert "large.bin: an SQLite database" in result.stdout


def test_the_hook_finds_what_check_finds(repository):
    repository.write("services/core/a.py", (HARDCODED + STRAY).encode())
    repository.write("services/core/.env", b"AUTH_DB=/app/data/auth.db\n")
    repository.run("git", "add", "-f", ".")
    checked = repository.dbfold("check", "services")
    assert checked.returncode == 1
    assert checked.stdout.partition("Found")[0] == call(repository, "db-paths").stdout.partition("Found")[0]
