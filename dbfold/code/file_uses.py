"""What calls do with the files of databases: open, delete, move and overwrite them, themselves or by a callback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from dbfold.code.expressions import Attribute, Call, Expression, Name, Sql, last_name
from dbfold.code.facts import CallSite, Function, ModuleFacts
from dbfold.code.flows import Flows, paths
from dbfold.code.libraries import (
    CALLBACK_TAKERS,
    DESTRUCTIVE_FUNCTIONS,
    DESTRUCTIVE_METHODS,
    DESTRUCTIVE_PROGRAMS,
    MODE_OPENERS,
    OPENERS,
    SHELL_FUNCTIONS,
    WRITING_MODES,
)
from dbfold.code.operations import starts_program
from dbfold.code.project import Project
from dbfold.code.scopes import Scope, from_inside, last, outer
from dbfold.code.uses import MODULE, Doing, Place, Use, of
from dbfold.code.values import External, Frame, FunctionValue, TextValue, Values

Expressions = list[Expression | None]


def _last_names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.rpartition(".")[2] for name in names)


OPENER_NAMES = _last_names(OPENERS)
FUNCTION_NAMES = _last_names(DESTRUCTIVE_FUNCTIONS | MODE_OPENERS | SHELL_FUNCTIONS)
_METHOD_NAMES = DESTRUCTIVE_METHODS | {"replace", "open", "backup"}
_CALLED_BACK = _last_names(DESTRUCTIVE_FUNCTIONS) | DESTRUCTIVE_METHODS
_EXECUTE = frozenset({"execute", "executescript", "executemany", "exec_driver_sql"})
_NAMES = OPENER_NAMES | FUNCTION_NAMES | _METHOD_NAMES | _EXECUTE | CALLBACK_TAKERS | {"Choice"}


class FileUses:
    """Finds them in the calls of a project, of each that a path may get to."""

    def __init__(self, project: Project, flows: Flows) -> None:
        self._project = project
        self._flows = flows
        self.helpers = {
            last(function.name) for facts in project.modules.values() for function in _connection_helpers(facts)
        }

    def is_of_interest(self, call: Call, name: str, is_near: bool) -> bool:
        """May a call do something with a file? `is_near`: it is where databases are named."""
        if name in _NAMES or name in self.helpers:
            return True
        arguments = given(call)
        if any(one and last_name(one) in _CALLED_BACK for one in arguments):
            return True
        return (is_near and len(arguments) > 1) or any(keyword == "choices" for keyword, _ in call.keywords)

    # -- opening ------------------------------------------------------------------------------------------------------

    def opened(self, facts: ModuleFacts, site: CallSite, name: str) -> Iterator[Use]:
        """What a call opens if the function around it is left to its defaults, for that function and its classes."""
        call = site.call
        arguments = given(call)
        found: set[Place] = set()
        if name in OPENER_NAMES and self._functions(facts, site) & OPENERS:
            found = self._own(arguments, facts, site)
        elif name in _EXECUTE and "attach" in _sql(facts, call).lower():
            found = self._own([*arguments[1:], *fields(facts, call)], facts, site)
        elif name in FUNCTION_NAMES and self._destroyer(facts, site):
            found = self._own(arguments, facts, site)
        elif name in self.helpers:
            frame = self._flows.own_frame(facts, site.scope)
            found = self._own(arguments, facts, site)
            found = found or self._flows.connections([call], [frame], call.line, site.branches)
        elif len(arguments) > 1 and not name[:1].isupper() and not _is_method(call, _METHOD_NAMES | _EXECUTE):
            yield from self._together(facts, site, arguments, name)
        found = self._flows.one_of(found, facts.file) if name not in FUNCTION_NAMES else found
        for scope in _function_and_classes(facts, site.scope) if found else ():
            yield Use(Doing.OPENED, of(found), facts.file, call.line, scope, several=name in FUNCTION_NAMES)

    def _together(self, facts: ModuleFacts, site: CallSite, arguments: Expressions, name: str) -> Iterator[Use]:
        """Several paths for one function: both sides of a migration. A constructor may well be given two stores."""
        found = [one for argument in arguments if (one := self._own([argument], facts, site))]
        if len(found) > 1:
            everything = of(set().union(*found))
            yield Use(Doing.OPENED, everything, facts.file, site.call.line, f"{name}(…)", several=True)

    # -- deleting, moving, overwriting --------------------------------------------------------------------------------

    def of_call(self, facts: ModuleFacts, site: CallSite, name: str) -> Iterator[Use]:
        """What a call does with files that it is given. `name` is what its function is called where it is defined."""
        call = site.call
        choices = [value for keyword, value in call.keywords if keyword == "choices"]
        if found := self._at([*choices, *(call.arguments[:1] if name == "Choice" else ())], facts, site):
            yield Use(Doing.CHOSEN, of(found), facts.file, call.line)
        if name in FUNCTION_NAMES and (function := self._destroyer(facts, site)):
            yield from self._destroys(facts, site, given(call), function)
        elif name in _METHOD_NAMES and isinstance(call.function, Attribute):
            yield from self._method(facts, site, call.function)
        elif name in _EXECUTE and "vacuum into" in " ".join(_sql(facts, call).lower().split()):
            yield from self._destroys(facts, site, [*given(call)[1:], *fields(facts, call)], "VACUUM INTO")
        elif name in CALLBACK_TAKERS or any(one and last_name(one) in _CALLED_BACK for one in given(call)):
            yield from self._callbacks(facts, site)

    def _method(self, facts: ModuleFacts, site: CallSite, function: Attribute) -> Iterator[Use]:
        call, name = site.call, function.name
        arguments = given(call)
        if name == "backup":
            onto = [function.base] if len(call.arguments) > 1 else arguments[:1]  # apsw's is called on the copy
            frames = self._flows.frames(facts, site.scope)
            if found := self._flows.connections(onto, frames, call.line, site.branches):
                yield Use(Doing.DESTROYED, of(found), facts.file, call.line, "Connection.backup")
        elif name == "replace" and len(arguments) != 1:
            return  # of a text
        elif name == "open" and not self._writes(facts, site, call.arguments[:1]):
            return
        elif self._at([function.base, *(arguments if name not in ("write_text", "write_bytes") else ())], facts, site):
            yield from self._destroys(facts, site, [function.base, *arguments], f"Path.{name}")

    def _destroys(self, facts: ModuleFacts, site: CallSite, expressions: Expressions, by: str) -> Iterator[Use]:
        if found := self._at(expressions, facts, site):
            several = len(self._own(expressions, facts, site)) > 1
            yield Use(Doing.DESTROYED, of(found), facts.file, site.call.line, by, several)

    def _destroyer(self, facts: ModuleFacts, site: CallSite) -> str | None:
        """The function that a call deletes, moves or overwrites its arguments with; None if it does not."""
        call = site.call
        functions = self._functions(facts, site)
        if found := sorted(functions & DESTRUCTIVE_FUNCTIONS):
            return found[0]
        if (found := sorted(functions & MODE_OPENERS)) and self._writes(facts, site, call.arguments[1:2]):
            return found[0]
        if (found := sorted(functions & SHELL_FUNCTIONS)) and call.arguments:
            words = self._texts(facts, site, call.arguments[0])
            if any(word.rpartition("/")[2] in DESTRUCTIVE_PROGRAMS or starts_program(word) for word in words):
                return found[0]
        return None

    def _writes(self, facts: ModuleFacts, site: CallSite, modes: Iterable[Expression | None]) -> bool:
        """True for `open(path, "w")` and its like."""
        named = [value for name, value in site.call.keywords if name == "mode"]
        return any(WRITING_MODES & set(mode) for one in (*modes, *named) for mode in self._texts(facts, site, one))

    # -- callbacks ----------------------------------------------------------------------------------------------------

    def _callbacks(self, facts: ModuleFacts, site: CallSite) -> Iterator[Use]:
        """`atexit.register(os.remove, path)`, `register(path.unlink)`, `submit(wipe, path)`."""
        call = site.call
        arguments = given(call)
        for number, one in enumerate(arguments):
            others = [*arguments[:number], *arguments[number + 1 :]]
            if isinstance(one, Attribute) and one.name in DESTRUCTIVE_METHODS:
                yield from self._destroyed(self._at([one.base], facts, site), facts, site, f"Path.{one.name}")
            for value in self._values(one, facts, site) if isinstance(one, (Name, Attribute)) else ():
                if isinstance(value, External) and _destroys_when_called(value.name):
                    yield from self._destroyed(self._at(others, facts, site), facts, site, value.name)
                elif isinstance(value, FunctionValue):
                    yield from self._called_back(value, others, facts, site)

    def _called_back(
        self, value: FunctionValue, others: Expressions, facts: ModuleFacts, site: CallSite
    ) -> Iterator[Use]:
        """What a function of the project does with the paths that it is handed on with."""
        function = self._project.functions.known(value)
        everything = frozenset(found for one in others for found in self._values(one, facts, site))
        if function is None or not paths(everything):
            return
        called = self._project.modules[value.module]
        bindings = tuple(sorted((name, everything) for name in function.parameters[1 if function.in_class else 0 :]))
        frame = Frame(value.module, value.name, bindings, value.instance)
        for one in self._project.calls_in.get((value.module, value.name), ()):
            call = one.call
            by = self._destroyer(called, one) if last_name(call.function) in FUNCTION_NAMES else None
            expressions = given(call) if by else []
            if isinstance(call.function, Attribute) and call.function.name in DESTRUCTIVE_METHODS:
                by, expressions = f"Path.{call.function.name}", [call.function.base]
            found = self._flows.paths(expressions, [frame], call.line, one.branches)
            yield from self._destroyed(found, called, one, by or "")

    @staticmethod
    def _destroyed(found: set[Place], facts: ModuleFacts, site: CallSite, by: str) -> Iterator[Use]:
        if found:
            yield Use(Doing.DESTROYED, of(found), facts.file, site.call.line, by)

    # -- values -------------------------------------------------------------------------------------------------------

    def _values(self, expression: Expression | None, facts: ModuleFacts, site: CallSite) -> Values:
        frame = Frame(facts.file, site.scope)
        return self._project.evaluate(expression, frame, site.call.line, site.branches)

    def _functions(self, facts: ModuleFacts, site: CallSite) -> set[str]:
        """The functions of libraries that a call may be one of."""
        return {one.name for one in self._values(site.call.function, facts, site) if isinstance(one, External)}

    def _texts(self, facts: ModuleFacts, site: CallSite, expression: Expression | None) -> set[str]:
        return {one.text for one in self._values(expression, facts, site) if isinstance(one, TextValue)}

    def _at(self, expressions: Iterable[Expression | None], facts: ModuleFacts, site: CallSite) -> set[Place]:
        frames = self._flows.frames(facts, site.scope)
        return self._flows.paths(expressions, frames, site.call.line, site.branches)

    def _own(self, expressions: Iterable[Expression | None], facts: ModuleFacts, site: CallSite) -> set[Place]:
        frame = self._flows.own_frame(facts, site.scope)
        return self._flows.paths(expressions, [frame], site.call.line, site.branches)


def _is_method(call: Call, names: Set[str]) -> bool:
    return isinstance(call.function, Attribute) and call.function.name in names


def given(call: Call) -> Expressions:
    """The arguments of a call, None for what leads nowhere."""
    return [*call.arguments, *(value for _, value in call.keywords)]


def fields(facts: ModuleFacts, call: Call) -> list[Expression]:
    """What an f-string of SQL that is executed has between its literals."""
    first = call.arguments[0] if call.arguments else None
    parts = facts.texts[first.number].parts if isinstance(first, Sql) else ()
    return [part for part in parts if part is not None and not isinstance(part, str)]


def _sql(facts: ModuleFacts, call: Call) -> str:
    first = call.arguments[0] if call.arguments else None
    return facts.texts[first.number].text if isinstance(first, Sql) else ""


def _destroys_when_called(name: str) -> bool:
    method = name.rpartition(".")[2]
    return name in DESTRUCTIVE_FUNCTIONS or (name.startswith("pathlib.") and method in DESTRUCTIVE_METHODS)


def _connection_helpers(facts: ModuleFacts) -> Iterator[Function]:
    """Functions that return what a call gave that opens a database."""
    for function in facts.functions.values():
        for _, _, value in function.returns:
            held = facts.assignments.get((function.name, value.name), ()) if isinstance(value, Name) else ()
            if _opens(value) or any(_opens(one.value) for one in held):
                yield function
                break


def _opens(expression: Expression) -> bool:
    function = expression.function if isinstance(expression, Call) else None
    if isinstance(function, Attribute) and function.name == "__enter__":
        return _opens(function.base)
    return function is not None and last_name(function) in OPENER_NAMES


def _function_and_classes(facts: ModuleFacts, scope: Scope) -> Iterator[str]:
    yield scope or MODULE
    for around in from_inside(outer(scope)):
        if around in facts.classes:
            yield around
