"""Names: what scopes bind them to, and what modules import them from."""

from __future__ import annotations

from collections.abc import Mapping

from dbfold.code.expressions import Attribute, dotted
from dbfold.code.facts import Assignment, Import
from dbfold.code.imports import Modules
from dbfold.code.interpretation.mappings import Mappings
from dbfold.code.interpretation.parameters import Parameters
from dbfold.code.scopes import Branches, Scope, from_inside, inner, last
from dbfold.code.values import (
    NOTHING,
    ClassValue,
    Database,
    Evaluates,
    External,
    Frame,
    FunctionValue,
    ModuleValue,
    Values,
)


class Names:
    """The names of `modules`. `accessors` maps those that a generated accessor defines to databases."""

    accessor_module = "database_config"
    """How generated accessors are called, for imports of one that is not there yet."""

    def __init__(
        self,
        modules: Modules,
        accessors: Mapping[str, str],
        mappings: Mappings,
        parameters: Parameters,
        evaluate: Evaluates,
    ) -> None:
        self._index = modules
        self._modules = modules.facts
        self._accessors = accessors
        self._mappings = mappings
        self._parameters = parameters
        self._evaluate = evaluate
        self._classes: dict[str, list[ClassValue]] | None = None
        self._asked: set[tuple[str, str]] = set()

    def value(self, name: str, frame: Frame, line: int = 0, branches: Branches = ()) -> Values:
        """What `name` may be where it stands; something of a library, if nothing of the project is called so."""
        facts = self._modules[frame.module]
        for scope in from_inside(frame.scope):
            if scope in facts.classes and scope != frame.scope:
                continue  # a class's names are not seen by its methods
            found = self._in_scope(name, scope, frame, line, branches)
            if found is not None:
                return found
        imported = facts.imports.get(name)
        if imported is not None:
            return self._import(frame.module, imported)
        for star in facts.stars:
            module = self._index.find(frame.module, star.level, star.module)
            if module is not None and (held := self.member(module, name)):
                return held
        if name in self._accessors and facts.is_accessor:
            return frozenset({Database(self._accessors[name])})
        return frozenset({External(name)})

    def chained(self, expression: Attribute, frame: Frame, line: int, branches: Branches) -> Values | None:
        """`_local.conn`, where `_local.conn = …` is written somewhere in the module; None if nothing is."""
        name = dotted(expression)
        if name is None:
            return None
        facts = self._modules[frame.module]
        for scope in from_inside(frame.scope):
            if assigned := facts.assignments.get((scope, name)):
                return self._assigned(assigned, frame, scope, line, branches)[0]
        return None

    def member(self, module: str, name: str) -> Values:
        """What `name` is in `module`, as an importer sees it."""
        facts = self._modules[module]
        if facts.is_accessor and name in self._accessors:
            return frozenset({Database(self._accessors[name])})
        if (module, name) in self._asked:
            return NOTHING  # modules that import a name from each other, and nobody defines it
        self._asked.add((module, name))
        values = self.value(name, Frame(module, ""))
        self._asked.discard((module, name))
        return frozenset(value for value in values if not isinstance(value, External) or value.name != name)

    # -- scopes -------------------------------------------------------------------------------------------------------

    def _in_scope(self, name: str, scope: Scope, frame: Frame, line: int, branches: Branches) -> Values | None:
        """What `scope` binds `name` to; None if it does not."""
        if frame.entries and scope == frame.scope and (entry := self._mappings.entry(name, frame)) is not None:
            return self._evaluate(entry, frame, line, branches)
        facts = self._modules[frame.module]
        full = inner(scope, name)
        assigned = facts.assignments.get((scope, name))
        function = facts.functions.get(scope)
        is_parameter = function is not None and name in function.parameters
        if assigned is None and not is_parameter:
            if full in facts.functions:
                return frozenset({FunctionValue(frame.module, full)})
            return frozenset({ClassValue(frame.module, full)}) if full in facts.classes else None
        values, complete = NOTHING, False
        if assigned:
            own = scope == frame.scope
            values, complete = self._assigned(assigned, frame, scope, line if own else 0, branches)
        if function is not None and is_parameter and not complete:
            home = frame if scope == frame.scope else frame._replace(scope=scope, bindings=None)
            values |= self._parameters.value(function, name, home)
        if full in facts.functions:
            values |= {FunctionValue(frame.module, full)}
        if scope == "" and not values and (imported := facts.imports.get(name)):
            values |= self._import(frame.module, imported)  # `try: import x` / `except ImportError: x = None`
        return values

    def _assigned(
        self, assigned: list[Assignment], frame: Frame, scope: Scope, line: int, branches: Branches
    ) -> tuple[Values, bool]:
        """What assignments give a name in `line`, all of them for line 0; True if nothing before them counts."""
        complete = False
        chosen: list[Assignment] = []
        for one in reversed([one for one in assigned if one.line < line] if line else assigned):
            chosen.append(one)
            if line and not one.adds and branches[: len(one.branches)] == one.branches:
                complete = True
                break
        values: Values = NOTHING
        for one in chosen or assigned:
            home = frame if one.scope == frame.scope else Frame(frame.module, one.scope, callers=frame.callers)
            values |= self._evaluate(one.value, home, one.line, one.branches)
        return values, complete

    # -- imports ------------------------------------------------------------------------------------------------------

    def _import(self, file: str, imported: Import) -> Values:
        """What an import in `file` gives."""
        module = self._index.find(file, imported.level, imported.module)
        if imported.name is None:
            return frozenset({External(imported.module) if module is None else ModuleValue(module)})
        if module is not None and (held := self.member(module, imported.name)):
            return held
        dotted_name = f"{imported.module}.{imported.name}" if imported.module else imported.name
        submodule = self._index.find(file, imported.level, dotted_name)
        if submodule is not None:
            return frozenset({ModuleValue(submodule)})
        if module is None and self._index.is_own(imported) and (moved := self._only_class(imported.name)) is not None:
            return frozenset({moved})
        if module is None and imported.name in self._accessors and imported.module.endswith(self.accessor_module):
            return frozenset({Database(self._accessors[imported.name])})
        return frozenset({External(dotted_name)})

    def _only_class(self, name: str) -> ClassValue | None:
        """The one class of that name: where an import of the project's own leads nowhere, the class has moved."""
        if self._classes is None:
            self._classes = {}
            for facts in list(self._modules.values()):
                for one in facts.classes:
                    self._classes.setdefault(last(one), []).append(ClassValue(facts.file, one))
        found = self._classes.get(name, [])
        return found[0] if len(found) == 1 else None
