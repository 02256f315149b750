"""Classes by their names, over a whole project: who inherits from whom, and who calls a function or a method."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from dbfold.statements.arguments import Function
from dbfold.statements.sources import Source, Sources

# Methods that many objects have: a call of one by itself says little about whose it is.
_COMMON = frozenset(
    "add all append clear close commit connect copy count create delete drop execute executemany exists fetch fetchall"
    " fetchone filter find first get index init insert items join keys list load open pop put query read remove replace"
    " reset run save search select set size update upsert values write".split()
)


class Use(NamedTuple):
    """Where a function is used: a call, or an expression that hands it on. Not `sure`: it may be another's method."""

    source: Source
    node: ast.expr
    sure: bool = True


class Family:
    """Classes of a project by name: two of one name are taken for one.

    `names` are the texts that are looked for. A call that may be of another's method of the same name counts only in a
    module that has one of them.
    """

    def __init__(self, sources: Sources, names: AbstractSet[str] = frozenset()) -> None:
        self.sources = sources
        self.names = names
        self._uses: dict[tuple[str, int], list[Use]] = {}

    def ancestors(self, name: str) -> set[str]:
        """A class and all that it inherits from."""
        return _closure(name, lambda one: self.sources.bases.get(one, set()))

    def heirs(self, name: str) -> set[str]:
        """A class and all that inherit from it."""
        return _closure(name, lambda one: self.sources.heirs.get(one, set()))

    def of(self, source: Source, base: ast.expr, class_named: Callable[[ast.Name], str | None]) -> set[str] | None:
        """The classes of which `base` may be an object, those that they inherit from included; None for any."""
        if isinstance(base, ast.Call) and isinstance(base.func, ast.Name):
            if base.func.id == "super":
                owner = self.enclosing(source, base)
                return self.ancestors(owner) - {owner} if owner else None
            name = class_named(base.func)
            return self.ancestors(name) if name and name in self.sources.bases else None
        if not isinstance(base, ast.Name):
            return None
        if base.id in ("self", "cls") and (owner := self.enclosing(source, base)):
            return {one for heir in self.heirs(owner) for one in self.ancestors(heir)}
        name = class_named(base)
        return self.ancestors(name) if name and name in self.sources.bases else None

    @staticmethod
    def enclosing(source: Source, node: ast.AST) -> str | None:
        """The class around a place."""
        scope: ast.AST = source.scope_of(node)
        while not isinstance(scope, (ast.ClassDef, ast.Module)):
            scope = source.scope_of(scope)
        return scope.name if isinstance(scope, ast.ClassDef) else None

    def has_constructor(self, owner: ast.ClassDef) -> bool:
        """Does the project write `__init__` for a class or for one that it inherits from?"""
        return any(
            cls is not None and cls.name in self.ancestors(owner.name)
            for source in self.sources.naming("__init__")
            for cls, one in source.attributes.get("__init__", ())
            if isinstance(one.node, ast.FunctionDef)
        )

    def uses_of(self, source: Source, function: Function, owner: ast.ClassDef | None) -> list[Use]:
        """Where a function of `source`, perhaps a method of `owner`, is called or handed on."""
        key = (source.file, id(function))
        if key not in self._uses:
            is_constructor = owner is not None and function.name == "__init__"
            found = self._constructions(owner) if is_constructor and owner else self._found(source, function, owner)
            self._uses[key] = list(found)
        return self._uses[key]

    def _found(self, source: Source, function: Function, owner: ast.ClassDef | None) -> Iterator[Use]:
        for other in self._modules(source, function, owner):
            for call in other.calls.get(function.name, ()):
                if (sure := self._may_be(other, call.func, source, function, owner)) is not None:
                    yield Use(other, call, sure)
            for node in other.reads.get(function.name, ()):
                if self._is_handed_on(other, node) and self._may_be(other, node, source, function, owner):
                    yield Use(other, node)

    def _modules(self, source: Source, function: Function, owner: ast.ClassDef | None) -> Iterator[Source]:
        """The modules that may call it."""
        if owner is None or function.name not in _COMMON:
            yield from self.sources.naming(function.name)
            return
        wanted = {owner.name, *self.heirs(owner.name), *self.names}
        near = {file for name in wanted for file in self.sources.files_naming(name)}
        yield from self.sources.naming(function.name, {source.file, *near})

    def _constructions(self, owner: ast.ClassDef) -> Iterator[Use]:
        heirs = self.heirs(owner.name)
        for name in sorted(heirs):
            for other in self.sources.naming(name):
                for call in other.calls.get(name, ()):
                    yield Use(other, call)
        for other in self.sources.holding(lambda data: b"__init__" in data or b"cls(" in data):
            for call in (*other.calls.get("__init__", ()), *other.calls.get("cls", ())):
                enclosing = self.enclosing(other, call)
                if enclosing not in heirs:
                    continue
                match call.func:
                    case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
                        if enclosing != owner.name:
                            yield Use(other, call)
                    case ast.Attribute() as explicit:
                        yield Use(other, explicit)
                    case ast.Name():
                        yield Use(other, call)

    def _may_be(
        self, other: Source, called: ast.expr, source: Source, function: Function, owner: ast.ClassDef | None
    ) -> bool | None:
        """May `called`, in the module `other`, be the function? None: no. False: perhaps another's method."""
        if isinstance(called, ast.Name):
            if other is source:
                return True
            return True if self._imports(other, called.id, source) else None
        assert isinstance(called, ast.Attribute)
        base = called.value
        imported = self.sources.module(other, base)
        if owner is None:
            return True if imported is source else None
        if imported is not None or self._is_library(other, base):
            return None
        if isinstance(base, ast.Name) and base.id in ("self", "cls"):
            enclosing = self.enclosing(other, base)
            kin = self.heirs(owner.name) | self.ancestors(owner.name)
            return True if enclosing in {one for name in kin for one in self.heirs(name)} else None
        names = {owner.name, *self.heirs(owner.name)}
        near = other is source or any(other.file in self.sources.files_naming(name) for name in names)
        return near and function.name not in _COMMON

    def _imports(self, other: Source, name: str, source: Source) -> bool:
        for one in other.bindings.get((id(other.tree), name), ()):
            if isinstance(one.node, ast.ImportFrom):
                found = self.sources.imported(other.file, one.node.level, one.node.module or "")
                if found is source or (found is not None and (id(found.tree), name) in found.bindings):
                    return True
        return False

    def _is_library(self, other: Source, base: ast.expr) -> bool:
        """Is it a module of a library? `pd.read(…)`"""
        bindings = other.bindings.get((id(other.tree), base.id), ()) if isinstance(base, ast.Name) else ()
        return bool(bindings) and all(isinstance(one.node, ast.Import) for one in bindings)

    @staticmethod
    def _is_handed_on(source: Source, node: ast.expr) -> bool:
        """Is it given to somebody, and not called, assigned to or imported?"""
        parent = source.parents.get(id(node))
        if isinstance(parent, ast.keyword):
            return True
        return isinstance(parent, (ast.Call, ast.List, ast.Tuple, ast.Dict, ast.Assign, ast.Return)) and not (
            (isinstance(parent, ast.Call) and parent.func is node)
            or (isinstance(parent, ast.Assign) and node in parent.targets)
        )


def _closure(name: str, more: Callable[[str], AbstractSet[str]]) -> set[str]:
    found: set[str] = set()
    pending = [name]
    while pending:
        one = pending.pop()
        if one not in found:
            found.add(one)
            pending += more(one)
    return found
