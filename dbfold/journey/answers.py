"""What a function does with the answer of a call: the rows of a cursor, followed through names and comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from dbfold.statements.sources import Source

_FETCHES = frozenset({"fetchall", "fetchone", "fetchmany", "scalars", "all", "mappings"})
_HANDED_ON = frozenset({"set", "list", "tuple", "sorted", "frozenset", "dict", "iter"})
_BUILDERS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_WRAPPERS = (ast.Subscript, ast.Starred, ast.Await, ast.Set, ast.List, ast.Tuple, ast.Attribute, ast.NamedExpr)


def is_only_searched(source: Source, call: ast.Call) -> bool:
    """Is all that is ever asked of the answer whether something is in it?"""
    return all(_is_search(source, use) for use in _uses(source, call))


def passes_on_to(source: Source, call: ast.Call, functions: AbstractSet[str]) -> bool:
    """Does a part of the answer get into the arguments of one of `functions`?"""
    return any(_is_argument(source, use, functions) for use in _uses(source, call))


def _is_search(source: Source, use: ast.AST) -> bool:
    parent = source.parents.get(id(use))
    return (
        isinstance(parent, ast.Compare)
        and use is not parent.left
        and all(isinstance(sign, (ast.In, ast.NotIn)) for sign in parent.ops)
    )


def _is_argument(source: Source, use: ast.AST, functions: AbstractSet[str]) -> bool:
    node: ast.AST | None = use
    while isinstance(node, ast.expr):
        inner, node = node, source.parents.get(id(node))
        if isinstance(node, ast.Call) and inner is not node.func and _last(node.func) in functions:
            return True
    return False


def _uses(source: Source, call: ast.Call) -> Iterator[ast.AST]:
    """The ends of the ways that the answer takes: expressions that something is done with."""
    pending: list[ast.AST] = [call]
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        whole = _whole(source, node)
        parent = source.parents.get(id(whole))
        match parent:
            case ast.Assign(targets=[ast.Name() as target]) | ast.AnnAssign(target=ast.Name() as target):
                pending += _reads(source, target)
            case ast.Expr() if isinstance(whole, ast.Call) and isinstance(whole.func, ast.Attribute):
                pending += _fetches(source, whole)
            case ast.For() | ast.AsyncFor() if whole is parent.iter:
                pending += [one for name in _names(parent.target) for one in _reads(source, name)]
            case ast.comprehension() if whole is parent.iter:
                built = source.parents[id(parent)]
                pending.append(built)
                pending += [one for one in _elements(built, parent) if not _is_part(source, one, built)]
            case _:
                yield whole


def _whole(source: Source, node: ast.AST) -> ast.AST:
    """The expression that an answer is the substance of: `sorted(cursor.fetchall())`."""
    while True:
        parent = source.parents.get(id(node))
        if isinstance(parent, ast.Call):
            name = _last(parent.func)
            if not (node is parent.func or (name in _HANDED_ON and isinstance(parent.func, ast.Name))):
                return node
        elif not isinstance(parent, _WRAPPERS) or (isinstance(parent, ast.Subscript) and node is parent.slice):
            return node
        node = parent


def _elements(built: ast.AST, comprehension: ast.comprehension) -> Iterator[ast.Name]:
    """Where the parts of the answer are used inside of a comprehension."""
    names = {name.id for name in _names(comprehension.target)}
    for node in ast.walk(built):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            yield node


def _is_part(source: Source, name: ast.Name, built: ast.AST) -> bool:
    """Is it what the comprehension gives, or a condition of it?"""
    whole = _whole(source, name)
    parent = source.parents.get(id(whole))
    while isinstance(parent, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
        parent = source.parents.get(id(parent))
    return parent is built or isinstance(parent, ast.comprehension)


def _reads(source: Source, target: ast.Name) -> Iterator[ast.AST]:
    scope = source.scope_of(target)
    for node in source.reads.get(target.id, ()):
        if isinstance(node, ast.Name) and source.resolved(node)[0] is scope:
            yield node


def _fetches(source: Source, executed: ast.Call) -> Iterator[ast.AST]:
    """What is fetched from the cursor that `executed` is called on, until it executes something else."""
    assert isinstance(executed.func, ast.Attribute)
    receiver, scope = ast.dump(executed.func.value), source.scope_of(executed)
    later = sorted(
        (call.lineno, call.col_offset, _last(call.func), call)
        for name in (*_FETCHES, "execute")
        for call in source.calls.get(name, ())
        if isinstance(call.func, ast.Attribute) and ast.dump(call.func.value) == receiver
        if source.scope_of(call) is scope and (call.lineno, call.col_offset) > (executed.lineno, executed.col_offset)
    )
    for *_, name, call in later:
        if name == "execute":
            return
        yield call


def _names(target: ast.expr) -> Iterator[ast.Name]:
    return (node for node in ast.walk(target) if isinstance(node, ast.Name))


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
