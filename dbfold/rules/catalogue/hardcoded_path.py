"""DBF001: `sqlite3.connect("/app/data/shop.db")` where the accessor should stand."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.model import Example, Rule, Subject
from dbfold.rules.remedies import use_accessor

_WHY = """\
A path that is written down in many places cannot be changed in one. Each copy decides for itself which file is
opened: a container that mounts its data elsewhere, a test that wants a scratch file, or a move to another disk needs
all of them found. One place is always forgotten, and SQLite then creates a new, empty database without a word."""

_FIX = """\
Use the accessor. `dbfold check --fix` does that where the syntax tree proves that nothing else changes; where it
cannot, the finding says why, and what the accessor is. A literal path may stand in the files under `config_files` of
the policy, and a throw-away database in those under `temporary`."""


def message(subject: Subject) -> str:
    return f"hardcoded path of {subject.reference.database}"


RULE = Rule(
    code=Code.HARDCODED_PATH,
    name="hardcoded-path",
    summary="Hardcoded path of a database",
    why=_WHY,
    fix=_FIX,
    message=message,
    remedy=use_accessor,
    invalid=(
        Example(
            """\
import sqlite3

connection = sqlite3.connect("/app/data/shop.db")
""",
            fixed="""\
import sqlite3

from database_config import DATABASE_PATH

connection = sqlite3.connect(DATABASE_PATH)
""",
        ),
        Example(
            """\
from pathlib import Path

DATABASE = Path("/app/data") / "shop.db"


class Store:
    def __init__(self, path: str = "data/shop.db") -> None:
        self.path = path
""",
            fixed="""\
from pathlib import Path

from database_config import DATABASE_PATH

DATABASE = Path(DATABASE_PATH)


class Store:
    def __init__(self, path: str = DATABASE_PATH) -> None:
        self.path = path
""",
        ),
        Example(
            """\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--database", default="/app/data/shop.db")
""",
            fixed="""\
import argparse

from database_config import DATABASE_PATH

parser = argparse.ArgumentParser()
parser.add_argument("--database", default=DATABASE_PATH)
""",
        ),
        Example(
            """\
import shutil

shutil.copy("/app/data/shop.db", "/backup/shop.db")
""",
            why_not="shutil.copy is given several paths: what becomes of which file?",
        ),
        Example(
            """\
import os

if os.path.exists("shop.db"):
    print("ready")
""",
            why_not="a bare file name, which the code may join to a directory",
        ),
        Example(
            """\
#!/bin/sh
sqlite3 /app/data/shop.db "VACUUM"
""",
            file="services/shop/vacuum.sh",
            why_not="a shell command",
        ),
    ),
    valid=(
        Example(
            """\
import sqlite3

from database_config import DATABASE_PATH

connection = sqlite3.connect(DATABASE_PATH)
scratch = sqlite3.connect(":memory:")
"""
        ),
        Example(
            '''\
def orders():
    """Reads the orders from /app/data/shop.db."""
    return {"mongo.db": "a key, no file"}
'''
        ),
        Example('DATABASE_PATH = "/app/data/shop.db"\n', file="services/shop/config/defaults.py"),
        Example('import sqlite3\n\nconnection = sqlite3.connect("/tmp/shop.db")\n'),
        Example('import sqlite3\n\nconnection = sqlite3.connect("data/shop.db")\n', file="tests/test_shop.py"),
        Example("DATABASE_PATH=/srv/shop/shop.db\n", file="services/shop/.env"),
        Example(
            """\
import sqlite3

connection = sqlite3.connect("/app/data/shop.db")  # dbfold: ignore[DBF001] runs before the package is importable
"""
        ),
    ),
)
