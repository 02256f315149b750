"""Texts of SQL that nothing is seen to execute: the one database that whoever may execute them has.

`queries.py` holds texts, and some are never seen to run: by `getattr`, by a framework, or not at all. Whoever runs one
imports it, directly or not. If all of these modules, and all that they import, have one database only, it runs there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dbfold.code.expressions import last_name
from dbfold.code.facts import ModuleFacts
from dbfold.code.libraries import OPENING_NAMES
from dbfold.code.project import Project
from dbfold.code.values import MEMORY, TEMPORARY, Database, Elsewhere, External, Frame
from dbfold.statements.reach import Imports, places


class _UnknownError(Exception):
    """A module opens what is not known."""


@dataclass(slots=True)
class Importers:
    """Finds the one database of those that may execute what a module holds. `imports` are those of all modules."""

    project: Project
    imports: Mapping[str, Imports]
    _files: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _importing: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _opened: dict[str, frozenset[Database] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for file, imports in self.imports.items():
            for place in places(file):
                self._files[place].add(file)
            for place in imports.sources | imports.names:
                self._importing[place].add(file)

    def only_database(self, file: str) -> frozenset[Database]:
        """That database, once for each place that names it; nothing if there are several, or one is not known."""
        found: set[Database] = set()
        for one in self._all(self._all({file}, self._users), self._supplies):
            opened = self._databases(one)
            if opened is None:
                return frozenset()
            found |= opened
            if len({database.name for database in found}) > 1:
                return frozenset()
        return frozenset(found)

    @staticmethod
    def _all(files: Iterable[str], step: Callable[[str], set[str]]) -> set[str]:
        found = set(files)
        pending = list(found)
        while pending:
            fresh = step(pending.pop()) - found
            found |= fresh
            pending += fresh
        return found

    def _users(self, file: str) -> set[str]:
        """The modules that may import a module, as far as their names tell."""
        return set().union(*(self._importing.get(place, ()) for place in places(file)))

    def _supplies(self, file: str) -> set[str]:
        """The modules that a module may import."""
        imports = self.imports.get(file)
        named = imports.sources | imports.names if imports else ()
        return set().union(*(self._files.get(place, ()) for place in named))

    def _databases(self, file: str) -> frozenset[Database] | None:
        """What a module names or opens; None if something of it is not known."""
        if file not in self._opened:
            facts = self.project.modules.get(file)
            try:
                self._opened[file] = frozenset(self._named(facts)) if facts is not None else frozenset()
            except _UnknownError:
                self._opened[file] = None
        return self._opened[file]

    def _named(self, facts: ModuleFacts) -> Iterator[Database]:
        for one in facts.sites:
            if one.database and not one.is_temporary:
                yield Database(one.database, (facts.file, one.line, one.column))
        for site in facts.calls:
            if last_name(site.call.function) not in OPENING_NAMES:
                continue
            frame = Frame(facts.file, site.scope)
            found = self.project.evaluate(site.call, frame, site.call.line, site.branches)
            opened = [value for value in found if isinstance(value, Database)]
            if any(isinstance(value, Elsewhere) and value not in (MEMORY, TEMPORARY) for value in found):
                raise _UnknownError
            function = self.project.evaluate(site.call.function, frame, site.call.line, site.branches)
            if not found and any(isinstance(value, External) and "." in value.name for value in function):
                raise _UnknownError
            yield from (value._replace(is_open=False) for value in opened)
