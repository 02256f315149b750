from __future__ import annotations

import pytest
from estates import Estate
from pieces import Bench


@pytest.fixture
def estate(tmp_path):
    return Estate(tmp_path)


@pytest.fixture
def bench(tmp_path):
    """Makes benches: `bench({name: statements}, **sections of the policy)`."""
    made = []

    def make(databases, **sections):
        directory = tmp_path / f"bench{len(made)}"
        directory.mkdir()
        made.append(Bench(directory, databases, **sections))
        return made[-1]

    yield make
    for one in made:
        one.close()
