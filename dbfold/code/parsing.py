"""Python source to `ast`, newer syntax included; every way of failing becomes one exception."""

from __future__ import annotations

import ast
import re
import warnings

from dbfold.base.text import LineTable, split_lines

Position = tuple[int, int, int | None, int | None]


def position(node: ast.expr) -> Position:
    """Where an expression stands, as `ast` counts; the same in every tree of the same text."""
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def offsets_of(node: ast.stmt | ast.expr, table: LineTable) -> tuple[int, int]:
    """Where a node begins and ends in the text of `table`, as offsets in code points."""
    start = table.offset(node.lineno, node.col_offset)
    return start, table.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)


class UnparsableError(ValueError):
    """No parser accepts the source. `line` is 1-based, None where it is not known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def parse(text: str) -> ast.Module:
    """The module's syntax tree, with positions that hold for `text`.

    Syntax newer than the running Python is accepted through LibCST (see `newer_syntax`). Raises UnparsableError.
    """
    try:
        return _parse(text)
    except SyntaxError as error:
        older = _lowered(text, error)
        if older is None:
            raise UnparsableError(f"does not parse: {error.msg}", error.lineno) from error
    try:
        return _parse(older)
    except SyntaxError as error:
        message = f"uses syntax newer than this Python, which dbfold cannot read yet: {error.msg}"
        raise UnparsableError(message, error.lineno) from error


# What a line of newer syntax holds: PEP 695, 758, 701 and 750. LibCST takes half a second to import, and most files
# that do not parse are simply wrong.
_NEWER = re.compile(r"\b(?:def|class)\s+\w+\s*\[|^\s*type\s+\w|\bexcept\b.*,|\b(?:[fFtT][rR]?|[rR][fFtT])[\"']")


def _lowered(text: str, error: SyntaxError) -> str | None:
    """The source in older syntax; None if the error's line has nothing of newer syntax, or LibCST rejects it, too."""
    lines = split_lines(text)
    around = lines[max(0, (error.lineno or 1) - 2) : (error.lineno or 1)]
    spread = "f-string" in error.msg or "unterminated" in error.msg or "never closed" in error.msg
    if not spread and not any(_NEWER.search(line) for line in around):
        return None
    from dbfold.code.newer_syntax import lowered

    return lowered(text)


def _parse(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in other people's code are not ours to report
            return ast.parse(text)
    except (RecursionError, MemoryError) as error:
        raise UnparsableError("is nested too deeply for the parser") from error
    except SyntaxError:
        raise
    except ValueError as error:  # null bytes, before Python 3.12
        raise UnparsableError(f"does not parse: {error}") from error
