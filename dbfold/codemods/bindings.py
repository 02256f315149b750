"""How a module binds and uses names: what an import may add, and which imports a rewrite leaves without a use."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Bindings:
    """Every binding and use of every name, from one walk.

    bound   how often a name is bound, in any scope
    used    how often it is read, in any scope
    quoted  texts of one line that may name something: `__all__`, annotations in quotes
    """

    bound: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    quoted: set[str] = field(default_factory=set)
    _alone: set[int] = field(default_factory=set)  # texts that are statements, such as docstrings

    @classmethod
    def of(cls, nodes: Iterable[ast.AST]) -> Bindings:
        """The bindings below `nodes`."""
        found = cls()
        for top in nodes:
            for node in ast.walk(top):
                if (record := _RECORDERS.get(type(node))) is not None:
                    record(found, node)
        return found

    def mentions(self, name: str) -> bool:
        """True if a quoted annotation or `__all__` names `name`; so may any other text of one line."""
        word = re.compile(rf"\b{re.escape(name)}\b")
        return any(word.search(text) for text in self.quoted)


def _name(found: Bindings, node: Any) -> None:
    (found.used if isinstance(node.ctx, ast.Load) else found.bound)[node.id] += 1


def _named(found: Bindings, node: Any) -> None:
    if node.name is not None:
        found.bound[node.name] += 1


def _imported(found: Bindings, node: Any) -> None:
    found.bound.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _constant(found: Bindings, node: Any) -> None:
    if isinstance(node.value, str) and "\n" not in node.value and id(node) not in found._alone:
        found.quoted.add(node.value)


# By type: a `match` over all of them takes several times as long, and every node of a module comes by.
_RECORDERS: dict[type, Callable[[Bindings, Any], None]] = {
    ast.Name: _name,
    ast.arg: lambda found, node: found.bound.update([node.arg]),
    ast.FunctionDef: _named,
    ast.AsyncFunctionDef: _named,
    ast.ClassDef: _named,
    ast.ExceptHandler: _named,
    ast.MatchAs: _named,
    ast.MatchStar: _named,
    ast.MatchMapping: lambda found, node: found.bound.update([node.rest] if node.rest else []),
    ast.Import: _imported,
    ast.ImportFrom: _imported,
    ast.Global: lambda found, node: found.bound.update(node.names),
    ast.Nonlocal: lambda found, node: found.bound.update(node.names),
    ast.Expr: lambda found, node: found._alone.add(id(node.value)),  # comes before its value
    ast.Constant: _constant,
}


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
    tree: ast.Module,
    bindings: Bindings,
    removed: Sequence[ast.expr],
    added: Sequence[ast.expr],
    local: AbstractSet[str] = frozenset(),
) -> list[ImportedName]:
    """Imports of the standard library that only the `removed` expressions used.

    What `added` expressions use counts as used. Other packages, and modules of the application's own (`local`), may be
    imported for their side effects, or be meant for whoever imports this module.
    """
    gone, new = Bindings.of(removed), Bindings.of(added)
    unused = []
    for imported in top_level_imports(tree):
        name = imported.name
        remaining = bindings.used[name] - gone.used[name] + new.used[name]
        if not gone.used[name] or remaining or bindings.bound[name] != 1:
            continue
        if _is_standard(imported, local) and not bindings.mentions(name):
            unused.append(imported)
    return unused


def _is_standard(imported: ImportedName, local: AbstractSet[str]) -> bool:
    statement = imported.statement
    if isinstance(statement, ast.ImportFrom):
        if statement.level:
            return False
        module = statement.module or ""
    else:
        module = imported.alias.name
    top = module.partition(".")[0]
    return top in sys.stdlib_module_names and top not in local


def in_comment_or_example(text: str, name: str) -> bool:
    """True if a comment such as `# type: (Path) -> None` names `name`, or a doctest's `>>> ` or `... `."""
    word = rf"\b{re.escape(name)}\b"
    return re.search(rf"(?:#[ \t]*type:|(?:>>>|\.\.\.) )[^\r\n]*{word}", text) is not None


_LOOKS_UP = re.compile(r"\b(?:globals|eval|exec)\(|\b(?:locals|vars|dir)\(\)|\bmodules\[__name__\]")


def looks_up_names(text: str) -> bool:
    """True if a module may ask for any of its names at run time: `globals()["os"]`, `exec(code)`."""
    return _LOOKS_UP.search(text) is not None
