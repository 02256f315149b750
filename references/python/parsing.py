"""Python source to `ast`, newer syntax included; every way of failing becomes one exception."""

from __future__ import annotations

import ast
import warnings


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
        from references.python.newer_syntax import lowered

        older = lowered(text)
        if older is None:
            raise UnparsableError(f"does not parse: {error.msg}", error.lineno) from error
    try:
        return _parse(older)
    except SyntaxError as error:
        message = f"uses syntax newer than this Python, which dbfold cannot read yet: {error.msg}"
        raise UnparsableError(message, error.lineno) from error


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
