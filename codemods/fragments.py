"""LibCST on just the statement that changes: the rest of the file stays as it is, byte for byte, by construction.

A simple statement is parsed whole; of a compound statement only the expression in its header that changes, in
parentheses, so that a line break inside the header is none of our concern.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from references.python.names import blocks
from references.python.parsing import offsets_of
from references.text import LineTable


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
class _Fragment:
    start: int
    end: int
    is_statement: bool
    node: ast.stmt | ast.expr


def edits_for(tree: ast.Module, table: LineTable, changes: Sequence[Change]) -> list[Edit]:
    """One edit for each statement or header expression that holds changes. Raises ValueError if LibCST rejects one."""
    grouped: dict[_Fragment, list[Change]] = {}
    for change in changes:
        grouped.setdefault(_enclosing(tree, table, change), []).append(change)
    return [
        Edit(fragment.start, fragment.end, _rewritten(fragment, table.text, inside))
        for fragment, inside in grouped.items()
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


def _enclosing(tree: ast.Module, table: LineTable, change: Change) -> _Fragment:
    """The innermost simple statement, or header expression of a compound statement, that holds `change`."""
    body: list[ast.stmt] = tree.body
    while True:
        statement = _holding(body, table, change)
        inner = [block for block in blocks(statement) if _within(block, table, change)]
        if inner:
            body = inner[0]
            continue
        if not any(True for _ in blocks(statement)):
            return _Fragment(*offsets_of(statement, table), is_statement=True, node=statement)
        for expression in _header(statement):
            start, end = offsets_of(expression, table)
            if start <= change.start and change.end <= end:
                return _Fragment(start, end, is_statement=False, node=expression)
        raise ValueError(f"no statement holds offset {change.start}")


def expression_at(tree: ast.Module, table: LineTable, start: int, end: int) -> ast.expr:
    """The outermost expression from `start` to `end` (offsets). Raises ValueError if there is none."""
    fragment = _enclosing(tree, table, Change(start, end, ""))
    pending: list[ast.AST] = [fragment.node]
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.expr):
            first, last = offsets_of(node, table)
            if (first, last) == (start, end):
                return node
            if last <= start or end <= first:
                continue
        pending.extend(ast.iter_child_nodes(node))
    raise ValueError(f"no expression stands at offset {start}")


def _holding(body: list[ast.stmt], table: LineTable, change: Change) -> ast.stmt:
    return next(
        statement for statement in body if _begin(statement, table) <= change.start < offsets_of(statement, table)[1]
    )


def _begin(statement: ast.stmt, table: LineTable) -> int:
    """Where a statement begins, its decorators included."""
    nodes = [statement, *getattr(statement, "decorator_list", ())]
    return min(offsets_of(node, table)[0] for node in nodes)


def _within(block: list[ast.stmt], table: LineTable, change: Change) -> bool:
    return _begin(block[0], table) <= change.start and change.end <= offsets_of(block[-1], table)[1]


def _header(statement: ast.stmt) -> Iterable[ast.expr]:
    """The outermost expressions of a compound statement outside its bodies."""
    pending: list[ast.AST] = [statement]
    while pending:
        for child in ast.iter_child_nodes(pending.pop()):
            if isinstance(child, ast.expr):
                yield child
            elif not isinstance(child, ast.stmt):
                pending.append(child)


def _rewritten(fragment: _Fragment, text: str, changes: Sequence[Change]) -> str:
    source = text[fragment.start : fragment.end]
    opening, closing = ("", "") if fragment.is_statement else ("(", "\n)")
    shift = len(opening) - fragment.start
    code = opening + source + closing
    replacements = {}
    for change in changes:
        start, end = change.start + shift, change.end + shift
        span = (len(code[:start].encode()), len(code[start:end].encode()))
        replacements[span] = cst.parse_expression(_separated(change, text))
    try:
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
