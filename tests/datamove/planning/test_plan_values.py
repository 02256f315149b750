"""The values of a plan."""

from __future__ import annotations

import pytest
from pieces import table_of

from dbfold.datamove.planning.plan import Account, FinalTable, Plan, Problem
from dbfold.datamove.sources.files import SourceFile


def test_a_problem_is_a_decision_if_there_are_choices():
    assert not Problem("a.db", None, "is damaged").is_decision
    assert Problem("a.db", "t", "differs", ("rename: …",)).is_decision


@pytest.mark.parametrize(("table", "shown"), [("t", "a.db: t: is odd"), (None, "a.db: is odd")])
def test_a_problem_names_its_place(table, shown):
    assert str(Problem("a.db", table, "is odd")) == shown


def final(sql, **facts):
    table = table_of(sql)
    return FinalTable(table.name, table.sql, table, table.stored, ("zoe.db", "a.db"), **facts)


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, x)", "id"),
        ("CREATE TABLE t (x, code TEXT PRIMARY KEY)", "code"),
        ("CREATE TABLE t (a, b, PRIMARY KEY (a, b))", None),
        ("CREATE TABLE t (a)", None),
    ],
)
def test_others_refer_to_a_primary_key_of_one_column(sql, column):
    assert final(sql).id_column == column


def test_a_table_is_unified_if_somebody_lacks_a_column():
    sql = "CREATE TABLE t (a, B)"
    assert not final(sql, columns_of={"zoe.db": ("a", "B"), "a.db": ("a", "B")}).is_unified
    assert final(sql, columns_of={"zoe.db": ("a", "B"), "a.db": ("a",)}).is_unified
    assert final(sql).spelling == {"a": "a", "b": "B"}


def test_sources_are_the_files_that_are_not_the_target():
    plan = Plan("zoe.db", tuple(SourceFile(name, "00", 1) for name in ("zoe.db", "b.db", "a.db")))
    assert plan.sources == ("b.db", "a.db")


def test_a_final_table_is_found_whatever_the_case():
    one = final("CREATE TABLE Users (id)")
    assert Plan("zoe.db", finals={"users": one}).final("USERS") is one


@pytest.mark.parametrize(("parts", "balances"), [((3, 2, 1, 4), True), ((3, 2, 1, 3), False)])
def test_an_account_balances_if_every_row_is_somewhere(parts, balances):
    assert Account("a.db", "t", "t", 10, *parts, renumbered=5).balances is balances
