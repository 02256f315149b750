"""GitLab's Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.

GitLab wants paths relative to the repository without a leading `./`, so run it at the top.
"""

from __future__ import annotations

import hashlib

from dbfold.base.output.json_text import json_text
from dbfold.references.model import FileError
from dbfold.rules.model import Checked, Finding


def render(checked: Checked, *, color: bool = False) -> str:
    """The whole report, with a newline at its end."""
    entries = [_finding(finding) for finding in checked.findings] + [_error(error) for error in checked.errors]
    return json_text(entries)


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "description": f"{finding.code} {finding.message}; {finding.remedy}",
        "check_name": str(finding.code),
        "fingerprint": finding.fingerprint,
        "severity": "major",
        "location": {
            "path": finding.file,
            "lines": {"begin": finding.span.line, "end": finding.span.end_line},
        },
    }


def _error(error: FileError) -> dict[str, object]:
    identity = f"{error.file}\0{error.line}\0{error.message}".encode("utf-8", "surrogatepass")
    return {
        "description": f"dbfold could not check this file: {error.message}",
        "check_name": "dbfold",
        "fingerprint": hashlib.sha256(identity).hexdigest()[:32],
        "severity": "blocker",
        "location": {"path": error.file, "lines": {"begin": error.line or 1}},
    }
