"""DBF009: a database that the policy names without saying what becomes of it."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.model import Example, Rule, Subject
from dbfold.rules.remedies import POLICY

_WHY = """\
`undecided` is where a draft of the policy begins, and no place to stay: nothing is rewritten, nothing is moved, and
code goes on to grow around the file."""

_FIX = """\
Give the database a role. While that takes its time, tolerate what is there with a baseline, so that no new reference
comes in, or accept the code in the policy: `rules: {ignore: [DBF009]}`."""


def message(subject: Subject) -> str:
    return f"{subject.reference.database} is undecided in the policy"


def remedy(subject: Subject) -> str:
    return f"for a person to decide: give it a role in {POLICY}, under databases"


RULE = Rule(
    code=Code.UNDECIDED_DATABASE,
    name="undecided-database",
    summary="Database without a decision",
    why=_WHY,
    fix=_FIX,
    message=message,
    remedy=remedy,
    invalid=(
        Example(
            """\
import sqlite3

connection = sqlite3.connect("/app/data/audit.db")
""",
            why_not="give it a role in dbfold.yaml",
        ),
    ),
    valid=(Example('print("The audit trail is in audit.db")\n'),),
)
