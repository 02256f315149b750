"""What parameters hold: the bound argument, the default, or what the calls of the whole project pass."""

from __future__ import annotations

from dbfold.code.facts import Function
from dbfold.code.imports import Modules
from dbfold.code.interpretation.callers import Callers
from dbfold.code.interpretation.functions import Functions, argument
from dbfold.code.interpretation.mappings import Mappings
from dbfold.code.interpretation.memory import Memory
from dbfold.code.scopes import Scope, outer
from dbfold.code.values import (
    MEMORY,
    NOTHING,
    TEMPORARY,
    ClassValue,
    Database,
    Evaluates,
    Frame,
    FunctionValue,
    Instance,
    Values,
)


class Parameters:
    """The parameters of the functions of `modules`."""

    def __init__(
        self,
        modules: Modules,
        memory: Memory,
        functions: Functions,
        mappings: Mappings,
        callers: Callers,
        evaluate: Evaluates,
    ) -> None:
        self._modules = modules.facts
        self._memory = memory
        self._functions = functions
        self._mappings = mappings
        self._callers = callers
        self._evaluate = evaluate

    def value(self, function: Function, name: str, frame: Frame) -> Values:
        """What the parameter `name` holds in `frame`, which is one of `function`."""
        if name == function.parameters[0] and function.in_class and "staticmethod" not in function.decorators:
            if "classmethod" in function.decorators:
                return frozenset({ClassValue(frame.module, function.in_class)})
            return frozenset({frame.instance or Instance(frame.module, function.in_class)})
        around = frame._replace(scope=outer(function.name), bindings=None)
        if frame.bindings is not None:
            values = self._bound(function, name, frame, around)
        elif not frame.callers:
            return NOTHING
        else:
            receiver = frame.instance
            if receiver is not None and (receiver.module, receiver.name) == (frame.module, function.in_class):
                receiver = None
            values = self._passed(frame.module, function, name, receiver)
        return values or self._evaluate(function.hints.get(name), around)

    def _bound(self, function: Function, name: str, frame: Frame, around: Frame) -> Values:
        for bound, values in frame.bindings or ():
            if bound == name:
                return values
        return self._evaluate(function.defaults.get(name), around)

    def _passed(self, module: str, function: Function, name: str, receiver: Instance | None) -> Values:
        """What the calls of the project pass for a parameter; its default where one of them passes nothing, or none is
        seen.

        With a `receiver`, an object of a class that inherits the method, only calls that may be of such an object
        count.
        """
        key = ("passed", module, function.name, name, receiver and receiver[:2])
        default = self._evaluate(function.defaults.get(name), Frame(module, outer(function.name)))
        return self._memory.once(key, default, lambda: self._passed_now(module, function, name, receiver, default))

    def _passed_now(
        self, module: str, function: Function, name: str, receiver: Instance | None, default: Values
    ) -> Values:
        values: Values = NOTHING
        for frame, site, skipped in self._callers.of(module, function, receiver):
            given, value = argument(site.call, function, name, skipped)
            values |= self._evaluate(value, frame, site.call.line, site.branches) if given else default
        if receiver is not None and len({value.name for value in values if isinstance(value, Database)}) > 1:
            values = self._passed_for(module, function, name, receiver) or values
        # Tests pass throw-away databases; what the application uses is then the default.
        only_thrown_away = all(value in (MEMORY, TEMPORARY) for value in values)
        return values | default if only_thrown_away else values

    def _passed_for(self, module: str, function: Function, name: str, receiver: Instance) -> Values:
        """The same, where several databases are possible: the callers' own callers say which object meets which.

        `for task in tasks: task.apply(path)` in a function that is called with one path and its tasks, and with others.
        """
        values: Values = NOTHING
        for frame, site, skipped in self._callers.of(module, function, receiver):
            line, branches = site.call.line, site.branches
            for context in self._contexts(frame, site.scope):
                called = self._evaluate(site.call.function, context, line, branches)
                instances = (value.instance for value in called if isinstance(value, FunctionValue) and value.instance)
                given, value = argument(site.call, function, name, skipped)
                if given and any(instance[:2] == receiver[:2] for instance in instances):
                    values |= self._evaluate(value, context, line, branches)
        return values

    def _contexts(self, frame: Frame, scope: Scope) -> list[Frame]:
        """A frame for each call of the function `scope`, and for each entry of a mapping that is looped over there."""
        function = self._modules[frame.module].functions.get(scope)
        if function is None or not function.parameters:
            return [frame]
        found = [
            frame._replace(bindings=self._functions.bind(site.call, function, one, site.call.line, site.branches))
            for around, site, _ in self._callers.of(frame.module, function, None)
            for one in self._mappings.frames(around, site.scope)
        ]
        return found or [frame]
