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

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from references.text import LineTable


def lowered(text: str) -> str | None:
    """`text` in older syntax, equal in length and lines; None if LibCST does not parse it either."""
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError, ValueError):
        return None
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    lowering = _Lowering(text)
    wrapper.visit(lowering)
    return "".join(lowering.characters)


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

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        self._string(node, node.quote, node.parts)

    def visit_TemplatedString(self, node: cst.TemplatedString) -> None:
        start, _ = self._range(node)
        prefix = self.text.index("t", start) if "t" in node.start else self.text.index("T", start)
        self.characters[prefix] = "f"
        self._string(node, node.quote, node.parts)

    def _string(self, node: cst.CSTNode, quote: str, parts: object) -> None:
        for part in parts:  # type: ignore[attr-defined]
            if not isinstance(part, (cst.FormattedStringExpression, cst.TemplatedStringExpression)):
                continue
            start, end = self._range(part.expression)
            field = self.text[start:end]
            if quote[0] in field or "\\" in field or "#" in field or ("\n" in field and len(quote) == 1):
                self._field(start, end, quote[0])

    def _field(self, start: int, end: int, quote: str) -> None:
        field = self.text[start:end]
        other = "'" if quote == '"' else '"'
        if other in field or "\\" in field or "#" in field:
            self._overwrite(start, end, "_")
        else:
            self.characters[start:end] = field.replace(quote, other)
