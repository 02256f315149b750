"""LibCST on just the statement that changes: the rest of the file stays as it is, byte for byte, by construction.

A simple statement is parsed whole; of a compound statement only the expression in its header that changes, in
parentheses, so that a line break inside the header is none of our concern.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from dbfold.base.text import LineTable
from dbfold.code.names import blocks
from dbfold.code.parsing import offsets_of


@dataclass(frozen=True, slots=True)
class Change:
    """An expression (offsets in code points) and the code that replaces it."""

    start: int
    end: int
    code: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A range of the file's text and its new text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """A simple statement, or an expression in the header of a compound one; `around` are the statements around it."""

    start: int
    end: int
    is_statement: bool
    node: ast.stmt | ast.expr
    around: tuple[ast.stmt, ...] = ()


def edits_for(statements: Statements, changes: Sequence[Change]) -> list[Edit]:
    """One edit for each statement or header expression that holds changes. Raises ValueError if LibCST rejects one."""
    grouped: dict[int, tuple[Fragment, list[Change]]] = {}
    for change in changes:
        fragment = statements.enclosing(change.start, change.end)
        grouped.setdefault(id(fragment.node), (fragment, []))[1].append(change)
    return [
        Edit(fragment.start, fragment.end, _rewritten(fragment, statements.table.text, inside))
        for fragment, inside in grouped.values()
    ]


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all `edits`, which must not overlap."""
    pieces, position = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < position:
            raise ValueError(f"two edits overlap at offset {edit.start}")
        pieces += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, text[position:]])


class Statements:
    """A module's statements and expressions by position: a generated module may have thousands to look up."""

    def __init__(self, tree: ast.Module, table: LineTable) -> None:
        self.tree = tree
        self.table = table
        self._begins: dict[int, list[int]] = {}
        self._headers: dict[int, list[tuple[int, int, ast.expr]]] = {}
        self._expressions: dict[int, dict[tuple[int, int], ast.expr]] = {}

    def enclosing(self, start: int, end: int) -> Fragment:
        """The innermost simple statement, or header expression of a compound statement, around a range.

        Raises ValueError if there is none.
        """
        around: list[ast.stmt] = []
        body: list[ast.stmt] | None = self.tree.body
        while body is not None:
            statement = self._holding(body, start)
            inner = list(blocks(statement))
            if not inner:
                return Fragment(*offsets_of(statement, self.table), True, statement, tuple(around))
            around.append(statement)
            body = next((block for block in inner if _within(block, self.table, start, end)), None)
        headers = self._header(around[-1])
        for first, last, expression in headers[bisect_right(headers, start, key=lambda header: header[0]) - 1 :][:1]:
            if first <= start and end <= last:
                return Fragment(first, last, False, expression, tuple(around))
        raise ValueError(f"no statement holds offset {start}")

    def expression_at(self, start: int, end: int) -> ast.expr:
        """The outermost expression from `start` to `end` (offsets). Raises ValueError if there is none."""
        node = self.enclosing(start, end).node
        if id(node) not in self._expressions:
            self._expressions[id(node)] = self._expressions_of(node)
        try:
            return self._expressions[id(node)][start, end]
        except KeyError:
            raise ValueError(f"no expression stands at offset {start}") from None

    def _holding(self, body: list[ast.stmt], start: int) -> ast.stmt:
        begins = self._begins.get(id(body))
        if begins is None:
            begins = self._begins[id(body)] = [_begin(statement, self.table) for statement in body]
        number = bisect_right(begins, start) - 1
        if number < 0 or start >= offsets_of(body[number], self.table)[1]:
            raise ValueError(f"no statement holds offset {start}")
        return body[number]

    def _header(self, statement: ast.stmt) -> list[tuple[int, int, ast.expr]]:
        if id(statement) not in self._headers:
            found = [(*offsets_of(expression, self.table), expression) for expression in _header(statement)]
            self._headers[id(statement)] = sorted(found, key=lambda header: header[:2])
        return self._headers[id(statement)]

    def _expressions_of(self, node: ast.stmt | ast.expr) -> dict[tuple[int, int], ast.expr]:
        """Every expression by its range, the outermost where several share one. Fields of f-strings are left out."""
        found: dict[tuple[int, int], ast.expr] = {}
        pending: deque[ast.AST] = deque([node])
        while pending:
            inner = pending.popleft()
            if isinstance(inner, ast.expr):
                found.setdefault(offsets_of(inner, self.table), inner)
            if not isinstance(inner, ast.JoinedStr):
                pending.extend(ast.iter_child_nodes(inner))
        return found


def _begin(statement: ast.stmt, table: LineTable) -> int:
    """Where a statement begins, its decorators included."""
    nodes = [statement, *getattr(statement, "decorator_list", ())]
    return min(offsets_of(node, table)[0] for node in nodes)


def _within(block: list[ast.stmt], table: LineTable, start: int, end: int) -> bool:
    return _begin(block[0], table) <= start and end <= offsets_of(block[-1], table)[1]


def _header(statement: ast.stmt) -> Iterable[ast.expr]:
    """The outermost expressions of a compound statement outside its bodies."""
    pending: list[ast.AST] = [statement]
    while pending:
        for child in ast.iter_child_nodes(pending.pop()):
            if isinstance(child, ast.expr):
                yield child
            elif not isinstance(child, ast.stmt):
                pending.append(child)


def _rewritten(fragment: Fragment, text: str, changes: Sequence[Change]) -> str:
    source = text[fragment.start : fragment.end]
    opening, closing = ("", "") if fragment.is_statement else ("(", "\n)")
    shift = len(opening) - fragment.start
    code = opening + source + closing
    replacements = {}
    position = width = 0  # in code points, in bytes
    try:
        for change in sorted(changes, key=lambda change: change.start):
            start, end = change.start + shift, change.end + shift
            if start < position:
                raise ValueError(f"two replacements overlap at offset {change.start}")
            first = width + len(code[position:start].encode())
            length = len(code[start:end].encode())
            replacements[first, length] = cst.parse_expression(_separated(change, text))
            position, width = end, first + length
        wrapper = MetadataWrapper(cst.parse_module(code), unsafe_skip_copy=True)
    except cst.ParserSyntaxError as error:
        raise ValueError(f"LibCST cannot parse the statement at offset {fragment.start}") from error
    spans = wrapper.resolve(ByteSpanPositionProvider)
    transformer = _Replace({node: (span.start, span.length) for node, span in spans.items()}, replacements)
    rewritten = wrapper.module.visit(transformer).code
    if transformer.missing:
        raise ValueError(f"LibCST sees no expression of its own at offset {fragment.start}")
    return rewritten[len(opening) : len(rewritten) - len(closing)] if opening else rewritten


def _separated(change: Change, text: str) -> str:
    """The new code, in parentheses where a keyword touches it (`return"x.db"`)."""
    before, after = text[change.start - 1 : change.start], text[change.end : change.end + 1]
    touches = before.isalnum() or before == "_" or after.isalnum() or after == "_"
    return f"({change.code})" if touches else change.code


class _Replace(cst.CSTTransformer):
    """Replaces the expressions at given byte spans, keeping the parentheses around them."""

    def __init__(
        self,
        spans: dict[cst.CSTNode, tuple[int, int]],
        replacements: dict[tuple[int, int], cst.BaseExpression],
    ) -> None:
        super().__init__()
        self.spans = spans
        self.missing = dict(replacements)

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        updated = super().on_leave(original_node, updated_node)
        if isinstance(original_node, cst.BaseExpression):
            replacement = self.missing.pop(self.spans.get(original_node, (-1, -1)), None)
            if replacement is not None:
                return replacement.with_changes(
                    lpar=[*original_node.lpar, *replacement.lpar],
                    rpar=[*replacement.rpar, *original_node.rpar],
                )
        return updated
