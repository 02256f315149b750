"""Workflow commands, which GitHub shows beside the lines of a pull request.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions; the escapes are those of
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts. GitHub wants paths relative to the
repository, so run it at the top.
"""

from __future__ import annotations

from dbfold.references.model import FileError
from dbfold.rules.model import Checked, Finding
from dbfold.rules.output.summary import summary_line


def render(checked: Checked, *, color: bool = False) -> str:
    """The whole report, with a newline at its end."""
    lines = [_finding(finding) for finding in checked.findings] + [_error(error) for error in checked.errors]
    return "\n".join([*lines, summary_line(checked)]) + "\n"


def _finding(finding: Finding) -> str:
    span = finding.span
    places = {"file": finding.file, "line": span.line, "endLine": span.end_line}
    if span.line == span.end_line:  # GitHub takes columns for one line only
        places |= {"col": span.column, "endColumn": max(span.end_column - 1, span.column)}
    return _command(places | {"title": f"dbfold {finding.code}"}, f"{finding.message}; {finding.remedy}")


def _error(error: FileError) -> str:
    places: dict[str, object] = {"file": error.file}
    if error.line is not None:
        places["line"] = error.line
    return _command(places | {"title": "dbfold could not check this file"}, error.message)


def _command(properties: dict[str, object], message: str) -> str:
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::error {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
