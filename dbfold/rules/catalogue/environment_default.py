"""DBF005: `os.getenv("DATABASE_PATH", "/app/data/shop.db")` repeats what the accessor knows."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.model import Example, Rule, Subject
from dbfold.rules.remedies import use_accessor

_WHY = """\
A default is a hardcoded path that is used when nobody looks: with the variable set in production it is never seen,
and in the one job where it is missing the code opens a file of its own. Two defaults for one variable drift apart. An
empty variable, as `docker compose` passes it on for one that is not set, gives an empty path, which SQLite takes for
a temporary database."""

_FIX = """\
Use the accessor: it reads the same variable, then its older names, then the path of the policy, and treats an empty
one as not set. `dbfold check --fix` replaces the whole expression if the variable is the database's own or one of
`env_aliases`, else the default alone."""


def message(subject: Subject) -> str:
    reference = subject.reference
    variable = f"the default of {reference.environment}" if reference.environment else "a default"
    return f"{variable} repeats the path of {reference.database}"


RULE = Rule(
    code=Code.ENVIRONMENT_DEFAULT,
    name="environment-default",
    summary="Environment default that repeats the path",
    why=_WHY,
    fix=_FIX,
    message=message,
    remedy=use_accessor,
    invalid=(
        Example(
            """\
import os

DATABASE = os.getenv("DATABASE_PATH", "/app/data/shop.db")
OTHER = os.environ.get("SHOP_DB") or "/app/data/shop.db"
""",
            fixed="""\
import os

from database_config import DATABASE_PATH

DATABASE = DATABASE_PATH
OTHER = os.environ.get("SHOP_DB") or DATABASE_PATH
""",
        ),
        Example(
            """\
import os

SEARCH = os.getenv("DATABASE_PATH", "/app/data/search.db")
""",
            file="services/search/index.py",
            why_not="the variable DATABASE_PATH is shop.db's, the default is search.db's",
        ),
    ),
    valid=(
        Example(
            """\
from database_config import DATABASE_PATH

DATABASE = DATABASE_PATH
"""
        ),
        Example('import os\n\nDATABASE = os.environ["DATABASE_PATH"]\n'),
    ),
)
