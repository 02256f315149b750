"""SARIF 2.1.0: what breaks as errors, what changes its meaning as warnings."""

from __future__ import annotations

import json
import os
from urllib.parse import quote

from dbfold.base.version import VERSION
from dbfold.journey.checking import Checked
from dbfold.journey.judging import Effect, Judgement
from dbfold.references.model import FileError

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_RULES = (
    ("sql-breaks", "SqlBreaks", "A statement that SQLite rejects after the move.", "error", Effect.BREAKS),
    ("sql-changes", "SqlChanges", "A statement that means something else after the move.", "warning", Effect.CHANGES),
)


def render(checked: Checked) -> str:
    """The whole log, with a newline at its end."""
    driver = {
        "name": "dbfold",
        "version": VERSION,
        "rules": [
            {
                "id": id,
                "name": name,
                "shortDescription": {"text": text},
                "defaultConfiguration": {"level": level},
            }
            for id, name, text, level, _ in _RULES
        ],
    }
    results = [_result(one, number) for number, (*_, effect) in enumerate(_RULES) for one in checked.judged.of(effect)]
    invocation = {
        "executionSuccessful": not checked.errors,
        "toolExecutionNotifications": [_notification(error) for error in checked.errors],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(one: Judgement, number: int) -> dict[str, object]:
    span = one.statement.span
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {
        "ruleId": _RULES[number][0],
        "ruleIndex": number,
        "level": _RULES[number][3],
        "message": {"text": f"{' and '.join(one.statement.databases)}: {one.message}."},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(one.statement.file), "region": region}}],
    }


def _artifact(file: str) -> dict[str, str]:
    return {"uri": quote(file.replace(os.sep, "/")), "uriBaseId": "%SRCROOT%"}


def _notification(error: FileError) -> dict[str, object]:
    location: dict[str, object] = {"artifactLocation": _artifact(error.file)}
    if error.line:
        location["region"] = {"startLine": error.line}
    return {
        "level": "error",
        "message": {"text": error.message},
        "locations": [{"physicalLocation": location}],
    }
