"""What names mean in one module: imports, module constants, and every binding of a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property


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

    `enclosing` are the functions around the expression that is being looked at; whoever visits keeps it.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.enclosing: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda] = []
        self._bound: dict[ast.AST, set[str]] = {}

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

    @cached_property
    def _constants(self) -> dict[str, ast.expr]:
        """Values of names that module-level code binds exactly once, by a plain assignment at the top level."""
        values: dict[str, ast.expr] = {}
        repeated: set[str] = set()
        for statement in statements(self.tree.body, definitions=False):
            for name in _assigned(statement):
                if name in values or statement not in self.tree.body:
                    repeated.add(name)
                elif (value := getattr(statement, "value", None)) is not None:
                    values[name] = value
        for statement in statements(self.tree.body):
            if isinstance(statement, ast.Global):
                repeated.update(statement.names)
        return {name: value for name, value in values.items() if name not in repeated}

    def constant(self, name: str) -> ast.expr | None:
        """The value of a module constant, unless a function around the current expression binds the name, too."""
        value = self._constants.get(name)
        if value is None or any(name in self._bound_in(function) for function in self.enclosing):
            return None
        return value

    def _bound_in(self, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
        if function not in self._bound:
            nodes = list(ast.walk(function))
            names = {node.arg for node in nodes if isinstance(node, ast.arg)}
            names |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
            self._bound[function] = names
        return self._bound[function]

    def path_constructor(self) -> str | None:
        """How this module spells `pathlib.Path`, None if its top level does not import it."""
        for statement in self.tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.module == "pathlib":
                for alias in statement.names:
                    if alias.name == "Path":
                        return alias.asname or alias.name
            elif isinstance(statement, ast.Import):
                for alias in statement.names:
                    if alias.name == "pathlib":
                        return f"{alias.asname or alias.name}.Path"
        return None


def _assigned(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []
