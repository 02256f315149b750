"""What functions of libraries give."""

from __future__ import annotations

from dbfold.code.expressions import Call, Expression, Text
from dbfold.code.interpretation.functions import Functions
from dbfold.code.interpretation.mappings import Mappings
from dbfold.code.interpretation.objects import Objects
from dbfold.code.libraries import (
    DEPENDENCIES,
    FIELDS,
    JOIN_FUNCTIONS,
    OPENERS,
    PATH_KEYWORDS,
    SAME,
    SESSIONS,
    other_engine,
)
from dbfold.code.library_values import opened
from dbfold.code.scopes import Branches, last
from dbfold.code.values import (
    NOTHING,
    TEMPORARY,
    ClassValue,
    Database,
    Elsewhere,
    Evaluates,
    Frame,
    FunctionValue,
    Instance,
    Value,
    Values,
    union,
)

_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault", "environ.get", "getenv"})
_DECORATORS = frozenset({"contextmanager", "asynccontextmanager"})


class LibraryCalls:
    """The calls of libraries' functions."""

    def __init__(self, functions: Functions, objects: Objects, mappings: Mappings, evaluate: Evaluates) -> None:
        self._functions = functions
        self._objects = objects
        self._mappings = mappings
        self._evaluate = evaluate

    def value(self, name: str, call: Call, frame: Frame, line: int, branches: Branches) -> Values:
        """What a call of the function `name`, qualified as it is imported, gives."""

        def evaluated(expression: Expression | None) -> Values:
            return self._evaluate(expression, frame, line, branches)

        keywords = dict(call.keywords)
        first = call.arguments[0] if call.arguments else None
        if name in OPENERS:
            path = first or next((keywords[one] for one in PATH_KEYWORDS if one in keywords), None)
            return frozenset(value for value in map(opened, evaluated(path)) if value is not None)
        if engine := other_engine(name):
            return frozenset({Elsewhere(engine)})
        if name.startswith("tempfile."):
            return frozenset({TEMPORARY})
        if name in _ENVIRONMENT:
            default = call.arguments[1] if len(call.arguments) > 1 else keywords.get("default")
            variable = self._mappings.variable(first.value) if isinstance(first, Text) else NOTHING
            return variable | evaluated(default)
        if name in DEPENDENCIES:
            return union(map(self._result, evaluated(first or keywords.get("dependency"))))
        if last(name) in FIELDS:
            return evaluated(first) | evaluated(keywords.get("default") or keywords.get("default_factory"))
        if last(name) in SESSIONS:
            return union(map(evaluated, (*call.arguments, *keywords.values())))
        if name in JOIN_FUNCTIONS and call.arguments:
            return evaluated(call.arguments[-1])
        if name in SAME or name == "functools.partial" or last(name) in _DECORATORS:
            return evaluated(first)
        return NOTHING

    def _result(self, value: Value) -> Values:
        """What calling `value` without arguments gives."""
        match value:
            case FunctionValue():
                return self._functions.returned(value)
            case ClassValue():
                return frozenset({Instance(value.module, value.name)})
            case Instance():
                return self._objects.called(value)
            case Database() | Elsewhere():
                return frozenset({value})
        return NOTHING
