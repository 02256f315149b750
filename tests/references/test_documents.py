"""The JSON of a scan: its fields, its counts, and the order in which reasons are listed."""

from __future__ import annotations

import pytest

from dbfold.base.spans import Span
from dbfold.policy.codes import Code
from dbfold.references.documents import VERSION, by_reason, document, error_line, reference_document, summary
from dbfold.references.model import Action, FileError, Kind, Reference, Verdict
from dbfold.references.scan import Scan


def reference(file="a.py", database="zoe.db", action=Action.REWRITE, reason="hard-coded", code=Code.HARDCODED_PATH):
    verdict = Verdict(action, reason, "zoe.db" if action is Action.REWRITE else None)
    return Reference(file, Span(3, 5, 4, 2), database, Kind.CONSTANT, f"data/{database}", verdict, code=code)


def test_a_reference_with_its_verdict_flattened():
    assert reference_document(reference()) == {
        "file": "a.py",
        "line": 3,
        "column": 5,
        "end_line": 4,
        "end_column": 2,
        "database": "zoe.db",
        "kind": "constant",
        "code": "DBF001",
        "verdict": "rewrite",
        "target": "zoe.db",
        "reason": "hard-coded",
        "text": "data/zoe.db",
    }


def test_a_reference_that_breaks_no_rule_has_no_code_and_no_target():
    found = reference_document(reference(action=Action.LEAVE, code=None))
    assert (found["code"], found["target"], found["verdict"]) == (None, None, "leave")


SCAN = Scan(
    references=(
        reference("a.py"),
        reference("a.py", "auth.db"),
        reference("b.py", action=Action.REVIEW),
        reference("c.py", action=Action.LEAVE, code=None),
    ),
    errors=(FileError("d.py", "does not parse", 7), FileError("e.py", "cannot be read")),
    files=10,
    excluded=2,
)


def test_summary_counts_every_reference_once():
    assert summary(SCAN) == {
        "references": 4,
        "rewrite": 2,
        "review": 1,
        "leave": 1,
        "databases": 2,
        "files_with_references": 3,
        "files": 10,
        "files_excluded": 2,
        "errors": 2,
    }


def test_summary_of_nothing_names_every_verdict():
    empty = summary(Scan((), (), 0, 0))
    assert set(empty) == set(summary(SCAN))
    assert set(empty.values()) == {0}


def test_document():
    found = document(SCAN)
    assert list(found) == ["version", "summary", "references", "errors"]
    assert found["version"] == VERSION
    assert [(one["file"], one["database"]) for one in found["references"]] == [
        ("a.py", "zoe.db"),
        ("a.py", "auth.db"),
        ("b.py", "zoe.db"),
        ("c.py", "zoe.db"),
    ]
    assert found["errors"] == [
        {"file": "d.py", "line": 7, "message": "does not parse"},
        {"file": "e.py", "line": None, "message": "cannot be read"},
    ]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FileError("d.py", "does not parse", 7), "d.py:7: does not parse"),
        (FileError("e.py", "cannot be read"), "e.py: cannot be read"),
    ],
)
def test_an_error_as_compilers_say_it(error, expected):
    assert error_line(error) == expected


def test_reasons_the_most_frequent_first_then_by_name():
    found = [reference(file, reason=reason) for file, reason in (("1", "b"), ("2", "c"), ("3", "a"), ("4", "c"))]
    assert [(reason, [one.file for one in group]) for reason, group in by_reason(found)] == [
        ("c", ["2", "4"]),
        ("a", ["3"]),
        ("b", ["1"]),
    ]
