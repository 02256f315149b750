"""Where the code executes SQL, whatever the SQL is: the calls, and the databases that they run on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dbfold.code.expressions import Attribute, last_name
from dbfold.code.facts import CallSite, ModuleFacts
from dbfold.code.libraries import EXECUTORS, other_engine
from dbfold.code.project import Project
from dbfold.code.scopes import Scope
from dbfold.code.values import Database, Elsewhere, External, Frame, FunctionValue, Instance, SqlValue, Value

_WRITES = re.compile(r"(?i)\s*(?:with\b.*\b)?(?:insert|update|delete|replace)\b", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Execution:
    """A call that executes SQL: its file (relative to the policy), its line and the name that is called.

    databases  on which it runs; empty if that is not known
    sites      the places (file, line, column) that name them
    scope      the function that it stands in
    writes     it executes INSERT, UPDATE, DELETE or REPLACE, which begin a transaction
    """

    file: str
    line: int
    name: str
    databases: tuple[str, ...]
    sites: tuple[tuple[str, int, int], ...]
    scope: Scope = ""
    writes: bool = False


def executions(project: Project) -> Iterator[Execution]:
    """All of them but for those that run on what is no file of the application."""
    for facts in list(project.modules.values()):
        for site in facts.calls:
            if (name := last_name(site.call.function)) in EXECUTORS:
                found = _execution(project, facts, site, name or "")
                if found is not None:
                    yield found


def _execution(project: Project, facts: ModuleFacts, site: CallSite, name: str) -> Execution | None:
    """None for what runs elsewhere, and for a method of the project's own: what that executes is found in it."""
    call = site.call
    frame = Frame(facts.file, site.scope)
    called = project.evaluate(call.function, frame, call.line, site.branches)
    if any(isinstance(value, FunctionValue) for value in called):
        return None
    held: set[Value] = set()
    if isinstance(call.function, Attribute):
        for value in project.evaluate(call.function.base, frame, call.line, site.branches):
            held |= project.objects.holdings(value) if isinstance(value, Instance) else {value}
    if not any(isinstance(value, (Database, Elsewhere)) for value in held):
        for argument in (*call.arguments, *(value for _, value in call.keywords)):
            held |= project.evaluate(argument, frame, call.line, site.branches) if argument else frozenset()
    databases = {value for value in held if isinstance(value, Database)}
    if not databases and any(_is_elsewhere(value) for value in held):
        return None
    names = tuple(sorted({one.name for one in databases}))
    sites = tuple(sorted({one.site for one in databases if one.site}))
    return Execution(facts.file, call.line, name, names, sites, site.scope, _writes(project, facts, site))


def _writes(project: Project, facts: ModuleFacts, site: CallSite) -> bool:
    first = site.call.arguments[0] if site.call.arguments else None
    values = project.evaluate(first, Frame(facts.file, site.scope), site.call.line, site.branches) if first else ()
    texts = (project.modules[one.module].texts[one.number].text for one in values if isinstance(one, SqlValue))
    return any(_WRITES.match(text) for text in texts)


def _is_elsewhere(value: Value) -> bool:
    return isinstance(value, Elsewhere) or (isinstance(value, External) and other_engine(value.name) is not None)
