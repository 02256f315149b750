"""Which other modules may have to do with the databases that a module names: those that use its names, and those
whose functions and classes it hands a path to.

They hold no path and no SQL themselves, so that nothing else would make anybody look at them.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from dbfold.code.expressions import Attribute, Call, Either, Entries, Expression, Item, Name, Site, last_name
from dbfold.code.facts import ModuleFacts
from dbfold.code.scopes import Scope, last

_SHORTEST_NAME = 2


def exposed(facts: ModuleFacts, known: Set[str]) -> set[str]:
    """Names of the module by which others get at a path: variables, functions and classes. `known` are such names."""
    holding = _holding(facts, known)
    found: set[str] = set()
    for (scope, name), assigned in facts.assignments.items():
        if any(_holds(one.value, facts, holding) for one in assigned):
            found.add(_seen_from_outside(facts, scope, name))
    for function in facts.functions.values():
        held = [*function.defaults.values(), *(value for _, _, value in function.returns)]
        if any(_holds(one, facts, holding) for one in held):
            found.add(last(function.in_class) if function.in_class else last(function.name))
    found |= {name for name, one in facts.imports.items() if one.name in known}
    return {name for name in found if len(name) >= _SHORTEST_NAME}


def told(facts: ModuleFacts, known: Set[str]) -> set[str]:
    """The last parts of the names of modules whose functions are given a path here, or whose classes are inherited."""
    holding = _holding(facts, known)
    functions = [base for one in facts.classes.values() for base in one.bases]
    for site in facts.calls:
        call = site.call
        given = [one for one in (*call.arguments, *(value for _, value in call.keywords)) if one is not None]
        if any(_holds(one, facts, holding) for one in given):
            functions += [call.function, *given]
    found: set[str] = set()
    for function in functions:
        imported = facts.imports.get(_root(function))
        if imported is not None:
            found |= {last(imported.module), imported.name or ""}
    return found - {""}


def _seen_from_outside(facts: ModuleFacts, scope: Scope, name: str) -> str:
    """By which name other modules get at the value of an assignment: the variable's, the function's or the class's."""
    if not scope:
        return name
    function = facts.functions.get(scope)
    owner = function.in_class if function and function.in_class else scope
    return last(owner)


def _holding(facts: ModuleFacts, known: Set[str]) -> set[str]:
    """Names of the module, wherever they are, that may hold a path."""
    holding = set(known)
    for function in facts.functions.values():
        holding |= {name for name, value in function.defaults.items() if _holds(value, facts, holding)}
    for _ in range(2):  # a name of a name; further ones are rare
        for (_, name), assigned in facts.assignments.items():
            if any(_holds(one.value, facts, holding) for one in assigned):
                holding.add(last(name))
    return holding


def _holds(expression: Expression | None, facts: ModuleFacts, holding: Set[str]) -> bool:
    for one in _parts(expression):
        if isinstance(one, Site):
            if facts.sites[one.number].database and not facts.sites[one.number].is_temporary:
                return True
        elif isinstance(one, (Name, Attribute)) and one.name in holding:
            return True
    return False


def _parts(expression: Expression | None) -> Iterator[Expression]:
    pending = [expression]
    while pending:
        one = pending.pop()
        if one is None:
            continue
        yield one
        match one:
            case Either(options):
                pending += options
            case Entries(entries):
                pending += [value for _, value in entries]
            case Item(base, _):
                pending.append(base)
            case Call(function, arguments, keywords):
                pending += [function, *arguments, *(value for _, value in keywords)]


def _root(function: Expression) -> str:
    while isinstance(function, Attribute):
        function = function.base
    return last_name(function) or ""
