"""DBF003: `sqlite:////app/data/shop.db` where a URL should be made from the accessor."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.model import Example, Rule, Subject
from dbfold.rules.remedies import use_accessor

_WHY = """\
A URL is a path in other clothes: what holds for DBF001 holds for it. It has a code of its own because it is fixed in
another way, and because three or four slashes decide whether the path is relative: a slip opens another file."""

_FIX = """\
Make the URL from the accessor, `f"sqlite:///{DATABASE_PATH}"`: with an absolute path that gives the four slashes.
`dbfold check --fix` does so, and keeps driver and query."""


def message(subject: Subject) -> str:
    return f"hardcoded SQLite URL of {subject.reference.database}"


RULE = Rule(
    code=Code.HARDCODED_URL,
    name="hardcoded-url",
    summary="Hardcoded SQLite URL",
    why=_WHY,
    fix=_FIX,
    message=message,
    remedy=use_accessor,
    invalid=(
        Example(
            """\
from sqlalchemy import create_engine

engine = create_engine("sqlite:////app/data/shop.db?timeout=30")
""",
            fixed="""\
from sqlalchemy import create_engine

from database_config import DATABASE_PATH

engine = create_engine(f"sqlite:///{DATABASE_PATH}?timeout=30")
""",
        ),
        Example(
            """\
DATABASES = {"default": "sqlite+aiosqlite:////app/data/shop.db"}
""",
            fixed="""\
from database_config import DATABASE_PATH

DATABASES = {"default": f"sqlite+aiosqlite:///{DATABASE_PATH}"}
""",
        ),
        Example(
            "database_url: sqlite:////app/data/shop.db\n",
            file="services/shop/settings.yml",
            why_not="a URL in a configuration file",
        ),
    ),
    valid=(
        Example(
            """\
from sqlalchemy import create_engine

from database_config import DATABASE_PATH

engine = create_engine(f"sqlite:///{DATABASE_PATH}")
memory = create_engine("sqlite://")
other = create_engine("postgresql://localhost/shop.db")
"""
        ),
    ),
)
