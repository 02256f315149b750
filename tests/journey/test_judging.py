"""What becomes of statements, and why: every effect, on schemas from code and from databases."""

from __future__ import annotations

import json
import os

MAIN = ("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)", "CREATE INDEX by_name ON users (name)")
ONE = ("CREATE TABLE users (name TEXT, id INTEGER PRIMARY KEY)", "CREATE TABLE own (a, b)")
UNIFY = "tables: {users: {columns: unify, key: [name], on_conflict: keep-target}}\n"


def test_what_nobody_has_decided_breaks_or_changes(application):
    application.service(
        "a", "main.db", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)", "SELECT name FROM users"
    )
    application.service(
        "b",
        "one.db",
        "CREATE TABLE IF NOT EXISTS users (user_id TEXT PRIMARY KEY, role TEXT)",
        "SELECT role FROM users",
        "SELECT count(*) FROM users",
    )
    found = application.effects(code=1)
    assert found["SELECT name FROM users"] == ("same", "")
    assert found["CREATE TABLE IF NOT EXISTS users (user_id TEXT PRIMARY KEY, role TEXT)"] == (
        "changes",
        "meets the table users of main.db, without user_id, role",
    )
    assert found["SELECT role FROM users"] == ("breaks", "no such column: role (users is the table of main.db)")
    assert found["SELECT count(*) FROM users"][0] == "changes"


def test_a_table_under_another_name_is_the_same(application):
    application.decide("rename: {one.db: {users: logins}}")
    application.service("a", "main.db", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
    sql = "SELECT role FROM users WHERE 'users' <> role"
    application.service("b", "one.db", "CREATE TABLE users (user_id TEXT PRIMARY KEY, role TEXT)", sql)
    document = json.loads(application.run("sql", "--format", "json").stdout)
    (one,) = [one for one in document["statements"] if one["sql"] == sql]
    assert (one["effect"], one["new_sql"]) == ("same", "SELECT role FROM logins WHERE 'users' <> role")


def test_columns_by_position(application):
    application.decide(UNIFY)
    application.database("main.db", *MAIN)
    application.database("one.db", *ONE)
    application.service(
        "b",
        "one.db",
        "SELECT * FROM users",
        "INSERT INTO users VALUES ('x', 1)",
        "INSERT INTO users (name, id) VALUES ('x', 1)",
        "INSERT OR IGNORE INTO users (name) VALUES ('x')",
        "SELECT * FROM own",
        "INSERT INTO own VALUES (1, 2)",
    )
    found = application.effects()
    assert found["SELECT * FROM users"] == ("changes", "columns in another order: id, name instead of name, id")
    assert found["INSERT INTO users VALUES ('x', 1)"][0] == "changes"
    assert found["INSERT OR IGNORE INTO users (name) VALUES ('x')"][1] == (
        "replaces or ignores rows by other keys: (id) or (name) instead of (id)"
    )
    same = ["INSERT INTO users (name, id) VALUES ('x', 1)", "SELECT * FROM own", "INSERT INTO own VALUES (1, 2)"]
    assert [found[sql][0] for sql in same] == ["same"] * 3


def test_rows_of_others(application):
    application.decide(UNIFY)
    application.database("main.db", *MAIN)
    application.database("one.db", *ONE)
    application.service(
        "b", "one.db", "DELETE FROM users", "UPDATE users SET name = 'x'", "DROP TABLE users", "DELETE FROM own",
        "DELETE FROM users WHERE id = 1",
    )  # fmt: skip
    found = application.effects()
    reaching = {sql for sql, (_, message) in found.items() if message == "reaches the rows of main.db as well"}
    assert reaching == {"DELETE FROM users", "UPDATE users SET name = 'x'", "DROP TABLE users"}


def test_an_index_of_the_same_name_gets_another_in_data_and_code(application):
    application.database("main.db", *MAIN)
    application.database("one.db", "CREATE TABLE own (a)", "CREATE INDEX by_name ON own (a)")
    sql = "CREATE INDEX IF NOT EXISTS by_name ON own (a)"
    application.service("b", "one.db", sql)
    document = json.loads(application.run("sql", "--format", "json").stdout)
    (one,) = document["statements"]
    assert (one["effect"], one["new_sql"]) == ("same", "CREATE INDEX IF NOT EXISTS by_name_one ON own (a)")


def test_what_failed_before_is_not_blamed_on_the_move(application):
    application.database("main.db", *MAIN)
    application.database("one.db", "CREATE TABLE own (a)")
    application.service("b", "one.db", "SELECT nothing_of_that FROM own", "SELECT a FROM missing")
    application.service("c", "log.db", "SELECT a FROM missing_as_well")
    found = application.effects()
    assert found["SELECT nothing_of_that FROM own"] == ("fails-already", "no such column: nothing_of_that")
    assert found["SELECT a FROM missing"] == ("fails-already", "no such table: missing")


def test_statements_that_are_put_together(application):
    application.database("main.db", "CREATE TABLE other (x)")
    application.database("one.db", "CREATE TABLE own (a, b)")
    application.write(
        "services/b/store.py",
        """
        import sqlite3

        def run(columns, table):
            conn = sqlite3.connect("/app/data/one.db")
            conn.execute(f"UPDATE own SET {', '.join(columns)} WHERE a = ?")
            conn.execute("SELECT a FROM own WHERE b IN (%s)" % columns)
            conn.execute(f"SELECT a FROM {table}")
        """,
    )
    effects = [effect for effect, _ in application.effects().values()]
    assert effects == ["same", "same", "unchecked"]


def test_code_that_has_been_rewritten_is_judged_by_where_it_came_from(application):
    application.database("main.db", "CREATE TABLE users (id INTEGER PRIMARY KEY)")
    application.database("one.db", "CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT)")
    application.write(
        "services/b/store.py",
        """
        import sqlite3
        from database_config import DATABASE_PATH

        def run():
            sqlite3.connect(DATABASE_PATH).execute("SELECT role FROM users")
        """,
    )
    assert application.effects(code=1)["SELECT role FROM users"][0] == "breaks"


def test_a_database_in_use_is_read_and_left_alone(application):
    import sqlite3
    from contextlib import closing

    path = application.database("one.db", "PRAGMA journal_mode = WAL", "CREATE TABLE own (a)")
    application.service("b", "one.db", "SELECT b FROM own")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE own ADD COLUMN b")
        connection.commit()
        files = [path, path.with_name("one.db-wal")]
        before = [one.read_bytes() for one in files]
        assert application.effects()["SELECT b FROM own"] == ("same", "")
        assert [one.read_bytes() for one in files] == before


def test_a_file_that_is_no_database_is_named(application):
    application.service("b", "one.db", "SELECT 1")
    path = application.database("one.db", "CREATE TABLE own (a)")
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 4000)
    assert "one.db" in application.run("sql", code=2).stderr


def test_one_database_created_in_two_ways_is_told(application):
    application.service("a", "one.db", "CREATE TABLE IF NOT EXISTS t (a)")
    application.service("b", "one.db", "CREATE TABLE IF NOT EXISTS t (a, b)")
    shown = application.run("sql", "--all").stdout
    assert "one.db: t is created without b in services/a/store.py:6, and with in services/b/store.py:6" in shown


def test_sarif_and_paths(application):
    application.service(
        "a", "main.db", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)", "SELECT name FROM users"
    )
    application.service("b", "one.db", "CREATE TABLE users (role TEXT)", "SELECT role FROM users")
    log = json.loads(application.run("sql", "--format", "sarif", code=1).stdout)
    results = log["runs"][0]["results"]
    assert [one["ruleId"] for one in results] == ["sql-breaks", "sql-breaks"]
    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "services/b/store.py"
    assert application.run("sql", "services/a").stdout.endswith("2 statements in 1 file: 2 same\n")
    (application.root / "services" / "b" / "broken.py").write_text('x = (\n"one.db"\n')
    assert "broken.py" in application.run("sql", code=2).stderr


def test_sarif_of_a_file_whose_name_is_no_utf_8(application):
    application.service("a", "main.db", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
    broken = application.service("b", "one.db", "CREATE TABLE users (role TEXT)", "SELECT role FROM users")
    broken.rename(broken.with_name(os.fsdecode(b"caf\xe9.py")))
    (run,) = json.loads(application.run("sql", "--format", "sarif", code=1).stdout)["runs"]
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]}
    assert uris == {"services/b/caf%E9.py"}
