"""What a module opens: the texts that end up as the file of a database, whatever they are called.

    DATA = "data/notes"                                      # no suffix gives it away
    parser.add_argument("--store", default=DATA)
    connect(timeout=5, database=parser.parse_args().store)   # but this does

A call that opens a database is followed back to the literals it may get: over names, attributes, parameters and their
defaults, returned values, options of the command line and defaults of environment variables, inside the module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dbfold.code.libraries import (
    CLI_OPTIONS,
    ENVIRONMENT_DEFAULTS,
    ENVIRONMENT_READERS,
    FIELDS,
    FILE_OPENING_MODULES,
    FRAMEWORK_READERS,
    TRANSPARENT_FUNCTIONS,
    TRANSPARENT_METHODS,
    TYPER_OPTIONS,
)
from dbfold.code.names import ModuleNames
from dbfold.references.languages.python.bindings import Bindings, Place, Scope, bindings_of, is_own, qualified_last
from dbfold.references.languages.python.composition import compose
from dbfold.references.languages.python.openers import argument, opened_by_call, opened_by_settings

_DEEPEST = 12  # steps from a call back to a literal; more are a program of another kind
# Files that nobody opens as a database: where a value is found by a name alone, these belong to another's.
_OTHER_FILES = re.compile(
    r"(?i)\.(?:txt|jsonl?|log|py|[ct]sv|ya?ml|toml|ini|cfg|md|html?|xml|sh|sql|pkl|pem|key|lock|pid|sock|parquet|gz)\Z"
)
_PROSE = re.compile(r"[\n;]|\A\S+ \S+ ")
_WORD = re.compile(r"[\w-]+\Z")


@dataclass(frozen=True, slots=True)
class Opened:
    """A text that is opened: its expression, and what the library adds to it to name the file."""

    node: ast.expr
    adds: str = ""


def may_open(text: str) -> bool:
    """True for source that names a library which opens files of any name, or SQL that does."""
    return any(module in text for module in FILE_OPENING_MODULES) or "ATTACH " in text


def opened_texts(tree: ast.Module, names: ModuleNames) -> dict[int, Opened]:
    """The literals, and the expressions made of them, that the module opens as a database's file, by their `id`."""
    bindings = bindings_of(tree)
    found: dict[int, Opened] = {}
    for scope, file, adds in _opened(bindings, names):
        for node in _Origins(bindings, names).texts(file, scope, direct=True):
            found.setdefault(id(node), Opened(node, adds))
    return found


def is_derived(node: ast.expr) -> bool:
    """`DATABASE_PATH.replace("app", "notes")`: another file, made from the name of one."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if node.func.attr == "replace":
        texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
        return len(texts) == 2 and all(isinstance(text, str) and _WORD.match(text) for text in texts)
    return node.func.attr == "with_stem"


def _opened(bindings: Bindings, names: ModuleNames) -> Iterator[tuple[Scope, ast.expr, str]]:
    for calls in bindings.calls.values():
        for scope, call in calls:
            yield from ((scope, file, adds) for file, adds in opened_by_call(call, names))
    for scope, mapping in bindings.mappings:
        yield from ((scope, file, "") for file in opened_by_settings(mapping))


class _Origins:
    """Follows one argument back to its texts."""

    def __init__(self, bindings: Bindings, names: ModuleNames) -> None:
        self._bindings = bindings
        self._names = names
        self._seen: set[tuple[int, Scope]] = set()

    def texts(self, node: ast.expr, scope: Scope, *, direct: bool = False, depth: int = 0) -> Iterator[ast.expr]:
        """The texts that `node` may be. `direct` for what stands in the call itself: that is a file by any name."""
        if depth > _DEEPEST or (id(node), scope) in self._seen:
            return
        self._seen.add((id(node), scope))
        if isinstance(node, ast.Constant):
            if _may_be_file(node.value, direct):
                yield node
        elif is_derived(node) or self._is_composed(node):
            yield node
        else:
            for inner, where in self._behind(node, scope):
                yield from self.texts(inner, where, depth=depth + 1)

    def _is_composed(self, node: ast.expr) -> bool:
        """Put together of texts; in `Path("data/notes")` and `str(…)` the literal inside is the place."""
        if isinstance(node, ast.Call) and len(node.args) == 1:
            return self._names.qualified(node.func) not in TRANSPARENT_FUNCTIONS and self._composes(node)
        return self._composes(node)

    def _composes(self, node: ast.expr) -> bool:
        return compose(node, self._names) is not None

    def _behind(self, node: ast.expr, scope: Scope) -> Iterator[Place]:
        """What the value of `node` is taken from, and the scope of that."""
        match node:
            case ast.Name():
                yield from self._of_name(node.id, scope)
            case ast.Attribute():
                yield from self._of_attribute(node, scope)
            case ast.Call():
                yield from self._of_call(node, scope)
            case ast.BoolOp():
                yield from ((value, scope) for value in node.values)
            case ast.IfExp():
                yield from ((value, scope) for value in (node.body, node.orelse))
            case ast.NamedExpr() | ast.Await():
                yield node.value, scope
            case ast.Subscript(value=ast.Name() as mapping, slice=ast.Constant() as key):
                for value, where in self._of_name(mapping.id, scope):
                    yield from ((item, where) for item in _items(value, key.value))
            case ast.JoinedStr(values=[ast.FormattedValue(value=inner)]):
                yield inner, scope

    def _of_name(self, name: str, scope: Scope) -> Iterator[Place]:
        """From the innermost scope that binds it."""
        for length in range(len(scope), -1, -1):
            where = scope[:length]
            values = self._bindings.values.get((where, name), ())
            yield from ((value, where) for value in values)
            if name in self._bindings.parameters.get(where, ()):
                yield from self._of_parameter(name, where)
                return
            if values:
                return

    def _of_parameter(self, name: str, function: Scope) -> Iterator[Place]:
        """What callers in this module give."""
        parameters = self._bindings.parameters[function]
        method = parameters[0] in ("self", "cls")
        constructor = method and function[-1] == "__init__" and len(function) > 1
        for where, call in self._bindings.calls.get(function[-2] if constructor else function[-1], ()):
            if constructor or _calls(call, where, function, method):
                value = argument(call, parameters.index(name) - method, (name,))
                if value is not None:
                    yield value, where

    def _of_attribute(self, node: ast.Attribute, scope: Scope) -> Iterator[Place]:
        own = is_own(node.value)
        for value, where in self._bindings.attributes.get(node.attr, ()):
            if not own or (where and scope and where[0] == scope[0]):
                yield value, where

    def _of_call(self, node: ast.Call, scope: Scope) -> Iterator[Place]:
        function, last = qualified_last(node, self._names)
        if function in ENVIRONMENT_READERS or function in ENVIRONMENT_DEFAULTS or last in FRAMEWORK_READERS:
            yield from _default(node, 1, scope)
        elif last in CLI_OPTIONS or last in TYPER_OPTIONS or last in FIELDS:
            yield from _default(node, 0, scope)
        elif function in TRANSPARENT_FUNCTIONS:
            yield from ((one, scope) for one in node.args[-1:])
        elif isinstance(node.func, ast.Attribute) and last in TRANSPARENT_METHODS:
            yield node.func.value, scope
        else:
            for value, where in self._bindings.returned.get(last, ()):
                if not node.args or _calls(node, scope, where, len(where) > 1):
                    yield value, where


def _default(node: ast.Call, position: int, scope: Scope) -> Iterator[Place]:
    value = argument(node, position, ("default",))
    if value is not None:
        yield value, scope


def _calls(call: ast.Call, where: Scope, function: Scope, method: bool) -> bool:
    """Is it this function that is called, and not another one of its name? A method by its own class alone."""
    if method:
        own = isinstance(call.func, ast.Attribute) and is_own(call.func.value)
        return own and where[: len(function) - 1] == function[:-1]
    return isinstance(call.func, ast.Name)


def _may_be_file(value: object, direct: bool) -> bool:
    if not isinstance(value, str) or "://" in value:
        return False
    return direct or not (_OTHER_FILES.search(value) or _PROSE.search(value))


def _items(mapping: ast.expr, key: object) -> Iterator[ast.expr]:
    if isinstance(mapping, ast.Dict):
        pairs = zip(mapping.keys, mapping.values, strict=True)
        yield from (value for name, value in pairs if isinstance(name, ast.Constant) and name.value == key)
