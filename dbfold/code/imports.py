"""Which module of the project does an import mean?"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from dbfold.code.facts import Import, ModuleFacts


def stem(file: str) -> str:
    """The last part of the name by which a file is imported, a package's directory for its `__init__.py`."""
    return _without_suffix(file).rpartition("/")[2]


def _without_suffix(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__")


class Modules:
    """The facts of modules by their files; `load` gives those that are imported and were not looked at before."""

    def __init__(
        self, facts: Mapping[str, ModuleFacts], load: Callable[[str], ModuleFacts | None] | None = None
    ) -> None:
        self.facts = dict(facts)
        self._load = load or _nothing_more
        self._imported: dict[tuple[str, int, str], str | None] = {}
        self._packages = {file.partition("/")[0] for file in facts if "/" in file}
        self._by_tail: dict[str, list[str]] = {}
        for file in facts:
            self._by_tail.setdefault(stem(file), []).append(file)

    def find(self, file: str, level: int, dotted: str) -> str | None:
        """The project's module that an import in `file` means; None for a library's."""
        key = (file, level, dotted)
        if key not in self._imported:
            self._imported[key] = self._find(*key)
        return self._imported[key]

    def _find(self, file: str, level: int, dotted: str) -> str | None:
        directory = posixpath.dirname(file)
        path = dotted.replace(".", "/")
        if level:
            for _ in range(level - 1):
                directory = posixpath.dirname(directory)
            return self.at(posixpath.join(directory, path) if path else directory)
        if not path:
            return None
        place = directory
        while True:
            found = self.at(posixpath.join(place, path))
            if found is not None and found != file:  # a module that imports its own name means another one
                return found
            if not place:
                break
            place = posixpath.dirname(place)
        tail = path.rpartition("/")[2]
        candidates = [
            file
            for file in self._by_tail.get(tail, ())
            if "/" in path and _without_suffix(f"/{file}").endswith(f"/{path}")
        ]
        return candidates[0] if len(candidates) == 1 else None

    def at(self, path: str) -> str | None:
        for file in (f"{path}.py", f"{path}/__init__.py"):
            if file not in self.facts and (facts := self._load(file)) is not None:
                self.facts[file] = facts
            if file in self.facts:
                return file
        return None

    def is_own(self, imported: Import) -> bool:
        """Does an import name a package of the project?"""
        return imported.level > 0 or imported.module.partition(".")[0] in self._packages


def _nothing_more(file: str) -> None:
    """There are no other modules."""
