"""Classes and their objects: what they inherit, how they are made, and what their attributes hold."""

from __future__ import annotations

from collections.abc import Iterable

from dbfold.code.expressions import Call, last_name
from dbfold.code.facts import Class
from dbfold.code.imports import Modules
from dbfold.code.interpretation.functions import Functions
from dbfold.code.interpretation.memory import Memory
from dbfold.code.scopes import Branches, last, outer
from dbfold.code.values import (
    NOTHING,
    ClassValue,
    Database,
    Elsewhere,
    Evaluates,
    Frame,
    FunctionValue,
    Instance,
    Value,
    Values,
    nesting,
    union,
)

_MOST_ANCESTORS = 20
_DEEPEST_OBJECT = 2  # objects inside of the arguments of objects


class Objects:
    """The classes of `modules`, and their objects."""

    def __init__(self, modules: Modules, memory: Memory, functions: Functions, evaluate: Evaluates) -> None:
        self._modules = modules.facts
        self._memory = memory
        self._functions = functions
        self._evaluate = evaluate
        self._lineages: dict[ClassValue, list[ClassValue]] = {}

    def ancestors(self, value: ClassValue) -> list[ClassValue]:
        """A class and what it inherits from, as far as the project has it."""
        if value in self._lineages:
            return self._lineages[value]
        found: list[ClassValue] = []
        pending = [value]
        while pending and len(found) < _MOST_ANCESTORS:
            one = pending.pop(0)
            facts = self._modules.get(one.module)
            known: Class | None = facts.classes.get(one.name) if facts else None
            if known is None or one in found:
                continue
            found.append(one)
            for base in known.bases:
                values = self._evaluate(base, Frame(one.module, outer(one.name)))
                pending += [base for base in values if isinstance(base, ClassValue)]
        self._lineages[value] = found
        return found

    def constructor(self, value: ClassValue) -> FunctionValue | None:
        """The `__init__` of a class, its own or one that it inherits."""
        for cls in self.ancestors(value):
            name = f"{cls.name}.__init__"
            if name in self._modules[cls.module].functions:
                return FunctionValue(cls.module, name)
        return None

    def instantiate(self, value: ClassValue, call: Call, frame: Frame, line: int, branches: Branches) -> Instance:
        """The object that a call of a class makes."""
        constructor = self.constructor(value)
        function = self._functions.known(constructor) if constructor else None
        if function is None:
            given = dict(zip(self._fields(value), call.arguments, strict=False)) | dict(call.keywords)
            named = tuple((name, self._evaluate(held, frame, line, branches)) for name, held in sorted(given.items()))
            return Instance(value.module, value.name, named)
        bindings = self._functions.bind(call, function, frame, line, branches)
        if any(nesting(one) > _DEEPEST_OBJECT for _, values in bindings for one in values):
            return Instance(value.module, value.name)
        return Instance(value.module, value.name, bindings)

    def _fields(self, value: ClassValue) -> list[str]:
        """What the arguments are called that a class without a constructor takes: a dataclass, a NamedTuple."""
        lineage = reversed(self.ancestors(value))
        return list(
            dict.fromkeys(name for cls in lineage for name in self._modules[cls.module].classes[cls.name].fields)
        )

    def members(self, value: ClassValue, names: Iterable[str]) -> Values:
        """Those members of an Enum, all of them if there are no names; nothing for another class."""
        known = self._modules[value.module].classes.get(value.name)
        if known is None or not any((last_name(base) or "").endswith(("Enum", "Flag")) for base in known.bases):
            return NOTHING
        every = (name for scope, name in self._modules[value.module].assignments if scope == value.name)
        return union(self.member(value, name) for name in list(names) or every)

    def member(self, value: Instance | ClassValue, name: str) -> Values:
        """What `value.name` may be."""
        return self._memory.once(("member", value, name), NOTHING, lambda: self._find_member(value, name))

    def _find_member(self, value: Instance | ClassValue, name: str) -> Values:
        owner = ClassValue(value.module, value.name)
        instance = value if isinstance(value, Instance) else None
        for cls in self.ancestors(owner):
            found = self._defined(cls, name, instance)
            if found is not None:
                return found
            if instance is not None and instance.bindings and not self.constructor(owner):
                for bound, values in instance.bindings:  # a dataclass
                    if bound == name and values:
                        return values
            if held := self._assigned(cls, name, instance):
                return held
        return NOTHING

    def _defined(self, cls: ClassValue, name: str, instance: Instance | None) -> Values | None:
        """The method, the property's value or the class that is defined as `name` in `cls`."""
        facts = self._modules[cls.module]
        function = facts.functions.get(f"{cls.name}.{name}")
        if function is not None:
            method = FunctionValue(cls.module, function.name, instance)
            is_property = any(last(one) in ("property", "cached_property") for one in function.decorators)
            return self._functions.returned(method) if is_property else frozenset({method})
        inner = f"{cls.name}.{name}"
        return frozenset({ClassValue(cls.module, inner)}) if inner in facts.classes else None

    def _assigned(self, cls: ClassValue, name: str, instance: Instance | None) -> Values:
        facts = self._modules[cls.module]
        found: Values = NOTHING
        for one in (one for key in (f".{name}", name) for one in facts.assignments.get((cls.name, key), ())):
            known = instance.bindings if instance and one.scope.endswith(".__init__") else None
            frame = Frame(cls.module, one.scope, known, instance)
            found |= self._evaluate(one.value, frame, one.line, one.branches)
        return found

    def holdings(self, value: Instance) -> Values:
        """The databases that an object's attributes lead to: what a wrapper of connections executes on."""
        found: Values = NOTHING
        for cls in self.ancestors(ClassValue(value.module, value.name)):
            for scope, name in self._modules[cls.module].assignments:
                if scope == cls.name:
                    found |= self.member(value, name.removeprefix("."))
        return frozenset(one for one in found if isinstance(one, (Database, Elsewhere)))

    def called(self, value: Instance) -> Values:
        """What calling an object gives."""
        found = self.member(value, "__call__")
        return union(self._functions.returned(one) for one in found if isinstance(one, FunctionValue))

    def entered(self, value: Value) -> Values:
        """What `with value as …` gives."""
        if isinstance(value, Instance):
            for name in ("__enter__", "__aenter__"):
                for method in self.member(value, name):
                    if isinstance(method, FunctionValue):
                        return self._functions.returned(method)
        return frozenset({value})

    def parent(self, frame: Frame) -> Values:
        """What `super()` is in a method."""
        function = self._modules[frame.module].functions.get(frame.scope)
        if function is None or function.in_class is None:
            return NOTHING
        ancestors = self.ancestors(ClassValue(frame.module, function.in_class))
        return frozenset(Instance(one.module, one.name) for one in ancestors[1:2])
