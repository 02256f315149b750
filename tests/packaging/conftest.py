from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tools.distributions import build


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The distributions of the work tree, built once."""
    return build(tmp_path_factory.mktemp("distributions") / "dist")


@pytest.fixture(scope="session")
def database(tmp_path_factory):
    """The bytes of a database with one table."""
    path = tmp_path_factory.mktemp("database") / "made.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    return path.read_bytes()
