"""What a table of the database that remains will be."""

from __future__ import annotations

import pytest
from pieces import plan_of, problems_of, table_of

from dbfold.datamove.planning.tables import natural_keys, settings_text, unify_choice
from dbfold.policy.model import ColumnsPolicy, OnConflict, Table

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"


@pytest.mark.parametrize(
    ("sql", "key"),
    [
        (USERS, ("id",)),
        ("CREATE TABLE users (name TEXT UNIQUE, x)", ("name",)),
        ("CREATE TABLE users (a, b, PRIMARY KEY (b, a))", ("b", "a")),
        ("CREATE TABLE users (x)", ()),
    ],
)
def test_the_key_is_the_primary_key_or_what_is_unique(sql, key):
    assert plan_of({"zoe.db": sql, "a.db": sql}).final("users").key == key


def test_the_policys_key_comes_first_in_the_tables_spelling():
    final = plan_of({"zoe.db": USERS, "a.db": USERS}, tables={"users": {"key": ("NAME",)}}).final("users")
    assert (final.key, final.identity) == (("name",), "id")


def test_a_table_of_one_database_needs_no_key():
    final = plan_of({"zoe.db": "CREATE TABLE t (x)", "a.db": USERS}).final("users")
    assert (final.key, final.contributors, final.rebuilt) == ((), ("a.db",), False)


def test_a_key_has_to_be_a_column_of_all():
    ((database, table, message, choices),) = problems_of(
        {"zoe.db": USERS, "a.db": USERS}, tables={"users": {"key": ("mail",)}}
    )
    assert (database, table, choices) == ("a.db", "users", ())
    assert message == "has no column 'mail'; correct 'tables.users.key', which all databases must have"


WIDE = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age INT NOT NULL DEFAULT 3)"


def test_other_columns_are_a_decision_whose_choices_are_lines_of_the_policy():
    ((database, table, message, choices),) = problems_of({"zoe.db": USERS, "a.db": WIDE})
    assert (database, table) == ("a.db", "users")
    assert message == "also in zoe.db, with other columns: age only in a.db"
    assert choices == (
        "tables: {users: {columns: unify, key: [name], on_conflict: keep-target}}",
        "rename: {a.db: {users: a_users}}",
    )


def test_a_table_of_the_target_that_gets_columns_is_rebuilt_with_its_objects():
    own = ("CREATE INDEX i ON users (name)", "CREATE TRIGGER tr AFTER INSERT ON users BEGIN SELECT 1; END")
    final = plan_of(
        {"zoe.db": (USERS, *own, "CREATE TABLE t (x)", "CREATE INDEX other ON t (x)"), "a.db": WIDE},
        tables={"users": {"columns": ColumnsPolicy.UNIFY, "key": ("name",)}},
    ).final("users")
    assert (final.rebuilt, final.own_objects) == (True, own)
    assert final.columns == ("id", "name", "age")
    assert final.columns_of == {"zoe.db": ("id", "name"), "a.db": ("id", "name", "age")}
    assert final.fillers["age"] == "3"


def test_an_undecided_table_is_what_unify_would_give():
    final = plan_of({"zoe.db": USERS, "a.db": WIDE}).final("users")
    assert (final.is_undecided, "age" in final.sql) == (True, True)


def test_values_that_would_be_generated_would_be_lost():
    made = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age AS (1))"
    found = problems_of({"zoe.db": made, "a.db": WIDE}, tables={"users": {"columns": ColumnsPolicy.UNIFY}})
    assert found[0][2] == "age holds values, and is generated in zoe.db: they would be lost"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"key": ("name",), "on_conflict": OnConflict.KEEP_BOTH}, "on_conflict: keep-both gives rows another id"),
        ({"on_conflict": OnConflict.NEWEST, "newest_by": "at"}, "has no column 'at'; correct 'tables.users.newest_by'"),
    ],
)
def test_the_policys_answer_has_to_fit(settings, message):
    assert any(
        one[2].startswith(message) for one in problems_of({"zoe.db": USERS, "a.db": USERS}, tables={"users": settings})
    )


def test_full_text_tables_of_one_definition_become_one():
    sql = "CREATE VIRTUAL TABLE docs USING fts5(x)"
    assert problems_of({"zoe.db": sql, "a.db": sql}) == []
    (problem, *_) = problems_of({"zoe.db": sql, "a.db": "CREATE VIRTUAL TABLE docs USING fts5(x, y)"})
    assert problem[2].startswith("a virtual table here or in zoe.db")


def test_natural_keys_are_unique_somewhere_and_columns_of_all():
    one = table_of("CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE, b UNIQUE, c)")
    other = table_of("CREATE TABLE t (id INTEGER PRIMARY KEY, A UNIQUE, c UNIQUE)")
    first, second = natural_keys({"a.db": one, "b.db": other})
    assert (first[0].lower(), second) == ("a", ("c",))


def test_the_careful_way_of_a_table_without_a_natural_key_keeps_both():
    table = table_of("CREATE TABLE t (id INTEGER PRIMARY KEY, x)")
    choice = unify_choice("t", {"a.db": table, "b.db": table})
    assert settings_text(choice) == "{columns: unify, on_conflict: keep-both}"
    assert settings_text(Table("t", key=("a", "b"))) == "{key: [a, b], on_conflict: fail}"
