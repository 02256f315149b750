"""One line for each finding, as compilers and editors have it: `file:line:column: DBF001 what; what to do`."""

from __future__ import annotations

from dbfold.base.output.printable import printable
from dbfold.references.documents import error_line
from dbfold.rules.model import Checked, Finding
from dbfold.rules.output.summary import summary_line


def render(checked: Checked, *, color: bool = False) -> str:
    """The whole report, with a newline at its end."""
    lines = [line(finding) for finding in checked.findings]
    lines += [printable(error_line(error)) for error in checked.errors]
    return "\n".join([*lines, summary_line(checked)]) + "\n"


def line(finding: Finding) -> str:
    """One finding without its source."""
    span = finding.span
    what = f"{finding.file}:{span.line}:{span.column}: {finding.code} {finding.message}; {finding.remedy}"
    return printable(what)
