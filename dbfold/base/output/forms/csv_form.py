"""For spreadsheets: the most detailed table, as comma separated values."""

from __future__ import annotations

import csv
import io

from dbfold.base.output.report import Report
from dbfold.base.output.screen import Screen


def render(report: Report, screen: Screen) -> str:
    """The last table, its columns in the first line."""
    table = report.tables()[-1]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return stream.getvalue()
