"""Where the path of a database may get to at all, and what a library has: the names that it flows into, roughly.

`Project` knows what an expression may be, and takes its time. Of all the operations of a program few have to do with
a database, and few of its calls are those of one library: this tells which are worth the question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from dbfold.code.expressions import (
    Attribute,
    Call,
    Deferred,
    Either,
    Entries,
    Expression,
    Item,
    Name,
    Site,
    last_name,
)
from dbfold.code.facts import CallSite, Function, ModuleFacts
from dbfold.code.interpretation.functions import bound_parameters
from dbfold.code.libraries import CALLBACK_TAKERS, EXECUTORS, FIELDS, JOIN_FUNCTIONS, SAME, TRANSPARENT_METHODS
from dbfold.code.scopes import Scope, from_inside, last, outer

Key = tuple[str, ...]
"""What may hold a path: a variable (file, scope, name), what a function returns (file, its name), an attribute of a
class (`.`, class, name) or of any (`*`, name), a name of any module (`::`, name), an imported name (`import`, name)."""

_HERE: Key = ("here",)
_HANDED_ON = frozenset(
    {name.rpartition(".")[2] for name in SAME | JOIN_FUNCTIONS}
    | FIELDS
    | {"joinpath", "__enter__", "join", "getattr", "partial", "dict", "set", "zip"}
)
_SAME_OBJECT = TRANSPARENT_METHODS | {"get", "pop", "setdefault", "values", "items", "copy", "joinpath", "__enter__"}
_OF_LIBRARIES = EXECUTORS | frozenset(
    "get pop setdefault values items keys copy append add extend insert update remove discard clear index count sort"
    " join split strip replace format encode decode lower upper startswith endswith read write close open info debug"
    " warning error exception commit rollback cursor connect fetchone fetchall put post send submit json dumps loads"
    " exists mkdir resolve absolute unlink rename iterdir glob start stop run cancel acquire release wait set"
    " result".split()
)
"""Methods whose names say nothing about which class of the project is meant, as libraries have them, too."""
_MOST_METHODS = 8  # of one name, where the class is not known
_FURTHEST, _FAR = 9, 3  # steps; one to the attribute of whatever object counts for several


class Reach:
    """The names in `modules` that may hold the path of a database."""

    def __init__(self, modules: Mapping[str, ModuleFacts]) -> None:
        self._modules = modules
        self._functions: dict[str, list[tuple[str, Function]]] = defaultdict(list)
        self._methods: dict[str, list[tuple[str, Function]]] = defaultdict(list)
        self._constructors: dict[str, list[tuple[str, Function]]] = defaultdict(list)
        self._classes: dict[str, set[str]] = defaultdict(set)
        self._related: dict[str, frozenset[str]] = {}
        self._heirs: dict[str, set[str]] = defaultdict(set)
        self._edges: dict[Key, set[Key]] = defaultdict(set)
        for facts in modules.values():
            self._index(facts)
        for facts in modules.values():
            self._connect(facts)
        self._reached = self._spread({_HERE})

    def holds(self, expression: Expression | None, facts: ModuleFacts, scope: Scope) -> bool:
        """May `expression`, written in `scope`, hold the path of a database?"""
        return expression is not None and any(
            key is _HERE or key in self._reached for key in self._sources(expression, facts, scope)
        )

    def of_libraries(self, libraries: AbstractSet[str]) -> AbstractSet[Key]:
        """What may hold something of one of `libraries`: a module, a class, a function."""
        imported = [
            one.name or name
            for facts in self._modules.values()
            for name, one in facts.imports.items()
            if one.module.partition(".")[0] in libraries
        ]
        begin: set[Key] = {(kind, name) for name in (*libraries, *imported) for kind in ("::", "import")}
        return begin | self._spread(begin) if imported else frozenset()

    def is_one_of(self, keys: AbstractSet[Key], expression: Expression, facts: ModuleFacts, scope: Scope) -> bool:
        """May `expression`, written in `scope`, be what one of `keys` holds, or an attribute of that?"""
        while not any(key in keys for key in self._sources(expression, facts, scope)):
            if not isinstance(expression, Attribute):
                return False
            expression = expression.base
        return True

    def names(self) -> set[str]:
        """Names by which other modules may get at a path: of variables of modules, of functions, and of classes."""
        found: set[str] = set()
        for key in self._reached:
            if key[0] in ("::", "."):
                found.add(key[1])
            elif len(key) == 2 and key[0] != "*":
                found.add(last(key[1]))
        return found

    # -- what is where ------------------------------------------------------------------------------------------------

    def _index(self, facts: ModuleFacts) -> None:
        for function in facts.functions.values():
            index = self._methods if function.in_class else self._functions
            index[last(function.name)].append((facts.file, function))
            if function.in_class and last(function.name) == "__init__":
                self._constructors[last(function.in_class)].append((facts.file, function))
        for one in facts.classes.values():
            name = last(one.name)
            bases = {known for base in one.bases if (known := last_name(base))}
            self._classes[name] |= bases
            for base in bases:
                self._heirs[base].add(name)

    def _lineage(self, name: str) -> frozenset[str]:
        """A class, what it inherits from and what inherits from it, by their names."""
        if name not in self._related:
            found = {name}
            for further in (self._classes, self._heirs):
                pending = [name]
                while pending:
                    new = further.get(pending.pop(), set()) - found
                    found |= new
                    pending += new
            self._related[name] = frozenset(found)
        return self._related[name]

    def _connect(self, facts: ModuleFacts) -> None:
        for (scope, name), assigned in facts.assignments.items():
            targets = list(self._targets(facts, scope, name))
            for one in assigned:
                self._flow(one.value, facts, one.scope, targets)
        for function in facts.functions.values():
            for name, value in function.defaults.items():
                self._flow(value, facts, outer(function.name), [(facts.file, function.name, name)])
            returned: list[Key] = [(facts.file, function.name)]
            if function.in_class:
                returned += [(".", last(function.in_class), last(function.name)), ("*", last(function.name))]
            for _, _, value in function.returns:
                self._flow(value, facts, function.name, returned)
        for site in facts.calls:
            self._call(facts, site)

    @staticmethod
    def _targets(facts: ModuleFacts, scope: Scope, name: str) -> Iterator[Key]:
        """Under which keys the value of an assignment is found again."""
        yield facts.file, scope, name
        attribute = name.rpartition(".")[2]
        if scope in facts.classes:
            yield ".", last(scope), attribute
            yield "*", attribute
        elif attribute != name:
            yield "*", attribute
        elif not scope:
            yield "::", name

    def _flow(self, expression: Expression | None, facts: ModuleFacts, scope: Scope, targets: Iterable[Key]) -> None:
        if expression is not None:
            for key in self._sources(expression, facts, scope):
                self._edges[key].update(targets)

    def _call(self, facts: ModuleFacts, site: CallSite) -> None:
        call = site.call
        if last_name(call.function) in CALLBACK_TAKERS:
            self._callback(facts, site)
        called = self._called(call.function, facts, site.scope)
        for number, one in enumerate(call.arguments):
            if one is not None:
                self._flow(one, facts, site.scope, _parameters(called, number))
        name = last_name(call.function)
        is_class = name in self._classes
        for keyword, value in call.keywords:
            targets: list[Key] = [
                (file, function.name, keyword) for file, function in called if keyword in function.parameters
            ]
            targets += [(".", name, keyword), ("*", keyword)] if is_class and name else []
            self._flow(value, facts, site.scope, targets)

    def _callback(self, facts: ModuleFacts, site: CallSite) -> None:
        given = [one for one in (*site.call.arguments, *(value for _, value in site.call.keywords)) if one is not None]
        targets: list[Key] = [
            (file, function.name, parameter)
            for one in given
            if isinstance(one, (Name, Attribute))
            for file, function in self._called(one, facts, site.scope)
            for parameter in function.parameters
        ]
        for one in given if targets else ():
            self._flow(one, facts, site.scope, targets)

    def _called(self, function: Expression, facts: ModuleFacts, scope: Scope) -> list[tuple[str, Function]]:
        """The functions that a call of `function` may be one of."""
        name = last_name(function)
        if isinstance(function, Attribute):
            return self._method(function, facts, scope)
        if name is None:
            return []
        own = [(facts.file, known) for place in from_inside(scope) if (known := _defined(facts, place, name))]
        if own:
            return own[:1]
        imported = facts.imports.get(name)
        real = (imported.name or name) if imported else name
        return [*(one for one in self._functions.get(real, ()) if one[0] != facts.file), *self._made_by(real)]

    def _method(self, function: Attribute, facts: ModuleFacts, scope: Scope) -> list[tuple[str, Function]]:
        name = function.name
        owner = _owner(function.base, facts, scope)
        if isinstance(function.base, Call) and function.base.function == Name("super"):
            method = facts.functions.get(scope)
            owner = last(method.in_class) if method and method.in_class else None
        if owner is not None:
            classes = self._lineage(owner)
            return [one for one in self._methods.get(name, ()) if last(one[1].in_class or "") in classes]
        if isinstance(function.base, Name) and function.base.name in facts.imports:
            return [*self._functions.get(name, ()), *self._made_by(name), *self._unbound(name)]
        return self._unbound(name)

    def _unbound(self, name: str) -> list[tuple[str, Function]]:
        found = self._methods.get(name, [])
        return found if name not in _OF_LIBRARIES and len(found) <= _MOST_METHODS else []

    def _made_by(self, name: str) -> list[tuple[str, Function]]:
        """The constructors that the call of a class is one of: its own, or what it inherits."""
        seen: set[str] = set()
        pending = [name] if name in self._classes else []
        while pending:
            one = pending.pop()
            seen.add(one)
            if one in self._constructors:
                return self._constructors[one]
            pending += self._classes.get(one, set()) - seen
        return []

    # -- where it comes from ------------------------------------------------------------------------------------------

    def _sources(self, expression: Expression, facts: ModuleFacts, scope: Scope) -> Iterator[Key]:
        """The keys of what the value of `expression` may come from."""
        pending = [expression]
        while pending:
            match pending.pop():
                case Site(number):
                    if facts.sites[number].database and not facts.sites[number].is_temporary:
                        yield _HERE
                case Name(name):
                    yield self._variable(name, facts, scope)
                case Attribute() as attribute:
                    yield from self._attribute(attribute, facts, scope)
                case Either(options):
                    pending += options
                case Entries(entries):
                    pending += [value for _, value in entries]
                case Item(base, _) | Deferred(base):
                    pending.append(base)
                case Call(function, arguments, keywords):
                    for file, known in self._called(function, facts, scope):
                        yield file, known.name
                    called = last_name(function)
                    if called is None or called in _HANDED_ON:
                        pending += [one for one in arguments if one is not None]
                        pending += [value for _, value in keywords]
                    if isinstance(function, Attribute) and called in _SAME_OBJECT:
                        pending.append(function.base)

    def _attribute(self, attribute: Attribute, facts: ModuleFacts, scope: Scope) -> Iterator[Key]:
        owner = _owner(attribute.base, facts, scope)
        if owner is not None:
            for one in self._lineage(owner):
                yield ".", one, attribute.name
            return
        if isinstance(attribute.base, Name) and attribute.base.name in facts.imports:
            yield "::", attribute.name
            yield "import", facts.imports[attribute.base.name].name or attribute.base.name
        yield "*", attribute.name

    def _variable(self, name: str, facts: ModuleFacts, scope: Scope) -> Key:
        for place in from_inside(scope):
            function = facts.functions.get(place)
            if (place, name) in facts.assignments or (function is not None and name in function.parameters):
                return facts.file, place, name
        imported = facts.imports.get(name)
        return "::", (imported.name or name) if imported else name

    def _spread(self, begin: Iterable[Key]) -> set[Key]:
        """What can be reached in few steps: a path is handed on a few times, a name is followed without end."""
        reached: set[Key] = set()
        shells: list[set[Key]] = [set() for _ in range(_FURTHEST + _FAR + 1)]
        shells[0].update(begin)
        for distance in range(_FURTHEST):
            for one in shells[distance]:
                for key in self._edges.get(one, ()):
                    if key not in reached:
                        reached.add(key)
                        shells[distance + (_FAR if key[0] == "*" else 1)].add(key)
        return reached


def _defined(facts: ModuleFacts, scope: Scope, name: str) -> Function | None:
    return None if scope in facts.classes else facts.functions.get(f"{scope}.{name}" if scope else name)


def _owner(base: Expression, facts: ModuleFacts, scope: Scope) -> str | None:
    """The class of which `base` is an object, where it is `self` or `cls`."""
    if isinstance(base, Name):
        for place in from_inside(scope):
            function = facts.functions.get(place)
            if function is not None and function.in_class and function.parameters[:1] == (base.name,):
                return last(function.in_class)
        if base.name in facts.classes:
            return base.name
    return None


def _parameters(called: list[tuple[str, Function]], number: int) -> list[Key]:
    found: list[Key] = []
    for file, function in called:
        index = number + bound_parameters(function)
        if index < len(function.parameters):
            found.append((file, function.name, function.parameters[index]))
    return found
