"""A number and its noun agree."""

from __future__ import annotations

import pytest

from dbfold.base.output.counted import counted

CASES = {0: "0 files", 1: "1 file", 2: "2 files", 11: "11 files", 101: "101 files"}


@pytest.mark.parametrize(("number", "expected"), CASES.items())
def test_only_one_is_singular(number, expected):
    assert counted(number, "file") == expected
