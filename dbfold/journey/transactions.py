"""Transactions on files that become one: writes in the middle of others.

SQLite lets one connection write at a time. Two stores, each with a file of its own, may call each other in the middle
of a transaction; on one file the inner one waits for the outer one, and fails: "database is locked".
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from dbfold.journey.concerns import Concern, entry_names
from dbfold.journey.outlook import Outlook
from dbfold.journey.writers import DEEPEST, ENDS, Function, Writers
from dbfold.statements.sources import Source

_Block = ast.FunctionDef | ast.AsyncFunctionDef | ast.With | ast.AsyncWith | ast.For | ast.While | ast.AsyncFor


class Transactions:
    """Finds writes on one database in the middle of a transaction on another, where both become one file."""

    def __init__(self, writers: Writers, outlook: Outlook) -> None:
        self._writers = writers
        self._sources = writers.sources
        self._outlook = outlook
        self._left_open: dict[Function, AbstractSet[str]] = {}
        self._blocks: dict[str, list[_Block]] = {}

    def concerns(self) -> Iterator[Concern]:
        if len({name for writes in self._writers.writes.values() for one in writes for name in one.databases}) < 2:
            return
        for function, writes in list(self._writers.writes.items()):
            for write in writes:
                yield from self._in_the_middle(function, write.line, None, write.databases)
        yield from self._behind_what_is_left_open()

    def _behind_what_is_left_open(self) -> Iterator[Concern]:
        """Writes behind calls of functions that begin a transaction and do not end it."""
        pending = [function for function in list(self._writers.writes) if self._leaves_open(function, 0)]
        seen: set[Function] = set()
        while pending:
            callers = self._callers({scope.rpartition(".")[2] for _, scope in pending}) - seen
            seen |= callers
            pending = [caller for caller in sorted(callers) if self._leaves_open(caller, 0)]
            for caller in sorted(callers):
                for node, called in self._writers.calls(caller):
                    if left := {name for one in called for name in self._leaves_open(one, 0)}:
                        yield from self._in_the_middle(caller, node.lineno, node, sorted(left))

    def _callers(self, names: AbstractSet[str]) -> set[Function]:
        """The functions with calls of these names."""
        found: set[Function] = set()
        naming = self._sources.files_naming_one(names)
        for file in self._writers.project.modules:
            if file in naming and (source := self._sources.source(file)) is not None:
                calls = [call for name in names for call in source.calls.get(name, ())]
                found.update((file, source.name_of_scope(call)) for call in calls)
        return found

    def _in_the_middle(
        self, function: Function, line: int, begins: ast.Call | None, databases: Sequence[str]
    ) -> Iterator[Concern]:
        """What is called in the middle of a transaction on `databases` that begins in a line of a function."""
        file, _ = function
        source = self._sources.source(file)
        if source is None:
            return
        span = self._open_lines(source, line)
        for node, called in self._writers.calls(function):
            if not span.first <= node.lineno <= span.last:
                continue
            is_later = begins is not None and (node.lineno, node.col_offset) > (line, begins.col_offset)
            if is_later if node.lineno == line else True:
                yield from self._met(file, node.lineno, called, line, databases)

    def _open_lines(self, source: Source, line: int) -> _Lines:
        if source.file not in self._blocks:
            self._blocks[source.file] = [node for node in source.nodes if isinstance(node, _Block)]
        return _open_lines(source, self._blocks[source.file], line)

    def _leaves_open(self, function: Function, depth: int) -> AbstractSet[str]:
        """The databases on which a function begins a transaction, or what it calls, that it does not end."""
        if function in self._left_open or depth > DEEPEST:
            return self._left_open.get(function, frozenset())
        self._left_open[function] = frozenset()
        file, scope = function
        source = self._sources.source(file)
        # Without a scope nobody calls it; with a level of isolation of its own, a transaction may be one statement.
        if source is None or not scope or file in self._sources.files_naming("isolation_level"):
            return frozenset()
        begun = [(one.line, name) for one in self._writers.writes.get(function, ()) for name in one.databases]
        calls = list(self._writers.calls(function))
        for node, called in calls:
            begun += [(node.lineno, name) for one in called for name in self._leaves_open(one, depth + 1)]
        ends = [node.lineno for node, called in calls if any(map(self._writers.ends, called))]
        found = {
            name for line, name in begun if not self._open_lines(source, line).ends and max(ends, default=0) <= line
        }
        self._left_open[function] = found
        return found

    def _met(
        self, file: str, line: int, called: Sequence[Function], begins: int, databases: Sequence[str]
    ) -> Iterator[Concern]:
        """What a call writes in the middle of a transaction on `databases`."""
        written = {name for function in called for name in self._writers.written_by(function, 0)}
        for other in sorted(written - set(databases)):
            for name in databases:
                if self._writers.meet(other, name):
                    reason = (
                        f"writes {other} in the middle of a transaction on {name}, which begins in line {begins}:"
                        " one file, and locked"
                    )
                    yield Concern(entry_names(self._outlook.policy, [name, other]), file, line, reason)


class _Lines(NamedTuple):
    """The lines in which a transaction is open, and whether something in them ends it."""

    first: int
    last: int
    ends: bool


def _open_lines(source: Source, blocks: Sequence[_Block], line: int) -> _Lines:
    """Where a transaction that begins in `line` is open: in the block that ends it, or to its commit."""
    function: ast.AST = source.tree
    block: ast.With | ast.AsyncWith | None = None
    loop: ast.AST | None = None
    for node in blocks:
        if not node.lineno <= line <= (node.end_lineno or 0):
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
        for name in ENDS
        for call in source.calls.get(name, ())
        if isinstance(call.func, ast.Attribute) and begins <= call.lineno <= end
    )
    ended = next((one for one in ends if one >= line), None)
    first, last = line, end if ended is None else ended
    if block is not None:
        last = min(last, block.end_lineno or last)
    if loop is not None and (block is None or block.lineno < loop.lineno):  # type: ignore[attr-defined]
        begin, finish = loop.lineno, loop.end_lineno or last  # type: ignore[attr-defined]
        if not any(begin <= one <= finish for one in ends):
            first = begin
    return _Lines(first, last, ended is not None or block is not None)
