"""Which modules may say what a database, or a text of SQL, is used for, although they hold neither.

`main.py` makes a `Store` of a path that it has from elsewhere, or executes what `queries.py` holds. For that it has to
name it, and to import where it comes from: the module that defines it, or one that has it from there. So names are told
from module to module. Told are functions and classes that hold SQL, name a database, open one or execute something;
those that hand on to them what they are given themselves; classes that inherit; and constants.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from dbfold.code.exposure import exposed
from dbfold.code.expressions import Call, Either, Entries, Expression, Item, Name, Site, Sql, Text, last_name
from dbfold.code.facts import ModuleFacts
from dbfold.code.scopes import last, outer
from dbfold.references.detection import is_python
from dbfold.references.discovery import SourceFile
from dbfold.references.survey import may_hold_code

_REST = rb"(?:\([^)]*\)|(?:[^\n\\]|\\.)*)"  # of a statement; one in parentheses goes over several lines
_IMPORT = re.compile(
    rb"\n[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import\b[ \t]*(" + _REST + rb")|import[ \t](" + _REST + rb"))", re.DOTALL
)
_WORD = re.compile(rb"[A-Za-z_]\w*")
_PACKAGE = "/__init__.py"


class Imports(NamedTuple):
    """What the import statements of a module say.

    sources  the modules, by the parts of their names; a package around the file by its directory with a slash behind it
    names    what is imported, be it a module or something of one
    star     everything of some module
    """

    sources: frozenset[str]
    names: frozenset[str]
    star: bool


@dataclass(frozen=True, slots=True)
class _Module:
    """A module that was looked at: `told` of its names, and which more are where one that it `uses` is."""

    file: str
    told: set[str]
    uses: dict[str, set[str]]


@dataclass(slots=True)
class Reach:
    """Finds the modules to look at.

    `names` are those that the policy gives to databases: environment variables, and the module of the accessor.
    """

    names: frozenset[str]
    _imports: dict[str, tuple[SourceFile, Imports]] = field(default_factory=dict)
    _modules: dict[str, _Module] = field(default_factory=dict)
    _told: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The names that are told, by the places that they are imported from."""
    _importers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The modules that were looked at, by the places that they import from."""

    @property
    def imports(self) -> dict[str, Imports]:
        """What the modules of the project import, all that were looked at as bytes."""
        return {file: imports for file, (_, imports) in self._imports.items()}

    def begins(self, file: SourceFile, data: bytes) -> bool:
        """The gate of the first look: what holds a database, SQL, or a name of the policy."""
        if is_python(file.path, data):
            imports = imports_in(data, file.in_policy)
            self._imports[file.in_policy] = file, imports
            if not self.names.isdisjoint(imports.sources | imports.names) or self._reads_variable(data):
                return True
        return may_hold_code(file, data)

    def _reads_variable(self, data: bytes) -> bool:
        return (b"environ" in data or b"getenv" in data) and any(name.encode() in data for name in self.names)

    def further(self, modules: Iterable[ModuleFacts]) -> list[SourceFile]:
        """The files that may be within reach, now that `modules` were looked at; `reaches` is the gate for them."""
        fresh = self._spread([self._add(facts) for facts in modules])
        return [
            file
            for file, imports in self._imports.values()
            if file.in_policy not in self._modules and not fresh.isdisjoint(imports.sources | imports.names)
        ]

    def reaches(self, file: SourceFile, data: bytes) -> bool:
        """Does a file name anything that is told in a module that it imports?"""
        _, imports = self._imports[file.in_policy]
        if not imports.names.isdisjoint(self._given(imports.sources)):
            return True
        by_attribute = self._given(imports.names | imports.sources if imports.star else imports.names)
        return bool(by_attribute) and not by_attribute.isdisjoint(_words(data))

    # -- what is told -------------------------------------------------------------------------------------------------

    def _given(self, places: Iterable[str]) -> set[str]:
        return set().union(*(self._told[place] for place in places if place in self._told))

    def _add(self, facts: ModuleFacts) -> _Module:
        module = self._modules[facts.file] = _Module(facts.file, set(), _uses(facts))
        given: set[str] = set()
        if facts.file in self._imports:
            _, imports = self._imports[facts.file]
            given = self._given(imports.sources) & imports.names
            for place in imports.sources | imports.names:
                self._importers[place].append(facts.file)
        self._tell(module, set(_telling(facts)) | exposed(facts, given))
        return module

    def _tell(self, module: _Module, names: set[str]) -> list[str]:
        """Add to what a module tells; returns the places where that is news."""
        module.told.update(names)
        fresh = [place for place in places(module.file) if not names <= self._told[place]]
        for place in fresh:
            self._told[place] |= names
        return fresh

    def _spread(self, pending: list[_Module]) -> set[str]:
        """Tell what is told because something else is; returns the places where there is news."""
        news = {place for module in pending for place in places(module.file)}
        while pending:
            module = pending.pop()
            known = module.told
            if module.file in self._imports:
                _, imports = self._imports[module.file]
                known = known | self._given(imports.sources | imports.names)
            gained = set().union(*(module.uses[name] for name in module.uses.keys() & known)) - module.told
            if not gained:
                continue
            fresh = self._tell(module, gained)
            news.update(fresh)
            pending += [module, *(self._modules[file] for place in fresh for file in self._importers[place])]
        return news


def imports_in(data: bytes, file: str) -> Imports:
    """The imports that a file of Python holds, as its lines show them."""
    sources: set[str] = set()
    names: set[str] = set()
    star = False
    for source, members, modules in _IMPORT.findall(b"\n" + data):
        if modules:
            names |= _words(modules)
            continue
        words = _words(source)
        sources |= words or {_package(file, len(source))}
        names |= _words(members)
        star = star or members.startswith((b"*", b"(*"))
    return Imports(frozenset(sources), frozenset(names), star)


def _words(data: bytes) -> set[str]:
    return {word.decode() for word in set(_WORD.findall(data))}


def _package(file: str, level: int) -> str:
    """The package that `from . import x` means, as a place."""
    for _ in range(level):
        file = posixpath.dirname(file)
    return f"{file}/"


def places(file: str) -> Iterator[str]:
    """What a module is imported from: its own name; a package also from inside, by its directory."""
    if file.endswith(_PACKAGE):
        directory = file.removesuffix(_PACKAGE)
        yield f"{directory}/"
        file = directory
    yield posixpath.basename(file).removesuffix(".py")


def _telling(facts: ModuleFacts) -> Iterator[str]:
    """The functions, classes and constants of a module that tell of themselves."""
    for scope in facts.telling:
        while scope:
            if scope in facts.classes or "." not in scope:
                yield last(scope)
            scope = outer(scope)
    for (scope, name), assigned in facts.assignments.items():
        if not scope and any(_holds(one.value) for one in assigned):
            yield name


def _holds(value: Expression | None) -> bool:
    match value:
        case Site() | Sql():
            return True
        case Either(options):
            return any(map(_holds, options))
        case Entries(entries):
            return any(_holds(one) for _, one in entries)
        case Item(base, _):
            return _holds(base)
        case Call(_, arguments, keywords):
            return any(map(_holds, arguments)) or any(_holds(one) for _, one in keywords)
    return False


def _uses(facts: ModuleFacts) -> dict[str, set[str]]:
    """For each name that is used: what hands arguments on to it, inherits from it, or is it under another name."""
    uses: dict[str, set[str]] = defaultdict(set)
    for local, imported in facts.imports.items():
        uses[imported.name or local].add(local)
    for site in facts.calls:
        name = last_name(site.call.function)
        if name is not None and site.scope and _hands_on(site.call):
            known = facts.imports.get(name) if isinstance(site.call.function, Name) else None
            uses[(known and known.name) or name].add(site.scope.partition(".")[0])
    for one in facts.classes.values():
        for base in one.bases:
            if name := last_name(base):
                uses[name].add(last(one.name))
    return uses


def _hands_on(call: Call) -> bool:
    """Is anything passed that may come from the caller's callers?"""
    given = (*call.arguments, *(value for _, value in call.keywords))
    return any(value is not None and not isinstance(value, (Text, Site, Sql)) for value in given)
