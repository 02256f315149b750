"""Paths that code puts together: `Path("data") / "x.db"`, `os.path.join(…)`, `+`, f-strings, `%`, `format`, `join`.

A composition is reduced to one text in which computed parts stand as `{name}`, so that the same policy question
("which database, in which directory?") is asked of every style.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dbfold.code.libraries import JOIN_FUNCTIONS, PATH_CLASSES
from dbfold.code.names import ModuleNames, dotted
from dbfold.references.candidates import WHOLE_SUFFIX
from dbfold.references.languages.python.formats import Part, brace_parts, percent_parts, string_parts

_LONGEST = 1024
_SEPARATORS = {"os.sep": "/", "os.path.sep": "/"}


@dataclass(frozen=True, slots=True)
class _Known:
    """What an expression evaluates to.

    text         computed parts as `{name}` or `{...}`
    literal      the string literal that holds the end of the text: the file's name; None where that is not written here
    is_path      it evaluates to a `Path`, constructed by `constructor` where that is written in the expression
    computed     the expressions behind the computed parts
    through      the constant that holds the file's name, behind a directory that is known here only; `literal` is where
                 it is used
    """

    text: str
    literal: ast.expr | None
    is_path: bool = False
    constructor: str | None = None
    computed: tuple[ast.expr, ...] = ()
    through: str | None = None


@dataclass(frozen=True, slots=True)
class Composition(_Known):
    """A path or text that an expression evaluates to, whose end is known: fields as in `_Known`."""

    literal: ast.expr


def compose(node: ast.expr, names: ModuleNames) -> Composition | None:
    """What `node` evaluates to, None if the end of it, which names the file, is not known."""
    found = _known(node, names, 0)
    if found is None:
        return None
    literal = node if found.literal is None and _is_database(found.text) else found.literal  # all of it is constants
    if literal is None:
        return None
    return Composition(found.text, literal, found.is_path, found.constructor, found.computed, found.through)


def text_of_name(name: str, names: ModuleNames) -> str | None:
    """The text that a constant of a module holds, computed parts as in a composition; None where nothing is known."""
    found = _known(ast.Name(name, ast.Load()), names, 1)
    return None if found is None else found.text


def _known(node: ast.expr, names: ModuleNames, depth: int) -> _Known | None:
    if depth > 200:  # a generated chain of `+`; its pieces are looked at one by one
        return None
    match node:
        case ast.Constant(value=str() as text):
            return _Known(text, node)
        case ast.JoinedStr():
            return _assembled(string_parts(node), node, names, depth)
        case ast.BinOp(op=ast.Add() | ast.Div()):
            return _binary(node, names, depth)
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str() as text) as literal):
            return _assembled(percent_parts(text, node.right), literal, names, depth)
        case ast.Call():
            return _call(node, names, depth)
        case ast.Name() if depth and (value := names.constant(node.id)) is not None:
            return _directory(_constant(node.id, value, names, depth))
        case ast.Attribute() if (separator := _SEPARATORS.get(names.qualified(node) or "")) is not None and depth:
            return _Known(separator, None)
    return None


def _constant(name: str, value: ast.expr, names: ModuleNames, depth: int) -> _Known | None:
    """What a constant holds; None for one that is made of itself, or grows beyond any path.

    Each is worked out once: constants made of constants would else take twice as long with every step.
    """
    key = (name, *map(id, names.enclosing))
    if key not in names.composed:
        names.composed[key] = None  # what it is while it is made of itself
        known = _known(value, names, depth + 1)
        names.composed[key] = known if known is not None and len(known.text) <= _LONGEST else None
    found: _Known | None = names.composed[key]
    return None if found is None else replace(found, literal=None)


def _directory(known: _Known | None) -> _Known | None:
    """A text unless it names a database itself: that place is the text's, not its user's."""
    return None if known is None or _is_database(known.text) else known


def _is_database(text: str) -> bool:
    """Does a text name a database? A suffix alone does not."""
    match = WHOLE_SUFFIX.search(text)
    return match is not None and match.start() > 0


def _database(node: ast.expr, names: ModuleNames, depth: int) -> str | None:
    """The text of a constant that names a database, and may be put behind a directory."""
    value = names.constant(node.id) if isinstance(node, ast.Name) else None
    known = _constant(node.id, value, names, depth) if value is not None and isinstance(node, ast.Name) else None
    is_end = known is not None and _is_database(known.text) and not known.text.startswith(("/", "{", "~"))
    return known.text if known is not None and is_end and "://" not in known.text else None


def _assembled(parts: Iterable[Part], literal: ast.expr | None, names: ModuleNames, depth: int) -> _Known:
    """A text of several parts. `literal` is the one that the parts are written in."""
    texts, computed = [], []
    through: str | None = None
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            through = None if part else through
            continue
        value = part.value.value if isinstance(part.value, ast.FormattedValue) else part.value
        known = _database(value, names, depth) if part.as_it_is and "".join(texts).endswith("/") else None
        through = value.id if known is not None and isinstance(value, ast.Name) else None
        texts.append(known or (_part(value, names, depth) if part.as_it_is else _placeholder(value)))
        if not isinstance(value, ast.Constant):
            computed.append(part.value)
    return _Known("".join(texts), literal, computed=tuple(computed), through=through)


def _part(node: ast.expr, names: ModuleNames, depth: int) -> str:
    """The text of a part, its placeholder where it is not known, or is a place of its own."""
    known = _known(node, names, depth + 1)
    if not isinstance(node, ast.Constant):
        known = _directory(known)
    return _placeholder(node) if known is None or "{" in known.text else known.text


def _binary(node: ast.BinOp, names: ModuleNames, depth: int) -> _Known | None:
    # A long chain of `+` leans left: it is walked here in a loop, because recursion would overflow.
    operands = [node.right]
    separators = [_separator(node)]
    left = node.left
    while isinstance(left, ast.BinOp) and isinstance(left.op, (ast.Add, ast.Div)):
        operands.append(left.right)
        separators.append(_separator(left))
        left = left.left
    operands.append(left)
    operands.reverse()
    separators.reverse()
    if len(operands) > 100:
        return None
    return _concatenate(operands, separators, names, depth, is_path="/" in separators)


def _separator(node: ast.BinOp) -> str:
    return "/" if isinstance(node.op, ast.Div) else ""


def _call(node: ast.Call, names: ModuleNames, depth: int) -> _Known | None:
    if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        inner = node.func.value
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            return _assembled(brace_parts(inner.value, node), inner, names, depth)
    if not node.args or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    function = names.qualified(node.func)
    if function in JOIN_FUNCTIONS or function in PATH_CLASSES:
        return _joined_path(node, function in PATH_CLASSES, names, depth)
    if function in ("str", "os.fspath") and depth:
        return _known(node.args[0], names, depth + 1)
    return _method(node.func, node.args, names, depth) if isinstance(node.func, ast.Attribute) else None


def _joined_path(node: ast.Call, is_path: bool, names: ModuleNames, depth: int) -> _Known | None:
    if len(node.args) == 1 and depth == 0:
        return None  # `Path("x.db")`: the literal is a place of its own, and the call stays
    found = _concatenate(node.args, ["/"] * (len(node.args) - 1), names, depth, is_path)
    return replace(found, is_path=True, constructor=dotted(node.func)) if found is not None and is_path else found


def _method(function: ast.Attribute, arguments: list[ast.expr], names: ModuleNames, depth: int) -> _Known | None:
    operands = [function.value, *arguments]
    match function.attr, arguments:
        case "joinpath" | "with_name", _:
            return _concatenate(operands, ["/"] * len(arguments), names, depth, is_path=True)
        case "with_suffix", _:
            return _concatenate(operands, [""], names, depth, is_path=True)
        case "join", [ast.List() | ast.Tuple() as display]:
            separator = _known(function.value, names, depth + 1)
            if separator is not None and display.elts:
                between = [separator.text] * (len(display.elts) - 1)
                return _concatenate(display.elts, between, names, depth, is_path=False)
    return None


def _concatenate(
    operands: Sequence[ast.expr], separators: list[str], names: ModuleNames, depth: int, is_path: bool
) -> _Known | None:
    """Operands put together; None if none of them is known, or the last one is not."""
    text, literal, constructor = "", None, None
    computed: list[ast.expr] = []
    last: _Known | None = None
    for index, operand in enumerate(operands):
        part = last = _known(operand, names, depth + 1)
        separator = separators[index - 1] if index else ""
        if part is None and index == len(operands) - 1:
            part = last = _behind(text + separator, operand, names, depth)
        if part is None:
            text += separator + _placeholder(operand)
            computed.append(operand)
            literal = None
            continue
        if separator == "/" and part.text.startswith("/"):
            text, separator = "", ""  # joining an absolute path forgets what came before
        text = (text.rstrip("/") if separator and text != "/" else text) + (separator if text != "/" else "")
        text += part.text
        computed.extend(part.computed)
        literal = part.literal
        constructor = constructor or part.constructor
    if last is None:
        return None
    return _Known(text, literal, is_path, constructor, tuple(computed), last.through)


def _behind(before: str, operand: ast.expr, names: ModuleNames, depth: int) -> _Known | None:
    """The last of several operands, a constant that names a database: `DATA / NAME`, `DATA + "/" + NAME`."""
    known = _database(operand, names, depth) if before.endswith("/") and before != "/" else None
    return None if known is None else _Known(known, operand, through=operand.id)  # type: ignore[attr-defined]


def _placeholder(node: ast.expr) -> str:
    return "{" + (dotted(node) or "...") + "}"
