"""Every page and every index entry."""

from __future__ import annotations

from dbfold.datamove.verifying.integrity import integrity


def test_an_index_that_lacks_a_row_is_found(evidence):
    found = evidence(
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = 'CREATE INDEX by_mail ON users (name)' WHERE name = 'by_mail'",
    )
    _, failures = integrity(found)
    assert any("by_mail" in failure for failure in failures)


def test_a_sound_file_has_no_failures(evidence):
    assert integrity(evidence()) == ("every page and index entry", [])
