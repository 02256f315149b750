from __future__ import annotations

import pytest
from projects import Project, Unprivileged


@pytest.fixture
def project(tmp_path):
    """An empty application below a fresh directory: a policy, and nothing else yet."""
    root = tmp_path / "project"
    root.mkdir()
    return Project(root)


@pytest.fixture
def unprivileged(project):
    return Unprivileged(project)
