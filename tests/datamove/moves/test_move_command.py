"""`dbfold move` as a program: what it prints, how it ends, what it leaves."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

POLICY = """version: 1
databases:
  zoe.db:  {role: primary, path: /app/data/zoe.db}
  auth.db: {role: retired, into: zoe.db}
  logs.db: {role: retired, into: zoe.db}
  other.db: {role: external}
data_dirs: [data]
"""
DECISIONS = "tables: {users: {key: [username], on_conflict: keep-target}}\n"
SCHEMAS = {
    "zoe.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, hash TEXT);"
    "INSERT INTO users VALUES (1, 'ada', 'a'), (2, 'ben', 'b')",
    "auth.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, hash TEXT);"
    "CREATE TABLE sessions (token TEXT PRIMARY KEY, user_id INTEGER REFERENCES users(id));"
    "INSERT INTO users VALUES (1, 'ben', 'B'), (2, 'cleo', 'c'); INSERT INTO sessions VALUES ('s', 1), ('t', 2)",
    "logs.db": "CREATE TABLE logs (line TEXT); INSERT INTO logs VALUES ('x'), ('x')",
    "other.db": "CREATE TABLE other (a)",
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "dbfold.yaml").write_text(POLICY + DECISIONS, encoding="utf-8")
    (tmp_path / "data").mkdir()
    for name, schema in SCHEMAS.items():
        with closing(sqlite3.connect(tmp_path / "data" / name)) as connection:
            connection.executescript(schema)
    return tmp_path


def dbfold(project, *arguments, code=0, **options):
    """Run `dbfold move …`; its output and errors, after a look at the exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "dbfold", "move", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def digests(project):
    """Name → content of every file in the data directory itself."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((project / "data").iterdir())
        if path.is_file()
    }


def rows(project, sql):
    with closing(sqlite3.connect(project / "data" / "zoe.db")) as connection:
        return connection.execute(sql).fetchall()


# -- plan -------------------------------------------------------------------------------------------------------------


def test_a_plan_with_everything_decided(project):
    before = digests(project)
    printed = dbfold(project, "plan")
    assert "auth.db, logs.db -> zoe.db" in printed
    assert "Everything is decided" in printed
    assert "left alone: other.db (external)" in printed
    assert digests(project) == before
    assert sorted(path.name for path in (project / "data").iterdir()) == sorted(SCHEMAS)


def test_an_open_decision_ends_in_1_and_shows_its_choices(project):
    (project / "dbfold.yaml").write_text(POLICY, encoding="utf-8")
    printed = dbfold(project, "plan", code=1)
    assert "1 of 2 rows have the key (id) of another row and differ in username, hash" not in printed
    assert "tables: {users: {key: [username], on_conflict: keep-target}}" in printed
    assert "To be decided (1)" in printed


def test_the_plan_as_json_has_fingerprints_accounts_and_problems(project):
    document = json.loads(dbfold(project, "plan", "--format", "json"))
    (target,) = document["targets"]
    assert [file["name"] for file in target["files"]] == ["zoe.db", "auth.db", "logs.db"]
    assert target["accounts"][0]["conflict"] == 1
    assert target["conflicts"] == [{"table": "users", "column": "hash", "values": 1}]
    assert target["problems"] == []


def test_the_plan_as_sql_is_accepted_by_sqlite(project):
    """Run as a reader would: on a copy, with the databases attached as the comments say."""
    printed = dbfold(project, "plan", "--format", "sql")
    copy = project / "copy.db"
    shutil.copy(project / "data" / "zoe.db", copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.executescript(
            "ATTACH ':memory:' AS work;"
            'CREATE TABLE _dbfold_rows (move, "database", name, table_name, "rows", moved, identical, mapped, conflict,'
            ' renumbered); CREATE TABLE _dbfold_ids (move, "database", table_name, old, new);'
            'CREATE TABLE _dbfold_conflicts (move, "database", table_name, "key", column_name, lost, kept)'
        )
        attached = None
        for block in printed.split("\n-- ")[1:]:
            comment, _, sql = block.partition("\n")
            database = comment.partition(":")[0]
            if database in SCHEMAS and database != attached:
                if attached:
                    connection.execute("DETACH src")
                connection.execute("ATTACH ? AS src", (str(project / "data" / database),))
                attached = database
            if sql.strip():
                connection.executescript(sql)
        assert connection.execute("SELECT username FROM users ORDER BY id").fetchall() == [
            ("ada",),
            ("ben",),
            ("cleo",),
        ]


def test_write_adds_choices_that_can_be_uncommented(project):
    policy = project / "dbfold.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    assert "choices for 1 decision, at its end" in dbfold(project, "plan", "--write", code=1)
    text = policy.read_text(encoding="utf-8")
    assert text.startswith(POLICY)
    dbfold(project, "plan", "--write", code=1)
    assert policy.read_text(encoding="utf-8") == text
    choice = "tables: {users: {key: [username], on_conflict: keep-target}}"
    policy.write_text(text.replace(f"#   {choice}", choice), encoding="utf-8")
    assert "no decision is open" in dbfold(project, "plan", "--write")
    assert policy.read_text(encoding="utf-8") == f"{POLICY}{choice}\n"
    dbfold(project, "plan")


# -- run --------------------------------------------------------------------------------------------------------------


def test_a_move_verified_and_rolled_back_to_the_byte(project):
    before = digests(project)
    printed = dbfold(project, "run", "--yes")
    assert "put away: auth.db, logs.db" in printed
    assert rows(project, "SELECT username, hash FROM users ORDER BY id") == [("ada", "a"), ("ben", "b"), ("cleo", "c")]
    assert rows(project, "SELECT token, username FROM sessions JOIN users ON users.id = user_id ORDER BY 1") == [
        ("s", "ben"),
        ("t", "cleo"),
    ]
    assert rows(project, "SELECT column_name, lost, kept FROM _dbfold_conflicts") == [("hash", "B", "b")]
    assert sorted(digests(project)) == ["other.db", "zoe.db"]
    assert "FAILED" not in dbfold(project, "verify")
    assert json.loads(dbfold(project, "verify", "--format", "json"))[0]["passed"]
    assert "move" in dbfold(project, "list")
    dbfold(project, "rollback", "--yes")
    assert digests(project) == before
    assert (project / "data" / "backup" / "dbfold-move.log").read_text(encoding="utf-8").count(
        "integrity_check: ok"
    ) == 1


def test_a_rollback_can_be_rolled_back(project):
    dbfold(project, "run", "--yes")
    moved = digests(project)
    dbfold(project, "rollback", "--yes")
    last = sorted(path.name for path in (project / "data" / "backup").glob("dbfold-2*"))[-1]
    dbfold(project, "rollback", last, "--yes")
    assert digests(project) == moved


def test_a_second_run_has_nothing_to_do(project):
    dbfold(project, "run", "--yes")
    after = digests(project)
    assert "nothing to move" in dbfold(project, "run", "--yes")
    assert digests(project) == after


def test_a_dry_run_changes_nothing_and_reports_the_same_numbers(project):
    before = digests(project)
    rehearsed = dbfold(project, "run", "--dry-run")
    assert digests(project) == before
    assert not (project / "data" / "backup").exists()
    table = rehearsed.split("verified")[0]
    assert table in dbfold(project, "run", "--yes")


def test_nothing_runs_unasked(project):
    before = digests(project)
    assert "Add --yes" in dbfold(project, "run", code=2, stdin=subprocess.DEVNULL)
    assert digests(project) == before


def test_open_decisions_refuse_the_run(project):
    (project / "dbfold.yaml").write_text(POLICY, encoding="utf-8")
    before = digests(project)
    assert "the move waits for decisions" in dbfold(project, "run", "--yes", code=2)
    assert digests(project) == before


def test_a_database_that_changed_since_the_plan_refuses_the_run(project):
    plan = project / "plan.json"
    plan.write_text(dbfold(project, "plan", "--format", "json"), encoding="utf-8")
    dbfold(project, "run", "--dry-run", "--plan", str(plan))
    with closing(sqlite3.connect(project / "data" / "logs.db")) as connection, connection:
        connection.execute("INSERT INTO logs VALUES ('y')")
    before = digests(project)
    assert "logs.db changed since the plan was made" in dbfold(project, "run", "--yes", "--plan", str(plan), code=2)
    assert digests(project) == before
    (project / "plan.json").write_text("{}", encoding="utf-8")
    assert "is not a plan" in dbfold(project, "run", "--yes", "--plan", str(plan), code=2)


def test_too_little_room_is_seen_before_anything_is_written(project, monkeypatch):
    from dbfold import datamove
    from dbfold.base.errors import UserError
    from dbfold.policy.loading import load_policy

    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 99, 1))
    before = digests(project)
    with pytest.raises(UserError, match="0 MB are free"):
        datamove.run(load_policy(project / "dbfold.yaml"), project / "data")
    assert digests(project) == before
    assert not list((project / "data").glob(".dbfold*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan", "--data-dir", "nowhere"), "no such directory"),
        (("verify",), "nothing has been moved there"),
        (("rollback", "--yes"), "holds no backup of a move"),
        (("rollback", "dbfold-1", "--yes"), "no such backup"),
    ],
)
def test_what_cannot_be_done_is_said(project, arguments, message):
    assert message in dbfold(project, *arguments, code=2)


def test_a_damaged_backup_is_not_restored(project):
    dbfold(project, "run", "--yes")
    after = digests(project)
    (copy,) = (project / "data" / "backup").glob("dbfold-2*/auth.db")
    with copy.open("r+b") as stream:
        stream.seek(5000)
        stream.write(b"!")
    assert "is not what was backed up" in dbfold(project, "rollback", "--yes", code=2)
    assert "is not what was backed up" in dbfold(project, "verify", code=2)
    assert digests(project) == after


def test_verify_sees_a_row_that_is_gone_and_one_that_changed(project):
    dbfold(project, "run", "--yes")
    with closing(sqlite3.connect(project / "data" / "zoe.db")) as connection, connection:
        connection.execute("DELETE FROM sessions WHERE token = 's'")
        connection.execute("UPDATE users SET hash = 'changed' WHERE username = 'ada'")
    printed = dbfold(project, "verify", code=1)
    assert "auth.db: sessions: 1 rows are not in sessions" in printed
    assert "zoe.db: users: 1 values of hash are neither in users nor in the ledger" in printed


# -- services ---------------------------------------------------------------------------------------------------------


def with_services(project, stop="echo stop >> calls", health="true"):
    text = f"services: {{stop: '{stop}', start: 'echo start >> calls', health: ['{health}']}}\n"
    (project / "dbfold.yaml").write_text(POLICY + DECISIONS + text, encoding="utf-8")


def calls(project):
    path = project / "calls"
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def test_services_stop_and_start_around_a_move_and_a_rollback(project):
    with_services(project)
    dbfold(project, "run", "--yes")
    assert calls(project) == ["stop", "start"]
    dbfold(project, "rollback", "--yes")
    assert calls(project) == ["stop", "start"] * 2


def test_services_that_do_not_stop_end_the_run_and_are_started(project):
    with_services(project, stop="echo no; false")
    before = digests(project)
    assert "services.stop: `echo no; false` failed with exit code 1: no" in dbfold(project, "run", "--yes", code=2)
    assert calls(project) == ["start"]
    assert digests(project) == before


def test_nothing_is_stopped_while_decisions_are_open(project):
    with_services(project)
    text = (project / "dbfold.yaml").read_text(encoding="utf-8").replace(DECISIONS, "")
    (project / "dbfold.yaml").write_text(text, encoding="utf-8")
    dbfold(project, "run", "--yes", code=2)
    assert calls(project) == []


def test_a_health_check_that_fails_is_reported(project, monkeypatch):
    from dbfold import datamove
    from dbfold.datamove.safety import services
    from dbfold.policy.loading import load_policy

    monkeypatch.setattr(services.health, "__defaults__", (0.0,))
    with_services(project, health="echo down; exit 7")
    result = datamove.run(load_policy(project / "dbfold.yaml"), project / "data")
    assert [str(failure) for failure in result.unhealthy] == ["`echo down; exit 7` failed with exit code 7: down"]


# -- the script -------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sh", "dash", "bash"])
def shell(request):
    if shutil.which(request.param) is None:
        pytest.skip(f"no {request.param} here")
    return request.param


def run_script(project, shell, *arguments, code=0, path=None):
    environment = os.environ | ({"PATH": path} if path else {})
    done = subprocess.run(
        [shutil.which(shell), "scripts/rollback_database.sh", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_script_restores_what_the_command_would(project, shell):
    with_services(project)
    before = digests(project)
    dbfold(project, "script")
    dbfold(project, "run", "--yes")
    printed = run_script(project, shell)
    assert printed.index("restored auth.db") < printed.index("restored zoe.db")
    assert digests(project) == before
    assert calls(project) == ["stop", "start"] * 2
    assert list((project / "data" / "backup").glob("before-rollback-*/zoe.db"))


def test_the_script_needs_neither_sqlite3_nor_fuser(project, tmp_path_factory):
    before = digests(project)
    dbfold(project, "script")
    dbfold(project, "run", "--yes")
    with closing(sqlite3.connect(project / "data" / "zoe.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO logs VALUES ('later')")
        connection.commit()
        tools = tmp_path_factory.mktemp("tools")
        for tool in ("sh", "cp", "mv", "rm", "grep", "cat", "mkdir", "date", "dirname", "sync", "sha256sum", "sleep"):
            (tools / tool).symlink_to(shutil.which(tool))
        run_script(project, "sh", path=str(tools))
    assert digests(project) == before


def test_the_script_removes_what_did_not_exist(project):
    (project / "data" / "zoe.db").unlink()
    before = digests(project)
    dbfold(project, "script")
    dbfold(project, "run", "--yes")
    assert "removed zoe.db" in run_script(project, "sh")
    assert digests(project) == before


def test_the_script_does_not_touch_anything_for_a_damaged_backup(project):
    dbfold(project, "script", "--output", str(project / "scripts" / "rollback_database.sh"))
    dbfold(project, "run", "--yes")
    after = digests(project)
    next((project / "data" / "backup").glob("dbfold-2*/auth.db")).write_bytes(b"")
    assert "is damaged; nothing has been changed" in run_script(project, "sh", code=2)
    assert digests(project) == after


def test_the_script_of_the_policy_is_readable_by_a_strict_shell(project):
    dbfold(project, "script")
    script = project / "scripts" / "rollback_database.sh"
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    assert os.access(script, os.X_OK)
    assert str(Path(project)) not in script.read_text(encoding="utf-8")
