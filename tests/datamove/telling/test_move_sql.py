"""A plan as SQL: what is printed is what runs."""

from __future__ import annotations

from pieces import plan_of

from dbfold.datamove.building.step import Context
from dbfold.datamove.building.steps import build_steps
from dbfold.datamove.telling.sql import sql_text
from dbfold.policy.model import OnConflict

TREE = "CREATE TABLE t (id INTEGER PRIMARY KEY, x, parent REFERENCES t)"


def test_every_statement_is_shown_with_what_it_is_for():
    plan = plan_of({"zoe.db": TREE, "a.db": TREE}, tables={"t": {"on_conflict": OnConflict.KEEP_BOTH}})
    steps = list(build_steps(Context(plan, 1)))
    shown = list(sql_text(plan))
    assert shown[0] == "-- a.db -> zoe.db"
    assert [line for line in shown if not line.startswith("--")] == [f"{step.sql};" for step in steps]
    questions = [step.problem for step in steps if step.problem]
    assert [line for line in shown if line.startswith("-- must be 0")] == [f"-- must be 0: {one}" for one in questions]
    assert shown[shown.index("-- again until nothing changes") - 1] == "-- a.db: t: equal rows"
