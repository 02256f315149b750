"""Values of what was done: what they tell by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbfold import datamove
from dbfold.datamove.planning.plan import Plan, Problem
from dbfold.datamove.results import Backup, Check, Failure, Preview, Verified

BACKUP = Backup(Path("backup/dbfold-1"), "2026", "move", (), ())


def test_a_preview_has_the_problems_of_its_plan():
    problem = Problem("a.db", None, "is damaged")
    assert Preview(Plan("zoe.db", problems=(problem,))).problems == (problem,)


def test_a_check_passes_without_failures():
    assert Check("schema", "2 things").passed
    assert not Check("schema", "2 things", ("one is gone",)).passed


@pytest.mark.parametrize(
    ("check", "digests", "unhealthy", "passed"),
    [
        (Check("a", ""), (("a.db", "t", "f0", "f0"), ("a.db", "u", None, None)), (), True),
        (Check("a", "", ("odd",)), (), (), False),
        (Check("a", ""), (("a.db", "t", "f0", "f1"),), (), False),
        (Check("a", ""), (), (Failure("ping", 1, ""),), False),
    ],
)
def test_a_verification_passes_if_everything_does(check, digests, unhealthy, passed):
    assert Verified("zoe.db", "2026", BACKUP, (check,), (), digests, (), unhealthy).passed is passed


def test_a_failure_is_a_sentence():
    assert str(Failure("ping x", 2, "no route")) == "`ping x` failed with exit code 2: no route"


def test_a_backup_has_the_name_of_its_directory():
    assert (BACKUP.name, BACKUP.size, BACKUP.snapshot("a.db")) == ("dbfold-1", 0, None)


def test_the_library_offers_what_its_functions_return():
    for name in ("Moved", "Preview", "Restored", "Result", "Verified", "MoveRefused", "Progress"):
        assert isinstance(getattr(datamove, name), type)
    for name in ("plan", "run", "verify", "rollback"):
        assert callable(getattr(datamove, name))
    assert {name for name in datamove.__all__ if not hasattr(datamove, name)} == set()
