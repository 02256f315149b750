"""What names stand for in the modules of a project: bindings, modules, classes and functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial

from dbfold.statements.arguments import Function, definitions
from dbfold.statements.family import Family
from dbfold.statements.sources import Binding, Source, Sources
from dbfold.statements.spellings import ASKED, UNKNOWN, Carrier, Spellings

_ASKS = re.compile(r"(?i)sqlite_(?:master|schema)|table_list|database_list")
_ASKING = frozenset({"table_names", "get_table_names", "view_names", "tables", "get_tables"})


class Resolver:
    """Finds what names stand for. `read` is where names and attributes were read for it: file, line and column."""

    def __init__(self, sources: Sources, family: Family) -> None:
        self.sources = sources
        self.family = family
        self.read: set[tuple[str, int, int]] = set()

    def class_named(self, source: Source, node: ast.Name) -> str | None:
        """The class that a name stands for, by the name it has where it is defined."""
        for one in source.resolved(node)[1]:
            if isinstance(one.node, ast.ClassDef):
                return one.node.name
            if isinstance(one.node, ast.ImportFrom):
                return next((a.name for a in one.node.names if (a.asname or a.name) == node.id), None)
        return None

    def functions(self, source: Source, function: ast.expr) -> list[tuple[Source, Function]]:
        """The functions of the project that a call calls."""
        if isinstance(function, ast.Name):
            found = []
            for one in source.resolved(function)[1]:
                if isinstance(one.node, (ast.FunctionDef, ast.AsyncFunctionDef)) and one.kind == "definition":
                    found.append((source, one.node))
                elif isinstance(one.node, ast.ImportFrom):
                    other = self.sources.imported(source.file, one.node.level, one.node.module or "")
                    name = next((a.name for a in one.node.names if (a.asname or a.name) == function.id), "")
                    found += definitions(other, other.tree, name) if other else []
            return found
        if isinstance(function, ast.Attribute):
            if (module := self.sources.module(source, function.value)) is not None:
                return definitions(module, module.tree, function.attr)
            if self.family.of(source, function.value, partial(self.class_named, source)) is None:
                return []
            return [
                (other, one.node)
                for other, owner, one in self.members(source, function)
                if owner is not None and isinstance(one.node, (ast.FunctionDef, ast.AsyncFunctionDef))
            ]
        return []

    def members(self, source: Source, node: ast.Attribute) -> Iterator[tuple[Source, ast.ClassDef | None, Binding]]:
        """What binds an attribute, in the classes that its object may be of; with the class, None outside of any."""
        owners = self.family.of(source, node.value, partial(self.class_named, source))
        for other in self.sources.naming(node.attr):
            for owner, one in other.attributes.get(node.attr, ()):
                if owners is None or owner is None or owner.name in owners:
                    yield other, owner, one

    def held(self, source: Source, node: ast.Name | ast.Attribute) -> tuple[list[tuple[Source, Binding]], Carrier]:
        """What a name or an attribute is bound to, and where."""
        self.read.add((source.file, node.lineno, node.col_offset))
        if isinstance(node, ast.Name):
            scope, bindings = source.resolved(node)
            held = [(source, one) for one in bindings]
            for one in bindings:
                if isinstance(one.node, ast.ImportFrom):
                    other = self.sources.imported(source.file, one.node.level, one.node.module or "")
                    name = next((a.name for a in one.node.names if (a.asname or a.name) == node.id), "")
                    if other is not None:
                        held = [(other, found) for found in other.bindings.get((id(other.tree), name), ())]
                        return held, Carrier(other.file, id(other.tree), name)
            return held, Carrier(source.file, id(scope), node.id)
        if (module := self.sources.module(source, node.value)) is not None:
            bindings = module.bindings.get((id(module.tree), node.attr), ())
            return [(module, one) for one in bindings], Carrier(module.file, id(module.tree), node.attr)
        return [(other, one) for other, _, one in self.members(source, node)], Carrier("", 0, node.attr)

    def unknown(self, source: Source, node: ast.expr) -> Spellings:
        return [ASKED if self.asks(source, node) else UNKNOWN]

    def asks(self, source: Source, node: ast.AST, depth: int = 0) -> bool:
        """Does a value come from the database's own list of its tables?"""
        if depth > 6:
            return False
        for one in ast.walk(node):
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and _ASKS.search(one.value):
                return True
            if isinstance(one, ast.Attribute) and one.attr in _ASKING:
                return True
        names = (
            [one for one in ast.walk(node) if isinstance(one, ast.Name)] if not isinstance(node, ast.JoinedStr) else []
        )
        for name in names:
            for binding in source.resolved(name)[1]:
                held = binding.node if binding.kind in ("value", "each", "opaque") else None
                if held is not None and self.asks(source, held, depth + 1):
                    return True
        return False
