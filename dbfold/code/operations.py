"""Operations that may say something about a path: which of them are worth a fact.

Most operators of a program join no paths. What is kept is small: a text for people has blanks, a path has none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from dbfold.code.expressions import Attribute, Call, Either, Expression, Item, Name, Operation, Text, last_name
from dbfold.code.libraries import DERIVING_ATTRIBUTES, DERIVING_FUNCTIONS, DERIVING_METHODS, DESTRUCTIVE_PROGRAMS

Part = str | Expression | None

_BLANK = re.compile(r"\s")
_PROGRAM = re.compile(rf"\s*(?:sudo\s+)?(?:\S*/)?(?:{'|'.join(sorted(DESTRUCTIVE_PROGRAMS))})\s")
_FUNCTION_NAMES = frozenset(name.rpartition(".")[2] for name in DERIVING_FUNCTIONS)
_LOOPED_CALLS = frozenset("items keys values sorted enumerate zip list tuple set reversed".split())


def starts_program(text: str) -> bool:
    """Is it the beginning of a shell command that deletes, moves or overwrites files?"""
    return _PROGRAM.match(text) is not None


def joined(parts: Sequence[Part], line: int) -> Operation | None:
    """A text that is put together from `parts`, literals as strings."""
    literals = [part for part in parts if isinstance(part, str)]
    if len(parts) < 2 or len(literals) + parts.count(None) == len(parts):
        return None
    if any(map(_BLANK.search, literals)) and not (isinstance(parts[0], str) and starts_program(parts[0])):
        return None
    return Operation("+", tuple(Text(part) if isinstance(part, str) else part for part in parts), line)


def in_directory(directory: Expression | None, name: Expression | None, line: int) -> Operation | None:
    """`directory / name`, `os.path.join(directory, name)`."""
    return Operation("/", (directory, name), line) if _may_be_path(name) else None


def compared(node: ast.Compare, operands: Sequence[Expression | None]) -> Operation | None:
    """`left == right` and `left in right`, where either may be a path."""
    what = {ast.Eq: "==", ast.NotEq: "==", ast.In: "in", ast.NotIn: "in"}.get(type(node.ops[0]))
    constants = [one.value for one in (node.left, *node.comparators) if isinstance(one, ast.Constant)]
    texts = [one for one in constants if isinstance(one, str)]
    if what is None or len(operands) != 2 or len(texts) < len(constants):
        return None
    if texts and what == "==" and not any("/" in text or "." in text for text in texts):
        return None
    return Operation(what, tuple(operands), node.lineno) if any(map(_may_be_path, operands)) else None


def keyed(keys: Iterable[Expression | None], line: int) -> Operation | None:
    """`{path: …}`, `pools[path]`."""
    found = tuple(key for key in keys if _may_be_path(key))
    return Operation("key", found, line) if found else None


def looped(iterated: Expression, line: int) -> Operation | None:
    """`for path in paths`."""
    if isinstance(iterated, Call) and last_name(iterated.function) not in _LOOPED_CALLS:
        return None
    return Operation("for", (iterated,), line) if isinstance(iterated, (Either, Name, Attribute, Call, Item)) else None


def sliced(base: Expression | None, line: int) -> Operation | None:
    """`path[:-3]`."""
    return Operation("[:]", (base,), line) if _may_be_path(base) else None


def derived(expression: Attribute | Call, line: int) -> Operation | None:
    """`path.stem`, `path.replace("a", "b")`, `os.path.basename(path)`."""
    if isinstance(expression, Attribute):
        wanted = expression.name in DERIVING_ATTRIBUTES and _may_be_path(expression.base)
        return Operation("derive", (expression,), line) if wanted else None
    function = expression.function
    name = last_name(function)
    if name in DERIVING_METHODS and isinstance(function, Attribute) and _may_be_path(function.base):
        return Operation("derive", (expression,), line)
    wanted = name in _FUNCTION_NAMES and any(map(_may_be_path, expression.arguments))
    return Operation("derive", (expression,), line) if wanted else None


def _may_be_path(expression: Expression | None) -> bool:
    return isinstance(expression, (Name, Attribute, Call, Item))
