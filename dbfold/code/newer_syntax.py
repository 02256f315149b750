"""Source in newer syntax than the running Python, lowered to older syntax of the same length.

LibCST parses every version's syntax; `ast` only its own (1,685 of homeassistant's 10,913 files do not parse on 3.11).
Rather than a second detector on another tree, what is new is overwritten in place, so that every position in the
`ast` of the lowered text is a position in the original:

    def first[T](items: list[T])     PEP 695   the parameters become blanks
    type Alias = dict[str, int]      PEP 695   `type;Alias = …`
    f"{row["name"]}"                 PEP 701   the inner quotes change, or the field becomes underscores
    except ValueError, TypeError:    PEP 758   `except ValueError| TypeError:`
    t"{name}"                        PEP 750   an f-string
"""

from __future__ import annotations

import ast
import re

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from dbfold.base.text import LineTable


def lowered(text: str) -> str | None:
    """`text` in older syntax, equal in length and lines; None if LibCST does not parse it either."""
    if _too_deep(text):
        return None
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError, ValueError):
        return None
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    lowering = _Lowering(text)
    wrapper.visit(lowering)
    return "".join(lowering.characters)


def _too_deep(text: str) -> bool:
    """True for nesting beyond CPython's own limits: LibCST's parser has none, and overflows its stack."""
    depth = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match[0] in "([{" else -1
        if depth > _DEEPEST:
            return True
    return any(line.count("+") > _LONGEST_CHAIN for line in text.split("\n"))


_BRACKET = re.compile(r"[()\[\]{}]")
_DEEPEST = 200
_LONGEST_CHAIN = 1000


class _Lowering(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.table = LineTable(text)
        self.characters = list(text)

    def _range(self, node: cst.CSTNode) -> tuple[int, int]:
        place = self.get_metadata(PositionProvider, node)
        starts = self.table.starts
        return starts[place.start.line - 1] + place.start.column, starts[place.end.line - 1] + place.end.column

    def _overwrite(self, start: int, end: int, filler: str) -> None:
        for offset in range(start, end):
            if self.characters[offset] not in "\r\n":
                self.characters[offset] = filler

    def visit_TypeParameters(self, node: cst.TypeParameters) -> None:
        start, end = self._range(node)
        self._overwrite(start, end, " ")

    def visit_TypeAlias(self, node: cst.TypeAlias) -> None:
        start, _ = self._range(node)
        self.characters[start + len("type")] = ";"

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> None:
        if isinstance(node.type, cst.Tuple) and not node.type.lpar:
            for element in node.type.elements[:-1]:
                _, end = self._range(element.value)
                comma = self.text.index(",", end)
                self.characters[comma] = "|"

    def visit_FormattedString(self, node: cst.FormattedString) -> bool:
        self._lower_string(node)
        return False

    def visit_TemplatedString(self, node: cst.TemplatedString) -> bool:
        start, _ = self._range(node)
        prefix = start + node.start.lower().index("t")
        self.characters[prefix] = "f"
        self._lower_string(node)
        return False

    def _lower_string(self, node: cst.FormattedString | cst.TemplatedString) -> None:
        """Make an outermost f-string readable: field by field, or, where that is not enough, as a whole."""
        start, end = self._range(node)
        for part in node.parts:
            if isinstance(part, (cst.FormattedStringExpression, cst.TemplatedStringExpression)):
                self._lower_field(*self._range(part.expression), node.quote)
        if not _parses("".join(self.characters[start:end])):
            self._overwrite(start + len(node.start), end - len(node.end), "_")

    def _lower_field(self, start: int, end: int, quote: str) -> None:
        """Keep the field's expression, else change its quotes, else blank it out."""
        field = self.text[start:end]
        other = "'" if quote[0] == '"' else '"'
        for candidate in (field, field.replace(quote[0], other)):
            if _parses(f"f{quote}{{{candidate}}}{quote}"):
                self.characters[start:end] = candidate
                return
        self._overwrite(start, end, "_")


def _parses(expression: str) -> bool:
    try:
        ast.parse(f"({expression})")
    except (SyntaxError, ValueError):
        return False
    return True
