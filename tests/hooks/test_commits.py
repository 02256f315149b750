"""Commits through real hook runners: what is staged decides, whatever the work tree holds."""

import os
import sqlite3

import pytest
from repositories import BIN, CLEAN, HARDCODED, STRAY

ACCESSOR = "DATABASE_PATH (from database_config import DATABASE_PATH)"


def stage(repository, name, content):
    repository.write(name, content if isinstance(content, bytes) else content.encode())
    repository.run("git", "add", "-f", "--", name)


def test_a_clean_commit_passes(repository):
    stage(repository, "services/core/a.py", CLEAN)
    stage(repository, "notes.txt", "text\n")
    repository.assert_passes()


def test_a_new_database(repository, database):
    stage(repository, "data/notes.db", database)
    output = repository.blocked()
    assert "data/notes.db: an SQLite database, which dbfold.yaml does not declare" in output
    assert f"keep its tables in zoe.db, which code reaches with {ACCESSOR}" in output
    assert "git rm --cached -- data/notes.db" in output
    assert "declare notes.db in dbfold.yaml, with a role and a reason" in output


@pytest.mark.parametrize("name", ["blob.bin", "cache.dat", "no_suffix", "picture.png", "data/x.SQLITE3"])
def test_a_database_under_any_name(repository, database, name):
    stage(repository, name, database)
    assert f"{name}: an SQLite database" in repository.blocked()


def test_code_that_names_a_new_database(repository):
    stage(repository, "services/core/feature.py", STRAY)
    output = repository.blocked()
    assert "services/core/feature.py:3:30: DBF006 notes.db is not declared in the policy" in output
    assert ACCESSOR in output


def test_code_that_hardcodes_the_path(repository):
    stage(repository, "services/core/feature.py", HARDCODED)
    output = repository.blocked()
    assert "services/core/feature.py:3:30: DBF001 hardcoded path of zoe.db [*]" in output


def test_the_first_commit(empty, database):
    empty.run("git", "add", "-A")
    stage(empty, "data/notes.db", database)
    stage(empty, "services/core/feature.py", STRAY)
    output = empty.blocked()
    assert "data/notes.db: an SQLite database" in output
    assert "DBF006" in output
    empty.run("git", "rm", "-q", "--cached", "data/notes.db", "services/core/feature.py")
    empty.assert_passes()


def test_staged_is_bad_and_the_work_tree_good(repository, database):
    stage(repository, "data/notes.txt", database)
    stage(repository, "services/core/a.py", STRAY)
    repository.write("data/notes.txt", b"text\n")
    repository.write("services/core/a.py", CLEAN.encode())
    output = repository.blocked()
    assert "data/notes.txt: an SQLite database" in output
    assert "DBF006" in output


def test_staged_is_good_and_the_work_tree_bad(repository, database):
    stage(repository, "data/notes.txt", "text\n")
    stage(repository, "services/core/a.py", CLEAN)
    repository.write("data/notes.txt", database)
    repository.write("services/core/a.py", STRAY.encode())
    repository.assert_passes()
    assert repository.read("data/notes.txt") == database
    assert repository.read("services/core/a.py") == STRAY.encode()


def test_staged_and_gone_from_the_work_tree(repository, database):
    stage(repository, "notes.bin", database)
    (repository.root / "notes.bin").unlink()
    assert "notes.bin: an SQLite database" in repository.blocked()


def test_a_deletion_passes(repository, database):
    stage(repository, "data/notes.db", database)
    stage(repository, "services/core/a.py", STRAY)
    repository.run("git", "commit", "-qnm", "as it was")
    repository.run("git", "rm", "-q", "data/notes.db", "services/core/a.py")
    repository.assert_passes()


def test_a_rename_and_a_copy(repository, database):
    stage(repository, "tests/notes.db", database)
    repository.assert_passes()
    repository.run("git", "mv", "tests/notes.db", "notes.dat")
    assert "notes.dat: an SQLite database" in repository.blocked()
    repository.run("git", "reset", "-q", "--hard")
    stage(repository, "copy.dat", database)
    assert "copy.dat: an SQLite database" in repository.blocked()


def test_commit_all_and_commit_of_one_file(repository, database):
    stage(repository, "services/core/a.py", CLEAN)
    stage(repository, "notes.txt", "text\n")
    repository.assert_passes()
    repository.write("services/core/a.py", STRAY.encode())
    assert "DBF006" in repository.blocked("-a")
    repository.write("notes.txt", b"more\n")
    repository.assert_passes("notes.txt")
    assert "DBF006" in repository.blocked("services/core/a.py")


def test_a_linked_worktree(repository, database, tmp_path):
    other = tmp_path / "linked"
    repository.run("git", "worktree", "add", "-q", "-b", "other", other)
    (other / "data").mkdir()
    (other / "data/notes.db").write_bytes(database)
    repository.run("git", "add", "-f", ".", cwd=other)
    assert "data/notes.db: an SQLite database" in repository.blocked(cwd=other)
    (other / "data/notes.db").write_bytes(b"text\n")
    repository.run("git", "add", "-f", ".", cwd=other)
    repository.assert_passes(cwd=other)


def test_a_submodule(repository, make_repository, database):
    inner = make_repository("git", (), "inner")
    (inner.root / "notes.db").write_bytes(database)
    inner.base()
    repository.run("git", "-c", "protocol.file.allow=always", "submodule", "-q", "add", inner.root, "vendor/notes.db")
    repository.assert_passes()


def test_a_merge_with_a_conflict(repository, database):
    stage(repository, "a.txt", "one\n")
    repository.run("git", "commit", "-qnm", "one")
    repository.run("git", "switch", "-qc", "side")
    stage(repository, "a.txt", "side\n")
    stage(repository, "services/core/side.py", CLEAN)
    repository.run("git", "commit", "-qnm", "side")
    repository.run("git", "switch", "-q", "main")
    stage(repository, "a.txt", "main\n")
    repository.run("git", "commit", "-qnm", "main")
    assert repository.run("git", "merge", "side", check=False).returncode == 1
    stage(repository, "a.txt", database)
    assert "a.txt: an SQLite database" in repository.blocked()
    stage(repository, "a.txt", "both\n")
    repository.assert_passes()


NAMES = ["with a blank", "quote'\"s", "new\nline", "ünïcødé ✓", "back\\slash", "*.py", "$(HOME)", "tab\there"]


@pytest.mark.parametrize("name", NAMES)
def test_names(repository, database, name):
    stage(repository, f"{name}.bin", database)
    stage(repository, f"{name}.py", STRAY)
    output = repository.blocked()
    shown = name.replace("\\", "\\") if name.isprintable() else name.encode("unicode_escape").decode()
    assert f"{shown}.bin: an SQLite database" in output
    assert f"{shown}.py:3:30: DBF006" in output


def test_a_name_that_is_no_utf_8(repository, database):
    name = os.fsdecode(b"caf\xe9.bin")
    (repository.root / name).write_bytes(database)
    repository.run("git", "add", ".")
    output = repository.blocked()
    if repository.runner == "git":  # pre-commit and prek cannot read such names, and refuse the commit themselves
        assert "caf\\udce9.bin: an SQLite database" in output


def test_a_name_with_a_dash(make_repository, database):
    repository = make_repository("git")
    repository.base()
    stage(repository, "-n.bin", database)
    assert "-n.bin: an SQLite database" in repository.blocked()


def test_a_link_to_a_database(repository, database, tmp_path):
    (tmp_path / "elsewhere.db").write_bytes(database)
    (repository.root / "link.db").symlink_to(tmp_path / "elsewhere.db")
    repository.run("git", "add", "link.db")
    repository.assert_passes()


def test_a_pointer_of_git_lfs(repository):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 4096\n"
    stage(repository, "data/notes.db", pointer)
    stage(repository, "data/picture.png", pointer)
    output = repository.blocked()
    assert "data/notes.db: a database in git-lfs, by its name" in output
    assert "picture" not in output


def test_the_files_beside_a_database_that_is_open(repository):
    path = repository.root / "data/zoe.db"
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    (repository.root / "log.bin").write_bytes((repository.root / "data/zoe.db-wal").read_bytes())
    repository.run("git", "add", "-f", "data", "log.bin")
    output = repository.blocked()
    connection.close()
    assert "data/zoe.db-shm: a side file of an SQLite database, by its name" in output
    assert "data/zoe.db-wal: the write-ahead log of an SQLite database" in output
    assert "log.bin: the write-ahead log of an SQLite database, which belongs to a running database" in output
    assert "data/zoe.db: " not in output


def test_a_rollback_journal(repository, tmp_path):
    path = tmp_path / "live.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE t (a)")
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO t VALUES (?)", [("x" * 900,)] * 200)
    stage(repository, "some.bin", (tmp_path / "live.db-journal").read_bytes())
    connection.execute("ROLLBACK")
    connection.close()
    assert "some.bin: the rollback journal of an SQLite database" in repository.blocked()


def test_a_policy_that_is_wrong(repository):
    stage(repository, "dbfold.yaml", repository.read("dbfold.yaml").replace(b"role: primary", b"rol: primary"))
    output = repository.blocked()
    assert "dbfold.yaml:3: databases.zoe.db.rol: unknown key; did you mean 'role'?" in output


def test_the_staged_policy_counts(repository, database):
    policy = repository.read("dbfold.yaml")
    stage(
        repository,
        "dbfold.yaml",
        policy.replace(b"databases:\n", b"databases:\n  notes.db: {role: external, reason: y}\n"),
    )
    repository.write("dbfold.yaml", policy)
    stage(repository, "notes.db", database)
    repository.assert_passes()


def test_an_accessor_edited_by_hand(repository):
    repository.write("services/core/a.py", HARDCODED.encode())
    assert repository.dbfold("rewrite", "services").returncode == 0
    repository.run("git", "add", "services")
    repository.assert_passes()
    accessor = repository.read("services/core/database_config.py")
    stage(repository, "services/core/database_config.py", accessor.replace(b"/app/data/zoe.db", b"/srv/zoe.db"))
    assert "database_config.py:1:1: DBF007 database_config.py is not what dbfold.yaml says" in repository.blocked()


def test_a_new_path_in_the_policy_makes_accessors_stale(repository):
    repository.write("services/core/a.py", HARDCODED.encode())
    assert repository.dbfold("rewrite", "services").returncode == 0
    repository.run("git", "add", "services")
    repository.assert_passes()
    stage(repository, "dbfold.yaml", repository.read("dbfold.yaml").replace(b"/app/data/zoe.db", b"/srv/zoe.db"))
    assert "services/core/database_config.py:1:1: DBF007" in repository.blocked()


def test_what_the_baseline_tolerates_passes(repository):
    stage(repository, "services/core/old.py", STRAY)
    assert repository.dbfold("check", "--write-baseline").returncode == 0
    assert "DBF006" in repository.blocked()
    repository.run("git", "add", "dbfold-baseline.json")
    repository.assert_passes()
    stage(repository, "services/core/old.py", STRAY + 'other = sqlite3.connect("/app/data/other.db")\n')
    output = repository.blocked()
    assert "old.py:4:25: DBF006 other.db" in output
    assert "old.py:3" not in output


def test_many_files(repository, database):
    for number in range(5000):
        repository.write(f"services/core/package_{number % 50}/module_{number}.py", CLEAN.encode())
    repository.run("git", "add", "-A")
    stage(repository, "services/core/package_7/data.bin", database)
    output = repository.blocked()
    assert output.count("an SQLite database") == 1
    repository.run("git", "rm", "-qf", "services/core/package_7/data.bin")
    repository.assert_passes("-q")


def test_the_programs_are_those_of_the_manifest(make_repository):
    assert all((BIN / f"dbfold-{name}").exists() for name in make_repository("git").ids)
