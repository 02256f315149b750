"""DBF008: an ignore comment that no longer ignores anything."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.model import Example, Rule

_WHY = """\
The place that the comment excused is gone, or is now found under another code. What is left would silently excuse the
next path that somebody writes on this line."""

_FIX = "Remove the comment, or the codes that ignore nothing. It is text that people wrote, so `--fix` leaves it."

RULE = Rule(
    code=Code.UNUSED_IGNORE,
    name="unused-ignore",
    summary="Ignore comment that ignores nothing",
    why=_WHY,
    fix=_FIX,
    invalid=(
        Example(
            """\
import sqlite3

from database_config import DATABASE_PATH

connection = sqlite3.connect(DATABASE_PATH)  # dbfold: ignore[DBF001] not yet
""",
            why_not="remove the comment",
        ),
        Example(
            """\
import sqlite3

connection = sqlite3.connect("/app/data/shop.db")  # dbfold: ignore[DBF001, DBF003] not importable here
""",
            why_not="remove DBF003 from the comment",
        ),
    ),
    valid=(
        Example(
            """\
import sqlite3

# dbfold: ignore[DBF001] not importable here
connection = sqlite3.connect("/app/data/shop.db")
"""
        ),
    ),
)
