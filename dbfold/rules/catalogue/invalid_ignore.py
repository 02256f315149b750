"""DBF010: an ignore comment without a code or a reason."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.model import Example, Rule

_WHY = """\
A comment that ignores everything, or gives no reason, tells the next reader nothing: is the place right, or did
somebody want the check to be quiet? Such a comment ignores nothing; what it stands beside is reported."""

_FIX = "Name the codes and the reason: `# dbfold: ignore[DBF001] reason`. Only a person knows the reason."

RULE = Rule(
    code=Code.INVALID_IGNORE,
    name="invalid-ignore",
    summary="Ignore comment without a code or a reason",
    why=_WHY,
    fix=_FIX,
    invalid=(
        Example("import sqlite3  # dbfold: ignore\n", why_not="write `dbfold: ignore[DBF001] reason`"),
        Example("import sqlite3  # dbfold: ignore[DBF001]\n", why_not="write `dbfold: ignore[DBF001] reason`"),
        Example("import sqlite3  # dbfold: ignore[DB001] a reason\n", why_not="did you mean 'DBF001'?"),
    ),
    valid=(
        Example(
            """\
import sqlite3

connection = sqlite3.connect("/app/data/shop.db")  # dbfold: ignore[DBF001] not importable here
text = "# dbfold: ignore"
"""
        ),
    ),
)
