"""All forms in which commands report, in one place.

A new form for every command is a module in `dbfold.base.output.forms` that makes a text of a `Report`, and a line in
`FORMATS`. A form that only one command has goes into `own` of its reports, and into `_OWN`.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from dbfold.base.output.report import Report
from dbfold.base.output.screen import PIPE, Screen, screen_of

FORMATS = {
    "text": "dbfold.base.output.forms.text",
    "json": "dbfold.base.output.forms.json_form",
    "markdown": "dbfold.base.output.forms.markdown",
    "csv": "dbfold.base.output.forms.csv_form",
}
_OWN = {
    "check": ("concise", "github", "gitlab", "sarif", "junit"),
    "sql": ("sarif",),
    "move plan": ("sql",),
}


class Form(Protocol):
    """A module that makes a text of a report."""

    def render(self, report: Report, screen: Screen) -> str:
        """The whole text, with a newline at its end."""


def forms_of(command: str) -> tuple[str, ...]:
    """The forms that a command has."""
    return (*FORMATS, *_OWN.get(command, ()))


def add_format_option(parser: argparse.ArgumentParser, command: str) -> None:
    """`--format`, with the forms that the command has."""
    parser.add_argument("--format", choices=forms_of(command), default="text", help="how to report (default: text)")


def rendered(report: Report, form: str, screen: Screen = PIPE) -> str:
    """The report in a form. A form's module is imported only now."""
    if form in report.own:
        return report.own[form](screen)
    return cast(Form, import_module(FORMATS[form])).render(report, screen)


def show(report: Report, arguments: argparse.Namespace) -> None:
    """Print the report in the form that was asked for. What stdout cannot show of names is escaped."""
    sys.stdout.write(rendered(report, arguments.format, screen_of(sys.stdout, arguments.color)))


def write(text: str, output: Path | None = None) -> None:
    """Write a text to stdout, or to a file; bytes of names that are no UTF-8 stay what they are."""
    data = text.encode("utf-8", "surrogateescape")
    if output is not None:
        output.write_bytes(data)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
