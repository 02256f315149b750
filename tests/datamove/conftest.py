from __future__ import annotations

import pytest
from estates import Estate


@pytest.fixture
def estate(tmp_path):
    return Estate(tmp_path)
