"""One strategy for each `on_conflict`, and what it does to two rows."""

from __future__ import annotations

import pytest

from dbfold.datamove.building.strategies import STRATEGIES
from dbfold.policy.model import OnConflict

SETTINGS = "CREATE TABLE settings (name TEXT PRIMARY KEY, value, updated_at)"


def test_every_policy_has_a_strategy():
    assert set(STRATEGIES) == set(OnConflict)


def test_only_one_of_them_keeps_both():
    assert [policy for policy, strategy in STRATEGIES.items() if strategy.keeps_both] == [OnConflict.KEEP_BOTH]


def judged(bench, policy, condition, there, arrives):
    """The value of an SQL condition over a row that is there and one that arrives: (value, updated_at) each."""
    tables = {"settings": {"on_conflict": policy, "newest_by": "updated_at"}}
    one = bench({"zoe.db": SETTINGS, "a.db": SETTINGS}, tables=tables)
    sql = condition(STRATEGIES[policy], one.plan.final("settings"))
    if sql is None:
        return None
    ((found,),) = one.connection.execute(
        f"SELECT {sql} FROM (SELECT ? AS value, ? AS updated_at) AS t, (SELECT ? AS value, ? AS updated_at,"
        ' NULL AS "dbfold.wins") AS s',
        (*there, *arrives),
    ).fetchall()
    return bool(found)


@pytest.mark.parametrize(
    ("policy", "there", "arrives", "wins"),
    [
        (OnConflict.FAIL, (1, 1), (2, 2), False),
        (OnConflict.KEEP_TARGET, (1, 1), (2, 2), False),
        (OnConflict.FILL_NULLS, (None, 1), (2, 2), False),
        (OnConflict.KEEP_SOURCE, (1, 2), (2, 1), True),
        (OnConflict.NEWEST, (1, "2024"), (2, "2025"), True),
        (OnConflict.NEWEST, (1, "2025"), (2, "2024"), False),
        (OnConflict.NEWEST, (1, "2025"), (2, "2025"), False),
        (OnConflict.NEWEST, (1, None), (2, "2025"), True),
        (OnConflict.NEWEST, (1, "2025"), (2, None), False),
        (OnConflict.NEWEST, (1, None), (2, None), False),
    ],
)
def test_who_wins(bench, policy, there, arrives, wins):
    assert judged(bench, policy, lambda strategy, final: strategy.source_wins(final), there, arrives) is wins


@pytest.mark.parametrize(
    ("there", "arrives", "conflict", "gap"),
    [(1, 2, True, False), (None, 2, False, True), (1, None, False, False), (None, None, False, False)],
)
def test_a_null_is_a_gap_where_gaps_are_filled(bench, there, arrives, conflict, gap):
    rows = (there, 0), (arrives, 0)
    policy = OnConflict.FILL_NULLS
    assert judged(bench, policy, lambda strategy, _: strategy.is_conflict("value"), *rows) is conflict
    assert judged(bench, policy, lambda strategy, _: strategy.is_gap("value"), *rows) is gap
    assert judged(bench, policy, lambda strategy, _: strategy.takes("value"), *rows) is (there is None)


@pytest.mark.parametrize("policy", [one for one in OnConflict if one is not OnConflict.FILL_NULLS])
def test_a_null_is_a_value_elsewhere(policy):
    strategy = STRATEGIES[policy]
    assert (strategy.is_conflict("value"), strategy.is_gap("value")) == (None, None)
    assert policy.passes_over_nulls is False
