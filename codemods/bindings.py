"""How a module binds and uses names: what an import may add, and which imports a rewrite leaves without a use."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bindings:
    """Every binding and use of every name, from one walk.

    bound   how often a name is bound, in any scope
    used    how often it is read, in any scope
    quoted  texts without spaces: `__all__`, annotations in quotes
    """

    bound: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    quoted: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, nodes: Iterable[ast.AST]) -> Bindings:
        """The bindings below `nodes`."""
        found = cls()
        for top in nodes:
            for node in ast.walk(top):
                found._add(node)
        return found

    def _add(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                self.used[name] += 1
            case ast.Name(id=name) | ast.arg(arg=name):
                self.bound[name] += 1
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self.bound[name] += 1
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                self.bound.update(alias.asname or alias.name.partition(".")[0] for alias in names)
            case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                self.bound[name] += 1
            case ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
                self.bound[name] += 1
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                self.bound.update(names)
            case ast.Constant(value=str() as text) if " " not in text and "\n" not in text:
                self.quoted.add(text)

    def mentions(self, name: str) -> bool:
        """True if a quoted annotation or `__all__` names `name`."""
        return any(name == text.partition(".")[0].partition("[")[0] for text in self.quoted)


@dataclass(frozen=True, slots=True)
class ImportedName:
    """One name of a top-level import statement."""

    statement: ast.Import | ast.ImportFrom
    alias: ast.alias

    @property
    def name(self) -> str:
        """The local name that it binds."""
        return self.alias.asname or self.alias.name.partition(".")[0]


def top_level_imports(tree: ast.Module) -> list[ImportedName]:
    """The names that import statements at the module's top level bind, in order."""
    return [
        ImportedName(statement, alias)
        for statement in tree.body
        if isinstance(statement, (ast.Import, ast.ImportFrom))
        for alias in statement.names
    ]


def unused_imports(
    tree: ast.Module, bindings: Bindings, removed: Sequence[ast.expr], added: Sequence[ast.expr]
) -> list[ImportedName]:
    """Imports that only the `removed` expressions used; what `added` expressions use counts as used."""
    gone, new = Bindings.of(removed), Bindings.of(added)
    unused = []
    for imported in top_level_imports(tree):
        name = imported.name
        remaining = bindings.used[name] - gone.used[name] + new.used[name]
        if gone.used[name] and not remaining and bindings.bound[name] == 1 and not bindings.mentions(name):
            unused.append(imported)
    return unused
