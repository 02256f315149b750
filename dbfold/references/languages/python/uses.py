"""What a module does with its databases: which are opened side by side, which are deleted, moved or overwritten.

Code that opens an old and a new database side by side is a migration: rewriting both to one accessor would make it
read and write the same file. Code that deletes the old file would delete the new one. This module says which sites
that concerns; the policy decides.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dbfold.code.libraries import (
    DESTRUCTIVE_FUNCTIONS,
    DESTRUCTIVE_METHODS,
    OPENERS,
    TRANSPARENT_FUNCTIONS,
    TRANSPARENT_METHODS,
    WRITING_MODES,
)
from dbfold.code.names import ModuleNames
from dbfold.code.parsing import Position, position

MODULE = "module"


Scopes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uses:
    """What is done with sites, by their number.

    opened     the functions and classes that open the database, `MODULE` for code outside them
    destroyed  what deletes, moves or overwrites the file
    paired     what is given several paths in one call that copies or moves files
    """

    opened: dict[int, tuple[str, ...]] = field(default_factory=dict)
    destroyed: dict[int, str] = field(default_factory=dict)
    paired: dict[int, str] = field(default_factory=dict)


def uses(tree: ast.Module, names: ModuleNames, sites: Mapping[Position, int]) -> Uses:
    """What the module does with its sites. `sites` maps the position of a path expression to the site's number."""
    walk = _Walk(names, sites)
    walk.collect(tree, ())
    opened: dict[int, set[str]] = defaultdict(set)
    found = Uses()
    for scopes, argument in [*walk.opened, *walk.opened_by_helpers()]:
        for number in walk.resolve(argument, scopes):
            opened[number].update(_function_and_classes(scopes, walk.class_names))
    for scopes, function, arguments in walk.together:
        numbers = set().union(*(walk.resolve(argument, scopes) for argument in arguments))
        for number in numbers if len(numbers) > 1 else ():
            opened[number].add(f"{function}(…)")
    for scopes, function, arguments in walk.destroyed:
        numbers = set().union(*(walk.resolve(argument, scopes) for argument in arguments))
        for number in numbers:
            found.destroyed.setdefault(number, function)
            if len(numbers) > 1:
                found.paired.setdefault(number, function)
    found.opened.update({number: tuple(sorted(names)) for number, names in opened.items()})
    return found


def _function_and_classes(scopes: Scopes, class_names: set[str]) -> Iterable[str]:
    yield ".".join(scopes) or MODULE
    for length in range(1, len(scopes)):
        name = ".".join(scopes[:length])
        if name in class_names:
            yield name


class _Walk:
    """One pass that records what each name holds, and what is handed to functions that open files."""

    def __init__(self, names: ModuleNames, sites: Mapping[Position, int]) -> None:
        self.names = names
        self.sites = sites
        self.lines = {place[0] for place in sites}
        self.site_nodes: dict[int, ast.expr] = {}
        self.class_names: set[str] = set()
        self.values: dict[tuple[Scopes, str], set[int]] = defaultdict(set)
        self.copies: dict[tuple[Scopes, str], list[tuple[Scopes, ast.expr]]] = defaultdict(list)
        self.opened: list[tuple[Scopes, ast.expr]] = []
        self.connections: set[tuple[Scopes, str]] = set()
        self.helpers: set[Scopes] = set()
        self.calls: list[tuple[Scopes, ast.Call]] = []
        self.together: list[tuple[Scopes, str, list[ast.expr]]] = []
        self.destroyed: list[tuple[Scopes, str, list[ast.expr]]] = []

    def opened_by_helpers(self) -> Iterable[tuple[Scopes, ast.expr]]:
        """`legacy = sqlite3.connect(OLD)` beside `conn = _connect()`: a helper opens for whoever calls it."""
        for scopes, call in self.calls:
            helper = self._helper(call.func, scopes)
            if helper is None or helper == scopes:
                continue
            arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
            yield from ((scopes, argument) for argument in arguments)
            if not any(self.resolve(argument, scopes) for argument in arguments):
                for inside, argument in self.opened:
                    if inside == helper:
                        yield from ((scopes, node) for node in self._nodes(self.resolve(argument, inside)))

    def _nodes(self, numbers: set[int]) -> Iterable[ast.expr]:
        return (self.site_nodes[number] for number in numbers if number in self.site_nodes)

    def _helper(self, function: ast.expr, scopes: Scopes) -> Scopes | None:
        """The scope of the connection helper that `function` names, if it does."""
        name = function.id if isinstance(function, ast.Name) else ""
        if isinstance(function, ast.Attribute) and _is_self(function.value):
            name = function.attr
        for length in range(len(scopes), -1, -1):
            if (*scopes[:length], name) in self.helpers:
                return (*scopes[:length], name)
        return None

    def collect(self, tree: ast.AST, scopes: Scopes) -> None:
        pending: list[tuple[ast.AST, Scopes]] = [(tree, scopes)]
        while pending:
            node, scopes = pending.pop()
            if isinstance(node, ast.expr) and node.lineno in self.lines:
                number = self.sites.get(position(node))
                if number is not None:
                    self.site_nodes.setdefault(number, node)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                scopes = (*scopes, node.name)
                if isinstance(node, ast.ClassDef):
                    self.class_names.add(".".join(scopes))
                else:
                    self._parameters(node.args, scopes)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(target, node.value, scopes)
            elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                self._bind(node.target, node.value, scopes)
            elif isinstance(node, ast.Call):
                self._call(node, scopes)
                self.calls.append((scopes, node))
            elif isinstance(node, (ast.Return, ast.Yield)) and node.value is not None:
                self._returned(node.value, scopes)
            pending.extend((child, scopes) for child in reversed(_children(node)))

    def _returned(self, value: ast.expr, scopes: Scopes) -> None:
        """A function that returns what a connect call gave is a connection helper."""
        opens = isinstance(value, ast.Call) and self._opens(value)
        if opens or (isinstance(value, ast.Name) and (scopes, value.id) in self.connections):
            self.helpers.add(scopes)

    def _opens(self, call: ast.Call) -> bool:
        return self.names.qualified(call.func) in OPENERS

    def resolve(self, node: ast.expr, scopes: Scopes, seen: set[tuple[Scopes, str]] | None = None) -> set[int]:
        """The numbers of the sites whose path `node` may hold."""
        seen = set() if seen is None else seen
        direct = self._sites_in(node)
        for part in ast.walk(node):
            key = self._key(part, scopes)
            if key is None or key in seen:
                continue
            seen.add(key)
            direct |= self.values.get(key, set())
            for copied_in, value in self.copies.get(key, ()):
                direct |= self.resolve(value, copied_in, seen)
        return direct

    def _sites_in(self, node: ast.expr) -> set[int]:
        if self.lines.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            return set()
        found = {self.sites.get(position(part)) for part in ast.walk(node) if isinstance(part, ast.expr)}
        return {number for number in found if number is not None}

    def _key(self, node: ast.AST, scopes: Scopes) -> tuple[Scopes, str] | None:
        """Where the value of a name or of `self.name` was recorded: the nearest scope that binds it."""
        if isinstance(node, ast.Attribute) and _is_self(node.value):
            return self._nearest(f"self.{node.attr}", scopes) or self._nearest(node.attr, scopes)
        if isinstance(node, ast.Name):
            return self._nearest(node.id, scopes)
        return None

    def _nearest(self, name: str, scopes: Scopes) -> tuple[Scopes, str] | None:
        for length in range(len(scopes), -1, -1):
            key = (scopes[:length], name)
            if key in self.values or key in self.copies:
                return key
        return None

    def _parameters(self, arguments: ast.arguments, scopes: Scopes) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = [*zip(reversed(positional), reversed(arguments.defaults), strict=False)]
        pairs += [
            (name, default)
            for name, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is not None
        ]
        for name, default in pairs:
            self._record((scopes, name.arg), default, scopes[:-1])

    def _bind(self, target: ast.expr, value: ast.expr, scopes: Scopes) -> None:
        if isinstance(target, ast.Name):
            if isinstance(value, ast.Call) and self._opens(value):
                self.connections.add((scopes, target.id))
            self._record((scopes, target.id), value, scopes)
        elif isinstance(target, ast.Attribute) and _is_self(target.value) and len(scopes) > 1:
            self._record((scopes[:-1], f"self.{target.attr}"), value, scopes)

    def _record(self, key: tuple[Scopes, str], value: ast.expr, scopes: Scopes) -> None:
        found = self._sites_in(value)
        if found:
            self.values[key] |= found
        elif isinstance(value, (ast.Name, ast.Attribute, ast.BoolOp, ast.IfExp)) or self._keeps_path(value):
            self.copies[key].append((scopes, value))

    def _keeps_path(self, value: ast.expr) -> bool:
        """True for `Path(old)` and `old.resolve()`; a row that a connection returns is another matter."""
        if not isinstance(value, ast.Call):
            return False
        transparent = self.names.qualified(value.func) in TRANSPARENT_FUNCTIONS
        return transparent or (isinstance(value.func, ast.Attribute) and value.func.attr in TRANSPARENT_METHODS)

    def _call(self, call: ast.Call, scopes: Scopes) -> None:
        function = self.names.qualified(call.func) or ""
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        attaches = method in ("execute", "executescript") and "attach" in _first_text(call).lower()
        if function in OPENERS or attaches:
            self.opened.extend((scopes, argument) for argument in arguments)
        elif function in DESTRUCTIVE_FUNCTIONS or (function in ("open", "io.open") and _writes(call)):
            self.opened.extend((scopes, argument) for argument in arguments)
            self.destroyed.append((scopes, function, arguments))
        elif isinstance(call.func, ast.Attribute) and _destroys(call, method):
            self.destroyed.append((scopes, f"Path.{method}", [call.func.value, *arguments]))
        elif len(arguments) > 1 and not function.rpartition(".")[2][:1].isupper():
            # A constructor may well be given the paths of two stores; a function with both sides is a migration.
            self.together.append((scopes, function or method, arguments))


def _writes(call: ast.Call) -> bool:
    """True for `open(path, "w")` and its like."""
    modes = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and WRITING_MODES & set(str(mode.value)) for mode in modes)


def _destroys(call: ast.Call, method: str) -> bool:
    """True for the methods of a Path; `text.replace(a, b)` has two arguments, `path.replace(target)` one."""
    if method == "open":
        return any(isinstance(mode, ast.Constant) and WRITING_MODES & set(str(mode.value)) for mode in call.args[:1])
    return method in DESTRUCTIVE_METHODS or (method == "replace" and len(call.args) == 1)


def _first_text(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    if isinstance(first, ast.JoinedStr):
        return "".join(str(part.value) for part in first.values if isinstance(part, ast.Constant))
    return ""


def _children(node: ast.AST) -> list[ast.AST]:
    """As `ast.iter_child_nodes`, without its generators: the walk takes two thirds of the time."""
    children: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            children.append(value)
        elif isinstance(value, list):
            children += [item for item in value if isinstance(item, ast.AST)]
    return children


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")
