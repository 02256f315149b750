"""Paths that code puts together: `Path("data") / "x.db"`, `os.path.join(…)`, `+`, f-strings, implicit concatenation.

A composition is reduced to one text in which computed parts stand as `{name}`, so that the same policy question
("which database, in which directory?") is asked of every style.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from dbfold.code.libraries import JOIN_FUNCTIONS, PATH_CLASSES
from dbfold.code.names import ModuleNames, dotted
from dbfold.references.candidates import WHOLE_SUFFIX

_LONGEST = 1024
_PERCENT = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdr]")


@dataclass(frozen=True, slots=True)
class Composition:
    """A path or text that an expression evaluates to.

    text         computed parts as `{name}` or `{...}`
    literal      the string literal that holds the end of the text: the file's name
    is_path      it evaluates to a `Path`, constructed by `constructor` where that is written in the expression
    computed     the expressions behind the computed parts
    """

    text: str
    literal: ast.expr
    is_path: bool = False
    constructor: str | None = None
    computed: tuple[ast.expr, ...] = ()


def compose(node: ast.expr, names: ModuleNames, depth: int = 0) -> Composition | None:
    """What `node` evaluates to, None if no part of it is a literal text."""
    if depth > 200:  # a generated chain of `+`; its pieces are looked at one by one
        return None
    match node:
        case ast.Constant(value=str() as text):
            return Composition(text, node)
        case ast.JoinedStr():
            return _joined_string(node, names, depth)
        case ast.BinOp(op=ast.Add() | ast.Div()):
            return _binary(node, names, depth)
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str() as text) as literal):
            replaced = _PERCENT.sub(lambda match: "{" + (match[1] or "...") + "}", text)
            return Composition(replaced, literal, computed=(node.right,))
        case ast.Call():
            return _call(node, names, depth)
        case ast.Name() if depth and (value := names.constant(node.id)) is not None:
            return _directory(_constant(node.id, value, names, depth))
    return None


def _constant(name: str, value: ast.expr, names: ModuleNames, depth: int) -> Composition | None:
    """What a module constant holds; None for one that is made of itself, or grows beyond any path.

    Each is worked out once: constants made of constants would else take twice as long with every step.
    """
    key = (name, *map(id, names.enclosing))
    if key not in names.composed:
        names.composed[key] = None  # what it is while it is made of itself
        known = compose(value, names, depth + 1)
        names.composed[key] = known if known is not None and len(known.text) <= _LONGEST else None
    composition: Composition | None = names.composed[key]
    return composition


def _directory(known: Composition | None) -> Composition | None:
    """A constant's text, unless it names a database itself: that place is the constant's, not its user's."""
    return None if known is None or WHOLE_SUFFIX.search(known.text) else known


def _joined_string(node: ast.JoinedStr, names: ModuleNames, depth: int) -> Composition:
    text, computed = "", []
    for value in node.values:
        if isinstance(value, ast.Constant):
            text += str(value.value)
        elif isinstance(value, ast.FormattedValue):
            text += _placeholder(value.value, names, depth)
            computed.append(value)
    return Composition(text, node, computed=tuple(computed))


def _binary(node: ast.BinOp, names: ModuleNames, depth: int) -> Composition | None:
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


def _call(node: ast.Call, names: ModuleNames, depth: int) -> Composition | None:
    if not node.args or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    function = names.qualified(node.func)
    attribute = node.func.attr if isinstance(node.func, ast.Attribute) else None
    arguments = list(node.args)
    if function in JOIN_FUNCTIONS or function in PATH_CLASSES:
        if len(arguments) == 1 and depth == 0:
            return None  # `Path("x.db")`: the literal is a place of its own, and the call stays
        is_path = function in PATH_CLASSES
        found = _concatenate(arguments, ["/"] * (len(arguments) - 1), names, depth, is_path)
        if found is not None and is_path:
            return Composition(found.text, found.literal, True, dotted(node.func), found.computed)
        return found
    if function in ("str", "os.fspath") and depth:
        return compose(arguments[0], names, depth + 1)
    if attribute in ("joinpath", "with_name") and isinstance(node.func, ast.Attribute):
        operands = [node.func.value, *arguments]
        return _concatenate(operands, ["/"] * len(arguments), names, depth, is_path=True)
    if attribute == "with_suffix" and isinstance(node.func, ast.Attribute):
        return _concatenate([node.func.value, *arguments], [""], names, depth, is_path=True)
    if attribute == "format" and isinstance(node.func, ast.Attribute):
        inner = node.func.value
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            return Composition(inner.value.replace("{}", "{...}"), inner, computed=tuple(arguments))
    return None


def _concatenate(
    operands: list[ast.expr], separators: list[str], names: ModuleNames, depth: int, is_path: bool
) -> Composition | None:
    text, literal, constructor = "", None, None
    computed: list[ast.expr] = []
    for index, operand in enumerate(operands):
        part = compose(operand, names, depth + 1)
        separator = separators[index - 1] if index else ""
        if part is None:
            text += separator + _placeholder(operand, names, depth)
            computed.append(operand)
            literal = None
            continue
        if separator == "/" and part.text.startswith("/"):
            text, separator = "", ""  # joining an absolute path forgets what came before
        text = (text.rstrip("/") if separator and text != "/" else text) + (separator if text != "/" else "")
        text += part.text
        computed.extend(part.computed)
        literal = None if isinstance(operand, ast.Name) else part.literal
        constructor = constructor or part.constructor
    if literal is None:
        return None  # the file's name is not written here
    return Composition(text, literal, is_path, constructor, tuple(computed))


def _placeholder(node: ast.expr, names: ModuleNames, depth: int) -> str:
    if isinstance(node, ast.Name) and names.constant(node.id) is not None:
        known = compose(node, names, depth + 1)
        if known is not None and not known.computed:
            return known.text
    name = dotted(node)
    return "{" + (name or "...") + "}"
