from __future__ import annotations

import pytest

from dbfold.policy.loading import load_policy
from dbfold.rules.checking import gate, scope_of
from dbfold.rules.examples import POLICY


@pytest.fixture
def shop(project):
    """The application of the rules' examples, with nothing in it yet."""
    project.write("dbfold.yaml", POLICY)
    return project


@pytest.fixture
def findings(shop):
    """Checks the shop, or one of its files, without a baseline; returns the findings."""

    def run(*names):
        targets = [shop.root / name for name in names] or [shop.root]
        checked = gate(scope_of(targets, load_policy(shop.root / "dbfold.yaml"), shop.root), jobs=1)
        assert checked.errors == ()
        return checked.findings

    return run
