"""Type hints: which classes they promise an object of."""

from __future__ import annotations

import ast

from dbfold.code.expressions import Annotation, Attribute, Expression, Name, either
from dbfold.code.names import dotted

_TYPING = frozenset(
    "Optional Union Any List Dict Tuple Set Iterator Generator AsyncIterator AsyncGenerator Iterable Callable Awaitable"
    " Type ClassVar Final Annotated Literal typing str int float bool bytes list dict tuple set None object Path"
    " pathlib".split()
)


def promised(node: ast.expr | None) -> Expression | None:
    """What a type hint promises: `Store`, `Optional["Store"]`, `Store | None`."""
    if node is None:
        return None
    if isinstance(node, (ast.Name, ast.Attribute)):
        return None if _is_typing(node) else _annotation(node)
    found: list[Expression | None] = []
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.isidentifier():
            found.append(Annotation(Name(part.value)))
        elif isinstance(part, (ast.Name, ast.Attribute)) and not _is_typing(part):
            found.append(_annotation(part))
    return either(found)


def _is_typing(node: ast.Name | ast.Attribute) -> bool:
    return (node.id if isinstance(node, ast.Name) else node.attr) in _TYPING


def _annotation(node: ast.Name | ast.Attribute) -> Expression | None:
    """The class that a type hint names, as an expression."""
    if (name := dotted(node)) is None:
        return None
    first, *rest = name.split(".")
    held: Expression = Name(first)
    for part in rest:
        held = Attribute(held, part)
    return Annotation(held)
