"""For issues and pull requests: all tables, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbfold.base.output.report import Report
from dbfold.base.output.screen import Screen
from dbfold.base.output.table import Table


def render(report: Report, screen: Screen) -> str:
    """The tables, one below the other, with a newline at the end."""
    return "\n\n".join("\n".join(_lines(table)) for table in report.tables()) + "\n"


def _lines(table: Table) -> Iterator[str]:
    if table.name:
        yield f"**{table.name}**\n"
    yield _line(table.columns)
    yield "|" + "".join("---:|" if number in table.numbers else "---|" for number in range(len(table.columns)))
    yield from map(_line, table.rows)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
