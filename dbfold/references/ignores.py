"""Ignore comments: `# dbfold: ignore[DBF001] reason` accepts what is found on its line.

A comment with a line of its own covers the next line of code. One beside or above a text over several lines covers
all of them. In files that are no Python, whatever begins a comment there may begin this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbfold.base.spans import Span
from dbfold.base.suggestions import suggestion
from dbfold.base.text import LineTable
from dbfold.code.lexer import tokens
from dbfold.policy.codes import Code
from dbfold.references.model import Reference

_MARK = "dbfold:"
_DIRECTIVE = r"dbfold:[ \t]*ignore\b[ \t]*(?:\[(?P<codes>[^\]\r\n]*)\])?(?P<reason>[^\r\n]*)"
# Where a comment begins, not inside of one: "# write `# dbfold: ignore[DBF001] why` there" ignores nothing.
_IN_PYTHON = re.compile(rf"(?:\A|(?<=\s))#+[ \t]*{_DIRECTIVE}")
_PLAIN = re.compile(rf"(?:^|(?<=\s))(?:#+|//|--|;|/\*|<!--|[Rr][Ee][Mm]\b)[ \t]*{_DIRECTIVE}", re.MULTILINE)
_NEXT_COMMENT = re.compile(r"\s#(?:\s|$).*|\*/.*|-->.*", re.DOTALL)
_BLANK_OR_COMMENT = re.compile(r"\s*(?:#|//|--|;|$)")
_SYNTAX = "write `dbfold: ignore[DBF001] reason`"


@dataclass(frozen=True, slots=True)
class Ignore:
    """One ignore comment. `first` and `last` are the lines that it covers.

    `problem` says why it ignores nothing at all: no codes, or no reason; None if it is well formed.
    """

    span: Span
    first: int
    last: int
    codes: tuple[Code, ...]
    reason: str
    problem: str | None = None

    def covers(self, reference: Reference) -> bool:
        """True if the comment accepts what was found at `reference`."""
        return (
            self.problem is None
            and reference.code in self.codes
            and self.first <= reference.span.end_line
            and reference.span.line <= self.last
        )


@dataclass(frozen=True, slots=True)
class UsedIgnore:
    """An ignore comment, and those of its codes that ignored nothing."""

    ignore: Ignore
    unused: tuple[Code, ...]


def has_ignores(text: str) -> bool:
    """False for a text that certainly holds no ignore comment."""
    return _MARK in text


def ignores_in(text: str, table: LineTable, *, is_python: bool) -> tuple[Ignore, ...]:
    """The ignore comments of a file."""
    if not has_ignores(text):
        return ()
    return tuple((_python_ignores if is_python else _plain_ignores)(text, table))


def covering(
    references: Sequence[Reference], ignores: Sequence[Ignore]
) -> tuple[list[Ignore | None], list[UsedIgnore]]:
    """For each reference of a file the comment that ignores it, if any; and the comments with what they ignored."""
    used: set[tuple[Ignore, Code]] = set()
    result: list[Ignore | None] = []
    for reference in references:
        found = [ignore for ignore in ignores if ignore.covers(reference)]
        used.update((ignore, reference.code) for ignore in found if reference.code)
        result.append(found[0] if found else None)
    unused = [tuple(code for code in ignore.codes if (ignore, code) not in used) for ignore in ignores]
    return result, list(map(UsedIgnore, ignores, unused))


def _python_ignores(text: str, table: LineTable) -> Iterator[Ignore]:
    """Those in comment tokens: a string that holds such a text is none."""
    several_lines: list[tuple[int, int]] = []
    comments: list[re.Match[str]] = []
    for token in tokens(text):
        if token[0][0] == "#":
            if _MARK in token[0]:
                comments.append(token)
            continue
        first, last = table.line_of(token.start()), table.line_of(token.end() - 1)
        if first != last:
            several_lines.append((first, last))
    for token in comments:
        directive = _IN_PYTHON.search(token[0])
        if directive is not None:
            start = token.start() + directive.start()
            yield _ignore(directive, start, token.start(), text, table, several_lines)


def _plain_ignores(text: str, table: LineTable) -> Iterator[Ignore]:
    for directive in _PLAIN.finditer(text):
        yield _ignore(directive, directive.start(), directive.start(), text, table, [])


def _ignore(
    directive: re.Match[str],
    start: int,
    comment_start: int,
    text: str,
    table: LineTable,
    several_lines: Sequence[tuple[int, int]],
) -> Ignore:
    line = table.line_of(start)
    alone = not text[table.starts[line - 1] : comment_start].strip()
    code_line = _next_code_line(line, text, table) if alone else line
    first, last = _with_texts(code_line, several_lines)
    reason = _NEXT_COMMENT.sub("", directive["reason"]).strip().lstrip(":").strip()
    codes, problem = _codes(directive["codes"])
    if problem is None and not re.search(r"\w", reason):
        problem = f"gives no reason; {_SYNTAX}"
    end = start + len(directive[0].rstrip())
    return Ignore(table.span(start, end), first, last, codes, reason, problem)


def _codes(listed: str | None) -> tuple[tuple[Code, ...], str | None]:
    """The codes in the brackets, and what is wrong with them."""
    names = [name.strip() for name in (listed or "").split(",") if name.strip()]
    if not names:
        return (), f"names no code; {_SYNTAX}"
    for name in names:
        if name not in list(Code):
            return (), f"names {name}, which is no code of dbfold{suggestion(name, map(str, Code))}"
    return tuple(dict.fromkeys(map(Code, names))), None


def _next_code_line(line: int, text: str, table: LineTable) -> int:
    """The first line after `line` that is neither blank nor a comment; `line` itself at the end of the file."""
    for number in range(line + 1, len(table.starts) + 1):
        if not _BLANK_OR_COMMENT.match(text, table.starts[number - 1], table.line_end(number)):
            return number
    return line


def _with_texts(line: int, several_lines: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The lines of the texts over several lines that begin or end on `line`, or just that line."""
    touching = [span for span in several_lines if line in span]
    return min([line, *(first for first, _ in touching)]), max([line, *(last for _, last in touching)])
