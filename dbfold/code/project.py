"""Modules together: which database does an expression lead to?

An abstract interpretation that follows names, attributes, parameters with their defaults and callers, helper functions,
constructors and imports, and knows what the libraries do that open databases. It never guesses: what it cannot follow
is nothing.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence

from dbfold.code.callers import Callers
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
from dbfold.code.facts import Assignment, Branches, CallSite, Class, Function, Import, ModuleFacts, Scope
from dbfold.code.imports import Modules
from dbfold.code.libraries import (
    DEPENDENCIES,
    FIELDS,
    JOIN_FUNCTIONS,
    OPENERS,
    PATH_KEYWORDS,
    SAME,
    SAME_CONNECTION,
    SESSIONS,
    TEXT_METHODS,
    TRANSPARENT_METHODS,
    other_engine,
)
from dbfold.code.library_values import opened, text_values, typed
from dbfold.code.values import (
    MEMORY,
    NOTHING,
    TEMPORARY,
    Bindings,
    ClassValue,
    Database,
    Elsewhere,
    External,
    Frame,
    FunctionValue,
    Instance,
    ModuleValue,
    SqlValue,
    TextValue,
    Value,
    Values,
    nesting,
    union,
)

_DEEPEST = 60


class Project:
    """The facts of modules, and the values of their expressions.

    `variables` maps environment variables to databases, `accessors` the names that a generated accessor defines. `load`
    gives modules that are imported and not among `modules`.
    """

    def __init__(
        self,
        modules: Mapping[str, ModuleFacts],
        variables: Mapping[str, str] | None = None,
        accessors: Mapping[str, str] | None = None,
        load: Callable[[str], ModuleFacts | None] | None = None,
    ) -> None:
        self._index = Modules(modules, load)
        self.modules = self._index.facts
        self.variables = variables or {}
        self.accessors = accessors or {}
        self._values: dict[tuple[object, ...], Values] = {}
        self._pending: dict[tuple[object, ...], Values] = {}
        self._drafts: dict[tuple[object, ...], Values] = {}
        self._preliminary = False
        self._lineages: dict[ClassValue, list[ClassValue]] = {}
        self._classes: dict[str, list[ClassValue]] | None = None
        self._callers = Callers(self)
        self.calls_in: dict[tuple[str, Scope], list[CallSite]] = {}
        for facts in self.modules.values():
            for site in facts.calls:
                self.calls_in.setdefault((facts.file, site.scope), []).append(site)

    # -- expressions --------------------------------------------------------------------------------------------------

    def evaluate(
        self, expression: Expression | None, frame: Frame, line: int, branches: Branches = (), depth: int = 0
    ) -> Values:
        """What `expression`, written in `line` inside `branches`, may be."""
        if expression is None:
            return NOTHING
        if depth > _DEEPEST:
            self._preliminary = True
            return NOTHING
        match expression:
            case Text(text):
                return text_values(text)
            case Sql(number):
                return frozenset({SqlValue(frame.module, number)})
            case Site(number):
                return self._site(frame.module, number)
        key = (id(expression), frame, line, branches)
        return self._once(key, NOTHING, lambda: self._evaluate(expression, frame, line, branches, depth + 1))

    def _once(self, key: tuple[object, ...], meanwhile: Values, work: Callable[[], Values]) -> Values:
        """Work a value out and remember it; what asks for it while that goes on gets `meanwhile`.

        What was worked out from such a preliminary value is not the whole truth, and is forgotten with the question
        that is being answered.
        """
        if key in self._values:
            return self._values[key]
        if key in self._drafts:
            self._preliminary = True
            return self._drafts[key]
        if key in self._pending:
            self._preliminary = True
            return self._pending[key]
        outer, self._preliminary = self._preliminary, False
        self._pending[key] = meanwhile
        try:
            values = work()
        finally:
            del self._pending[key]
        if not self._pending:
            self._drafts.clear()
            self._preliminary = False
        kept = self._drafts if self._preliminary else self._values
        kept[key] = values
        self._preliminary = self._preliminary or outer
        return values

    def _evaluate(self, expression: Expression, frame: Frame, line: int, branches: Branches, depth: int) -> Values:
        match expression:
            case Name(name):
                return self._name(name, frame, line, branches, depth)
            case Attribute(base, name):
                chained = self._chained(expression, frame, line, branches, depth)
                if chained is not None:
                    return chained
                found = self.evaluate(base, frame, line, branches, depth)
                return union(self._attribute(value, name, depth) for value in found)
            case Either(options):
                return union(self.evaluate(one, frame, line, branches, depth) for one in options)
            case Entries(entries):
                return union(self.evaluate(value, frame, line, branches, depth) for _, value in entries)
            case Item(base, key):
                return self._item(base, key, frame, line, branches, depth)
            case Deferred(body):
                return self.evaluate(body, frame, line, branches, depth)
            case Annotation(of):
                found = self.evaluate(of, frame, line, branches, depth)
                return union(map(typed, found))
            case Call():
                return self._call(expression, frame, line, branches, depth)
        return NOTHING

    def _site(self, module: str, number: int) -> Values:
        site = self.modules[module].sites[number]
        if site.is_temporary:
            return frozenset({TEMPORARY})
        if not site.database:
            return NOTHING
        return frozenset({Database(site.database, (module, site.line, site.column))})

    def _chained(self, expression: Attribute, frame: Frame, line: int, branches: Branches, depth: int) -> Values | None:
        """`_local.conn`, where `_local.conn = …` is written somewhere in the module; None if nothing is."""
        name = _dotted(expression)
        if name is None:
            return None
        facts = self.modules[frame.module]
        for scope in _scopes(frame.scope):
            if assigned := facts.assignments.get((scope, name)):
                return self._assigned(assigned, frame, scope, line, branches, depth)[0]
        return None

    def _item(
        self, base: Expression, key: Expression | None, frame: Frame, line: int, branches: Branches, depth: int
    ) -> Values:
        if isinstance(key, Text) and isinstance(base, Attribute) and base.name == "environ":
            return self._variable(key.value)
        entries, home = self._entries(base, frame, line, branches, depth)
        if entries and key is not None:
            keys = self.evaluate(key, frame, line, branches, depth)
            texts = {value.text for value in keys if isinstance(value, TextValue)}
            chosen = [value for name, value in entries if name in texts]
            if chosen and len(texts) == len(keys):
                place = (line, branches) if home is frame else (0, ())
                return union(self.evaluate(value, home, *place, depth) for value in chosen)
        return self.evaluate(base, frame, line, branches, depth)

    def _entries(
        self, base: Expression, frame: Frame, line: int, branches: Branches, depth: int
    ) -> tuple[tuple[tuple[str | None, Expression], ...], Frame]:
        """The entries of the mapping that `base` is, where a module writes it down once, and the frame they are in."""
        if isinstance(base, Name) and frame.entries and (entry := self._entry(base.name, frame)) is not None:
            base = entry
        if isinstance(base, Entries):
            return base.entries, frame
        assigned, home = self._mapping(base, frame, line, branches, depth)
        if len(assigned) == 1 and isinstance(assigned[0].value, Entries):
            return assigned[0].value.entries, home
        return (), frame

    def _mapping(
        self, base: Expression, frame: Frame, line: int, branches: Branches, depth: int
    ) -> tuple[Sequence[Assignment], Frame]:
        """What is assigned to a name or an attribute, in this module or in the one that it is imported from."""
        facts = self.modules[frame.module]
        if isinstance(base, Name):
            for scope in _scopes(frame.scope):
                if assigned := facts.assignments.get((scope, base.name)):
                    return assigned, frame
            imported = facts.imports.get(base.name)
            module = self._index.find(frame.module, imported.level, imported.module) if imported else None
            if module is not None and imported is not None and imported.name:
                return self.modules[module].assignments.get(("", imported.name), ()), Frame(module, "")
        elif isinstance(base, Attribute) and base.base in (Name("self"), Name("cls")):
            function = facts.functions.get(frame.scope)
            owner = (function.in_class if function else None) or ""
            names = (f".{base.name}", base.name)
            return next((found for name in names if (found := facts.assignments.get((owner, name)))), ()), frame
        elif isinstance(base, Attribute):
            for value in self.evaluate(base.base, frame, line, branches, depth):
                if isinstance(value, ModuleValue):
                    return self.modules[value.module].assignments.get(("", base.name), ()), Frame(value.module, "")
        return (), frame

    # -- names --------------------------------------------------------------------------------------------------------

    def _name(self, name: str, frame: Frame, line: int, branches: Branches, depth: int) -> Values:
        facts = self.modules[frame.module]
        for scope in _scopes(frame.scope):
            if scope in facts.classes and scope != frame.scope:
                continue  # a class's names are not seen by its methods
            found = self._in_scope(name, scope, frame, line, branches, depth)
            if found is not None:
                return found
        imported = facts.imports.get(name)
        if imported is not None:
            return self._import(frame.module, imported, depth)
        for star in facts.stars:
            module = self._index.find(frame.module, star.level, star.module)
            if module is not None and (held := self.member(module, name, depth)):
                return held
        if name in self.accessors and facts.is_accessor:
            return frozenset({Database(self.accessors[name])})
        return frozenset({External(name)})

    def _in_scope(
        self, name: str, scope: Scope, frame: Frame, line: int, branches: Branches, depth: int
    ) -> Values | None:
        """What `scope` binds `name` to; None if it does not."""
        if frame.entries and scope == frame.scope and (entry := self._entry(name, frame)) is not None:
            return self.evaluate(entry, frame, line, branches, depth)
        facts = self.modules[frame.module]
        full = f"{scope}.{name}" if scope else name
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
            values, complete = self._assigned(assigned, frame, scope, line if own else 0, branches, depth)
        if is_parameter and not complete:
            assert function is not None
            inner = frame if scope == frame.scope else frame._replace(scope=scope, bindings=None)
            values |= self._parameter(function, name, inner, depth)
        if full in facts.functions:
            values |= {FunctionValue(frame.module, full)}
        if scope == "" and not values and (imported := facts.imports.get(name)):
            values |= self._import(frame.module, imported, depth)  # `try: import x` / `except ImportError: x = None`
        return values

    def _assigned(
        self, assigned: list[Assignment], frame: Frame, scope: Scope, line: int, branches: Branches, depth: int
    ) -> tuple[Values, bool]:
        """What assignments give a name in `line`, all of them for line 0; True if nothing before them counts."""
        complete = False
        chosen: list[Assignment] = []
        for one in reversed([one for one in assigned if one.line < line] if line else assigned):
            chosen.append(one)
            if line and not one.adds and branches[: len(one.branches)] == one.branches:
                complete = True
                break
        if not chosen:
            chosen = assigned
        values: Values = NOTHING
        for one in chosen:
            inner = frame if one.scope == frame.scope else Frame(frame.module, one.scope, callers=frame.callers)
            values |= self.evaluate(one.value, inner, one.line, one.branches, depth)
        return values, complete

    def _parameter(self, function: Function, name: str, frame: Frame, depth: int) -> Values:
        if name == function.parameters[0] and function.in_class and "staticmethod" not in function.decorators:
            if "classmethod" in function.decorators:
                return frozenset({ClassValue(frame.module, function.in_class)})
            return frozenset({frame.instance or Instance(frame.module, function.in_class)})
        outer = frame._replace(scope=function.name.rpartition(".")[0], bindings=None)
        default = function.defaults.get(name)
        if frame.bindings is not None:
            for bound, values in frame.bindings:
                if bound == name:
                    return values or self._hinted(function, name, outer, depth)
            found = self.evaluate(default, outer, 0, (), depth)
            return found or self._hinted(function, name, outer, depth)
        if not frame.callers:
            return NOTHING
        receiver = frame.instance
        if receiver is not None and (receiver.module, receiver.name) == (frame.module, function.in_class):
            receiver = None
        values = self._passed(frame.module, function, name, receiver, depth)
        return values or self._hinted(function, name, outer, depth)

    def _hinted(self, function: Function, name: str, frame: Frame, depth: int) -> Values:
        hint = function.hints.get(name)
        return self.evaluate(hint, frame, 0, (), depth) if hint is not None else NOTHING

    def _passed(self, module: str, function: Function, name: str, receiver: Instance | None, depth: int) -> Values:
        """What the calls of the project pass for a parameter; its default where one of them passes nothing, or none is
        seen.

        With a `receiver`, an object of a class that inherits the method, only calls that may be of such an object
        count.
        """
        key = ("passed", module, function.name, name, receiver and receiver[:2])
        outer = Frame(module, function.name.rpartition(".")[0])
        default = self.evaluate(function.defaults.get(name), outer, 0, (), depth)
        return self._once(key, default, lambda: self._passed_now(module, function, name, receiver, default, depth))

    def _passed_now(
        self, module: str, function: Function, name: str, receiver: Instance | None, default: Values, depth: int
    ) -> Values:
        values: Values = NOTHING
        for frame, site, skipped in self._callers.of(module, function, receiver, depth):
            given, argument = _argument(site.call, function, name, skipped)
            values |= self.evaluate(argument, frame, site.call.line, site.branches, depth) if given else default
        if receiver is not None and len({value.name for value in values if isinstance(value, Database)}) > 1:
            values = self._passed_for(module, function, name, receiver, depth) or values
        # Tests pass throw-away databases; what the application uses is then the default.
        only_thrown_away = all(value in (MEMORY, TEMPORARY) for value in values)
        return values | default if only_thrown_away else values

    def _passed_for(self, module: str, function: Function, name: str, receiver: Instance, depth: int) -> Values:
        """The same, where several databases are possible: the callers' own callers say which object meets which.

        `for task in tasks: task.apply(path)` in a function that is called with one path and its tasks, and with others.
        """
        values: Values = NOTHING
        for frame, site, skipped in self._callers.of(module, function, receiver, depth):
            line, branches = site.call.line, site.branches
            for context in self._contexts(frame, site.scope, depth):
                called = self.evaluate(site.call.function, context, line, branches, depth)
                instances = (value.instance for value in called if isinstance(value, FunctionValue) and value.instance)
                given, argument = _argument(site.call, function, name, skipped)
                if given and any(instance[:2] == receiver[:2] for instance in instances):
                    values |= self.evaluate(argument, context, line, branches, depth)
        return values

    def _contexts(self, frame: Frame, scope: Scope, depth: int) -> list[Frame]:
        """A frame for each call of the function `scope`, and for each entry of a mapping that is looped over there."""
        function = self.modules[frame.module].functions.get(scope)
        if function is None or not function.parameters:
            return [frame]
        value = FunctionValue(frame.module, scope)
        found = [
            frame._replace(bindings=self.bind(site.call, function, value, one, site.call.line, site.branches, depth))
            for outer, site, _ in self._callers.of(frame.module, function, None, depth)
            for one in self._entry_frames(outer, site.scope)
        ]
        return found or [frame]

    def _entry_frames(self, frame: Frame, scope: Scope) -> list[Frame]:
        """The frame once for each entry of the mappings that `scope` loops over."""
        facts = self.modules[frame.module]
        frames: list[Frame] = []
        for (place, name), assigned in facts.assignments.items():
            entries = _looped_over(facts, scope, assigned[-1].value) if place == scope else ()
            for number in range(len(entries)):
                while len(frames) <= number:
                    frames.append(frame)
                frames[number] = frames[number]._replace(entries=(*frames[number].entries, (name, number)))
        return frames or [frame]

    def _entry(self, name: str, frame: Frame) -> Expression | None:
        """What a variable of a loop is in a frame that says which entry it has."""
        number = dict(frame.entries).get(name)
        if number is None:
            return None
        facts = self.modules[frame.module]
        entries = _looped_over(facts, frame.scope, facts.assignments[frame.scope, name][-1].value)
        return entries[number][1] if number < len(entries) else None

    # -- imports ------------------------------------------------------------------------------------------------------

    def _import(self, file: str, imported: Import, depth: int) -> Values:
        if imported.name is None:
            module = self._index.find(file, imported.level, imported.module)
            if module is not None:
                return frozenset({ModuleValue(module)})
            return frozenset({External(imported.module)})
        module = self._index.find(file, imported.level, imported.module)
        if module is not None:
            held = self.member(module, imported.name, depth)
            if held:
                return held
        dotted = f"{imported.module}.{imported.name}" if imported.module else imported.name
        inner = self._index.find(file, imported.level, dotted)
        if inner is not None:
            return frozenset({ModuleValue(inner)})
        if module is None and self._index.is_own(imported) and (moved := self._only_class(imported.name)) is not None:
            return frozenset({moved})
        if module is None and imported.name in self.accessors and imported.module.endswith(self._accessor_module):
            return frozenset({Database(self.accessors[imported.name])})
        return frozenset({External(dotted)})

    def _only_class(self, name: str) -> ClassValue | None:
        """The one class of that name: where an import of the project's own leads nowhere, the class has moved."""
        if self._classes is None:
            self._classes = {}
            for facts in list(self.modules.values()):
                for one in facts.classes:
                    self._classes.setdefault(one.rpartition(".")[2], []).append(ClassValue(facts.file, one))
        found = self._classes.get(name, [])
        return found[0] if len(found) == 1 else None

    _accessor_module = "database_config"

    def name_accessor(self, module: str) -> None:
        """Say how generated accessors are called, for imports of one that is not there yet."""
        self._accessor_module = module

    def member(self, module: str, name: str, depth: int = 0) -> Values:
        """What `name` is in `module`, as an importer sees it."""
        facts = self.modules[module]
        if facts.is_accessor and name in self.accessors:
            return frozenset({Database(self.accessors[name])})
        values = self._name(name, Frame(module, ""), 0, (), depth + 1) if depth < _DEEPEST else NOTHING
        return frozenset(value for value in values if not isinstance(value, External) or value.name != name)

    # -- attributes ---------------------------------------------------------------------------------------------------

    def _attribute(self, value: Value, name: str, depth: int) -> Values:
        match value:
            case Database() | Elsewhere():
                return frozenset({value}) if name in SAME_CONNECTION | TRANSPARENT_METHODS else NOTHING
            case ModuleValue(module):
                found = self.member(module, name, depth)
                if found or not module.endswith("/__init__.py"):
                    return found
                inner = self._index.at(posixpath.join(posixpath.dirname(module), name))
                return frozenset({ModuleValue(inner)}) if inner else NOTHING
            case External(outer):
                return frozenset({External(f"{outer}.{name}")})
            case SqlValue():
                return frozenset({value}) if name in TEXT_METHODS else NOTHING
            case Instance() | ClassValue():
                return self._member_of(value, name, depth)
        return NOTHING

    def ancestors(self, value: ClassValue, depth: int) -> list[ClassValue]:
        """A class and what it inherits from, as far as the project has it."""
        if value in self._lineages:
            return self._lineages[value]
        found: list[ClassValue] = []
        pending = [value]
        while pending and len(found) < 20:
            one = pending.pop(0)
            facts = self.modules.get(one.module)
            known: Class | None = facts.classes.get(one.name) if facts else None
            if known is None or one in found:
                continue
            found.append(one)
            for base in known.bases:
                values = self.evaluate(base, Frame(one.module, one.name.rpartition(".")[0]), 0, (), depth)
                pending += [base for base in values if isinstance(base, ClassValue)]
        self._lineages[value] = found
        return found

    def _member_of(self, value: Instance | ClassValue, name: str, depth: int) -> Values:
        return self._once(("member", value, name), NOTHING, lambda: self._find_member(value, name, depth))

    def _find_member(self, value: Instance | ClassValue, name: str, depth: int) -> Values:
        owner = ClassValue(value.module, value.name)
        instance = value if isinstance(value, Instance) else None
        for cls in self.ancestors(owner, depth):
            facts = self.modules[cls.module]
            function = facts.functions.get(f"{cls.name}.{name}")
            if function is not None:
                method = FunctionValue(cls.module, function.name, instance)
                if any(one.rpartition(".")[2] in ("property", "cached_property") for one in function.decorators):
                    return self.returned(method, (), depth)
                return frozenset({method})
            if f"{cls.name}.{name}" in facts.classes:
                return frozenset({ClassValue(cls.module, f"{cls.name}.{name}")})
            if instance is not None and instance.bindings and not self.constructor(owner):
                for bound, values in instance.bindings:  # a dataclass
                    if bound == name and values:
                        return values
            assigned = [one for key in (f".{name}", name) for one in facts.assignments.get((cls.name, key), ())]
            found: Values = NOTHING
            for one in assigned:
                known = instance.bindings if instance and one.scope.endswith(".__init__") else None
                frame = Frame(cls.module, one.scope, known, instance)
                found |= self.evaluate(one.value, frame, one.line, one.branches, depth)
            if found:
                return found
        return NOTHING

    def holdings(self, value: Instance) -> Values:
        """The databases that an object's attributes lead to: what a wrapper of connections executes on."""
        found: Values = NOTHING
        for cls in self.ancestors(ClassValue(value.module, value.name), 0):
            for scope, name in self.modules[cls.module].assignments:
                if scope == cls.name:
                    found |= self._member_of(value, name.removeprefix("."), 1)
        return frozenset(one for one in found if isinstance(one, (Database, Elsewhere)))

    def constructor(self, value: ClassValue) -> FunctionValue | None:
        for cls in self.ancestors(value, 0):
            name = f"{cls.name}.__init__"
            if name in self.modules[cls.module].functions:
                return FunctionValue(cls.module, name)
        return None

    # -- calls --------------------------------------------------------------------------------------------------------

    def _call(self, call: Call, frame: Frame, line: int, branches: Branches, depth: int) -> Values:
        function = call.function

        def argument(number: int) -> Values:
            held = call.arguments[number] if number < len(call.arguments) else None
            return self.evaluate(held, frame, line, branches, depth)

        if isinstance(function, Attribute) and function.name == "__enter__" and not call.arguments:
            entered = self.evaluate(function.base, frame, line, branches, depth)
            return union(self._entered(value, depth) for value in entered)
        if function == Name("super"):
            return self._super(frame, depth)
        if function == Name("getattr") and len(call.arguments) > 1 and isinstance(call.arguments[1], Text):
            names = call.arguments[1].value
            return union(self._attribute(value, names, depth) for value in argument(0)) | argument(2)
        found: set[Value] = set()
        for value in self.evaluate(function, frame, line, branches, depth):
            match value:
                case External(name):
                    found |= self._library(name, call, frame, line, branches, depth)
                case FunctionValue():
                    known = self._function(value)
                    if known is not None:
                        bindings = self.bind(call, known, value, frame, line, branches, depth)
                        found |= self.returned(value, bindings, depth)
                case ClassValue():
                    found.add(self.instantiate(value, call, frame, line, branches, depth))
                case Database() | Elsewhere():
                    found.add(value)
                case SqlValue():
                    found.add(value)
                case Instance():
                    found |= self._called_instance(value, depth)
        if not found and isinstance(function, Attribute):
            if function.name in ("get", "pop", "setdefault") and call.arguments:
                found |= self._item(function.base, call.arguments[0], frame, line, branches, depth)
                found |= argument(1)
            elif function.name == "join" and isinstance(function.base, Text):
                found |= argument(0)
            elif function.name == "joinpath":
                found |= argument(len(call.arguments) - 1)
            elif function.name in ("values", "items", "copy"):
                found |= self.evaluate(function.base, frame, line, branches, depth)
        return frozenset(found)

    def _called_instance(self, value: Instance, depth: int) -> Values:
        found = self._member_of(value, "__call__", depth)
        return union(self.returned(one, (), depth) for one in found if isinstance(one, FunctionValue))

    def _entered(self, value: Value, depth: int) -> Values:
        if isinstance(value, Instance):
            for name in ("__enter__", "__aenter__"):
                for method in self._member_of(value, name, depth):
                    if isinstance(method, FunctionValue):
                        return self.returned(method, (), depth)
        return frozenset({value})

    def _super(self, frame: Frame, depth: int) -> Values:
        function = self.modules[frame.module].functions.get(frame.scope)
        if function is None or function.in_class is None:
            return NOTHING
        ancestors = self.ancestors(ClassValue(frame.module, function.in_class), depth)
        return frozenset(Instance(one.module, one.name) for one in ancestors[1:2])

    def _function(self, value: FunctionValue) -> Function | None:
        return self.modules[value.module].functions.get(value.name)

    def bind(
        self,
        call: Call,
        function: Function,
        value: FunctionValue,
        frame: Frame,
        line: int,
        branches: Branches,
        depth: int,
    ) -> Bindings:
        """A call's arguments by the names of the parameters; those that are passed and lead nowhere are NOTHING."""
        skipped = 1 if function.in_class and "staticmethod" not in function.decorators else 0
        bound: dict[str, Values] = {}
        for name in function.parameters[skipped:]:
            given, argument = _argument(call, function, name, skipped)
            if given:
                bound[name] = self.evaluate(argument, frame, line, branches, depth)
        return tuple(sorted(bound.items(), key=lambda item: item[0]))

    def returned(self, value: FunctionValue, bindings: Bindings, depth: int) -> Values:
        """What a call with these arguments returns or yields."""
        function = self._function(value)
        if function is None or depth > _DEEPEST:
            return NOTHING
        frame = Frame(value.module, value.name, bindings, value.instance)
        return union(self.evaluate(held, frame, line, branches, depth + 1) for line, branches, held in function.returns)

    def instantiate(
        self, value: ClassValue, call: Call, frame: Frame, line: int, branches: Branches, depth: int
    ) -> Instance:
        constructor = self.constructor(value)
        function = self._function(constructor) if constructor else None
        if function is None:
            named = tuple(
                (name, self.evaluate(held, frame, line, branches, depth)) for name, held in sorted(call.keywords)
            )
            return Instance(value.module, value.name, named)
        bindings = self.bind(call, function, constructor or FunctionValue("", ""), frame, line, branches, depth)
        if any(nesting(one) > 2 for _, values in bindings for one in values):
            return Instance(value.module, value.name)
        return Instance(value.module, value.name, bindings)

    def _library(self, name: str, call: Call, frame: Frame, line: int, branches: Branches, depth: int) -> Values:
        """What a function of a library gives."""

        def evaluated(expression: Expression | None) -> Values:
            return self.evaluate(expression, frame, line, branches, depth)

        last = name.rpartition(".")[2]
        keywords = dict(call.keywords)
        first = call.arguments[0] if call.arguments else None
        if name in OPENERS:
            path = first or next((keywords[one] for one in PATH_KEYWORDS if one in keywords), None)
            return frozenset(value for value in map(opened, evaluated(path)) if value is not None)
        if engine := other_engine(name):
            return frozenset({Elsewhere(engine)})
        if name.startswith("tempfile."):
            return frozenset({TEMPORARY})
        if name in ("os.getenv", "os.environ.get", "os.environ.setdefault", "environ.get", "getenv"):
            default = call.arguments[1] if len(call.arguments) > 1 else keywords.get("default")
            variable = self._variable(first.value) if isinstance(first, Text) else NOTHING
            return variable | evaluated(default)
        if name in DEPENDENCIES:
            return union(self._result(value, depth) for value in evaluated(first or keywords.get("dependency")))
        if last in FIELDS:
            default = keywords.get("default") or keywords.get("default_factory")
            return evaluated(first) | evaluated(default)
        if last in SESSIONS:
            return union(evaluated(one) for one in (*call.arguments, *keywords.values()))
        if name in JOIN_FUNCTIONS and call.arguments:
            return evaluated(call.arguments[-1])
        if name in SAME or last in ("contextmanager", "asynccontextmanager"):
            return evaluated(first)
        if name == "functools.partial":
            return evaluated(first)
        return NOTHING

    def _result(self, value: Value, depth: int) -> Values:
        """What calling `value` without arguments gives."""
        match value:
            case FunctionValue():
                return self.returned(value, (), depth)
            case ClassValue():
                return frozenset({Instance(value.module, value.name)})
            case Instance():
                return self._called_instance(value, depth)
            case Database() | Elsewhere():
                return frozenset({value})
        return NOTHING

    def _variable(self, name: str) -> Values:
        database = self.variables.get(name)
        return frozenset({Database(database)}) if database else NOTHING


def _argument(call: Call, function: Function, name: str, skipped: int) -> tuple[bool, Expression | None]:
    """Is a parameter given in a call, and by what?"""
    for keyword, value in call.keywords:
        if keyword == name:
            return True, value
    index = function.parameters.index(name) - skipped
    if 0 <= index < len(call.arguments):
        return True, call.arguments[index]
    return False, None


def _looped_over(facts: ModuleFacts, scope: Scope, value: Expression) -> tuple[tuple[str | None, Expression], ...]:
    """The entries of the mapping that a loop variable goes through, where the module writes it down; else none."""
    if not isinstance(value, Item):
        return ()
    while isinstance(value, Item) and value.key is None:
        value = value.base
    if isinstance(value, Call) and isinstance(value.function, Attribute) and value.function.name in ("items", "values"):
        value = value.function.base
    if not isinstance(value, Name):
        return ()
    for place in _scopes(scope):
        for one in facts.assignments.get((place, value.name), ()):
            if isinstance(one.value, Entries) and len(one.value.entries) > 1:
                return one.value.entries
    return ()


def _scopes(scope: Scope) -> Iterator[Scope]:
    """A scope and those around it, the module last."""
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]
    yield ""


def _dotted(expression: Expression) -> str | None:
    parts: list[str] = []
    while isinstance(expression, Attribute):
        parts.append(expression.name)
        expression = expression.base
    if not isinstance(expression, Name):
        return None
    return ".".join([expression.name, *reversed(parts)])
