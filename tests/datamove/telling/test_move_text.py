"""What people read of a plan, a move and a check."""

from __future__ import annotations

from pathlib import Path

import pytest
from pieces import plan_of, policy_of

from dbfold.base.output.table import table_lines
from dbfold.datamove.planning.plan import Account, Plan
from dbfold.datamove.results import Backup, Check, Failure, Moved, Preview, Restored, Result, Verified
from dbfold.datamove.sources.estate import Estate
from dbfold.datamove.sources.files import Snapshot, StoredFile
from dbfold.datamove.telling.text import (
    account_table,
    backups_text,
    plan_text,
    restored_text,
    result_text,
    verified_text,
)

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"
ESTATE = Estate(policy_of("a.db"), Path("data"), (), (), ())


def stored(name, size=2_500_000):
    return Snapshot(name, Path("data/backup/b1") / name, (StoredFile("", size, "00", 0, 0),))


BACKUP = Backup(Path("data/backup/b1"), "2026-01-02T03:04:05+00:00", "move", (stored("zoe.db"), stored("a.db")), ())


def lines(text):
    return list(text)


def test_a_plan_with_nothing_open_says_what_is_next():
    plan = plan_of({"zoe.db": USERS, "a.db": (USERS, "CREATE TABLE log (x)", "INSERT INTO log VALUES (1)")})
    preview = Preview(plan, (Account("a.db", "users", "users", 0, 0),))
    assert lines(plan_text(ESTATE, [preview])) == [
        "a.db -> zoe.db",
        "",
        "table  from  rows  what   key  new  identical  mapped  conflict  new ids",
        "users  a.db     0  merge  id     0          0       0         0        0",
        "log    a.db     1  copy          1",
        "",
        "Everything is decided. Next: dbfold move run",
    ]


def test_a_table_that_was_not_tried_has_no_counts_and_a_renamed_one_both_names():
    posts = "CREATE TABLE posts (user_id REFERENCES users)"
    plan = plan_of({"zoe.db": USERS, "a.db": (USERS, posts)}, rename={"a.db": {"posts": "texts"}})
    shown = lines(plan_text(ESTATE, [Preview(plan)]))
    assert shown[3].split() == ["users", "a.db", "0", "merge", "id", "?", "?", "?", "?", "?"]
    assert shown[4].split() == ["texts", "(was", "posts)", "a.db", "0", "ids", "follow", "0"]


def test_decisions_have_their_choices_and_what_is_to_be_mended_comes_first():
    other = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age)"
    plan = plan_of({"zoe.db": USERS, "a.db": other}, tables={"users": {"key": ("mail",)}})
    shown = lines(plan_text(ESTATE, [Preview(plan)]))
    mended, decided = (
        shown.index("To be mended (1):"),
        shown.index("To be decided (1), each by one line in dbfold.yaml:"),
    )
    assert mended < decided
    assert shown[decided + 2].strip().startswith("tables: {users: {columns: unify")
    assert shown[-1] == "2 to be decided or mended"


def test_what_is_not_there_or_left_alone_is_named():
    estate = Estate(policy_of("a.db"), Path("data"), (), ("a.db",), ("x.db (external)",))
    assert lines(plan_text(estate, [])) == [
        "No retired database is there: nothing to move.",
        "no file: a.db",
        "left alone: x.db (external)",
    ]
    before = Preview(Plan("zoe.db", moved_before=("a.db",), notices=("it is late",)))
    assert lines(plan_text(ESTATE, [before]))[:5] == [
        "nothing -> zoe.db", "moved already, to be put away: a.db", "", "Worth knowing:", "  it is late",
    ]  # fmt: skip


MOVED = Moved(
    Plan("zoe.db"),
    (Account("a.db", "users", "users", 1005, 1000, 1, 2, 2, 7), Account("a.db", "old", "new", 1, 1)),
    (Check("contents", "all"), Check("schema", "all")),
    {("users", "mail"): 2},
    ("a.db",),
)


def test_the_accounting_adds_up():
    assert lines(table_lines(account_table(MOVED))) == [
        "table          from   rows  moved  identical  mapped  conflict  new ids",
        "users          a.db  1,005  1,000          1       2         2        7",
        "new (was old)  a.db      1      1          0       0         0        0",
        "all                  1,006  1,001          1       2         2        7",
    ]


@pytest.mark.parametrize(
    ("backup", "end"),
    [
        (None, ["A dry run in 1.2 s: nothing has been changed."]),
        (
            BACKUP,
            ["backup: data/backup/b1", "Moved in 1.2 s. Next: dbfold move verify; the way back: dbfold move rollback"],
        ),
    ],
)
def test_what_a_run_did(backup, end):
    shown = lines(result_text(Result(ESTATE, (MOVED,), backup, 1.23, (Failure("ping", 1, "no"),))))
    assert shown[0] == "zoe.db: where every row went"
    assert shown[-4 - len(end) : -1 - len(end)] == [
        "verified: contents, schema",
        "values that lost a conflict are in the table _dbfold_conflicts: users.mail 2",
        "put away: a.db",
    ]
    assert shown[-1 - len(end) :] == [*end, "health check: `ping` failed with exit code 1: no"]


def test_a_run_with_nothing_to_do():
    assert lines(result_text(Result(ESTATE, (), None, 0.0))) == ["No retired database is there: nothing to move."]


def test_what_a_verification_found():
    verified = Verified(
        "zoe.db", "2026-01-02", BACKUP,
        (Check("contents", "9 rows"), Check("schema", "2 things", ("v is missing",))), (),
        (("a.db", "t", "f" * 64, "f" * 64), ("a.db", "u", "a" * 64, "b" * 64), ("a.db", "w", None, None)),
        (("count the rows", 0.001, 0.0025),), (Failure("ping", 1, ""),),
    )  # fmt: skip
    assert lines(verified_text(verified)) == [
        "zoe.db, moved 2026-01-02, against b1",
        "  ok      contents: 9 rows",
        "  FAILED  schema: 2 things",
        "          v is missing",
        "  FAILED  digests: 1 tables have the SHA3-256 that they had",
        "          a.db: u: aaaaaaaaaaaaaaaa is now bbbbbbbbbbbbbbbb",
        "  FAILED  health check: `ping` failed with exit code 1",
        "  time    count the rows: 1.00 ms before, 2.50 ms now",
    ]


def test_what_a_rollback_did():
    assert lines(restored_text(Restored(BACKUP, BACKUP, ("new.db",)))) == [
        "restored zoe.db",
        "restored a.db",
        "removed new.db, which did not exist",
        "what was there before is in data/backup/b1",
    ]


def test_backups():
    assert lines(backups_text([])) == ["no backups"]
    assert lines(backups_text([BACKUP])) == [
        "backup  made by  at                         databases      MB",
        "b1      move     2026-01-02T03:04:05+00:00  zoe.db, a.db  5.0",
    ]
