"""What the names of a module hold, by the function or class that binds them: one pass over its tree."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from dbfold.code.libraries import CLI_OPTIONS
from dbfold.code.names import ModuleNames

Scope = tuple[str, ...]
"""The names of the functions and classes around a place, the outermost first."""

Place = tuple[ast.expr, Scope]
"""An expression, and the scope in which its names mean what they mean."""


@dataclass(slots=True)
class Bindings:
    """What one pass has seen.

    values      what assignments and defaults give to a name of a scope
    attributes  what assignments in classes and to attributes, and options of the command line, give to an attribute
    parameters  the positional parameters of each function
    returned    what functions of a name return
    calls       all calls, by the last part of the name that is called
    mappings    all dict displays
    """

    values: dict[tuple[Scope, str], list[ast.expr]] = field(default_factory=lambda: defaultdict(list))
    attributes: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    parameters: dict[Scope, list[str]] = field(default_factory=dict)
    returned: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    calls: dict[str, list[tuple[Scope, ast.Call]]] = field(default_factory=lambda: defaultdict(list))
    mappings: list[tuple[Scope, ast.Dict]] = field(default_factory=list)


def bindings_of(tree: ast.Module) -> Bindings:
    """What the names of `tree` hold."""
    bindings = Bindings()
    pending: list[tuple[ast.AST, Scope]] = [(tree, ())]
    while pending:
        node, scope = pending.pop()
        kind = type(node)
        if kind in _DEFINITIONS:
            scope = (*scope, node.name)  # type: ignore[attr-defined]
        if kind in _NOTED:
            _note(node, scope, bindings)
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                pending += [(one, scope) for one in value if isinstance(one, ast.AST) and type(one) not in _LEAVES]
            elif isinstance(value, ast.AST) and type(value) not in _LEAVES:
                pending.append((value, scope))
    return bindings


# The walk is most of what this costs, and most nodes are leaves: `ast.iter_child_nodes` and a match each cost twice.
_DEFINITIONS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
_NOTED = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.Call, ast.Return, ast.Dict, ast.Assign, ast.AnnAssign, ast.NamedExpr}
)
_LEAVES = frozenset(
    {ast.Name, ast.Constant, ast.Load, ast.Store, ast.Pass, ast.arg, ast.alias, ast.Import, ast.ImportFrom}
)


def _note(node: ast.AST, scope: Scope, bindings: Bindings) -> None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            _parameters(node, scope, bindings)
        case ast.Call():
            bindings.calls[last_name(node.func)].append((scope, node))
            for name, default in _option(node):
                bindings.attributes[name].append((default, scope))
        case ast.Return(value=ast.expr() as value) if scope:
            bindings.returned[scope[-1]].append((value, scope))
        case ast.Dict():
            bindings.mappings.append((scope, node))
        case ast.Assign(targets=targets, value=value):
            _assigned(targets, value, scope, bindings)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            _assigned([target], value, scope, bindings)


def _assigned(targets: list[ast.expr], value: ast.expr, scope: Scope, bindings: Bindings) -> None:
    for target in targets:
        if isinstance(target, ast.Name):
            bindings.values[scope, target.id].append(value)
            bindings.attributes[target.id].append((value, scope))
        elif isinstance(target, ast.Attribute):
            bindings.attributes[target.attr].append((value, scope))


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, bindings: Bindings) -> None:
    positional = [*node.args.posonlyargs, *node.args.args]
    bindings.parameters[scope] = [argument.arg for argument in positional]
    defaults = node.args.defaults
    with_default = positional[len(positional) - len(defaults) :]
    keywords = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    for argument, default in (*zip(with_default, defaults, strict=True), *keywords):
        if default is not None:
            bindings.values[scope, argument.arg].append(default)
    for decorator in node.decorator_list:  # click: the options are parameters
        for name, default in _option(decorator):
            bindings.values[scope, name].append(default)


def _option(call: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The name under which an option of the command line arrives, and its default."""
    if not isinstance(call, ast.Call) or last_name(call.func) not in CLI_OPTIONS:
        return
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    named = [given["dest"]] if "dest" in given else call.args
    texts = [str(one.value) for one in named if isinstance(one, ast.Constant)]
    # click takes the name without dashes for the parameter, argparse the first long one.
    ordered = sorted(texts, key=lambda text: (text.startswith("-"), not text.startswith("--")))
    if "default" in given and ordered:
        yield ordered[0].lstrip("-").partition("/")[0].replace("-", "_"), given["default"]


def last_name(function: ast.expr) -> str:
    """`add_argument` for `parser.add_argument`; empty for what is no name."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def is_own(node: ast.expr) -> bool:
    """True for `self` and `cls`."""
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def qualified_last(call: ast.Call, names: ModuleNames) -> tuple[str, str]:
    """The dotted name of what is called, with imports resolved, and its last part."""
    function = names.qualified(call.func) or ""
    return function, last_name(call.func) if isinstance(call.func, ast.Attribute) else function.rpartition(".")[2]
