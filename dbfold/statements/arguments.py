"""Functions and calls of a syntax tree: parameters, defaults and what is given for them."""

from __future__ import annotations

import ast

from dbfold.statements.sources import Scope, Source

Function = ast.FunctionDef | ast.AsyncFunctionDef


def decorators(function: Function) -> list[str]:
    names = []
    for one in function.decorator_list:
        node = one.func if isinstance(one, ast.Call) else one
        names.append(node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "?"))
    return names


def default_of(arguments: ast.arguments, one: ast.arg) -> ast.expr | None:
    positional = [*arguments.posonlyargs, *arguments.args]
    if one in arguments.kwonlyargs:
        return arguments.kw_defaults[arguments.kwonlyargs.index(one)]
    number = positional.index(one) - (len(positional) - len(arguments.defaults))
    return arguments.defaults[number] if number >= 0 else None


def argument_of(call: ast.Call, name: str, number: int | None) -> ast.expr | None:
    """What a call gives for a parameter."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[number] if number is not None and 0 <= number < len(call.args) else None


def is_starred(call: ast.Call) -> bool:
    return any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords)


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def definitions(source: Source, scope: Scope, name: str) -> list[tuple[Source, Function]]:
    return [
        (source, one.node)
        for one in source.bindings.get((id(scope), name), ())
        if isinstance(one.node, (ast.FunctionDef, ast.AsyncFunctionDef)) and one.kind == "definition"
    ]


def last_name(node: ast.expr) -> str | None:
    """What a name or an attribute ends with."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None
