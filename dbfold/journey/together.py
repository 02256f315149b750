"""Connections to several files that become connections to one: what is attached, and transactions inside of others.

SQLite lets one connection write at a time. Two stores, each with a file of its own, may call each other in the middle
of a transaction; on one file the inner one waits for the outer one, and fails: "database is locked".
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from dbfold.code.expressions import last_name
from dbfold.code.facts import CallSite
from dbfold.code.project import Project
from dbfold.code.scopes import Scope
from dbfold.code.values import Frame, FunctionValue
from dbfold.journey.concerns import Concern, entry_names
from dbfold.journey.outlook import Outlook
from dbfold.statements.executions import Execution
from dbfold.statements.scan import CodeScan
from dbfold.statements.sources import Source, Sources

_DEEPEST = 4
_MOST_FUNCTIONS = 3  # of one name: more are everybody's, `get`, and say nothing
_ENDS = frozenset({"commit", "rollback", "close"})
_Function = tuple[str, Scope]


def together_concerns(code: CodeScan, outlook: Outlook, sources: Sources) -> Iterator[Concern]:
    """What would go wrong on one file, for the databases that become one."""
    homes = {name: merged.target for name, merged in outlook.merged.items()}
    for one in code.attachments:
        for name in one.attached:
            same = [other for other in one.to if homes.get(other, other) == homes.get(name, name) and other != name]
            if name in homes and (same or not one.to):
                what = same[0] if same else "a connection to what is not known"
                reason = f"attaches {name} to {what}: afterwards that is one file, and attached to itself it is locked"
                yield Concern(entry_names(outlook.policy, [name, *same]), one.file, one.line, reason)
    if code.project is not None and len(set(homes.values())) < len(homes):
        yield from _Transactions(code.project, code.executions, homes, outlook, sources).concerns()


@dataclass
class _Transactions:
    """Finds writes on one database in the middle of a transaction on another, where both become one file."""

    project: Project
    executions: tuple[Execution, ...]
    homes: Mapping[str, str]
    outlook: Outlook
    sources: Sources
    _writes: dict[_Function, list[Execution]] = field(default_factory=lambda: defaultdict(list))
    _written: dict[_Function, AbstractSet[str]] = field(default_factory=dict)

    def concerns(self) -> Iterator[Concern]:
        for one in self.executions:
            # Of one of several nobody knows whether it is another connection than that of the transaction.
            if one.writes and len(one.databases) == 1 and one.databases[0] in self.homes:
                self._writes[one.file, one.scope].append(one)
        if len({name for writes in self._writes.values() for one in writes for name in one.databases}) < 2:
            return
        for (file, scope), writes in list(self._writes.items()):
            source = self.sources.source(file)
            for write in writes if source is not None else ():
                assert source is not None
                first, last = _open_lines(source, write.line)
                for line, called in self._calls((file, scope)):
                    if first <= line <= last and line != write.line:
                        yield from self._met(file, line, called, write)

    def _met(self, file: str, line: int, called: Sequence[_Function], write: Execution) -> Iterator[Concern]:
        """What a call writes in the middle of the transaction of `write`."""
        written = {name for function in called for name in self._written_by(function, 0)}
        for other in sorted(written - set(write.databases)):
            for name in write.databases:
                if self.homes.get(other) == self.homes.get(name) is not None:
                    reason = (
                        f"writes {other} in the middle of a transaction on {name}, which begins in line {write.line}:"
                        " one file, and locked"
                    )
                    yield Concern(entry_names(self.outlook.policy, [name, other]), file, line, reason)

    def _written_by(self, function: _Function, depth: int) -> AbstractSet[str]:
        """The databases that a function writes, or what it calls."""
        if function in self._written or depth > _DEEPEST:
            return self._written.get(function, frozenset())
        self._written[function] = frozenset()
        found = {name for one in self._writes.get(function, ()) for name in one.databases}
        for _, called in self._calls(function):
            for one in called:
                found |= self._written_by(one, depth + 1)
        self._written[function] = found
        return found

    def _calls(self, function: _Function) -> Iterator[tuple[int, Sequence[_Function]]]:
        """The calls in a function: the line, and the functions that may be called."""
        file, scope = function
        source = self.sources.source(file)
        known: dict[tuple[int, str | None], list[CallSite]] = defaultdict(list)
        for site in self.project.calls_in.get(function, ()):
            known[site.call.line, last_name(site.call.function)].append(site)
        for node in _calls_in(source, scope) if source is not None else ():
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            sites = known.get((node.lineno, name), [])
            called = [one for site in sites for one in self._called(file, scope, site)]
            yield (
                node.lineno,
                called or (() if self._leads_elsewhere(file, scope, sites) else self._named.get(name, ())),
            )

    def _called(self, file: str, scope: Scope, site: CallSite) -> Iterator[_Function]:
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
    def _named(self) -> Mapping[str, list[_Function]]:
        """Functions and methods by their names: what may be called where nothing is known of an object."""
        found: dict[str, list[_Function]] = defaultdict(list)
        for file, facts in self.project.modules.items():
            for name in facts.functions:
                found[name.rpartition(".")[2]].append((file, name))
        return {name: those for name, those in found.items() if len(those) <= _MOST_FUNCTIONS}


def _calls_in(source: Source, scope: Scope) -> Iterator[ast.Call]:
    """The calls in a function, given by its dotted name."""
    body: ast.AST = source.tree
    for name in scope.split(".") if scope else ():
        found = (one.node for one in source.bindings.get((id(body), name), ()) if one.kind == "definition")
        body = next(found, None) or ast.Pass()
    for node in ast.walk(body):
        if isinstance(node, ast.Call) and source.scope_of(node) is body:
            yield node


_BLOCKS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.With, ast.AsyncWith, ast.For, ast.While, ast.AsyncFor)


def _open_lines(source: Source, line: int) -> tuple[int, int]:
    """The lines in which a transaction that begins in `line` is open: of the block that ends it, or to its commit."""
    function: ast.AST = source.tree
    block: ast.With | ast.AsyncWith | None = None
    loop: ast.AST | None = None
    for node in source.nodes:
        if not isinstance(node, _BLOCKS) or not node.lineno <= line <= (node.end_lineno or 0):
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            function, block, loop = node, None, None
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            block = node
        else:
            loop = node
    end = getattr(function, "end_lineno", None) or len(source.table.starts)
    begins = getattr(function, "lineno", 0)
    ends = sorted(
        call.lineno
        for name in _ENDS
        for call in source.calls.get(name, ())
        if isinstance(call.func, ast.Attribute) and begins <= call.lineno <= end
    )
    first, last = line, next((one for one in ends if one > line), end)
    if block is not None:
        last = min(last, block.end_lineno or last)
    if loop is not None and (block is None or block.lineno < loop.lineno):  # type: ignore[attr-defined]
        begin, finish = loop.lineno, loop.end_lineno or last  # type: ignore[attr-defined]
        if not any(begin <= one <= finish for one in ends):
            first = begin
    return first, last
