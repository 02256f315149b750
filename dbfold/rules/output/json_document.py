"""For programs: one JSON document. Its form is stable; `version` changes if a field goes or changes its meaning."""

from __future__ import annotations

from dbfold.base.output.json_text import json_text
from dbfold.references.documents import error_document
from dbfold.rules.catalogue.registry import RULES
from dbfold.rules.model import Checked, Finding
from dbfold.rules.output.statistics import counts_by_code

VERSION = 1


def render(checked: Checked, *, color: bool = False) -> str:
    """The whole report, with a newline at its end."""
    return json_text(document(checked))


def document(checked: Checked) -> dict[str, object]:
    """The report as JSON values."""
    return {
        "version": VERSION,
        "summary": {
            "findings": len(checked.findings),
            "fixable": sum(finding.fixable for finding in checked.findings),
            "tolerated": checked.tolerated,
            "files": checked.files,
            "files_excluded": checked.excluded,
            "errors": len(checked.errors),
            "by_code": {str(code): count for code, count, _ in counts_by_code(checked)},
        },
        "findings": [_finding(finding) for finding in checked.findings],
        "errors": [error_document(error) for error in checked.errors],
    }


def _finding(finding: Finding) -> dict[str, object]:
    span = finding.span
    return {
        "file": finding.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "code": str(finding.code),
        "rule": RULES[finding.code].name,
        "message": finding.message,
        "remedy": finding.remedy,
        "fixable": finding.fixable,
        "fingerprint": finding.fingerprint,
    }
