"""What a call gives."""

from __future__ import annotations

from dbfold.code.expressions import Attribute, Call, Name, Text
from dbfold.code.interpretation.attributes import Attributes
from dbfold.code.interpretation.functions import Functions
from dbfold.code.interpretation.library_calls import LibraryCalls
from dbfold.code.interpretation.mappings import Mappings
from dbfold.code.interpretation.objects import Objects
from dbfold.code.scopes import Branches
from dbfold.code.values import (
    NOTHING,
    ClassValue,
    Database,
    Elsewhere,
    Evaluates,
    External,
    Frame,
    FunctionValue,
    Instance,
    SqlValue,
    Value,
    Values,
    union,
)


class Calls:
    """The calls of functions, classes, objects, and of what is not known."""

    def __init__(
        self,
        functions: Functions,
        objects: Objects,
        mappings: Mappings,
        attributes: Attributes,
        libraries: LibraryCalls,
        evaluate: Evaluates,
    ) -> None:
        self._functions = functions
        self._objects = objects
        self._mappings = mappings
        self._attributes = attributes
        self._libraries = libraries
        self._evaluate = evaluate

    def value(self, call: Call, frame: Frame, line: int, branches: Branches) -> Values:
        """What a call may give."""
        function = call.function
        if isinstance(function, Attribute) and function.name == "__enter__" and not call.arguments:
            return union(map(self._objects.entered, self._evaluate(function.base, frame, line, branches)))
        if function == Name("super"):
            return self._objects.parent(frame)
        if function == Name("getattr") and len(call.arguments) > 1 and isinstance(call.arguments[1], Text):
            name = call.arguments[1].value
            owners = self._argument(call, 0, frame, line, branches)
            found = union(self._attributes.of(value, name) for value in owners)
            return found | self._argument(call, 2, frame, line, branches)
        called = self._evaluate(function, frame, line, branches)
        found = union(self._called(value, call, frame, line, branches) for value in called)
        if not found and isinstance(function, Attribute):
            return self._method(function, call, frame, line, branches)
        return found

    def _argument(self, call: Call, number: int, frame: Frame, line: int, branches: Branches) -> Values:
        held = call.arguments[number] if number < len(call.arguments) else None
        return self._evaluate(held, frame, line, branches)

    def _called(self, value: Value, call: Call, frame: Frame, line: int, branches: Branches) -> Values:
        """What calling `value` gives."""
        match value:
            case External(name):
                return self._libraries.value(name, call, frame, line, branches)
            case FunctionValue():
                known = self._functions.known(value)
                if known is None:
                    return NOTHING
                return self._functions.returned(value, self._functions.bind(call, known, frame, line, branches))
            case ClassValue():
                return frozenset({self._objects.instantiate(value, call, frame, line, branches)})
            case Database() | Elsewhere() | SqlValue():
                return frozenset({value})
            case Instance():
                return self._objects.called(value)
        return NOTHING

    def _method(self, function: Attribute, call: Call, frame: Frame, line: int, branches: Branches) -> Values:
        """What a method of a mapping, a text or a path gives, of which nothing but its name is known."""
        name = function.name
        if name in ("get", "pop", "setdefault") and call.arguments:
            found = self._mappings.item(function.base, call.arguments[0], frame, line, branches)
            return found | self._argument(call, 1, frame, line, branches)
        if name == "join" and isinstance(function.base, Text):
            return self._argument(call, 0, frame, line, branches)
        if name == "joinpath":
            return self._argument(call, len(call.arguments) - 1, frame, line, branches)
        if name in ("values", "items", "copy"):
            return self._evaluate(function.base, frame, line, branches)
        return NOTHING
