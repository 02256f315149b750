"""The gate before a move: what it names, what opens it, and that nothing else does."""

from __future__ import annotations

import pytest

from dbfold.base.errors import UserError
from dbfold.codemods.gate import require_whole
from dbfold.policy.loading import load_policy

OTHERS = "CREATE TABLE IF NOT EXISTS users (user_id TEXT PRIMARY KEY, role TEXT)"


@pytest.fixture
def gate(application):
    return lambda **options: require_whole(load_policy(application.policy), **options)


@pytest.fixture
def refused(gate):
    def refused(**options):
        with pytest.raises(UserError) as error:
            gate(**options)
        return str(error.value).splitlines()

    return refused


def switched(application, *statements):
    """A module that has been rewritten, and executes statements on the database that remains."""
    lines = [f'    conn.execute("""{sql}""")' for sql in statements]
    head = ["import sqlite3", "from database_config import DATABASE_PATH", "", "def run():"]
    connection = "    conn = sqlite3.connect(DATABASE_PATH)"
    application.write("services/b/store.py", "\n".join([*head, connection, *lines, ""]))


def test_it_is_open_where_nothing_names_a_retired_database_and_nothing_breaks(application, gate):
    application.service("a", "main.db", "CREATE TABLE own (a)", "SELECT a FROM own", "SELECT fails_already FROM own")
    application.write("README.md", "The rows came from two.db.")
    gate()


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("services/c/store.py", 'import sqlite3\nTWO = {"/app/data/two.db": 1}\n', 2),
        ("docker-compose.yml", "services:\n  a:\n    environment:\n      TWO: /app/data/two.db\n", 4),
        (".env", "TWO=/app/data/two.db\n", 1),
        ("backup.sh", "#!/bin/sh\nsqlite3 /app/data/two.db .dump\n", 2),
        ("services/c/settings.toml", '[db]\npath = "/app/data/two.db"\n', 2),
    ],
)
def test_what_still_names_a_retired_database_closes_it(application, gate, refused, name, content, line):
    """And it opens when the policy accepts the place, with the reason."""
    application.write(name, content)
    first, place, *_ = refused()
    assert first == "1 place in the project still names two.db; nothing has been moved:"
    assert place.startswith(f"  {name}:{line}: /app/data/two.db: ")
    assert refused(accept_broken_sql=True)[0] == first
    application.decide(f'accept: {{two.db: {{"{name}": nothing reads it any more}}}}')
    gate()


def test_a_file_that_the_policy_wants_reviewed_closes_it(application, refused):
    application.write("scripts/report.py", 'import sqlite3\nsqlite3.connect("/app/data/two.db")\n')
    application.decide('review: ["scripts/**"]')
    assert "scripts/report.py:2: /app/data/two.db: a file that the policy wants reviewed" in "\n".join(refused())


def test_an_ignored_place_is_accepted(application, gate):
    application.write(
        "services/c/store.py",
        'import sqlite3\nsqlite3.connect("/app/data/two.db")  # dbfold: ignore[DBF002] read once, by hand\n',
    )
    gate()


def test_it_says_how_to_accept(application, refused):
    application.write("backup.sh", "#!/bin/sh\nsqlite3 /app/data/two.db .dump\n")
    assert refused()[-2:] == ["  accept:", '    two.db: {"backup.sh": "why it may stay"}']


def test_what_a_rewrite_would_change_is_told_so(application, refused):
    application.write("services/c/store.py", 'import sqlite3\nsqlite3.connect("/app/data/two.db")\n')
    assert "`dbfold rewrite` changes it" in refused()[1]


@pytest.mark.parametrize(("number", "shown"), [(1, 1), (10, 10), (12, 11)])
def test_it_names_what_would_break(application, refused, gate, number, shown):
    application.database("one.db", OTHERS)
    application.database("main.db", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
    application.decide("rename: {one.db: {users: logins}}")
    switched(application, *(f"SELECT role, {index} FROM users" for index in range(number)))
    data = application.root / "data"
    first, *lines = refused(data_dir=data)
    assert first.startswith(f"{number} statements in the code would break; nothing has been moved.")
    assert lines[0].startswith("  services/b/store.py:6: main.db: no such column: role")
    assert len(lines) == shown
    assert (lines[-1] == f"  … and {number - 10} more") is (number > 10)
    gate(data_dir=data, accept_broken_sql=True)


def test_what_a_move_keeps_is_no_part_of_the_project(application, gate):
    """The manifest of a backup, and the script for a rollback, name every database that was there."""
    application.write("data/backup/dbfold-20260102-030405/manifest.json", '{"files": ["/app/data/two.db"]}\n')
    script = "#!/bin/sh\n# Restores the databases from a backup that `dbfold move` made.\ncp two.db .\n"
    application.write("rollback_database.sh", script)
    gate()


def test_the_plan_that_is_carried_out_may_name_them(application, gate, refused):
    path = application.write("plan.json", '{"files": ["/app/data/two.db"]}\n')
    gate(plan=path)
    assert "plan.json:1" in refused()[1]
