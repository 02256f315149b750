"""Mappings that a module writes down, `PATHS = {"zoe": …}`: one entry where the key is known, all of them in loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbfold.code.expressions import Attribute, Call, Entries, Expression, Item, Name, Text
from dbfold.code.facts import Assignment, ModuleFacts
from dbfold.code.imports import Modules
from dbfold.code.scopes import Branches, Scope, from_inside
from dbfold.code.values import NOTHING, Database, Evaluates, Frame, ModuleValue, TextValue, Values, union

_Entries = tuple[tuple[str | None, Expression], ...]


class Mappings:
    """The mappings of `modules`. `variables` is that of the environment: its variables, and the databases they name."""

    def __init__(self, modules: Modules, variables: Mapping[str, str], evaluate: Evaluates) -> None:
        self._index = modules
        self._modules = modules.facts
        self._variables = variables
        self._evaluate = evaluate

    def variable(self, name: str) -> Values:
        """The database that an environment variable names."""
        database = self._variables.get(name)
        return frozenset({Database(database)}) if database else NOTHING

    def item(self, base: Expression, key: Expression | None, frame: Frame, line: int, branches: Branches) -> Values:
        """What `base[key]` may be."""
        if isinstance(key, Text) and isinstance(base, Attribute) and base.name == "environ":
            return self.variable(key.value)
        entries, home = self._entries(base, frame, line, branches)
        if chosen := self._chosen(entries, key, frame, line, branches):
            place = (line, branches) if home is frame else (0, ())
            return union(self._evaluate(value, home, *place) for value in chosen)
        return self._evaluate(base, frame, line, branches)

    def _chosen(
        self, entries: _Entries, key: Expression | None, frame: Frame, line: int, branches: Branches
    ) -> list[Expression]:
        """The entries of a key, where it is known."""
        keys = self._evaluate(key, frame, line, branches) if entries and key is not None else NOTHING
        texts = {value.text for value in keys if isinstance(value, TextValue)}
        return [value for name, value in entries if name in texts] if len(texts) == len(keys) else []

    def _entries(self, base: Expression, frame: Frame, line: int, branches: Branches) -> tuple[_Entries, Frame]:
        """The entries of the mapping that `base` is, where a module writes it down once, and the frame they are in."""
        if isinstance(base, Name) and frame.entries and (entry := self.entry(base.name, frame)) is not None:
            base = entry
        if isinstance(base, Entries):
            return base.entries, frame
        if isinstance(base, Item):  # one mapping inside of another
            outer, home = self._entries(base.base, frame, line, branches)
            inner = self._chosen(outer, base.key, frame, line, branches)
            return (inner[0].entries, home) if len(inner) == 1 and isinstance(inner[0], Entries) else ((), frame)
        assigned, home = self._assigned(base, frame, line, branches)
        if len(assigned) == 1 and isinstance(assigned[0].value, Entries):
            return assigned[0].value.entries, home
        return (), frame

    def _assigned(
        self, base: Expression, frame: Frame, line: int, branches: Branches
    ) -> tuple[Sequence[Assignment], Frame]:
        """What is assigned to a name or an attribute, in this module or in the one that it is imported from."""
        facts = self._modules[frame.module]
        if isinstance(base, Name):
            return self._of_name(facts, base.name, frame)
        if not isinstance(base, Attribute):
            return (), frame
        if base.base in (Name("self"), Name("cls")):
            function = facts.functions.get(frame.scope)
            owner = (function.in_class if function else None) or ""
            names = (f".{base.name}", base.name)
            return next((found for name in names if (found := facts.assignments.get((owner, name)))), ()), frame
        for value in self._evaluate(base.base, frame, line, branches):
            if isinstance(value, ModuleValue):
                return self._modules[value.module].assignments.get(("", base.name), ()), Frame(value.module, "")
        return (), frame

    def _of_name(self, facts: ModuleFacts, name: str, frame: Frame) -> tuple[Sequence[Assignment], Frame]:
        for scope in from_inside(frame.scope):
            if assigned := facts.assignments.get((scope, name)):
                return assigned, frame
        imported = facts.imports.get(name)
        module = self._index.find(frame.module, imported.level, imported.module) if imported else None
        if module is not None and imported is not None and imported.name:
            return self._modules[module].assignments.get(("", imported.name), ()), Frame(module, "")
        for star in facts.stars if imported is None else ():
            module = self._index.find(frame.module, star.level, star.module)
            if module is not None and (assigned := self._modules[module].assignments.get(("", name))):
                return assigned, Frame(module, "")
        return (), frame

    # -- loops --------------------------------------------------------------------------------------------------------

    def frames(self, frame: Frame, scope: Scope) -> list[Frame]:
        """The frame once for each entry of the mappings that `scope` loops over."""
        facts = self._modules[frame.module]
        frames: list[Frame] = []
        for (place, name), assigned in facts.assignments.items():
            entries = _looped_over(facts, scope, assigned[-1].value) if place == scope else ()
            for number in range(len(entries)):
                while len(frames) <= number:
                    frames.append(frame)
                frames[number] = frames[number]._replace(entries=(*frames[number].entries, (name, number)))
        return frames or [frame]

    def entry(self, name: str, frame: Frame) -> Expression | None:
        """What a variable of a loop is in a frame that says which entry it has."""
        number = dict(frame.entries).get(name)
        if number is None:
            return None
        facts = self._modules[frame.module]
        entries = _looped_over(facts, frame.scope, facts.assignments[frame.scope, name][-1].value)
        return entries[number][1] if number < len(entries) else None


def _looped_over(facts: ModuleFacts, scope: Scope, value: Expression) -> _Entries:
    """The entries of the mapping that a loop variable goes through, where the module writes it down; else none."""
    if not isinstance(value, Item):
        return ()
    while isinstance(value, Item) and value.key is None:
        value = value.base
    if isinstance(value, Call) and isinstance(value.function, Attribute) and value.function.name in ("items", "values"):
        value = value.function.base
    if not isinstance(value, Name):
        return ()
    for place in from_inside(scope):
        for one in facts.assignments.get((place, value.name), ()):
            if isinstance(one.value, Entries) and len(one.value.entries) > 1:
                return one.value.entries
    return ()
