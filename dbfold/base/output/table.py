"""Tables: as aligned lines in a pipe; on a terminal within its width, where no word is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dbfold.base.output.printable import printable, width
from dbfold.base.output.screen import PIPE, Screen

_GAP = 2
_NARROW = 80


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts. The columns in `numbers` are aligned to the right.

    `short` are names of the columns for narrow terminals; `name` is for forms that have several tables.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    short: tuple[str, ...] = ()
    name: str = ""


def table_lines(table: Table, screen: Screen = PIPE) -> Iterator[str]:
    """The table for `screen`: in a pipe each row is a line of any length; on a terminal it fits.

    Where the longest words alone would be too wide, each row becomes a small block of its own.
    """
    natural = _natural(table)
    if screen.width is None or _total(natural, _GAP) <= screen.width:
        return _rich(table, natural, _GAP, screen) if screen.color else _plain(table, natural)
    narrow = replace(table, columns=table.short or table.columns)
    for one, gap in ((table, _GAP), (narrow, _GAP), (narrow, 1)):
        widths = _fitted(one, screen.width, gap)
        if widths is not None:
            return _rich(one, widths, gap, screen)
    return _blocks(table, screen)


def _cells(table: Table) -> Iterator[tuple[str, ...]]:
    return zip(table.columns, *table.rows, strict=True)


def _natural(table: Table) -> list[int]:
    return [max(width(cell) for cell in column) for column in _cells(table)]


def _total(widths: Sequence[int], gap: int) -> int:
    return sum(widths) + gap * (len(widths) - 1)


def _plain(table: Table, widths: Sequence[int]) -> Iterator[str]:
    for row in (table.columns, *table.rows):
        cells = (
            _padded(cell, size, right=index in table.numbers)
            for index, (cell, size) in enumerate(zip(row, widths, strict=True))
        )
        yield (" " * _GAP).join(cells).rstrip()


def _padded(cell: str, size: int, *, right: bool) -> str:
    blanks = " " * (size - width(cell))
    return blanks + cell if right else cell + blanks


def _fitted(table: Table, available: int, gap: int) -> list[int] | None:
    """Widths that fit, none below its column's longest word; None if there are none."""
    least = [max((width(word) for cell in column for word in cell.split()), default=0) for column in _cells(table)]
    if _total(least, gap) > available:
        return None
    widths = _natural(table)
    while _total(widths, gap) > available:
        # The column with most to spare gives way: what is left of its text needs the fewest further lines.
        index = max(range(len(widths)), key=lambda number: widths[number] - least[number])
        widths[index] -= 1
    return widths


def _rich(table: Table, widths: Sequence[int], gap: int, screen: Screen) -> Iterator[str]:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(box=None, pad_edge=False, padding=(0, gap, 0, 0), show_header=False)
    for size in widths:
        shown.add_column(width=size, overflow="ignore", no_wrap=True)
    for number, row in enumerate((table.columns, *table.rows)):
        cells = (
            Text(_wrapped(printable(cell), size, right=index in table.numbers))
            for index, (cell, size) in enumerate(zip(row, widths, strict=True))
        )
        shown.add_row(*cells, style="bold" if screen.color and not number else None)
    console = Console(
        width=_total(widths, gap) + gap, force_terminal=screen.color, no_color=not screen.color, emoji=False
    )
    with console.capture() as captured:
        console.print(shown)
    return (line.rstrip() for line in captured.get().splitlines())


def _wrapped(text: str, size: int, *, right: bool = False) -> str:
    """The words in lines of at most `size` columns, if no word is longer."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width(f"{lines[-1]} {word}") <= size:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(_padded(line, size, right=True) for line in lines) if right else "\n".join(lines)


def _blocks(table: Table, screen: Screen) -> Iterator[str]:
    """A row as its first cell, and below it the others with their names, empty ones left out."""
    for first, *rest in table.rows:
        yield from map(screen.bold, _wrapped(printable(first), screen.width or _NARROW).split("\n"))
        named = zip(table.columns[1:], rest, strict=True)
        parts = [f"{name}\N{NO-BREAK SPACE}{printable(cell)}" for name, cell in named if cell]
        lines = _wrapped(", ".join(parts), (screen.width or _NARROW) - _GAP).splitlines()
        yield from (f"{' ' * _GAP}{line}".replace("\N{NO-BREAK SPACE}", " ") for line in lines if line)
