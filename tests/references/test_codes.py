"""Exactly one code for a reference: the most telling that fits."""

from __future__ import annotations

import pytest

from dbfold.base.spans import Span
from dbfold.policy.codes import Code
from dbfold.policy.matching import DirectoryKind, Location
from dbfold.policy.model import Database, Role
from dbfold.references.codes import code_of, is_outside_only
from dbfold.references.model import Kind, Site

PRIMARY = Database("zoe.db", Role.PRIMARY, path="/app/data/zoe.db")
BILLING = Database("billing.db", Role.SPECIALIZED, path="/app/data/billing.db", only=("services/billing/**",))
ANYWHERE = Database("shared.db", Role.SPECIALIZED, path="/app/data/shared.db")
RETIRED = Database("auth.db", Role.RETIRED, into="zoe.db")
INTO_BILLING = Database("invoices.db", Role.RETIRED, into="billing.db")
UNDECIDED = Database("odd.db", Role.UNDECIDED)

URL = "sqlite:////app/data/zoe.db"
INSIDE, OUTSIDE = "services/billing/a.py", "services/core/a.py"

CASES = {
    "no entry": (None, None, Kind.CONSTANT, "x.db", INSIDE, Code.UNDECLARED_DATABASE),
    "no entry, as a URL": (None, None, Kind.URL, "sqlite:///x.db", INSIDE, Code.UNDECLARED_DATABASE),
    "undecided": (UNDECIDED, None, Kind.CONSTANT, "odd.db", INSIDE, Code.UNDECIDED_DATABASE),
    "into one that is undecided": (RETIRED, None, Kind.CONSTANT, "auth.db", INSIDE, Code.UNDECIDED_DATABASE),
    "retired": (RETIRED, PRIMARY, Kind.CONSTANT, "auth.db", INSIDE, Code.RETIRED_DATABASE),
    "retired, as a URL": (RETIRED, PRIMARY, Kind.URL, "sqlite:///auth.db", INSIDE, Code.RETIRED_DATABASE),
    "retired, outside of only": (INTO_BILLING, BILLING, Kind.LOCAL, "invoices.db", OUTSIDE, Code.RETIRED_DATABASE),
    "outside of only": (BILLING, BILLING, Kind.CONSTANT, "billing.db", OUTSIDE, Code.SPECIALIZED_DATABASE),
    "outside of only, as a URL": (BILLING, BILLING, Kind.URL, URL, OUTSIDE, Code.SPECIALIZED_DATABASE),
    "inside of only": (BILLING, BILLING, Kind.CONSTANT, "billing.db", INSIDE, Code.HARDCODED_PATH),
    "specialized without only": (ANYWHERE, ANYWHERE, Kind.CONSTANT, "shared.db", OUTSIDE, Code.HARDCODED_PATH),
    "a URL by its kind": (PRIMARY, PRIMARY, Kind.URL, "zoe.db", INSIDE, Code.HARDCODED_URL),
    "a URL by its text": (PRIMARY, PRIMARY, Kind.ENV_DEFAULT, URL, INSIDE, Code.HARDCODED_URL),
    "a default": (PRIMARY, PRIMARY, Kind.ENV_DEFAULT, "/app/data/zoe.db", INSIDE, Code.ENVIRONMENT_DEFAULT),
    "a path": (PRIMARY, PRIMARY, Kind.CONNECT_LITERAL, "/app/data/zoe.db", INSIDE, Code.HARDCODED_PATH),
}


@pytest.mark.parametrize(("entry", "target", "kind", "text", "file", "expected"), CASES.values(), ids=CASES)
def test_code_of(entry, target, kind, text, file, expected):
    site = Site(text, kind, Span(1, 1, 1, 2))
    place = Location(entry.name if entry else "x.db", entry, DirectoryKind.DATA)
    assert code_of(site, place, target, file) is expected


OUTSIDE_ONLY = {
    "not listed": (BILLING, OUTSIDE, True),
    "listed": (BILLING, INSIDE, False),
    "nothing is listed": (ANYWHERE, OUTSIDE, False),
    "primary": (PRIMARY, OUTSIDE, False),
}


@pytest.mark.parametrize(("target", "file", "expected"), OUTSIDE_ONLY.values(), ids=OUTSIDE_ONLY)
def test_is_outside_only(target, file, expected):
    assert is_outside_only(target, file) is expected
