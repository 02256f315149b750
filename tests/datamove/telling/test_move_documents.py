"""Plans and verifications as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from pieces import plan_of

from dbfold.datamove.planning.document import plan_from
from dbfold.datamove.planning.plan import Account
from dbfold.datamove.results import Backup, Check, Failure, Preview, Verified
from dbfold.datamove.telling.documents import previews_document, verified_document

BACKUP = Backup(Path("data/backup/b1"), "2026", "move", (), ())


def test_a_plan_with_what_came_of_trying_it():
    plan = plan_of({"zoe.db": "CREATE TABLE t (x PRIMARY KEY)", "a.db": "CREATE TABLE t (x PRIMARY KEY)"})
    document = previews_document([Preview(plan, (Account("a.db", "t", "t", 3, 1, 2),), {("t", "x"): 4})])
    assert json.loads(json.dumps(document)) == document
    assert document["version"] == 1
    (target,) = document["targets"]
    assert (target["accounts"][0]["identical"], target["conflicts"]) == (
        2, [{"table": "t", "column": "x", "values": 4}],
    )  # fmt: skip
    assert plan_from(target) == plan, "what is added does not disturb who reads the plan"


def test_what_a_verification_found():
    checks = (Check("contents", "9 rows", ("1 is gone",)),)
    digests = (("a.db", "t", None, None),)
    verified = Verified(
        "zoe.db", "2026", BACKUP, checks, (), digests, (("count", 0.1, 0.2),), (Failure("ping", 1, "no"),)
    )
    assert verified_document(verified) == {
        "target": "zoe.db",
        "moved_at": "2026",
        "backup": "b1",
        "passed": False,
        "checks": [{"name": "contents", "looked_at": "9 rows", "failures": ["1 is gone"]}],
        "accounts": [],
        "digests": [{"database": "a.db", "table": "t", "before": None, "after": None}],
        "timings": [{"query": "count", "seconds_before": 0.1, "seconds_after": 0.2}],
        "unhealthy": [{"command": "ping", "code": 1, "output": "no"}],
    }
