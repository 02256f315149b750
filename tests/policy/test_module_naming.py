"""The generated module has a name that the application has not taken."""

from __future__ import annotations

import pytest

from dbfold.policy.accessor import accessor_source
from dbfold.policy.loading import load_policy

POLICY = "version: 1\ndatabases:\n  app.db: {role: primary, path: /srv/app.db}\n"


def module(root, accessor=""):
    (root / "dbfold.yaml").write_text(POLICY + accessor)
    return load_policy(root / "dbfold.yaml").accessor.module


def test_nothing_in_the_way(tmp_path):
    assert module(tmp_path) == "database_config"


@pytest.mark.parametrize("taken", ["database_config.py", "database_config/__init__.py"])
def test_the_application_has_it(tmp_path, taken):
    (tmp_path / taken).parent.mkdir(exist_ok=True)
    (tmp_path / taken).write_text("TIMEOUT = 5\n")
    assert module(tmp_path) == "database_paths"


def test_all_that_are_taken(tmp_path):
    for name in ("database_config", "database_paths", "dbfold_paths"):
        (tmp_path / f"{name}.py").write_text("TIMEOUT = 5\n")
    assert module(tmp_path) == "dbfold_paths_2"


def test_one_root_has_it(tmp_path):
    for service in ("a", "b"):
        (tmp_path / "services" / service).mkdir(parents=True)
    (tmp_path / "services/b/database_config.py").write_text("TIMEOUT = 5\n")
    assert module(tmp_path) == "database_config"
    assert module(tmp_path, 'accessor: {roots: ["services/*"]}\n') == "database_paths"


def test_what_was_generated_is_not_in_the_way(tmp_path):
    (tmp_path / "dbfold.yaml").write_text(POLICY)
    policy = load_policy(tmp_path / "dbfold.yaml")
    (tmp_path / "database_config.py").write_text(accessor_source(policy, policy.accessor.style))
    assert module(tmp_path) == "database_config"


def test_an_accessor_that_a_person_wrote(tmp_path):
    """It is reported, and no second one is made beside it."""
    (tmp_path / "database_config.py").write_text('DATABASE_PATH = "/srv/app.db"\n')
    assert module(tmp_path) == "database_config"


def test_the_policy_decides(tmp_path):
    (tmp_path / "database_config.py").write_text("TIMEOUT = 5\n")
    assert module(tmp_path, "accessor: {module: database_config}\n") == "database_config"
