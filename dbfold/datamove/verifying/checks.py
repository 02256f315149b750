"""Is everything there? Asked of the finished file and of copies of what it was made from, through another connection.

Nothing here runs the statements that moved the rows. What is taken from the ledger is what a reader of the new database
can look up, too: ids that changed, and values that lost a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from dbfold.datamove.planning.plan import Plan
from dbfold.datamove.results import Check
from dbfold.datamove.verifying.contents import contents
from dbfold.datamove.verifying.counting import accounting, row_counts
from dbfold.datamove.verifying.evidence import Evidence
from dbfold.datamove.verifying.integrity import integrity
from dbfold.datamove.verifying.references import references
from dbfold.datamove.verifying.schema import counters, schema
from dbfold.sqlite.engine import encoding_of, open_scratch

Question = Callable[[Evidence], tuple[str, Iterable[str]]]
"""Answers with how much was looked at, and what is wrong, in words."""

CHECKS: tuple[tuple[str, Question], ...] = (
    ("integrity_check", integrity),
    ("accounting", accounting),
    ("row counts", row_counts),
    ("contents", contents),
    ("foreign_key_check", references),
    ("schema", schema),
    ("AUTOINCREMENT counters", counters),
)


def verify(path: Path, plan: Plan, copies: Mapping[str, Path], move_id: int, scratch: Path) -> Iterator[Check]:
    """Compare the database at `path` with `copies` (name → file), which it was made from by `plan` as move `move_id`.

    All files are read as they are and must not change meanwhile; `scratch` is a path for intermediate results.
    Yields a check after the other. Raises apsw.Error if the file cannot be read at all.
    """
    connection = open_scratch(scratch, encoding_of(path))
    try:
        evidence = Evidence(connection, path, plan, copies, move_id)
        for name, ask in CHECKS:
            looked_at, failures = ask(evidence)
            yield Check(name, looked_at, tuple(failures))
    finally:
        connection.close()
        scratch.unlink(missing_ok=True)
