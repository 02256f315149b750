"""A plan as SQL, for people who want to see what will run."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.datamove.building.step import Context
from dbfold.datamove.building.steps import build_steps
from dbfold.datamove.planning.plan import Plan


def sql_text(plan: Plan) -> Iterator[str]:
    """The statements that build the new database, in order, with what each is for. Raises nothing.

    `main` is a copy of the target; statements that begin with `-- must be 0` are questions.
    """
    yield f"-- {', '.join(plan.sources)} -> {plan.target}"
    yield "-- main: a copy of the target · src: the database named in the comment · work: a scratch file"
    for step in build_steps(Context(plan, 1)):
        yield f"-- {step.what}"
        if step.problem is not None:
            yield f"-- must be 0: {step.problem}"
        if step.repeated:
            yield "-- again until nothing changes"
        yield f"{step.sql};"
