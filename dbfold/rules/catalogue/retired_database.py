"""DBF002: a reference to a database whose rows are in another one now."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.model import Example, Rule, Subject
from dbfold.rules.remedies import use_accessor

_WHY = """\
The rows of a retired database are in the one that it was folded into. Code that still names the old file reads what
was true before the move. If the file is gone, SQLite creates an empty one, and the next write splits the data again."""

_FIX = """\
Use the accessor of the database that took the rows; `dbfold check --fix` does so. Code that opens the old and the new
database side by side, or deletes, moves or overwrites the old file, is left to a person: pointed at one file, it
would destroy what it was written to keep."""


def message(subject: Subject) -> str:
    reference = subject.reference
    return f"{reference.database} is retired, {reference.verdict.target} has its rows"


RULE = Rule(
    code=Code.RETIRED_DATABASE,
    name="retired-database",
    summary="Reference to a retired database",
    why=_WHY,
    fix=_FIX,
    message=message,
    remedy=use_accessor,
    invalid=(
        Example(
            """\
import aiosqlite


async def sessions():
    async with aiosqlite.connect("/app/data/sessions.db") as connection:
        return await connection.execute_fetchall("SELECT * FROM sessions")
""",
            fixed="""\
import aiosqlite

from database_config import DATABASE_PATH


async def sessions():
    async with aiosqlite.connect(DATABASE_PATH) as connection:
        return await connection.execute_fetchall("SELECT * FROM sessions")
""",
        ),
        Example(
            """\
class Sessions:
    path = "/app/data/sessions.db"
    url = "sqlite:////app/data/sessions.db"
""",
            fixed="""\
from database_config import DATABASE_PATH


class Sessions:
    path = DATABASE_PATH
    url = f"sqlite:///{DATABASE_PATH}"
""",
        ),
        Example(
            """\
import sqlite3


def migrate():
    old = sqlite3.connect("/app/data/sessions.db")
    new = sqlite3.connect("/app/data/shop.db")
    new.executemany("INSERT INTO sessions VALUES (?, ?)", old.execute("SELECT * FROM sessions"))
""",
            why_not="migrate opens sessions.db and shop.db, which would become one file, shop.db: a migration?",
        ),
        Example(
            """\
import os

os.remove("/app/data/sessions.db")
""",
            why_not="os.remove deletes, moves or overwrites the file, and would do so to shop.db",
        ),
    ),
    valid=(
        Example("# The sessions were in data/sessions.db until March.\nSESSIONS = 30\n"),
        Example("*.db\n/data/sessions.db\n", file=".gitignore"),
    ),
)
