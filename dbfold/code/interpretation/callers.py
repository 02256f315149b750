"""Who calls a function, and in which frames: one for each object of the caller's class, where conditions allow it."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.code.expressions import Attribute, Call, Name, last_name
from dbfold.code.facts import CallSite, Function, ModuleFacts
from dbfold.code.imports import Modules
from dbfold.code.interpretation.functions import bound_parameters
from dbfold.code.interpretation.memory import Memory
from dbfold.code.interpretation.objects import Objects
from dbfold.code.scopes import Scope, last
from dbfold.code.values import ClassValue, Evaluates, Frame, FunctionValue, Instance, TextValue

_MOST_OBJECTS = 12


class Callers:
    """Finds the calls of functions and constructors in a project."""

    def __init__(self, modules: Modules, memory: Memory, objects: Objects, evaluate: Evaluates) -> None:
        self._modules = modules.facts
        self._objects = objects
        self._evaluate = evaluate
        self._in_progress: set[tuple[str, Scope]] = set()
        self._memory = memory
        self._instances: dict[tuple[str, Scope], list[Instance]] = {}
        self._heirs: dict[str, set[str]] | None = None
        self._calls: dict[str, list[tuple[ModuleFacts, CallSite]]] = {}
        for facts in self._modules.values():
            for site in facts.calls:
                if name := last_name(site.call.function):
                    self._calls.setdefault(name, []).append((facts, site))

    def of(self, module: str, function: Function, receiver: Instance | None) -> Iterator[tuple[Frame, CallSite, int]]:
        """The calls of a function, each with the frame it is in, and how many parameters it does not pass (`self`).

        With a `receiver`, an object whose class inherits the method, only calls that may be of such an object count.
        """
        skipped = bound_parameters(function)
        target = FunctionValue(module, function.name)
        name = last(function.name)
        if name == "__init__" and function.in_class is not None:
            yield from self._of_constructor(target, function.in_class)
            return
        wanted = receiver or Instance(module, function.in_class or "")
        for caller, site in self._calls.get(name, ()):
            if self._is_hook(caller, site, wanted):
                yield Frame(caller.file, site.scope, instance=wanted), site, skipped
                continue
            for frame in self._frames(caller, site):
                values = self._evaluate(site.call.function, frame, site.call.line, site.branches)
                for value in values:
                    if isinstance(value, FunctionValue) and self._may_be(value, target, wanted, receiver):
                        yield frame, site, skipped
                        break

    def _is_hook(self, caller: ModuleFacts, site: CallSite, wanted: Instance) -> bool:
        """Is a call `self.up()` in a base class, which then is the method of whatever object this is?"""
        method = caller.functions.get(site.scope)
        if method is None or method.in_class is None or not _is_self_call(site.call, method):
            return False
        return ClassValue(caller.file, method.in_class) in self._lineage(wanted)[1:]

    def _of_constructor(self, target: FunctionValue, in_class: Scope) -> Iterator[tuple[Frame, CallSite, int]]:
        """Where objects of a class are made, and where the constructors of those that inherit from it call its own."""
        for caller, site in self._calls.get("__init__", ()):
            if self._is_super_call(site.call) and self._inherits(caller, site.scope, target.module, in_class):
                yield Frame(caller.file, site.scope), site, 1
        for name in sorted(self._class_names(in_class)):
            for caller, site in self._calls.get(name, ()):
                for frame in self._frames(caller, site):
                    values = self._evaluate(site.call.function, frame, site.call.line, site.branches)
                    classes = [value for value in values if isinstance(value, ClassValue)]
                    if any(self._objects.constructor(one) == target for one in classes):
                        yield frame, site, 1

    def _may_be(self, value: FunctionValue, target: FunctionValue, wanted: Instance, receiver: Instance | None) -> bool:
        """May a call of `value` be one of `target` on an object of the class `wanted`?"""
        own = ClassValue(*value.instance[:2]) if value.instance else None
        if value[:2] == target[:2]:
            return receiver is None or own is None or own in self._lineage(receiver)
        same_name = last(value.name) == last(target.name)
        return same_name and own in self._lineage(wanted)[1:]

    def _lineage(self, instance: Instance) -> list[ClassValue]:
        """The class of an object, and what it inherits from."""
        return self._objects.ancestors(ClassValue(*instance[:2]))

    def _frames(self, caller: ModuleFacts, site: CallSite) -> list[Frame]:
        """The frames in which a call may be: in a method, one for each object of its class that the project makes.

        Objects for which the conditions around the call do not hold are left out.
        """
        free = Frame(caller.file, site.scope)
        function = caller.functions.get(site.scope)
        if function is None or function.in_class is None:
            return [free]
        made = self._made(caller.file, function.in_class)
        if not 0 < len(made) <= _MOST_OBJECTS:
            return [free]
        frames = [free._replace(instance=one) for one in made]
        return [frame for frame in frames if self._is_feasible(caller, site, frame)]

    def _is_feasible(self, caller: ModuleFacts, site: CallSite, frame: Frame) -> bool:
        for branch in site.branches:
            for expression, text in caller.guards.get(branch, ()):
                values = self._evaluate(expression, frame, site.call.line, ())
                texts = {value.text for value in values if isinstance(value, TextValue)}
                if texts and len(texts) == len(values) and text not in texts:
                    return False
        return True

    def _made(self, module: str, name: Scope) -> list[Instance]:
        """The objects of a class that the project makes, by their constructor's arguments."""
        key = (module, name)
        if key in self._in_progress:
            self._memory.give_up()
        if key not in self._instances:
            self._instances[key] = []
            self._in_progress.add(key)
            found: dict[Instance, None] = {}
            for caller, site in self._calls.get(last(name), ()):
                frame = Frame(caller.file, site.scope)
                values = self._evaluate(site.call.function, frame, site.call.line, site.branches)
                if ClassValue(module, name) in values:
                    value = ClassValue(module, name)
                    found[self._objects.instantiate(value, site.call, frame, site.call.line, site.branches)] = None
            self._instances[key] = list(found)
            self._in_progress.discard(key)
        return self._instances[key]

    def _class_names(self, name: Scope) -> set[str]:
        """The name of a class, and of those that inherit from it."""
        if self._heirs is None:
            self._heirs = {}
            for facts in list(self._modules.values()):
                for one in facts.classes.values():
                    for base in one.bases:
                        self._heirs.setdefault(last_name(base) or "", set()).add(last(one.name))
        names: set[str] = set()
        pending = {last(name), "cls"}
        while pending:
            one_name = pending.pop()
            names.add(one_name)
            pending |= self._heirs.get(one_name, set()) - names
        return names

    @staticmethod
    def _is_super_call(call: Call) -> bool:
        base = call.function.base if isinstance(call.function, Attribute) else None
        return isinstance(base, Call) and base.function == Name("super")

    def _inherits(self, caller: ModuleFacts, scope: Scope, module: str, name: Scope) -> bool:
        """Is `scope` a method of a class that inherits from the class `name`?"""
        method = caller.functions.get(scope)
        if method is None or method.in_class is None:
            return False
        return ClassValue(module, name) in self._objects.ancestors(ClassValue(caller.file, method.in_class))[1:]


def _is_self_call(call: Call, function: Function | None) -> bool:
    base = call.function.base if isinstance(call.function, Attribute) else None
    return function is not None and isinstance(base, Name) and function.parameters[:1] == (base.name,)
