"""Code and data together: the page, the proposals, the rewrite that waits, and the gate before the move."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing

import pytest

USERS = "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT)"
OTHERS = "CREATE TABLE IF NOT EXISTS users (user TEXT PRIMARY KEY, role TEXT)"


@pytest.fixture
def colliding(application):
    application.service("a", "main.db", USERS, "SELECT name FROM users")
    application.service("b", "one.db", OTHERS, "SELECT role FROM users WHERE user = 'users'")
    return application


def test_a_path_waits_until_its_tables_are_decided(colliding):
    result = colliding.run("rewrite", "services")
    assert (
        "the policy does not say what becomes of users, which others have as well: `dbfold plan` (1)" in result.stdout
    )
    assert "one.db" in (colliding.root / "services/b/store.py").read_text()
    assert "DATABASE_PATH" in (colliding.root / "services/a/store.py").read_text()


def test_the_proposals_are_written_and_the_rest_follows(colliding):
    page = json.loads(colliding.run("plan", "--format", "json", code=1).stdout)
    (collision,) = page["collisions"]
    rename, unify = collision["options"]
    assert rename["lines"] == ["rename: {one.db: {users: one_users}}"]
    assert (rename["renamed"], rename["files"], rename["breaks"], rename["changes"]) == (2, 1, 0, 0)
    assert (unify["kind"], unify["breaks"]) == ("unify", 0)
    rows = {row["database"]: row for row in page["databases"]}
    assert (rows["one.db"]["waits_for"], rows["one.db"]["breaks"], rows["one.db"]["tables"]) == (["users"], 1, 1)

    text = colliding.policy.read_text()
    assert "1 decision written" in colliding.run("plan", "--write", code=1).stderr
    assert colliding.policy.read_text() == f"{text.rstrip()}\n\nrename:\n  one.db: {{users: one_users}}\n"
    assert "nothing is undecided" in colliding.run("plan", "--write").stderr
    colliding.run("sql")
    assert "2 statements of SQL with new names" in colliding.run("rewrite", "services").stdout
    code = (colliding.root / "services/b/store.py").read_text()
    assert "CREATE TABLE IF NOT EXISTS one_users" in code
    assert "SELECT role FROM one_users WHERE user = 'users'" in code
    assert "0 references" in colliding.run("rewrite", "--check", "services").stdout


def test_the_move_is_refused_while_statements_break(colliding):
    colliding.database("main.db", USERS, "INSERT INTO users VALUES (1, 'a')")
    path = colliding.database("one.db", OTHERS, "INSERT INTO users VALUES ('b', 'c')")
    colliding.decide("rename: {one.db: {users: logins}}")
    # Somebody has rewritten the path by hand, and not the SQL.
    colliding.write(
        "services/b/store.py",
        """
        import sqlite3
        from database_config import DATABASE_PATH

        def run():
            sqlite3.connect(DATABASE_PATH).execute("SELECT role FROM users")
        """,
    )
    data = str(path.parent)
    before = path.read_bytes()
    result = colliding.run("move", "run", "--yes", "--data-dir", data, code=2)
    assert "1 statements in the code would break; nothing has been moved" in result.stderr
    assert "services/b/store.py:6: main.db: no such column: role" in result.stderr
    assert path.read_bytes() == before
    colliding.run("move", "run", "--dry-run", "--data-dir", data, code=2)
    colliding.run("move", "run", "--yes", "--data-dir", data, "--accept-broken-sql")
    with closing(sqlite3.connect(path.with_name("main.db"))) as connection:
        assert connection.execute("SELECT * FROM logins").fetchall() == [("b", "c")]


CHANGES_TOGETHER = {
    "services/b/paths.py": 'PATH = "/app/data/one.db"\n',
    "services/b/store.py": """
        import sqlite3
        from paths import PATH

        def run():
            return sqlite3.connect(PATH).execute("SELECT role FROM users")
        """,
}


def test_a_path_and_the_sql_of_another_file_change_together(colliding):
    for name, content in CHANGES_TOGETHER.items():
        colliding.write(name, content)
    colliding.write(
        "services/b/schema.py", f'import sqlite3\n\nsqlite3.connect("/app/data/one.db").execute("{OTHERS}")\n'
    )
    colliding.decide("rename: {one.db: {users: logins}}")
    colliding.run("rewrite", "services")
    assert "FROM logins" in (colliding.root / "services/b/store.py").read_text()
    assert "DATABASE_PATH" in (colliding.root / "services/b/paths.py").read_text()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ('conn.execute(f"SELECT role FROM {table} JOIN users")', "it names users, and is put together at run time"),
        ('conn.execute("SELECT role FROM us" "ers")', "users is written in several pieces"),
        ('other.execute("DELETE FROM users")', "names users, and cannot be bound to a database"),
        (
            'query = "SELECT 1"; query += " JOIN users USING (id)"',
            "a piece of SQL that names what gets another name (users)",
        ),
    ],
)
def test_a_path_waits_for_sql_that_nobody_can_rename(colliding, code, reason):
    colliding.write(
        "services/b/store.py",
        f"""
        import sqlite3

        def run(table, other):
            conn = sqlite3.connect("/app/data/one.db")
            log = sqlite3.connect("/app/data/log.db")
            conn.execute("{OTHERS}")
            {code}
        """,
    )
    colliding.decide("rename: {one.db: {users: logins}}")
    result = colliding.run("rewrite", "services/b", code=2 if "piece" in reason else 0)
    assert reason in result.stdout
    after = (colliding.root / "services/b/store.py").read_text()
    assert "/app/data/one.db" in after
    assert "logins" not in after


def test_a_path_waits_for_a_name_that_nothing_explains(application):
    application.decide("rename: {one.db: {users: logins}}")
    application.service("b", "one.db", "SELECT role FROM users")
    assert "which the policy renames, and neither the code nor a" in application.run("rewrite", "services").stdout
    assert "one.db" in (application.root / "services/b/store.py").read_text()


def test_code_without_databases_of_the_policy_costs_no_look_at_the_sql(application, monkeypatch):
    from dbfold.codemods.run import prepare
    from dbfold.policy.loading import load_policy

    application.service("a", "elsewhere.db", "SELECT 1")
    monkeypatch.setattr("dbfold.codemods.deciding.check_files", lambda *_: pytest.fail("looked at the SQL"))
    assert prepare([application.root], load_policy(application.policy), jobs=1).scan.references


@pytest.mark.parametrize("decision", ["", "rename: {one.db: {users: logins}}"])
def test_libcsts_runner_leaves_what_changes_with_its_sql(colliding, decision):
    import libcst as cst
    from libcst.codemod import CodemodContext, SkipFile

    from codemods.rewrite_db_paths import RewriteDbPaths

    colliding.decide(decision)
    path = colliding.root / "services/b/store.py"
    command = RewriteDbPaths(CodemodContext(filename=str(path)))
    module = cst.parse_module(path.read_bytes())
    try:
        result = command.transform_module_impl(module).code
    except SkipFile as skipped:
        assert decision
        assert "use `dbfold rewrite`" in str(skipped)
    else:
        assert result == module.code


def test_every_way_to_write_a_text_keeps_its_form(application):
    """Another encoding, Windows' newlines, escapes, raw strings, fields, templates: only the name changes."""
    lines = [
        "# -*- coding: latin-1 -*-",
        "import sqlite3",
        'P = "/app/data/one.db"',
        "def f(x):",
        "\tc = sqlite3.connect(P)",
        '\tc.execute("""CREATE TABLE IF NOT EXISTS Users (',
        '\t\tid INTEGER, n\xe4me TEXT)""")',
        '\té = "\xe4"; c.execute("INSERT INTO USERS (id) VALUES (1)")',
        "\ty = f\"SELECT id FROM users WHERE id = {x!r} AND 'users' = '{{x}}'\"",
        "\tc.execute(y)",
        '\tc.execute("SELECT id FROM \\"users\\" -- \\u00e9 users\\n")',
        '\tc.execute(r"SELECT id FROM users WHERE id LIKE \'%\\d\'" + " LIMIT 1")',
        '\tc.execute("SELECT id FROM users WHERE id = %s" % x)',
        '\tc.execute("SELECT id FROM users WHERE id = {}".format(x))',
        "\tc.execute('SELECT id ' 'FROM users'  # of users",
        "\t          ' WHERE id = 1')",
        "",
    ]
    path = application.root / "services/b/store.py"
    path.parent.mkdir(parents=True)
    path.write_bytes("\r\n".join(lines).encode("latin-1"))
    application.decide("rename: {one.db: {users: logins}}")
    assert "8 statements of SQL with new names" in application.run("rewrite", "services").stdout
    table = re.compile(r"(?i)(?:(?<=FROM )|(?<=EXISTS )|(?<=INTO )|(?<=FROM \\\"))users")
    expected = [table.sub("logins", line) for line in lines]
    expected[2:3] = ["", "from database_config import DATABASE_PATH", "P = DATABASE_PATH"]
    assert path.read_bytes().decode("latin-1").split("\r\n") == expected
    assert "0 references" in application.run("rewrite", "--check", "services").stdout
