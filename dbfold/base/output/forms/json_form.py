"""For programs: one JSON document."""

from __future__ import annotations

from dbfold.base.output.json_text import json_text
from dbfold.base.output.report import Report
from dbfold.base.output.screen import Screen


def render(report: Report, screen: Screen) -> str:
    """The whole document, with a newline at its end."""
    return json_text(report.document())
