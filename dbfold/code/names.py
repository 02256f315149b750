"""What names mean in one module: imports, module constants, and every binding of a name."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any


def dotted(node: ast.expr) -> str | None:
    """`a.b.c` for a chain of attributes on a name, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def statements(body: list[ast.stmt], definitions: bool = True) -> Iterator[ast.stmt]:
    """All statements of a body and of the bodies inside it; expressions are not visited.

    Without `definitions`, the bodies of functions and classes are left out: what runs when the module is imported.
    """
    pending = list(reversed(body))
    while pending:
        statement = pending.pop()
        yield statement
        if definitions or not isinstance(statement, _DEFINITIONS):
            for block in blocks(statement):
                pending.extend(reversed(block))


def blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The bodies of a compound statement, in source order."""
    if body := getattr(statement, "body", None):
        yield body
    for handler in getattr(statement, "handlers", ()):
        yield handler.body
    for case in getattr(statement, "cases", ()):
        yield case.body
    for name in ("orelse", "finalbody"):
        if block := getattr(statement, name, None):
            yield block


class ModuleNames:
    """Imports and constants of a module, worked out when first asked for.

    `enclosing` are the functions and classes around the expression that is being looked at; whoever visits keeps it.
    `composed` is `composition`'s memory of what constants hold.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.enclosing: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef] = []
        self._bound: dict[ast.AST, Counter[str]] = {}
        self.composed: dict[tuple[object, ...], Any] = {}

    @cached_property
    def imports(self) -> dict[str, str]:
        """What each imported local name stands for: `{"sq": "sqlite3", "connect": "sqlite3.connect"}`."""
        names: dict[str, str] = {}
        for statement in statements(self.tree.body):
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    top = alias.name.partition(".")[0]
                    names[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
                for alias in statement.names:
                    names[alias.asname or alias.name] = f"{statement.module}.{alias.name}"
        return names

    def qualified(self, node: ast.expr) -> str | None:
        """The dotted name of `node` with imports resolved: `sq.connect` is `sqlite3.connect`."""
        name = dotted(node)
        if name is None:
            return None
        head, dot, rest = name.partition(".")
        return self.imports.get(head, head) + dot + rest

    def is_of_module(self, name: str) -> bool:
        """Is it a constant of the module, and no name of a function around the current expression?"""
        return name in self._constants and not any(self._bound_in(one)[name] for one in self.enclosing)

    def imported(self, name: str) -> str | None:
        """Where `BASE` or `settings.BASE` is from, as `settings.BASE` or `..settings.BASE`; None for what is not only
        imported at the top of the module.
        """
        head, _, rest = name.partition(".")
        source = self._sources.get(head)
        if (
            source is None
            or self._module_bindings[head] > 1
            or any(self._bound_in(one)[head] for one in self.enclosing)
        ):
            return None
        module, taken = source
        if taken is None:
            return f"{module}.{rest}" if rest else None
        return f"{module}{'' if module.endswith('.') else '.'}{taken}{'.' if rest else ''}{rest}"

    @cached_property
    def _sources(self) -> dict[str, tuple[str, str | None]]:
        """The imports of the top level by their local names: the module, and what is taken from it."""
        found: dict[str, tuple[str, str | None]] = {}
        for statement in self.tree.body:
            if isinstance(statement, ast.ImportFrom):
                module = "." * statement.level + (statement.module or "")
                found.update({alias.asname or alias.name: (module, alias.name) for alias in statement.names})
            elif isinstance(statement, ast.Import):
                found.update({alias.asname or alias.name: (alias.name, None) for alias in statement.names})
        return found

    @cached_property
    def _constants(self) -> dict[str, ast.expr]:
        """Values of names that a plain assignment at the top level binds, and nothing else that runs on import."""
        bound = self._module_bindings
        values: dict[str, ast.expr] = {}
        for statement in self.tree.body:
            value = getattr(statement, "value", None)
            for name in assigned(statement):
                if value is not None and bound[name] == 1:
                    values[name] = value
        return values

    def constant(self, name: str) -> ast.expr | None:
        """What a name always holds: the value of a constant of the module, or of the function or class that is the
        innermost around the current expression. None if anything else binds the name, or something between them does.
        """
        around = self.enclosing
        if around and self._bound_in(around[-1])[name]:
            return self._constant_in(around[-1], name)
        functions = [one for one in around[:-1] if not isinstance(one, ast.ClassDef)]  # classes are no scopes for those
        return None if any(self._bound_in(one)[name] for one in functions) else self._constants.get(name)

    def _constant_in(self, definition: ast.AST, name: str) -> ast.expr | None:
        if self._bound_in(definition)[name] > 1 or isinstance(definition, ast.Lambda):
            return None
        inside = statements(definition.body, definitions=False)  # type: ignore[attr-defined]
        return next((one.value for one in inside if name in assigned(one)), None)  # type: ignore[attr-defined]

    def _bound_in(self, definition: ast.AST) -> Counter[str]:
        """How often a function or a class binds each name, in its parameters and all that it defines as well."""
        if definition not in self._bound:
            self._bound[definition] = Counter(name for node in ast.walk(definition) for name in _bound_by(node))
        return self._bound[definition]

    def path_constructor(self) -> str | None:
        """How this module spells `pathlib.Path`; None if its top level does not import it, or binds that name again."""
        bound = self._module_bindings
        for statement in self.tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.module == "pathlib" and not statement.level:
                spellings = {alias.asname or alias.name: "" for alias in statement.names if alias.name == "Path"}
            elif isinstance(statement, ast.Import):
                spellings = {
                    alias.asname or alias.name: ".Path" for alias in statement.names if alias.name == "pathlib"
                }
            else:
                continue
            for name, rest in spellings.items():
                if bound[name] == 1 and self._last_star <= statement.lineno:
                    return name + rest
        return None

    @cached_property
    def _module_bindings(self) -> Counter[str]:
        """How often what runs on import binds each name; `global` in a function counts, too."""
        bound: Counter[str] = Counter()
        pending: list[ast.AST] = list(self.tree.body)
        while pending:
            node = pending.pop()
            if isinstance(node, _DEFINITIONS):
                bound[node.name] += 1
                continue
            bound.update(_bound_by(node))
            pending.extend(ast.iter_child_nodes(node))
        for statement in statements(self.tree.body):
            if isinstance(statement, ast.Global):
                bound.update(statement.names)
        return bound

    @cached_property
    def _last_star(self) -> int:
        """The line of the last `from … import *`, which may bind any name again; 0 if there is none."""
        imports = [found for found in statements(self.tree.body) if isinstance(found, ast.ImportFrom)]
        return max((found.lineno for found in imports if found.names[0].name == "*"), default=0)


def _bound_by(node: ast.AST) -> list[str]:
    """The names that a node itself binds."""
    if isinstance(node, ast.Name):
        return [] if isinstance(node.ctx, ast.Load) else [node.id]
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return list(node.names)
    return [node.name] if isinstance(node, ast.ExceptHandler) and node.name else []


def assigned(statement: ast.stmt) -> list[str]:
    """The names that a plain assignment binds."""
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []
