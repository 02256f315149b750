"""Modules together: which database does an expression lead to?

An abstract interpretation that follows names, attributes, parameters with their defaults and callers, helper functions,
constructors and imports, and knows what the libraries do that open databases. It never guesses: what it cannot follow
is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from dbfold.code.expressions import (
    Annotation,
    Attribute,
    Call,
    Deferred,
    Either,
    Entries,
    Expression,
    Item,
    Name,
    Site,
    Sql,
    Text,
)
from dbfold.code.facts import CallSite, ModuleFacts
from dbfold.code.imports import Modules
from dbfold.code.interpretation.attributes import Attributes
from dbfold.code.interpretation.callers import Callers
from dbfold.code.interpretation.calls import Calls
from dbfold.code.interpretation.functions import Functions
from dbfold.code.interpretation.library_calls import LibraryCalls
from dbfold.code.interpretation.mappings import Mappings
from dbfold.code.interpretation.memory import Memory
from dbfold.code.interpretation.names import Names
from dbfold.code.interpretation.objects import Objects
from dbfold.code.interpretation.parameters import Parameters
from dbfold.code.library_values import text_values, typed
from dbfold.code.reach import Reach
from dbfold.code.scopes import Branches, Scope
from dbfold.code.values import NOTHING, TEMPORARY, ClassValue, Database, Frame, SqlValue, TextValue, Values, union

_DEEPEST = 60  # questions that wait for each other; Python's own stack takes 90


class Project:
    """The facts of modules, and the values of their expressions.

    `variables` maps environment variables to databases, `accessors` the names that a generated accessor defines. `load`
    gives modules that are imported and not among `modules`.

    The parts know only those that are made before them; whatever needs the value of an expression asks `evaluate`.
    """

    def __init__(
        self,
        modules: Mapping[str, ModuleFacts],
        variables: Mapping[str, str] | None = None,
        accessors: Mapping[str, str] | None = None,
        load: Callable[[str], ModuleFacts | None] | None = None,
    ) -> None:
        index = Modules(modules, load)
        ask = self.evaluate
        self.modules = index.facts
        self._memory = Memory()
        self.functions = Functions(index, ask)
        self.objects = Objects(index, self._memory, self.functions, ask)
        self._mappings = Mappings(index, variables or {}, ask)
        callers = Callers(index, self._memory, self.objects, ask)
        parameters = Parameters(index, self._memory, self.functions, self._mappings, callers, ask)
        self._names = Names(index, accessors or {}, self._mappings, parameters, ask)
        self._attributes = Attributes(index, self._names, self.objects)
        libraries = LibraryCalls(self.functions, self.objects, self._mappings, ask)
        self._calls = Calls(self.functions, self.objects, self._mappings, self._attributes, libraries, ask)
        self.calls_in: dict[tuple[str, Scope], list[CallSite]] = {}
        for facts in self.modules.values():
            for site in facts.calls:
                self.calls_in.setdefault((facts.file, site.scope), []).append(site)

    @cached_property
    def reach(self) -> Reach:
        """Where paths and libraries get to, roughly, in the modules that are known when it is first asked for."""
        return Reach(dict(self.modules))

    def name_accessor(self, module: str) -> None:
        """Say how generated accessors are called, for imports of one that is not there yet."""
        self._names.accessor_module = module

    def evaluate(self, expression: Expression | None, frame: Frame, line: int = 0, branches: Branches = ()) -> Values:
        """What `expression`, written in `line` inside `branches`, may be."""
        match expression:
            case None:
                return NOTHING
            case Text(text):
                return text_values(text)
            case Sql(number):
                return frozenset({SqlValue(frame.module, number)})
            case Site(number):
                return self._site(frame.module, number)
        if self._memory.depth > _DEEPEST:
            self._memory.give_up()
            return NOTHING
        key = (id(expression), frame, line, branches)
        return self._memory.once(key, NOTHING, lambda: self._evaluate(expression, frame, line, branches))

    def _site(self, module: str, number: int) -> Values:
        site = self.modules[module].sites[number]
        if site.is_temporary:
            return frozenset({TEMPORARY})
        if not site.database:
            return NOTHING
        return frozenset({Database(site.database, (module, site.line, site.column))})

    def _item(self, found: Values, key: Expression | None, frame: Frame, line: int, branches: Branches) -> Values:
        """What was found for `base[key]`, or for a loop over it, and the members of an Enum that it is."""
        classes = [value for value in found if isinstance(value, ClassValue)]
        if not classes:
            return found
        texts = [value.text for value in self.evaluate(key, frame, line, branches) if isinstance(value, TextValue)]
        return found | union(self.objects.members(value, texts) for value in classes)

    def _evaluate(self, expression: Expression, frame: Frame, line: int, branches: Branches) -> Values:
        match expression:
            case Name(name):
                return self._names.value(name, frame, line, branches)
            case Attribute(base, name):
                chained = self._names.chained(expression, frame, line, branches)
                if chained is not None:
                    return chained
                found = self.evaluate(base, frame, line, branches)
                return union(self._attributes.of(value, name) for value in found)
            case Either(options):
                return union(self.evaluate(one, frame, line, branches) for one in options)
            case Entries(entries):
                return union(self.evaluate(value, frame, line, branches) for _, value in entries)
            case Item(base, key):
                return self._item(self._mappings.item(base, key, frame, line, branches), key, frame, line, branches)
            case Deferred(body):
                return self.evaluate(body, frame, line, branches)
            case Annotation(of):
                return union(map(typed, self.evaluate(of, frame, line, branches)))
            case Call():
                return self._calls.value(expression, frame, line, branches)
        return NOTHING
