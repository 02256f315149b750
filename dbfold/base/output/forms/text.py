"""For people."""

from __future__ import annotations

from dbfold.base.output.report import Report
from dbfold.base.output.screen import Screen


def render(report: Report, screen: Screen) -> str:
    """The whole report, with a newline at its end."""
    return report.text(screen)
