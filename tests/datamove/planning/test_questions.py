"""What a trial of a plan asks."""

from __future__ import annotations

import pytest
from pieces import plan_of, policy_of

from dbfold.datamove.planning.plan import Account
from dbfold.datamove.planning.questions import trial_notices, undecided
from dbfold.policy.model import ColumnsPolicy, OnConflict

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, updated_at)"
LOGINS = "CREATE TABLE logins (user_id INTEGER)"


def account(**parts):
    return Account("a.db", "users", "users", sum(parts.values()), **{"moved": 0, **parts})


def asked(databases, accounts, conflicts=(), **sections):
    plan = plan_of(databases, **sections)
    retired = [name for name in databases if name != "zoe.db"]
    return list(undecided(policy_of(*retired, **sections), plan, accounts, dict.fromkeys(conflicts, 1)))


def test_rows_that_agree_ask_nothing():
    assert asked({"zoe.db": USERS, "a.db": USERS}, [account(moved=2, identical=3)]) == []


def test_conflicts_are_a_decision_with_every_way_out():
    (problem,) = asked(
        {"zoe.db": USERS, "a.db": USERS}, [account(moved=1, conflict=2)], [("users", "name"), ("other", "x")]
    )
    assert problem.message == ("2 of 3 rows have the key (id) of another row and differ in name; which one stays?")
    ways = [line.rpartition("on_conflict: ")[2].rstrip("}") for line in problem.choices]
    assert ways == [
        "keep-target", "keep-target", "keep-source", "newest, newest_by: updated_at", "fill-nulls", "keep-both",
    ]  # fmt: skip
    assert problem.choices[0] == "tables: {users: {key: [name], on_conflict: keep-target}}"


@pytest.mark.parametrize("on_conflict", [one for one in OnConflict if one is not OnConflict.FAIL])
def test_the_policys_answer_is_taken(on_conflict):
    settings = {"on_conflict": on_conflict, "newest_by": "updated_at" if on_conflict is OnConflict.NEWEST else None}
    assert asked({"zoe.db": USERS, "a.db": USERS}, [account(conflict=2)], tables={"users": settings}) == []


def test_equal_numbers_do_not_make_equal_rows():
    wide = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age)"
    unify = {"columns": ColumnsPolicy.UNIFY, "on_conflict": OnConflict.KEEP_TARGET}
    databases = {"zoe.db": USERS, "a.db": wide}
    (problem,) = asked(databases, [account(mapped=2, moved=1)], tables={"users": unify})
    assert problem.message.startswith("2 of 3 rows have the number (id) of another row, with other columns")
    assert problem.choices[0] == "tables: {users: {columns: unify, on_conflict: keep-both}}"
    assert asked(databases, [account(mapped=2)], tables={"users": {**unify, "key": ("id",)}}) == []


def test_a_column_that_looks_like_an_id_that_changes_is_asked_about():
    tables = {"users": {"key": ("name",), "on_conflict": OnConflict.KEEP_TARGET}}
    databases = {"zoe.db": USERS, "a.db": (USERS, LOGINS)}
    accounts = [Account("a.db", "users", "users", 5, 5, renumbered=3)]
    (problem,) = asked(databases, accounts, tables=tables)
    assert (problem.database, problem.table) == ("a.db", "logins")
    assert problem.choices == (
        "foreign_keys: {a.db: {logins.user_id: users.id}}",
        "foreign_keys: {a.db: {logins.user_id: none}}",
    )
    for answer in ("users.id", "none"):
        keys = {"a.db": {"logins.user_id": answer}}
        assert asked(databases, accounts, tables=tables, foreign_keys=keys) == []


def test_what_is_open_already_is_not_asked_twice():
    wide = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age)"
    assert asked({"zoe.db": USERS, "a.db": wide}, [account(conflict=2)], [("users", "name")]) == []


def test_ids_of_another_database_are_mentioned():
    plan = plan_of({"zoe.db": USERS, "a.db": USERS, "b.db": LOGINS})
    (notice,) = trial_notices(plan, [Account("a.db", "users", "users", 5, 5, renumbered=3)])
    assert notice.startswith("b.db: logins.user_id is taken for an id of users in zoe.db")
    assert "foreign_keys: {b.db: {logins.user_id: a.db/users.id}}" in notice
    assert list(trial_notices(plan, [Account("a.db", "users", "users", 5, 5)])) == []
