"""SARIF 2.1.0, which code scanning services read:
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

import json
import os
from urllib.parse import quote

from dbfold.base.version import VERSION
from dbfold.references.model import FileError
from dbfold.rules.catalogue.registry import RULES
from dbfold.rules.model import Checked, Finding, Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_NUMBERS = {code: number for number, code in enumerate(RULES)}


def render(checked: Checked, *, color: bool = False) -> str:
    """The whole report, with a newline at its end."""
    return json.dumps(document(checked), indent=2) + "\n"


def document(checked: Checked) -> dict[str, object]:
    """The log as JSON values."""
    driver = {
        "name": "dbfold",
        "version": VERSION,
        "rules": [_rule(rule) for rule in RULES.values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not checked.errors,
                "toolExecutionNotifications": [_notification(error) for error in checked.errors],
            }
        ],
        "results": [_result(finding) for finding in checked.findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": str(rule.code),
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": f"{rule.summary}."},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.fix, "markdown": rule.fix},
        "defaultConfiguration": {"level": "error"},
    }


def _result(finding: Finding) -> dict[str, object]:
    span = finding.span
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {
        "ruleId": str(finding.code),
        "ruleIndex": _NUMBERS[finding.code],
        "level": "error",
        "message": {"text": f"{finding.message}; {finding.remedy}."},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(finding.file), "region": region}}],
        "partialFingerprints": {"dbfold/v1": finding.fingerprint},
    }


def _notification(error: FileError) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": _artifact(error.file)}
    if error.line is not None:
        place["region"] = {"startLine": error.line}
    return {"level": "error", "message": {"text": error.message}, "locations": [{"physicalLocation": place}]}


def _artifact(file: str) -> dict[str, str]:
    """A path as a relative URI reference; the bytes of a name that is no UTF-8 are escaped like others."""
    return {"uri": quote(os.fsencode(file)), "uriBaseId": _ROOT}
