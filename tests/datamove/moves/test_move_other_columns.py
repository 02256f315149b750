"""Tables of several databases whose columns differ, and rows that a UNIQUE keeps apart."""

from __future__ import annotations

import pytest
from shared_tables import by_key

from dbfold import datamove
from dbfold.sqlite.engine import DatabaseError

NARROW = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE);"
WIDE = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, {});"
UNIFY = "tables: {users: {columns: unify, key: [username], on_conflict: keep-target}}\n"


def test_other_columns_need_a_decision(estate):
    estate.write("zoe.db", NARROW).write("a.db", WIDE.format("role TEXT"))
    problem = estate.refuse_one()
    assert problem.message == "also in zoe.db, with other columns: role only in a.db"
    assert problem.choices == (
        "tables: {users: {columns: unify, key: [username], on_conflict: keep-target}}",
        "rename: {a.db: {users: a_users}}",
    )


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ("role TEXT", "role INTEGER", "role is TEXT in zoe.db, INTEGER in a.db"),
        ("role TEXT", "role TEXT COLLATE NOCASE", "role is TEXT in zoe.db, TEXT COLLATE NOCASE in a.db"),
        ("role TEXT", "role TEXT NOT NULL", "role is TEXT in zoe.db, TEXT NOT NULL in a.db"),
        ("role TEXT", "role TEXT CHECK (role <> '')", "CHECK differs between zoe.db and a.db"),
        ("role TEXT", "role TEXT UNIQUE", "UNIQUE differs between zoe.db and a.db"),
        ("role TEXT", "role TEXT AS ('x')", "role is TEXT in zoe.db, TEXT in a.db"),
    ],
)
def test_other_definitions_of_a_column_need_a_decision(estate, one, other, message):
    estate.write("zoe.db", WIDE.format(one)).write("a.db", WIDE.format(other))
    problem = estate.refuse_one()
    assert message in problem.message
    assert problem.is_decision


@pytest.mark.parametrize("options", ["STRICT", "WITHOUT ROWID"])
def test_other_kinds_of_table_need_a_decision(estate, options):
    schema = "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)"
    estate.write("zoe.db", schema).write("a.db", f"{schema} {options}")
    assert "WITHOUT ROWID or STRICT differs" in estate.refuse_one().message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("role TEXT, age INTEGER", "age INTEGER, role TEXT"),
        ("role TEXT DEFAULT 'x'", "role TEXT DEFAULT 'y'"),
        ("role TEXT", '"ROLE" text'),
        ("role TEXT CHECK (role <> '')", "role TEXT CHECK(\n role <>'' /* no */)"),
    ],
)
def test_what_makes_no_difference_to_rows_needs_no_decision(estate, one, other):
    estate.write("zoe.db", WIDE.format(one), "INSERT INTO users (id, username, role) VALUES (1, 'ann', 'z');")
    estate.write("a.db", WIDE.format(other), "INSERT INTO users (id, username, role) VALUES (2, 'bob', 'a');")
    outcome = estate.move()
    assert outcome.query("SELECT username, role FROM users ORDER BY 1") == [("ann", "z"), ("bob", "a")]


@pytest.mark.parametrize(
    ("column", "filled", "definition"),
    [
        ("role TEXT", None, "role TEXT"),
        ("role TEXT NOT NULL", None, "role TEXT"),
        ("role TEXT NOT NULL DEFAULT 'guest'", "guest", "role TEXT NOT NULL DEFAULT 'guest'"),
        ("role TEXT DEFAULT ('a' || 'b')", None, "role TEXT DEFAULT ('a' || 'b')"),
        ("role INTEGER NOT NULL DEFAULT -1", -1, "role INTEGER NOT NULL DEFAULT -1"),
        ("role TEXT DEFAULT CURRENT_TIMESTAMP", None, "role TEXT DEFAULT CURRENT_TIMESTAMP"),
        ("role TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP", None, "role TEXT DEFAULT CURRENT_TIMESTAMP"),
        ("role TEXT CHECK (role <> '') COLLATE NOCASE", None, "role TEXT CHECK (role <> '') COLLATE NOCASE"),
    ],
)
@pytest.mark.parametrize("wide", ["a.db", "zoe.db"])
def test_rows_get_the_columns_of_all(estate, column, filled, definition, wide):
    """Neither a time of now nor anything else is made up for a row that has no value: a constant default, or NULL."""
    narrow = "zoe.db" if wide == "a.db" else "a.db"
    estate.write(narrow, NARROW, "INSERT INTO users VALUES (1, 'ann');")
    estate.write(wide, WIDE.format(column), "INSERT INTO users VALUES (2, 'bob', '7');")
    outcome = estate.move(UNIFY)
    value = 7 if "INTEGER" in column else "7"
    assert outcome.query("SELECT * FROM users ORDER BY username") == [(1, "ann", filled), (2, "bob", value)]
    assert definition in " ".join(outcome.sql("users").split())
    assert outcome.account("a.db", "users") == {"rows": 1, "moved": 1}


def test_three_databases_with_three_sets_of_columns(estate):
    estate.write("zoe.db", WIDE.format("email TEXT"), "INSERT INTO users VALUES (1, 'ann', 'ann@z');")
    estate.write("a.db", WIDE.format("role TEXT"), "INSERT INTO users VALUES (1, 'ann', 'admin'), (2, 'bob', 'guest');")
    estate.write(
        "b.db", WIDE.format("email TEXT, role TEXT, age INTEGER"),
        "INSERT INTO users VALUES (1, 'bob', 'bob@b', 'owner', 7), (2, 'cid', NULL, NULL, 8), (3, 'ann', 'x', 'y', 9);",
    )  # fmt: skip
    outcome = estate.move(UNIFY)
    assert outcome.query("SELECT username, email, role, age FROM users ORDER BY 1") == [
        ("ann", "ann@z", "admin", 9), ("bob", "bob@b", "guest", 7), ("cid", None, None, 8),
    ]  # fmt: skip
    assert outcome.account("a.db", "users") == {"rows": 2, "moved": 1, "mapped": 1}
    assert sorted(row[:1] + row[2:] for row in outcome.conflicts()) == [
        ("b.db", "'ann'", "email", "x", "ann@z"), ("b.db", "'ann'", "role", "y", "admin"),
        ("b.db", "'bob'", "role", "owner", "guest"),
    ]  # fmt: skip


@pytest.mark.parametrize("policy", ["fail", "keep-target", "keep-source", "fill-nulls"])
def test_a_value_from_the_only_database_that_has_the_column_is_no_conflict(estate, policy):
    """The default of a row that never had the column is nobody's value."""
    estate.write("zoe.db", NARROW, "INSERT INTO users VALUES (1, 'ann'), (2, 'bob');")
    estate.write(
        "auth.db", WIDE.format("role TEXT NOT NULL DEFAULT 'guest'"), "INSERT INTO users VALUES (9, 'ann', 'admin');"
    )
    outcome = estate.move(f"tables: {{users: {{columns: unify, key: [username], on_conflict: {policy}}}}}\n")
    assert outcome.query("SELECT * FROM users ORDER BY 1") == [(1, "ann", "admin"), (2, "bob", "guest")]
    assert outcome.conflicts() == []
    assert outcome.account("auth.db", "users") == {"rows": 1, "mapped": 1, "renumbered": 1}


def test_a_null_from_the_only_database_that_has_the_column_is_a_value(estate):
    estate.write("zoe.db", NARROW, "INSERT INTO users VALUES (1, 'ann');")
    estate.write("auth.db", WIDE.format("role TEXT DEFAULT 'guest'"), "INSERT INTO users VALUES (1, 'ann', NULL);")
    assert estate.move(UNIFY).query("SELECT role FROM users") == [(None,)]


def test_a_column_of_the_target_that_a_source_does_not_have_stays(estate):
    estate.write("zoe.db", WIDE.format("role TEXT NOT NULL"), "INSERT INTO users VALUES (1, 'ann', 'admin');")
    estate.write("a.db", NARROW, "INSERT INTO users VALUES (5, 'ann');")
    outcome = estate.move(UNIFY)
    assert outcome.query("SELECT * FROM users") == [(1, "ann", "admin")]
    assert outcome.account("a.db", "users") == {"rows": 1, "mapped": 1, "renumbered": 1}


def test_a_table_without_rowid_gets_columns(estate):
    schema = "CREATE TABLE t (k TEXT PRIMARY KEY, v{}) WITHOUT ROWID;"
    estate.write("zoe.db", schema.format(""), "INSERT INTO t VALUES ('z', 1);")
    estate.write("a.db", schema.format(", w DEFAULT 5"), "INSERT INTO t VALUES ('z', 1, 2), ('y', 1, 3);")
    outcome = estate.move("tables: {t: {columns: unify}}\n")
    assert outcome.query("SELECT * FROM t") == [("y", 1, 3), ("z", 1, 2)]


def test_the_target_keeps_indexes_triggers_and_rowids_of_a_table_that_gets_columns(estate):
    estate.write(
        "zoe.db", "CREATE TABLE log (what TEXT); INSERT INTO log (rowid, what) VALUES (7, 'x'), (90, 'y');",
        "CREATE INDEX by_what ON log (what); CREATE VIEW shown AS SELECT what FROM log;",
        "CREATE TRIGGER no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'never'); END;",
    )  # fmt: skip
    estate.write("a.db", "CREATE TABLE log (what TEXT, level INTEGER DEFAULT 3); INSERT INTO log VALUES ('z', 1);")
    outcome = estate.move("tables: {log: {columns: unify}}\n")
    assert outcome.query("SELECT rowid, * FROM log ORDER BY 1") == [(7, "x", 3), (90, "y", 3), (91, "z", 1)]
    assert (outcome.names("index"), outcome.names("trigger"), outcome.names("view")) == (
        ["by_what"], ["no_delete"], ["shown"],
    )  # fmt: skip


def test_a_unique_value_of_two_keys_is_refused_with_a_choice(estate):
    schema = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE);"
    estate.write("zoe.db", schema, "INSERT INTO users VALUES (1, 'x@');").write(
        "a.db", schema, "INSERT INTO users VALUES (2, 'x@');"
    )
    problem = estate.refuse_one()
    assert (problem.database, problem.table) == ("a.db", "users")
    assert problem.message.startswith("email is UNIQUE, and 1 rows that have other keys (id)")
    assert "tables: {users: {key: [email]}}" in problem.choices
    outcome = estate.move("tables: {users: {key: [email]}}\n")
    assert outcome.query("SELECT * FROM users") == [(1, "x@")]


@pytest.mark.parametrize("policy", ["keep-source", "fill-nulls"])
def test_a_value_that_is_taken_over_and_is_another_rows_is_refused(estate, policy):
    schema = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE);"
    estate.write("zoe.db", schema, "INSERT INTO users VALUES (1, NULL), (2, 'x@');")
    estate.write("a.db", schema, "INSERT INTO users VALUES (1, 'x@');")
    problem = estate.refuse_one(by_key("users", "id", policy=policy))
    assert (problem.database, problem.table) == ("a.db", "users")
    assert "UNIQUE constraint failed: users.email" in problem.message


@pytest.mark.parametrize("index", ["users (lower(email))", "users (email) WHERE email <> ''"])
def test_a_unique_index_over_an_expression_or_some_rows_is_refused(estate, index):
    schema = f"CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); CREATE UNIQUE INDEX one ON {index};"
    estate.write("zoe.db", schema, "INSERT INTO users VALUES (1, 'x@');").write(
        "a.db", schema, "INSERT INTO users VALUES (2, 'x@');"
    )
    problem = estate.refuse_one()
    assert "UNIQUE constraint failed" in problem.message


@pytest.mark.parametrize(
    ("schema", "index"),
    [
        ("CREATE TABLE t (a, b); CREATE UNIQUE INDEX i ON t (a) WHERE b;", ""),
        ("CREATE TABLE t (a, b);", "CREATE UNIQUE INDEX i ON t (a) WHERE b;"),
    ],
)
def test_a_unique_index_without_a_key_stops_the_move_before_anything_changes(estate, schema, index):
    estate.write("zoe.db", schema, "INSERT INTO t VALUES (1, 1);").write(
        "a.db", schema, index, "INSERT INTO t VALUES (1, 1);"
    )
    before = estate.contents()
    with pytest.raises(DatabaseError, match=r"UNIQUE constraint failed: t\.a .*; mend those rows"):
        datamove.run(estate.policy(), estate.data)
    assert estate.contents().items() >= before.items()


def test_unique_values_may_be_null_as_often_as_they_like(estate):
    schema = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE);"
    estate.write("zoe.db", schema, "INSERT INTO users VALUES (1, NULL);").write(
        "a.db", schema, "INSERT INTO users VALUES (2, NULL);"
    )
    assert estate.move().query("SELECT * FROM users") == [(1, None), (2, None)]
