"""Is every page and every index entry sound? SQLite's own check."""

from __future__ import annotations

from dbfold.datamove.verifying.evidence import Evidence
from dbfold.sqlite.engine import fetch


def integrity(evidence: Evidence) -> tuple[str, list[str]]:
    """Of the new file; rows that broke a CHECK in their old database may do so here."""
    rows = fetch(evidence.connection, "PRAGMA t.integrity_check(100)")
    return "every page and index entry", [row[0] for row in rows if row[0] != "ok"]
