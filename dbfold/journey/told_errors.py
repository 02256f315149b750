"""Handlers that use the text of an SQLite error: `UNIQUE constraint failed: users.email` has a table's name in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from dbfold.journey.concerns import Concern, entry_names
from dbfold.journey.outlook import Outlook
from dbfold.journey.writers import Writers
from dbfold.statements.scan import CodeScan
from dbfold.statements.sources import Source, Sources

_LOGGING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_TYPES = frozenset({"isinstance", "type"})
_CODES = frozenset({"sqlite_errorcode", "sqlite_errorname", "with_traceback", "add_note", "__class__"})
_EXAMINING = frozenset(
    "split rsplit partition rpartition search match fullmatch findall replace startswith endswith index find".split()
)


def told_error_concerns(code: CodeScan, outlook: Outlook, sources: Sources) -> Iterator[Concern]:
    """Handlers around writes to databases whose tables get new names."""
    renamed = {database for database, merged in outlook.merged.items() if merged.names.get(database)}
    if code.project is None or not renamed:
        return
    homes = {name: name for name in renamed}
    writers = Writers(code.project, code.executions, homes, sources)
    handling = sources.files_naming_one({"except"}) if writers.writes else ()
    for file in list(code.project.modules):
        source = sources.source(file) if file in handling else None
        for node in source.nodes if source is not None else ():
            if source is not None and isinstance(node, ast.Try):
                for line in _telling(source, node):
                    for database in sorted(_written(source, node, writers)):
                        reason = "the text of an SQLite error is used, and would have new names of tables in it"
                        yield Concern(entry_names(outlook.policy, [database]), file, line, reason)


def _telling(source: Source, node: ast.Try) -> Iterator[int]:
    """The lines of handlers in which the text of an error matters."""
    for handler in node.handlers:
        caught = {getattr(one, "attr", getattr(one, "id", "")) for one in ast.walk(handler.type or ast.Pass())}
        for inner in ast.walk(handler) if handler.name else ():
            if not (isinstance(inner, ast.Name) and inner.id == handler.name and isinstance(inner.ctx, ast.Load)):
                continue
            if _is_told(source, inner) if "IntegrityError" in caught else _is_examined(source, inner):
                yield inner.lineno


def _is_told(source: Source, error: ast.Name) -> bool:
    """Is it used for more than its kind, a log, or another error?"""
    parent = source.parents.get(id(error))
    if isinstance(parent, ast.Attribute) and parent.attr in _CODES:
        return False
    node: ast.AST | None = error
    while node is not None and not isinstance(node, ast.stmt):
        if isinstance(node, ast.Call) and _is_harmless(node):
            return False
        node = source.parents.get(id(node))
    return not isinstance(node, ast.Raise)


def _is_harmless(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in _LOGGING and "log" in ast.unparse(call.func.value).casefold()
    return isinstance(call.func, ast.Name) and call.func.id in _TYPES


def _is_examined(source: Source, error: ast.Name) -> bool:
    """Does something depend on what is in its text?"""
    node: ast.AST | None = error
    while (node := source.parents.get(id(node))) is not None and not isinstance(node, ast.stmt):
        if isinstance(node, ast.Compare):
            return not isinstance(node.left, ast.Call) or getattr(node.left.func, "id", "") not in _TYPES
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not _is_harmless(node):
            return node.func.attr in _EXAMINING
    return False


def _written(source: Source, node: ast.Try, writers: Writers) -> AbstractSet[str]:
    """The databases that the guarded statements write, there or in what they call."""
    inside = {id(one) for statement in node.body for one in ast.walk(statement)}
    lines = range(node.body[0].lineno, (node.body[-1].end_lineno or node.lineno) + 1)
    function = source.file, source.name_of_scope(node)
    found = {name for one in writers.writes.get(function, ()) if one.line in lines for name in one.databases}
    for call, called in writers.calls(function):
        if id(call) in inside:
            found |= {name for one in called for name in writers.written_by(one, 0)}
    return found
