"""The registry: which checks there are, and that all of them are asked."""

from __future__ import annotations

from contextlib import closing

import apsw
import pytest

from dbfold.datamove.results import Check
from dbfold.datamove.verifying.checks import CHECKS, verify


def test_a_move_that_went_well_passes_all(finished, tmp_path):
    plan, copies, path, move_id = finished
    found = list(verify(path, plan, copies, move_id, tmp_path / "scratch"))
    assert found == [
        Check("integrity_check", "every page and index entry"),
        Check("accounting", "3 tables, 9 rows"),
        Check("row counts", "14 rows in zoe.db"),
        Check("contents", "13 rows, column by column"),
        Check("foreign_key_check", "1 references to nothing, as before"),
        Check("schema", found[5].looked_at),
        Check("AUTOINCREMENT counters", "1 counters"),
    ]
    assert [check.name for check in found] == [name for name, _ in CHECKS]
    assert not (tmp_path / "scratch").exists()


def test_nothing_is_written_to_what_is_looked_at(finished, tmp_path):
    plan, copies, path, move_id = finished
    before = {file: file.read_bytes() for file in (path, *copies.values())}
    list(verify(path, plan, copies, move_id, tmp_path / "scratch"))
    assert {file: file.read_bytes() for file in (path, *copies.values())} == before


@pytest.mark.parametrize(("name", "ask"), CHECKS)
def test_every_check_says_how_much_it_looked_at_and_what_is_wrong(evidence, name, ask):
    looked_at, failures = ask(evidence())
    assert looked_at
    assert list(failures) == [], name


def test_a_file_that_is_no_database_cannot_be_looked_at(finished, tmp_path):
    plan, copies, _, move_id = finished
    (tmp_path / "no.db").write_bytes(b"text" * 2000)
    with pytest.raises(apsw.NotADBError):
        list(verify(tmp_path / "no.db", plan, copies, move_id, tmp_path / "scratch"))


def test_the_ledger_of_another_move_does_not_count(finished, tmp_path):
    plan, copies, path, _ = finished
    found = {check.name: check for check in verify(path, plan, copies, 2, tmp_path / "scratch")}
    assert not found["accounting"].passed
    assert not found["contents"].passed


def test_damage_does_not_go_unseen(finished, tmp_path):
    plan, copies, path, move_id = finished
    spoiled = tmp_path / "new.db"
    spoiled.write_bytes(path.read_bytes())
    with closing(apsw.Connection(str(spoiled))) as connection:
        connection.execute("PRAGMA writable_schema = ON").fetchall()
        connection.execute(
            "UPDATE sqlite_schema SET sql = 'CREATE INDEX by_mail ON users (name)' WHERE name = 'by_mail'"
        )
    found = {check.name: check for check in verify(spoiled, plan, copies, move_id, tmp_path / "scratch")}
    assert not found["integrity_check"].passed
    assert found["schema"].failures == ("the index by_mail is missing or has changed",)
