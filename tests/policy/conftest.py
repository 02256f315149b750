from __future__ import annotations

import textwrap

import pytest
from hypothesis import settings

from dbfold.policy.loading import load_policy

# A busy machine is not a failure of the code.
settings.register_profile("policy", deadline=None)
settings.load_profile("policy")


@pytest.fixture
def write_policy(tmp_path):
    """Writes a policy, given as text (that may be indented) or as bytes, and returns its path."""

    def write(text):
        path = tmp_path / "dbfold.yaml"
        data = text if isinstance(text, bytes) else textwrap.dedent(text).encode()
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def load(write_policy):
    """Writes a policy and loads it."""
    return lambda text: load_policy(write_policy(text))
