"""Where the paths of databases flow to, over all modules: from a project to its uses of paths.

Only calls and operations that a path may get to are looked at; whether it does is asked of the project.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.code.expressions import Attribute, Call, Either, Expression, Name, Operation, last_name
from dbfold.code.facts import CallSite, ModuleFacts
from dbfold.code.file_uses import (
    FUNCTION_NAMES,
    OPENER_NAMES,
    FileUses,
    fields,
    given,
)
from dbfold.code.flows import Flows
from dbfold.code.gathering import Gatherings
from dbfold.code.imports import stem
from dbfold.code.project import Project
from dbfold.code.text_uses import TextUses
from dbfold.code.uses import Use

_ALIASED = OPENER_NAMES | FUNCTION_NAMES


def follow(project: Project) -> tuple[Use, ...]:
    """What the project does with the paths of its databases, in the order of its modules."""
    modules = list(project.modules.values())
    if not any(site.database for facts in modules for site in facts.sites):
        return ()
    following = _Following(project)
    return tuple(dict.fromkeys(use for facts in modules for use in following.module(facts)))


class _Following:
    """Looks at one module after another."""

    def __init__(self, project: Project) -> None:
        flows = Flows(project)
        self._reach = project.reach
        self._files = FileUses(project, flows)
        self._texts = TextUses(project, flows)
        self._gatherings = Gatherings(project, flows)
        self._near = {stem(facts.file) for facts in project.modules.values() if _names_database(facts)}

    def module(self, facts: ModuleFacts) -> Iterator[Use]:
        """The uses of one module."""
        aliases = _aliases(facts)
        is_near = self._is_near(facts)
        for site in facts.calls:
            name = last_name(site.call.function) or ""
            real = aliases.get(name, name)
            if self._files.is_of_interest(site.call, real, is_near) and self._reaches(facts, site, real):
                yield from self._files.of_call(facts, site, real)
                yield from self._files.opened(facts, site, real)
            elif is_near and name in self._files.helpers:
                yield from self._files.opened(facts, site, real)
            if self._gatherings.is_of_interest(site.call) and self._reaches(facts, site, real):
                yield from self._gatherings.of_call(facts, site)
        for one in facts.operations:
            if any(self._reach.holds(operand, facts, one.scope) for operand in _operands(one.operation)):
                yield from self._texts.of_operation(facts, one)

    def _reaches(self, facts: ModuleFacts, site: CallSite, name: str) -> bool:
        # A backup is made on connections; it is their paths that are found roughly.
        return name == "backup" or any(self._reach.holds(one, facts, site.scope) for one in _involved(facts, site.call))

    def _is_near(self, facts: ModuleFacts) -> bool:
        """May the module open a database without being told by a caller which?"""
        imported = [*facts.imports.values(), *facts.stars]
        return _names_database(facts) or any(
            one.module.rpartition(".")[2] in self._near or one.name in self._near for one in imported
        )


def _names_database(facts: ModuleFacts) -> bool:
    return any(site.database for site in facts.sites)


def _involved(facts: ModuleFacts, call: Call) -> Iterator[Expression]:
    """What a call may do something with."""
    yield from (one for one in given(call) if one is not None)
    yield from fields(facts, call)
    if isinstance(call.function, Attribute):
        yield call.function.base
    for one in given(call):  # `register(path.unlink)`
        if isinstance(one, Attribute):
            yield one.base


def _operands(operation: Operation) -> Iterator[Expression | None]:
    for one in operation.operands:
        if operation.what == "derive" and isinstance(one, Attribute):
            yield one.base
        elif operation.what == "derive" and isinstance(one, Call):
            yield from given(one)
            yield one.function.base if isinstance(one.function, Attribute) else None
        else:
            yield one


def _aliases(facts: ModuleFacts) -> dict[str, str]:
    """Other names of functions that are of interest: `from os import remove as rm`, `rm = os.remove`."""
    found = {name: one.name for name, one in facts.imports.items() if one.name and one.name in _ALIASED}
    held = [(name, one.value) for (_, name), assigned in facts.assignments.items() for one in assigned]
    held += [(name, value) for function in facts.functions.values() for name, value in function.defaults.items()]
    for name, value in held:
        for one in value.options if isinstance(value, Either) else (value,):
            if isinstance(one, (Name, Attribute)) and one.name in _ALIASED:
                found[name.removeprefix(".")] = one.name
    return found
