"""Syntax trees of a project's modules, parsed when they are asked for, and what binds the names in them.

The facts of modules (`dbfold.code.facts`) are small and say nothing of what leads nowhere. Where the whole truth is
needed, who else reads a name and every value that it may have, the module itself is asked. Few modules are: those that
have to do with a database whose tables get other names.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from dbfold.base.text import LineTable, UndecodableError, decode_python
from dbfold.code.facts import ModuleFacts
from dbfold.code.imports import Modules
from dbfold.code.names import dotted
from dbfold.code.parsing import UnparsableError, parse
from dbfold.references.contents import read
from dbfold.references.words import Words

Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_CLASS = re.compile(rb"^[ \t]*class[ \t]+(\w+)[ \t]*(?:\[[^\]]*\])?[ \t]*(?:\(([^)]*)\))?", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")


@dataclass(frozen=True, slots=True)
class Binding:
    """What gives a name a value.

    kind      "value", "adds" (`+=`), "each" (of what is iterated over), "parameter", "import", "definition", "opaque"
    node      the value, the function or class, the import; None for what has no value in the code
    path      where in the value, for `a, b = …`
    position  its line and column
    branches  the blocks of `if` around it: the number of the statement, and which of its arms
    """

    kind: str
    node: ast.AST | None
    path: tuple[int, ...] = ()
    position: tuple[int, int] = (0, 0)
    branches: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True, weakref_slot=True)
class Source:
    """One module: its tree, and by scope what its names are bound to; `attributes` are those of all its objects.

    `nodes` are those of the tree, as ast.walk gives them; `calls` and `reads` are the calls, and the names and
    attributes that are read, by their last name.
    """

    file: str
    shown: str
    tree: ast.Module
    table: LineTable
    nodes: list[ast.AST] = field(default_factory=list)
    parents: dict[int, ast.AST] = field(default_factory=dict)
    bindings: dict[tuple[int, str], list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[tuple[ast.ClassDef | None, Binding]]] = field(default_factory=dict)
    calls: dict[str, list[ast.Call]] = field(default_factory=dict)
    reads: dict[str, list[ast.Name | ast.Attribute]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes.append(self.tree)
        for node in self.nodes:  # which grows: as ast.walk goes, once for all who ask
            for child in _children(node):
                self.parents[id(child)] = node
                self.nodes.append(child)
            if isinstance(node, (ast.Name, ast.Attribute)):
                if isinstance(node.ctx, ast.Load):
                    self.reads.setdefault(_last(node), []).append(node)
            elif isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
                self.calls.setdefault(_last(node.func), []).append(node)
        _Binder(self).visit_body(self.tree, self.tree, ())

    def scope_of(self, node: ast.AST) -> Scope:
        """The function, class or module that `node` stands in."""
        parent = self.parents.get(id(node))
        while parent is not None and not isinstance(parent, _SCOPES):
            parent = self.parents.get(id(parent))
        return parent or self.tree

    def name_of_scope(self, node: ast.AST) -> str:
        """The dotted name of the function or class that `node` stands in; empty for the module."""
        names: list[str] = []
        scope = self.scope_of(node)
        while not isinstance(scope, ast.Module):
            names.insert(0, scope.name)
            scope = self.scope_of(scope)
        return ".".join(names)

    def resolved(self, node: ast.Name) -> tuple[Scope, Sequence[Binding]]:
        """The scope that a name which is read belongs to, and what it is bound to there."""
        scope: Scope | None = self.scope_of(node)
        first = scope
        while scope is not None:
            bindings = self.bindings.get((id(scope), node.id))
            if bindings and (scope is first or not isinstance(scope, ast.ClassDef)):
                return scope, bindings
            scope = self.scope_of(scope) if scope is not self.tree else None
        return self.tree, ()

    def class_of(self, function: ast.AST) -> ast.ClassDef | None:
        """The class that a function is a method of."""
        parent = self.parents.get(id(function))
        return parent if isinstance(parent, ast.ClassDef) else None


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What ast.iter_child_nodes gives, but for what says how a name is used, which stands in each of them."""
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            for one in value:
                if isinstance(one, ast.AST):
                    yield one
        elif isinstance(value, ast.AST) and name != "ctx":
            yield value


class Sources:
    """The Python modules among files."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._files = {file.in_policy: file for file in words.files if file.path.endswith(".py")}
        self._named: dict[str, Mapping[str, None]] = {}
        self._data: dict[str, bytes] = {}
        self._parsed: dict[str, Source | None] = {}
        self._index = Modules({name: ModuleFacts(name, name) for name in self._files})

    def source(self, file: str) -> Source | None:
        """A module by its file relative to the policy; None if it is none, or cannot be read or parsed."""
        if file not in self._parsed:
            self._parsed[file] = self._parse(file)
        return self._parsed[file]

    @property
    def files(self) -> Iterable[str]:
        """The files of all modules, relative to the policy, in their order."""
        return self._files

    def files_naming(self, word: str) -> Mapping[str, None]:
        """The files of modules that hold a word, in their order."""
        if word not in self._named:
            found = self._words.naming(word)
            self._named[word] = {file.in_policy: None for file in found if file.in_policy in self._files}
        return self._named[word]

    def files_naming_one(self, words: Iterable[str]) -> AbstractSet[str]:
        """The files of modules that hold one of `words`."""
        return {file for word in words for file in self.files_naming(word)}

    def naming(self, word: str, among: Container[str] | None = None) -> Iterator[Source]:
        """The modules that hold a word, in the order of their files; all, or those `among` some."""
        for file in self.files_naming(word):
            if (among is None or file in among) and (source := self.source(file)) is not None:
                yield source

    def files_holding(self, test: Callable[[bytes], object]) -> list[str]:
        """The files of the modules whose bytes pass a test."""
        return [file for file in self._files if test(self._read(file))]

    def holding(self, test: Callable[[bytes], object], among: Iterable[str] | None = None) -> Iterator[Source]:
        """The modules whose bytes pass a test; all, or those `among` some."""
        for file in self._files if among is None else among:
            if file in self._files and test(self._read(file)) and (source := self.source(file)) is not None:
                yield source

    def contents(self) -> Iterator[bytes]:
        """The bytes of every module."""
        return map(self._read, self._files)

    @cached_property
    def bases(self) -> Mapping[str, AbstractSet[str]]:
        """The names of the classes that each class inherits from, by their last parts."""
        found: dict[str, set[str]] = defaultdict(set)
        for data in self.contents():
            for match in _CLASS.finditer(data):
                bases = (match[2] or b"").decode("latin-1")
                found[match[1].decode()].update(one.rpartition(".")[2] for one in _NAME.findall(bases))
        return found

    @cached_property
    def heirs(self) -> Mapping[str, AbstractSet[str]]:
        """The names of the classes that inherit from each class."""
        found: dict[str, set[str]] = defaultdict(set)
        for heir, bases in self.bases.items():
            for base in bases:
                found[base].add(heir)
        return found

    def imported(self, file: str, level: int, dotted: str) -> Source | None:
        """The project's module that an import in `file` means."""
        found = self._index.find(file, level, dotted)
        return self.source(found) if found else None

    def module(self, source: Source, node: ast.expr) -> Source | None:
        """The project's module that a name, or an attribute of a module, stands for."""
        if isinstance(node, ast.Name):
            return self._import(source, node.id, source.resolved(node)[1])
        if not isinstance(node, ast.Attribute):
            return None
        if (outer := self.module(source, node.value)) is not None:
            return self._import(outer, node.attr, outer.bindings.get((id(outer.tree), node.attr), ()))
        name = dotted(node)  # `import package.module`
        held = source.bindings.get((id(source.tree), (name or "").partition(".")[0]), ())
        imports = [alias.name for one in held if isinstance(one.node, ast.Import) for alias in one.node.names]
        return self.imported(source.file, 0, name) if name in imports else None

    def _import(self, source: Source, name: str, bindings: Sequence[Binding]) -> Source | None:
        for one in bindings:
            if not isinstance(one.node, (ast.Import, ast.ImportFrom)):
                continue
            alias = next((a.name for a in one.node.names if (a.asname or a.name) == name), None)
            if alias is None:
                continue
            inside = one.node.module if isinstance(one.node, ast.ImportFrom) else None
            level = one.node.level if isinstance(one.node, ast.ImportFrom) else 0
            if (found := self.imported(source.file, level, f"{inside}.{alias}" if inside else alias)) is not None:
                return found
        return None

    def _read(self, file: str) -> bytes:
        if file not in self._data:
            try:
                self._data[file] = read(self._files[file])
            except OSError:
                self._data[file] = b""  # reported where the project is surveyed
        return self._data[file]

    def _parse(self, file: str) -> Source | None:
        if file not in self._files:
            return None
        try:
            text = decode_python(self._read(file)).text
            return Source(file, self._files[file].shown, parse(text), LineTable(text))
        except (UndecodableError, UnparsableError, RecursionError):
            return None  # an error of the survey


class _Binder:
    """One pass over a module that notes what its names are bound to."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._globals: dict[int, set[str]] = {}

    def visit_body(self, node: ast.AST, scope: Scope, branches: tuple[tuple[int, int], ...]) -> None:
        if not isinstance(node, (ast.If, ast.For, ast.While, ast.AsyncFor, ast.ExceptHandler)):
            for child in _children(node):
                self._visit(child, scope, branches)
            return
        arms = {"body": 0, "orelse": 1} if isinstance(node, ast.If) else {"body": 0}
        for name, value in ast.iter_fields(node):
            inner = (*branches, (id(node), arms[name])) if name in arms else branches
            for child in value if isinstance(value, list) else (value,):
                if isinstance(child, ast.AST):
                    self._visit(child, scope, inner)

    def _visit(self, node: ast.AST, scope: Scope, branches: tuple[tuple[int, int], ...]) -> None:
        match node:
            case ast.Name() | ast.Constant() | ast.Call() | ast.Attribute():
                pass  # most of them
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._bind(scope, node.name, "definition", node, node, branches)
                arguments = node.args
                for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                    self._bind(node, one.arg, "parameter", node, one, ())
                for star in (arguments.vararg, arguments.kwarg):
                    if star is not None:
                        self._bind(node, star.arg, "opaque", None, star, ())
                self.visit_body(node, node, ())
                return
            case ast.ClassDef():
                self._bind(scope, node.name, "definition", node, node, branches)
                self.visit_body(node, node, ())
                return
            case ast.Global():
                self._globals.setdefault(id(scope), set()).update(node.names)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    self._bind(scope, alias.asname or alias.name.partition(".")[0], "import", node, alias, branches)
            case ast.Assign():
                for target in node.targets:
                    self._target(scope, target, "value", node.value, (), branches)
            case ast.AnnAssign():
                self._target(scope, node.target, "value" if node.value else "opaque", node.value, (), branches)
            case ast.AugAssign():
                self._target(scope, node.target, "adds", node.value, (), branches)
            case ast.NamedExpr():
                self._target(scope, node.target, "value", node.value, (), branches)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                self._target(scope, node.target, "each", node.iter, (), branches)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    if item.optional_vars is not None:
                        self._target(scope, item.optional_vars, "opaque", item.context_expr, (), branches)
            case ast.ExceptHandler() if node.name:
                self._bind(scope, node.name, "opaque", None, node, branches)
            case ast.MatchAs() | ast.MatchStar() if node.name:
                self._bind(scope, node.name, "opaque", None, node, branches)
        self.visit_body(node, scope, branches)

    def _target(
        self,
        scope: Scope,
        target: ast.expr,
        kind: str,
        value: ast.expr | None,
        path: tuple[int, ...],
        branches: tuple[tuple[int, int], ...],
    ) -> None:
        match target:
            case ast.Name():
                self._bind(scope, target.id, kind, value, target, branches, path)
            case ast.Tuple() | ast.List():
                for number, item in enumerate(target.elts):
                    if isinstance(item, ast.Starred):
                        self._target(scope, item.value, "opaque", None, (), branches)
                    else:
                        self._target(scope, item, kind, value, (*path, number), branches)
            case ast.Attribute():
                owner = self.source.class_of(scope)
                found = Binding(kind, value, path, (target.lineno, target.col_offset), branches)
                self.source.attributes.setdefault(target.attr, []).append((owner, found))
            case ast.Subscript(value=ast.Name() as container):
                self._bind(scope, container.id, "item", value, container, branches, path)

    def _bind(
        self,
        scope: Scope,
        name: str,
        kind: str,
        node: ast.AST | None,
        place: ast.AST,
        branches: tuple[tuple[int, int], ...],
        path: tuple[int, ...] = (),
    ) -> None:
        if name in self._globals.get(id(scope), ()):
            scope = self.source.tree
        position = (getattr(place, "lineno", 0), getattr(place, "col_offset", 0))
        found = Binding(kind, node, path, position, branches)
        self.source.bindings.setdefault((id(scope), name), []).append(found)
        if isinstance(scope, ast.ClassDef):
            self.source.attributes.setdefault(name, []).append((scope, found))
