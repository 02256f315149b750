"""Functions: what a call binds their parameters to, and what they return."""

from __future__ import annotations

from dbfold.code.expressions import Call, Expression
from dbfold.code.facts import Function
from dbfold.code.imports import Modules
from dbfold.code.scopes import Branches
from dbfold.code.values import NOTHING, Bindings, Evaluates, Frame, FunctionValue, Values, union


class Functions:
    """The functions of `modules`."""

    def __init__(self, modules: Modules, evaluate: Evaluates) -> None:
        self._modules = modules.facts
        self._evaluate = evaluate

    def known(self, value: FunctionValue) -> Function | None:
        """The function that a value is."""
        return self._modules[value.module].functions.get(value.name)

    def bind(self, call: Call, function: Function, frame: Frame, line: int, branches: Branches) -> Bindings:
        """A call's arguments by the names of the parameters; those that are passed and lead nowhere are NOTHING."""
        skipped = bound_parameters(function)
        found: dict[str, Values] = {}
        for name in function.parameters[skipped:]:
            given, value = argument(call, function, name, skipped)
            if given:
                found[name] = self._evaluate(value, frame, line, branches)
        return tuple(sorted(found.items(), key=lambda item: item[0]))

    def returned(self, value: FunctionValue, bindings: Bindings = ()) -> Values:
        """What a call with these arguments returns or yields."""
        function = self.known(value)
        if function is None:
            return NOTHING
        frame = Frame(value.module, value.name, bindings, value.instance)
        return union(self._evaluate(held, frame, line, branches) for line, branches, held in function.returns)


def bound_parameters(function: Function) -> int:
    """How many parameters a call of the bound method does not pass: `self` or `cls`."""
    return 1 if function.in_class and "staticmethod" not in function.decorators else 0


def argument(call: Call, function: Function, name: str, skipped: int) -> tuple[bool, Expression | None]:
    """Is the parameter `name` given in a call that does not pass the first `skipped`, and by what?"""
    for keyword, value in call.keywords:
        if keyword == name:
            return True, value
    index = function.parameters.index(name) - skipped
    if 0 <= index < len(call.arguments):
        return True, call.arguments[index]
    return False, None
