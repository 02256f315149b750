"""Which other modules may have to do with the databases that a module names: those that use its names, and those
whose functions and classes it hands a path to.

They hold no path and no SQL themselves, so that nothing else would make anybody look at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from dbfold.code.expressions import Attribute, Call, Either, Entries, Expression, Item, Name, Site, last_name
from dbfold.code.facts import ModuleFacts
from dbfold.code.scopes import Scope, last

_SHORTEST_NAME = 2
_PATH = ""  # which is no name


def exposed(facts: ModuleFacts, known: Set[str]) -> set[str]:
    """Names of the module by which others get at a path: variables, functions and classes. `known` are such names."""
    holding = _Holding(facts, known)
    assigned = [(place, values) for place, values in holding.assigned if holding.any_of(values)]
    found = {_seen_from_outside(facts, scope, name) for (scope, name), _ in assigned}
    for function in facts.functions.values() if holding.is_any else ():
        held = [*function.defaults.values(), *(value for _, _, value in function.returns)]
        if holding.any_of(_mentioned(one, facts) for one in held):
            found.add(last(function.in_class) if function.in_class else last(function.name))
    found |= {name for name, one in facts.imports.items() if one.name in known}
    return {name for name in found if len(name) >= _SHORTEST_NAME}


def told(facts: ModuleFacts, known: Set[str]) -> set[str]:
    """The last parts of the names of modules whose functions are given a path here, or whose classes are inherited."""
    holding = _Holding(facts, known)
    functions = [base for one in facts.classes.values() for base in one.bases]
    for site in facts.calls if holding.is_any else ():
        call = site.call
        given = [one for one in (*call.arguments, *(value for _, value in call.keywords)) if one is not None]
        if holding.any_of(_mentioned(one, facts) for one in given):
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


class _Holding:
    """The names of a module, wherever they are, that may hold a path: that of a database that it names, or of `known`.

    `assigned` are its assignments, each with what the values mention. Where nothing `is_any`, nobody has to look.
    """

    def __init__(self, facts: ModuleFacts, known: Set[str]) -> None:
        self._names = {_PATH, *known}
        self.is_any = bool(known) or any(site.database and not site.is_temporary for site in facts.sites)
        assignments = facts.assignments.items() if self.is_any else ()
        self.assigned = [(place, [_mentioned(one.value, facts) for one in values]) for place, values in assignments]
        for function in facts.functions.values() if self.is_any else ():
            defaults = function.defaults.items()
            self._names |= {name for name, value in defaults if self.any_of([_mentioned(value, facts)])}
        for _ in range(2):  # a name of a name; further ones are rare
            for (_, name), values in self.assigned:
                if self.any_of(values):
                    self._names.add(last(name))

    def any_of(self, values: Iterable[Set[str]]) -> bool:
        """May one of these values, of which it is known what they mention, hold a path?"""
        return not all(map(self._names.isdisjoint, values))


def _mentioned(expression: Expression | None, facts: ModuleFacts) -> Set[str]:
    """The names in an expression, and `_PATH` if it names a database."""
    found: set[str] = set()
    pending = [expression]
    while pending:
        match pending.pop():
            case Site(number):
                if facts.sites[number].database and not facts.sites[number].is_temporary:
                    found.add(_PATH)
            case Name(name) | Attribute(_, name):
                found.add(name)
            case Either(options):
                pending += options
            case Entries(entries):
                pending += [value for _, value in entries]
            case Item(base, _):
                pending.append(base)
            case Call(function, arguments, keywords):
                pending += [function, *arguments, *(value for _, value in keywords)]
    return found


def _root(function: Expression) -> str:
    while isinstance(function, Attribute):
        function = function.base
    return last_name(function) or ""
