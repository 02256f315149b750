"""Which functions write which databases, and what they call: for what happens on several connections at once."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from dbfold.code.expressions import dotted_expression, last_name
from dbfold.code.facts import CallSite
from dbfold.code.names import dotted
from dbfold.code.project import Project
from dbfold.code.scopes import Scope
from dbfold.code.values import Frame, FunctionValue
from dbfold.statements.executions import Execution
from dbfold.statements.sources import Source, Sources

Function = tuple[str, Scope]
"""A function or method: its module, and its dotted name there."""

ENDS = frozenset({"commit", "rollback", "close"})
DEEPEST = 4
_MOST_FUNCTIONS = 3  # of one name: more are everybody's, `get`, and say nothing


class Writers:
    """The functions of a project that write databases; `homes` says what file each database becomes a part of."""

    def __init__(
        self, project: Project, executions: tuple[Execution, ...], homes: Mapping[str, str], sources: Sources
    ) -> None:
        self.project = project
        self.executions = executions
        self.homes = homes
        self.sources = sources
        self.writes: dict[Function, list[Execution]] = defaultdict(list)
        self._written: dict[Function, AbstractSet[str]] = {}
        self._calls: dict[Function, list[tuple[ast.Call, Sequence[Function]]]] = {}
        self._calls_of: dict[str, dict[int, list[ast.Call]]] = {}
        for one in executions:
            # Of one of several nobody knows whether it is another connection than that of the transaction.
            if one.writes and len(one.databases) == 1 and one.databases[0] in homes:
                self.writes[one.file, one.scope].append(one)

    def meet(self, one: str, other: str) -> bool:
        """Are two databases in one file afterwards?"""
        return one != other and self.homes.get(one) == self.homes.get(other) is not None

    def written_by(self, function: Function, depth: int) -> AbstractSet[str]:
        """The databases that a function writes, or what it calls."""
        if function in self._written or depth > DEEPEST:
            return self._written.get(function, frozenset())
        self._written[function] = frozenset()
        found = {name for one in self.writes.get(function, ()) for name in one.databases}
        for _, called in self.calls(function):
            for one in called:
                found |= self.written_by(one, depth + 1)
        self._written[function] = found
        return found

    def ends(self, function: Function) -> bool:
        """Does a function end a transaction?"""
        source = self.sources.source(function[0])
        calls = self._calls_in(source, function[1]) if source is not None else ()
        return any(isinstance(one.func, ast.Attribute) and one.func.attr in ENDS for one in calls)

    def calls(self, function: Function) -> Sequence[tuple[ast.Call, Sequence[Function]]]:
        """The calls in a function, each with the functions that may be called."""
        if function not in self._calls:
            self._calls[function] = list(self._found_in(function))
        return self._calls[function]

    def _calls_in(self, source: Source, scope: Scope) -> Sequence[ast.Call]:
        """The calls in a function, given by its dotted name."""
        if source.file not in self._calls_of:
            calls = self._calls_of[source.file] = defaultdict(list)
            for node in source.nodes:
                if isinstance(node, ast.Call):
                    calls[id(source.scope_of(node))].append(node)
        body: ast.AST = source.tree
        for name in scope.split(".") if scope else ():
            found = (one.node for one in source.bindings.get((id(body), name), ()) if one.kind == "definition")
            body = next(found, None) or ast.Pass()
        return self._calls_of[source.file].get(id(body), ())

    def _found_in(self, function: Function) -> Iterator[tuple[ast.Call, Sequence[Function]]]:
        file, scope = function
        source = self.sources.source(file)
        known: dict[tuple[int, str | None], list[CallSite]] = defaultdict(list)
        for site in self.project.calls_in.get(function, ()):
            known[site.call.line, last_name(site.call.function)].append(site)
        for node in self._calls_in(source, scope) if source is not None else ():
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            sites = known.get((node.lineno, name), [])
            called = [one for site in sites for one in self._called(file, scope, site)]
            if not sites and (chain := dotted(node.func)) is not None:
                held = self.project.evaluate(dotted_expression(chain), Frame(file, scope), node.lineno)
                called = [(value.module, value.name) for value in held if isinstance(value, FunctionValue)]
            yield (
                node,
                called or (() if self._leads_elsewhere(file, scope, sites) else self._named.get(name, ())),
            )

    def _called(self, file: str, scope: Scope, site: CallSite) -> Iterator[Function]:
        for value in self.project.evaluate(site.call.function, Frame(file, scope), site.call.line, site.branches):
            if isinstance(value, FunctionValue):
                yield value.module, value.name

    def _leads_elsewhere(self, file: str, scope: Scope, sites: Sequence[CallSite]) -> bool:
        """Is something else called, as far as that is known?"""
        return any(
            self.project.evaluate(site.call.function, Frame(file, scope), site.call.line, site.branches)
            for site in sites
        )

    @cached_property
    def _named(self) -> Mapping[str, list[Function]]:
        """Functions and methods by their names: what may be called where nothing is known of an object."""
        found: dict[str, list[Function]] = defaultdict(list)
        for file, facts in self.project.modules.items():
            for name in facts.functions:
                found[name.rpartition(".")[2]].append((file, name))
        return {name: those for name, those in found.items() if len(those) <= _MOST_FUNCTIONS}
