"""For people: the place, the source line with a caret below what is meant, and what to do.

services/shop/store.py:3:30: DBF001 hardcoded path of shop.db [*]
  |
3 | connection = sqlite3.connect("/app/data/shop.db")
  |                              ^^^^^^^^^^^^^^^^^^^
  = use DATABASE_PATH (from database_config import DATABASE_PATH)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dbfold.base.output.printable import printable, width
from dbfold.references.documents import error_line
from dbfold.rules.model import Checked, Finding
from dbfold.rules.output.summary import summary_line, tolerance_lines

_LONGEST_LINE = 160  # code points of source that are shown; generated files have lines of megabytes
_BEFORE = 60  # of these, before what is meant
_BOLD, _RED, _BLUE, _CYAN, _RESET = "\033[1m", "\033[1;31m", "\033[34m", "\033[36m", "\033[0m"


def render(checked: Checked, *, color: bool = False) -> str:
    """The whole report, with a newline at its end."""
    paint = _painted if color else _plain
    lines: list[str] = []
    for finding in checked.findings:
        lines += [*_finding_lines(finding, paint), ""]
    for error in checked.errors:
        lines += [f"{paint('error', _RED)}: {printable(error_line(error))}", ""]
    if checked.errors:
        lines += ["A file that cannot be checked fails the run: mend it, or list it under `exclude` in the policy."]
    if checked.tolerances:
        lines += ["tolerated by the baseline:", *map(printable, tolerance_lines(checked.tolerances))]
    return "\n".join([*lines, summary_line(checked)]) + "\n"


def _plain(text: str, style: str) -> str:
    return text


def _painted(text: str, style: str) -> str:
    return f"{style}{text}{_RESET}"


_Paint = Callable[[str, str], str]


def _finding_lines(finding: Finding, paint: _Paint) -> Iterator[str]:
    span = finding.span
    place = paint(printable(f"{finding.file}:{span.line}:{span.column}"), _BOLD)
    fixable = f" [{paint('*', _CYAN)}]" if finding.fixable else ""
    yield f"{place}: {paint(finding.code, _RED)} {printable(finding.message)}{fixable}"
    gutter = " " * len(str(span.line))
    bar = paint("|", _BLUE)
    if finding.source.strip():
        source, marker = _marked(finding)
        yield f"{gutter} {bar}"
        yield f"{paint(str(span.line), _BLUE)} {bar} {source}"
        yield f"{gutter} {bar} {paint(marker, _RED)}"
    yield f"{gutter} {paint('=', _BLUE)} {printable(finding.remedy)}"


def _marked(finding: Finding) -> tuple[str, str]:
    """The source line, and carets below what is meant: to the end of the line if that goes on in the next."""
    span, source = finding.span, finding.source.replace("\t", "    ")
    shift = 3 * finding.source.count("\t", 0, span.column - 1)
    start = span.column - 1 + shift
    inside = 3 * finding.source.count("\t", span.column - 1, span.end_column - 1)
    end = len(source) if span.end_line > span.line else span.end_column - 1 + shift + inside
    source, start, end = _window(source, start, max(end, start + 1))
    before, meant, after = source[:start], source[start:end], source[end:]
    caret = "^" * max(width(printable(meant)), 1)
    return printable(before + meant + after).rstrip(), " " * width(printable(before)) + caret


def _window(source: str, start: int, end: int) -> tuple[str, int, int]:
    """A long line cut to what is around the span, and the span in it."""
    if len(source) <= _LONGEST_LINE:
        return source, start, end
    first = max(0, min(start - _BEFORE, len(source) - _LONGEST_LINE))
    last = first + _LONGEST_LINE
    cut_before, cut_after = "…" * (first > 0), "…" * (last < len(source))
    shift = len(cut_before) - first
    text = cut_before + source[first:last] + cut_after
    return text, start + shift, min(end, last) + shift
