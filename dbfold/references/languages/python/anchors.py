"""Where a path leads that code works out from its own file: `Path(__file__).parents[1] / "data" / "zoe.db"`."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from dbfold.code.libraries import JOIN_FUNCTIONS, PATH_FUNCTIONS, TRANSPARENT_METHODS
from dbfold.code.names import ModuleNames, dotted

_FILE = "__file__"  # a module as a file of its own directory, so that `..` leads from it as `dirname` does
_DEEPEST = 50


def anchored(node: ast.expr, names: ModuleNames) -> str | None:
    """The path that `node` evaluates to, relative to the directory of its module; None where that is not certain.

    `{settings.BASE}/data` begins at what another module calls `BASE`. The scheme of a URL does not count.
    """
    found = _path(node, names, 0)
    return None if found is None else posixpath.normpath(found)


def is_made_by(functions: AbstractSet[str], nodes: Sequence[ast.expr], names: ModuleNames) -> bool:
    """True if one of the computed parts of a path is made by one of the `functions`, qualified names."""
    for node in nodes:
        value = names.constant(node.id) if isinstance(node, ast.Name) else node
        calls = [one for one in ast.walk(value) if isinstance(one, ast.Call)] if value is not None else []
        if any(names.qualified(call.func) in functions for call in calls):
            return True
    return False


def _path(node: ast.expr, names: ModuleNames, depth: int) -> str | None:
    if depth > _DEEPEST:
        return None
    match node:
        case ast.Name(id="__file__"):
            return _FILE
        case ast.Name():
            value = names.constant(node.id)
            return _imported(node, names) if value is None else _path(value, names, depth + 1)
        case ast.Attribute(attr="parent"):
            return _up(_path(node.value, names, depth + 1), 1)
        case ast.Subscript(value=ast.Attribute(attr="parents") as parents, slice=ast.Constant(value=int() as count)):
            return _up(_path(parents.value, names, depth + 1), count + 1) if count >= 0 else None
        case ast.BinOp(op=ast.Div()):
            return _joined(_path(node.left, names, depth + 1), [node.right], names)
        case ast.BinOp(op=ast.Add()):
            if _is_scheme(node.left):
                return _path(node.right, names, depth + 1)
            return _added(_path(node.left, names, depth + 1), _text(node.right, names, depth + 1))
        case ast.JoinedStr():
            return _in_text(node, names, depth + 1)
        case ast.Call():
            return _called(node, names, depth + 1)
        case ast.Attribute():
            return _imported(node, names)
    return None


def _imported(node: ast.expr, names: ModuleNames) -> str | None:
    """`BASE` and `settings.BASE` of another module."""
    source = names.imported(dotted(node) or "")
    return None if source is None else f"{{{source}}}"


def _called(node: ast.Call, names: ModuleNames, depth: int) -> str | None:
    function = names.qualified(node.func)
    if function == "os.path.dirname" and len(node.args) == 1:
        return _up(_path(node.args[0], names, depth), 1)
    if function in JOIN_FUNCTIONS or function in PATH_FUNCTIONS or function == "str":
        return _joined(_path(node.args[0], names, depth), node.args[1:], names) if node.args else None
    if isinstance(node.func, ast.Attribute):
        if node.func.attr in TRANSPARENT_METHODS and not node.args:
            return _path(node.func.value, names, depth)
        if node.func.attr == "joinpath":
            return _joined(_path(node.func.value, names, depth), node.args, names)
        if node.func.attr == "with_name":
            return _joined(_up(_path(node.func.value, names, depth), 1), node.args, names)
    return None


def _in_text(node: ast.JoinedStr, names: ModuleNames, depth: int) -> str | None:
    """`f"{BASE}/data/zoe.db"`, perhaps with the scheme of a URL before it."""
    parts = list(node.values)
    if parts and _is_scheme(parts[0]):
        parts.pop(0)
    if len(parts) != 2 or not isinstance(parts[0], ast.FormattedValue):
        return None
    return _added(_path(parts[0].value, names, depth), _text(parts[1], names, depth))


def _is_scheme(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(":///")


def _joined(base: str | None, parts: Sequence[ast.expr], names: ModuleNames) -> str | None:
    for part in parts:
        text = _text(part, names, 0)
        if base is None or text is None or text.startswith(("/", "~")):
            return None
        if base.startswith("{") and ".." in text.split("/"):
            return None  # nobody knows what it takes back
        base = posixpath.join(base, text)
    return base


def _added(base: str | None, text: str | None) -> str | None:
    return base + text if base is not None and text is not None and text.startswith("/") else None


def _text(node: ast.expr, names: ModuleNames, depth: int) -> str | None:
    """A text that is known: a literal, a constant that is one, `os.sep + "data"`."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Name() if depth < _DEEPEST and (value := names.constant(node.id)) is not None:
            return _text(value, names, depth + 1)
        case ast.Attribute():
            return {"os.sep": "/", "os.pardir": "..", "os.path.sep": "/", "os.path.pardir": ".."}.get(
                names.qualified(node) or ""
            )
        case ast.BinOp(op=ast.Add()) if depth < _DEEPEST:
            left, right = _text(node.left, names, depth + 1), _text(node.right, names, depth + 1)
            return None if left is None or right is None else left + right
    return None


def _up(path: str | None, count: int) -> str | None:
    if path is None or path.startswith("{"):
        return None
    return posixpath.normpath(posixpath.join(path, *[".."] * count))
