"""DBF006: a database that the policy does not know."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.model import Example, Rule, Subject
from dbfold.rules.remedies import POLICY, accessor

_WHY = """\
This is how an application gets its twentieth database: a new feature wants a table, and a file of its own is one line
of code. Nobody backs it up, nobody migrates it, and its rows cannot be joined with any others."""

_FIX = """\
Put the table into a database that is there, and use its accessor. If the new file is meant, declare it in the policy
with a role: the review of that change is the place to discuss it. dbfold cannot decide that, so `--fix` leaves these
places."""


def is_computed(name: str) -> bool:
    """True for a file name that the code puts together: `cache_{user}.db`."""
    return "{" in name or "$" in name


def message(subject: Subject) -> str:
    name = subject.reference.database
    if is_computed(name):
        return f"a database whose name is computed, {name}"
    return f"{name} is not declared in the policy"


def remedy(subject: Subject) -> str:
    name = subject.reference.database
    primary = subject.policy.primary
    what = "a pattern that fits the names" if is_computed(name) else name
    return (
        f"for a person to decide: keep its tables in {primary.name} and use {accessor(subject, primary)}, "
        f"or declare {what} in {POLICY} with a role"
    )


RULE = Rule(
    code=Code.UNDECLARED_DATABASE,
    name="undeclared-database",
    summary="Database that the policy does not know",
    why=_WHY,
    fix=_FIX,
    message=message,
    remedy=remedy,
    invalid=(
        Example(
            """\
import sqlite3

connection = sqlite3.connect("/app/data/notes.db")
""",
            why_not="declare notes.db in dbfold.yaml with a role",
        ),
        Example(
            """\
import sqlite3


def cache(user):
    return sqlite3.connect(f"/app/data/cache_{user}.db")
""",
            why_not="declare a pattern that fits the names in dbfold.yaml with a role",
        ),
        Example(
            """\
import apsw

connection = apsw.Connection("index.dat")  # whatever its suffix
engine = "sqlite:///reports.sqlite3"
""",
            why_not="declare reports.sqlite3 in dbfold.yaml with a role",
        ),
    ),
    valid=(
        Example(
            """\
import sqlite3
import tempfile

mail = sqlite3.connect("/var/lib/mail/mail.db")
scratch = tempfile.NamedTemporaryFile(suffix=".db")
"""
        ),
        Example('import duckdb\n\nconnection = duckdb.connect("reports.db")\n'),
    ),
)
