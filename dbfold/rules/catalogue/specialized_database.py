"""DBF004: a specialized database in a file that its `only:` does not list."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.model import Example, Rule, Subject
from dbfold.rules.remedies import POLICY, accessor

_WHY = """\
A specialized database is kept for one purpose: embeddings, a search index, a cache that is rebuilt. When other code
moves in, it becomes a second primary database, rows that belong together part again, and a join across both is
impossible. `only:` in the policy lists the files that may use it."""

_FIX = """\
Use the primary database. If the file really belongs to the specialized one's purpose, list it under `only`. dbfold
decides neither: `--fix` leaves these places."""


def message(subject: Subject) -> str:
    return f"{subject.reference.verdict.target} is for the files in its `only:`, and this is none of them"


def remedy(subject: Subject) -> str:
    primary = accessor(subject, subject.policy.primary)
    target = subject.reference.verdict.target
    return f"for a person to decide: use {primary}, or list the file in {POLICY} under databases.{target}.only"


RULE = Rule(
    code=Code.SPECIALIZED_DATABASE,
    name="specialized-database",
    summary="Specialized database used outside of its `only:` files",
    why=_WHY,
    fix=_FIX,
    message=message,
    remedy=remedy,
    invalid=(
        Example(
            """\
import sqlite3

connection = sqlite3.connect("/app/data/search.db")
""",
            why_not="list the file in dbfold.yaml under databases.search.db.only",
        ),
    ),
    valid=(
        Example(
            """\
import sqlite3

from database_config import SEARCH_DATABASE_PATH

connection = sqlite3.connect(SEARCH_DATABASE_PATH)
""",
            file="services/search/index.py",
        ),
    ),
)
