"""The schema after the move, and the names that change on the way to it."""

from __future__ import annotations

import pytest

from dbfold.journey.outlook import look_ahead
from dbfold.journey.preparing import Schema
from dbfold.journey.schemas import Schemas
from dbfold.policy.loading import load_policy


@pytest.fixture
def look(application):
    """The outlook for databases, each given by the statements of its schema, and for decisions of the policy."""

    def ahead(decisions="", **databases):
        application.decide(decisions)
        schemas = {f"{name}.db": Schema(statements) for name, statements in databases.items()}
        return look_ahead(load_policy(application.policy), Schemas(schemas))

    return ahead


def after(outlook, target="main.db"):
    return {name: kind for name, (kind, *_) in outlook.targets[target].schema.objects().items()}


def test_a_database_that_takes_nothing_in_has_no_outlook(look):
    outlook = look(main=["CREATE TABLE t (a)"], log=["CREATE TABLE l (a)"])
    assert (outlook.targets, outlook.merged) == ({}, {})


def test_tables_of_all_are_in_the_target(look):
    outlook = look(
        main=["CREATE TABLE m (a)"],
        one=["CREATE TABLE t (a)", "CREATE INDEX i ON t (a)", "CREATE VIEW v AS SELECT a FROM t"],
        two=["CREATE TABLE u (a)"],
    )
    assert after(outlook) == {"m": "table", "t": "table", "i": "index", "v": "view", "u": "table"}
    assert {name: merged.target for name, merged in outlook.merged.items()} == dict.fromkeys(
        ("main.db", "one.db", "two.db"), "main.db"
    )
    assert outlook.targets["main.db"].names == {}
    assert outlook.targets["main.db"].schema.failed == []


def test_a_target_that_is_not_there_yet(look):
    assert after(look(one=["CREATE TABLE t (a)"])) == {"t": "table"}


def test_what_refers_to_its_own_table_stays_in_the_target(look):
    main = ["CREATE TABLE m (a)", "CREATE INDEX i ON m (a)", "CREATE VIEW v AS SELECT a FROM m"]
    assert after(look(main=main, one=["CREATE TABLE t (a)"])) == {"m": "table", "i": "index", "v": "view", "t": "table"}


def test_other_names(look):
    outlook = look(
        "rename: {one.db: {Users: logins}}\n",
        main=["CREATE TABLE users (id INTEGER PRIMARY KEY)"],
        one=["CREATE TABLE Users (a, b)", "CREATE TABLE own (a)"],
    )
    merged = outlook.targets["main.db"]
    assert merged.names == {"one.db": {"users": "logins"}}
    assert merged.schema.columns("logins") == ("a", "b")
    assert merged.final_of("one.db", "USERS").name == "logins"
    assert merged.final_of("main.db", "users").name == "users"
    assert merged.final_of("one.db", "own").name == "own"
    assert merged.final_of("one.db", "nothing") is None
    assert merged.original("one.db", merged.final_of("one.db", "users")) == "Users"
    assert merged.original("main.db", merged.final_of("main.db", "users")) == "users"


def test_a_view_is_no_table(look):
    outlook = look(one=["CREATE TABLE t (a)", "CREATE VIEW v AS SELECT a FROM t"])
    assert outlook.targets["main.db"].final_of("one.db", "v") is None


def test_a_table_that_nobody_has_decided_on_stays_as_the_first_has_it(look):
    outlook = look(main=["CREATE TABLE t (a, b)"], one=["CREATE TABLE t (c)"])
    assert outlook.targets["main.db"].schema.columns("t") == ("a", "b")


def test_a_table_that_is_unified_has_the_columns_of_both(look):
    outlook = look(
        "tables: {t: {columns: unify, key: [a]}}\n", main=["CREATE TABLE t (a, b)"], one=["CREATE TABLE t (a, c)"]
    )
    assert set(outlook.targets["main.db"].schema.columns("t")) == {"a", "b", "c"}
