"""Lists and mappings of paths that are handed on as a whole to a library, which may count or compare what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.code.expressions import Attribute, Call, Expression, dotted, last_name
from dbfold.code.facts import CallSite, ModuleFacts
from dbfold.code.file_uses import given
from dbfold.code.flows import Flows
from dbfold.code.project import Project
from dbfold.code.uses import Doing, Use, of
from dbfold.code.values import ClassValue, Frame, FunctionValue

_PARTS = frozenset({"values", "items", "copy"})
_THE_SAME = frozenset(
    "list tuple dict OrderedDict MappingProxyType deepcopy iter enumerate reversed zip len bool".split()
)
"""What gives all elements again, or says how many they are."""


class Gatherings:
    """Finds them in the calls of a project."""

    def __init__(self, project: Project, flows: Flows) -> None:
        self._project = project
        self._flows = flows
        self._names = {name for facts in project.modules.values() for name in facts.displays}

    def is_of_interest(self, call: Call) -> bool:
        """May a list or a mapping be among the arguments, to tell from its name?"""
        if not self._names or last_name(call.function) in _THE_SAME:
            return False
        return any(last_name(_whole(one)) in self._names for one in given(call) if one is not None)

    def of_call(self, facts: ModuleFacts, site: CallSite) -> Iterator[Use]:
        """The use that a call makes of the lists and mappings that it is given, unless it is one of the project's."""
        call = site.call
        frame = Frame(facts.file, site.scope)
        called = self._project.evaluate(call.function, frame, call.line, site.branches)
        if any(isinstance(one, (FunctionValue, ClassValue)) for one in called):
            return  # whose parameters are followed
        for one in given(call):
            if one is None or last_name(_whole(one)) not in self._names:
                continue
            found = self._flows.paths([one], self._flows.frames(facts, site.scope), call.line, site.branches)
            if len(found) > 1:
                yield Use(Doing.GATHERED, of(found), facts.file, call.line, dotted(call.function) or "a call")


def _whole(expression: Expression) -> Expression:
    """The list or the mapping that `expression` gives the elements of."""
    while True:
        match expression:
            case Call(function=Attribute(base=base, name=name)) if name in _PARTS:
                expression = base
            case _:
                return expression
