from __future__ import annotations

import pytest
from repositories import Repository, database_bytes

ALL = ("no-new-databases", "db-paths", "db-policy")


@pytest.fixture(scope="session")
def database(tmp_path_factory):
    """The bytes of a real SQLite database."""
    return database_bytes(tmp_path_factory.mktemp("database") / "made.db")


@pytest.fixture
def make_repository(tmp_path):
    """Makes a repository with hooks installed by a runner, and nothing committed yet."""

    def make(runner, ids=ALL, name="repository"):
        root, home = tmp_path / name, tmp_path / "home"
        root.mkdir()
        home.mkdir(exist_ok=True)
        return Repository(root, home, runner, ids)

    return make


@pytest.fixture(params=["pre-commit", "prek", "git"])
def empty(make_repository, request):
    """A repository without a commit, for each way of running the hooks."""
    return make_repository(request.param)


@pytest.fixture
def repository(empty):
    """A repository with one commit, for each way of running the hooks."""
    empty.base()
    return empty
