"""Loops over the rows of a statement that is still running, `for row in connection.execute("SELECT …")`, that write.

Without a write-ahead log, SQLite lets nobody write while another connection reads: on one file, "database is locked".
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence

from dbfold.code.expressions import dotted_expression
from dbfold.code.names import dotted
from dbfold.code.values import ClassValue, Frame, FunctionValue, Instance
from dbfold.journey.concerns import Concern, entry_names
from dbfold.journey.outlook import Outlook
from dbfold.journey.writers import Function, Writers
from dbfold.sqlite.header import is_wal
from dbfold.statements.executions import Execution
from dbfold.statements.sources import Source

Loop = ast.For | ast.AsyncFor


class RowLoops:
    """Finds writes in loops over the rows of another database, where both become one file."""

    def __init__(self, writers: Writers, outlook: Outlook) -> None:
        self._writers = writers
        self._project = writers.project
        self._sources = writers.sources
        self._outlook = outlook

    def concerns(self) -> Iterator[Concern]:
        """Writes in loops over rows of another file, there and in the loops over what a function hands on."""
        readers: dict[Function, set[str]] = defaultdict(set)
        for one in self._writers.executions if self._writers.writes else ():
            source = self._sources.source(one.file)
            reads = not one.writes and len(one.databases) == 1 and self._locks_readers_out(one.databases[0])
            if source is None or not reads:
                continue
            if _gives_rows(source, one):
                readers[one.file, one.scope].update(one.databases)
            for loop in _loops_over(source, one):
                yield from self._in_loop(source, loop, one.databases)
        names = {part for _, scope in readers for part in scope.split(".")[-2:] if not part.startswith("__")}
        naming = self._sources.files_naming_one(names)
        for file in list(self._project.modules):  # what is asked for may load more
            source = self._sources.source(file) if file in naming else None
            for loop in _loops_in(source) if source is not None else ():
                assert source is not None
                read = {name for reader in self._gone_through(source, loop) for name in readers.get(reader, ())}
                yield from self._in_loop(source, loop, sorted(read))

    def _locks_readers_out(self, database: str) -> bool:
        """Does a writer of the file that a database becomes wait for readers: is there no write-ahead log?"""
        home = self._writers.homes.get(database)
        path = self._outlook.before.read.get(home) if home else None
        return home is not None and not (path is not None and is_wal(path))

    def _gone_through(self, source: Source, loop: Loop) -> Iterator[Function]:
        """The functions that may give what a loop goes through."""
        frame = Frame(source.file, source.name_of_scope(loop))
        called = loop.iter.func if isinstance(loop.iter, ast.Call) else loop.iter
        name = dotted(called)
        for value in self._project.evaluate(dotted_expression(name), frame, loop.lineno) if name else ():
            if isinstance(value, FunctionValue):
                yield value.module, value.name
            elif isinstance(value, (ClassValue, Instance)):
                yield value.module, f"{value.name}.__iter__"

    def _in_loop(self, source: Source, loop: Loop, read: Sequence[str]) -> Iterator[Concern]:
        """What is written in a loop over rows of `read`."""
        function = source.file, source.name_of_scope(loop)
        body = {id(node) for statement in loop.body for node in ast.walk(statement)} if read else set()
        lines = range(loop.body[0].lineno, (loop.end_lineno or loop.lineno) + 1)
        written = [
            (one.line, name)
            for one in self._writers.writes.get(function, ())
            if one.line in lines
            for name in one.databases
        ]
        for node, called in self._writers.calls(function) if body else ():
            if id(node) in body:
                written += [(node.lineno, name) for one in called for name in self._writers.written_by(one, 0)]
        for line, other in written if body else ():
            for name in read:
                if self._writers.meet(other, name):
                    reason = f"writes {other} while rows of {name} are read, from line {loop.lineno} on"
                    reason += ": one file, and locked"
                    yield Concern(entry_names(self._outlook.policy, [name, other]), source.file, line, reason)


def _loops_over(source: Source, one: Execution) -> Iterator[Loop]:
    """The loops that step through the rows of an execution, not through a list of them."""
    for call in _calls(source, one):
        parent = source.parents.get(id(_value(source, call)))
        if isinstance(parent, (ast.For, ast.AsyncFor)):
            yield parent
        elif isinstance(parent, ast.Expr) and isinstance(call.func, ast.Attribute):
            yield from _loops_through(source, ast.dump(call.func.value), call)
        elif isinstance(parent, ast.Assign) and len(parent.targets) == 1:
            cursor = ast.dump(parent.targets[0]).replace("Store()", "Load()")
            yield from _loops_through(source, cursor, call)


def _gives_rows(source: Source, one: Execution) -> bool:
    """Does the function of an execution hand its rows on one by one: a generator, or what returns the cursor?"""
    if any(
        isinstance(node, (ast.Yield, ast.YieldFrom)) for loop in _loops_over(source, one) for node in ast.walk(loop)
    ):
        return True
    parents = [source.parents.get(id(_value(source, call))) for call in _calls(source, one)]
    return any(isinstance(parent, (ast.YieldFrom, ast.Return)) for parent in parents)


def _loops_in(source: Source) -> Iterator[Loop]:
    """All loops of a module."""
    return (node for node in source.nodes if isinstance(node, (ast.For, ast.AsyncFor)))


def _calls(source: Source, one: Execution) -> Iterator[ast.Call]:
    for call in source.calls.get(one.name, ()):
        if call.lineno <= one.line <= (call.end_lineno or 0) and source.name_of_scope(call) == one.scope:
            yield call


def _value(source: Source, call: ast.Call) -> ast.expr:
    parent = source.parents.get(id(call))
    return parent if isinstance(parent, ast.Await) else call


def _loops_through(source: Source, cursor: str, call: ast.Call) -> Iterator[Loop]:
    """The loops through a cursor behind a call."""
    scope = source.scope_of(call)
    for loop in _loops_in(source):
        if loop.lineno >= call.lineno and ast.dump(loop.iter) == cursor and source.scope_of(loop) is scope:
            yield loop
