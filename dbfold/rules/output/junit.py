"""JUnit XML, which most CI systems show as test results: each finding is a failure, each unchecked file an error."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from dbfold.references.documents import error_line
from dbfold.references.model import FileError
from dbfold.rules.model import Checked, Finding
from dbfold.rules.output.concise import line

# https://www.w3.org/TR/xml/#charsets: even as a reference, these may not be in XML 1.0.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(checked: Checked, *, color: bool = False) -> str:
    """The whole report, with a newline at its end."""
    cases = [_finding(finding) for finding in checked.findings] + [_error(error) for error in checked.errors]
    if not cases:
        cases = ['    <testcase classname="dbfold" name="check" time="0"/>']
    counts = f'tests="{len(cases)}" failures="{len(checked.findings)}" errors="{len(checked.errors)}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="dbfold" {counts} time="0">',
        f'  <testsuite name="dbfold" {counts} skipped="0" time="0">',
        *cases,
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _finding(finding: Finding) -> str:
    name = f"{finding.code} line {finding.span.line} column {finding.span.column}"
    inner = f'<failure type="{finding.code}" message={_attribute(finding.message)}>{_text(line(finding))}</failure>'
    return _case(finding.file, name, finding.span.line, inner)


def _error(error: FileError) -> str:
    inner = f'<error type="unchecked" message={_attribute(error.message)}>{_text(error_line(error))}</error>'
    return _case(error.file, "could not be checked", error.line or 1, inner)


def _case(file: str, name: str, number: int, inner: str) -> str:
    places = f"classname={_attribute(file)} name={_attribute(name)} file={_attribute(file)}"
    return f'    <testcase {places} line="{number}" time="0">{inner}</testcase>'


def _text(text: str) -> str:
    return escape(_legal(text))


def _attribute(text: str) -> str:
    return quoteattr(_legal(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _legal(text: str) -> str:
    return _ILLEGAL.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)
