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


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements of a body and of the bodies inside it; expressions are not visited."""
    pending = list(reversed(body))
    while pending:
        statement = pending.pop()
        yield statement
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
    """Imports and constants of a module, worked out when first asked for."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree

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
    def constants(self) -> dict[str, ast.expr]:
        """Values of names that the module's top level binds exactly once, by a plain assignment."""
        values: dict[str, ast.expr] = {}
        repeated: set[str] = set()
        for statement in statements(self.tree.body):
            for name in _assigned(statement):
                if name in values or statement not in self.tree.body:
                    repeated.add(name)
                elif (value := getattr(statement, "value", None)) is not None:
                    values[name] = value
        return {name: value for name, value in values.items() if name not in repeated}

    def path_constructor(self) -> str | None:
        """How this module spells `pathlib.Path`, None if it does not import it."""
        for name, meaning in self.imports.items():
            if meaning == "pathlib.Path":
                return name
            if meaning == "pathlib":
                return f"{name}.Path"
        return None


def _assigned(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []
