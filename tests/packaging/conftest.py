from __future__ import annotations

import pytest

from tools.distributions import build


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The distributions of the work tree, built once."""
    return build(tmp_path_factory.mktemp("distributions") / "dist")
