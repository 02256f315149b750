"""Accessor roots: the directories from which a service imports, each with its own copy of the accessor.

The policy declares them. Below a declared root, Python may import a file from elsewhere: `python scripts/report.py` has
`scripts` on its path, not the directory above; a package that is installed or copied alone has only itself.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dbfold.policy.accessor import accessor_file_name, is_generated
from dbfold.policy.model import Policy
from dbfold.policy.patterns import directory_pattern
from dbfold.references.discovery import discover
from dbfold.references.packaging import is_shipped_alone
from dbfold.references.starts import Starts


@dataclass(frozen=True, slots=True)
class Place:
    """Where the accessor of a file is: its directory, relative to the policy, and the package that holds it.

    package  the dotted name of the package that the accessor is a module of; empty for a module of its own
    by_dots  the package's modules import each other by dots, and so does the file, which is one of them
    beside   the file's own directory, if the file is started as well as imported: there has to be a copy there, too
    problem  why there is no such place
    """

    root: str | None
    package: str = ""
    by_dots: bool = False
    beside: str | None = None
    problem: str = ""

    def import_source(self, file: str, module: str) -> str:
        """What `file` imports from: `database_config`, `shop.database_config` or `..database_config`."""
        module = module.rpartition(".")[2]
        if self.by_dots:
            below = posixpath.relpath(posixpath.dirname(file) or ".", self.root or ".")
            return "." * (1 if below == "." else 2 + below.count("/")) + module
        return f"{self.package}.{module}" if self.package else module

    @property
    def roots(self) -> tuple[str, ...]:
        """All directories that need the accessor."""
        return tuple(root for root in (self.root, self.beside) if root is not None)

    @property
    def import_root(self) -> str:
        """The directory that the accessor is imported from."""
        root = self.root or ""
        for _ in self.package.split(".") if self.package else ():
            root = posixpath.dirname(root)
        return root


class Roots:
    """Finds the accessor root of a file. Roots are directories, as paths relative to the policy's directory."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._accessor_name = accessor_file_name(policy)
        self._patterns = [directory_pattern(root) for root in policy.accessor.roots]
        self._known: dict[str, str | None] = {}
        self._places: dict[str, Place] = {}

    def declared(self, file: str) -> str | None:
        """The deepest declared root that holds `file` (a path relative to the policy), "" for the policy's own."""
        return self._of_directory(posixpath.dirname(file))

    def root_of(self, file: str) -> str | None:
        """The directory of the accessor that `file` imports; None for a file outside of every declared root."""
        return self.place_of(file).root

    def place_of(self, file: str) -> Place:
        """Where the accessor of `file` is, and how it is imported."""
        if file not in self._places:
            declared = self.declared(file)
            is_module = declared is not None and file.endswith((".py", ".pyw"))
            self._places[file] = self._place(file, str(declared)) if is_module else Place(declared)
        return self._places[file]

    def is_accessor(self, file: str) -> bool:
        """True for the place of a root's accessor module, whatever a declared root holds there."""
        directory, _, name = file.rpartition("/")
        if name != self._accessor_name:
            return False
        if self.declared(file) == directory:
            return True
        return self.declared(file) is not None and self._is_generated(file)

    def _is_generated(self, file: str) -> bool:
        try:
            return is_generated((self._policy.root / file).read_bytes().decode("utf-8", "replace"))
        except OSError:
            return False

    def _place(self, file: str, declared: str) -> Place:
        directory = posixpath.dirname(file)
        if "." in self._policy.accessor.module:
            return self._in_package(file, declared)
        if directory == declared and not self._has_init(directory):
            return Place(declared)
        starts = self._starts
        root, packages = self._import_root(file, declared)
        if packages and is_shipped_alone(self._policy.root, root, declared, packages[0], self._accessor_name, starts):
            place = posixpath.join(root, packages[0])
            if starts.is_started(file):
                problem = f"it is started as a file and imported as {'.'.join((*packages, _stem(file)))}"
                return Place(place, packages[0], problem=problem)
            return Place(place, packages[0], by_dots=self._imports_by_dots(place))
        if packages and directory not in starts.relative and (starts.is_started(file) or file in starts.programs):
            return Place(root, beside=directory)
        if packages or root == declared or self._is_default or starts.is_started(file):
            return Place(root) if packages else self._loaded(file, root)
        return Place(declared)

    def _loaded(self, file: str, root: str) -> Place:
        """A file that others run by its path imports what they do, and from its own directory if it is started."""
        loaders = [one for one in self._starts.loaders_of(file) if self.declared(one) is not None]
        loading = {self._import_root(one, str(self.declared(one)))[0] for one in loaders} - {root}
        if not loading:
            return Place(root)
        problem = "files in several directories run it by its path" if len(loading) > 1 else ""
        return Place(loading.pop(), beside=root, problem=problem)

    def _in_package(self, file: str, declared: str) -> Place:
        """The policy says in which package: below the declared root, or below its `src`."""
        package = self._policy.accessor.module.rpartition(".")[0]
        for base in (declared, posixpath.join(declared, "src")):
            place = posixpath.join(base, package.replace(".", "/"))
            if (self._policy.root / place).is_dir():
                return Place(place, package, by_dots=file.startswith(f"{place}/") and self._imports_by_dots(place))
        return Place(declared, problem=f"there is no package {package} in {declared or 'the root directory'}")

    def _imports_by_dots(self, package: str) -> bool:
        return any(one == package or one.startswith(f"{package}/") for one in self._starts.relative)

    def _import_root(self, file: str, declared: str) -> tuple[str, tuple[str, ...]]:
        """The directory that `file` is imported from, and the packages on the way to it."""
        packages: list[str] = []
        child, directory = _stem(file), posixpath.dirname(file)
        while directory != declared and directory and self._is_package(directory, child):
            child = posixpath.basename(directory)
            packages.insert(0, child)
            directory = posixpath.dirname(directory)
        return directory, tuple(packages)

    def _is_package(self, directory: str, child: str) -> bool:
        # Dots work in packages only, also in those without an `__init__.py`.
        if directory in self._starts.relative or self._starts.is_imported_from(directory, child):
            return True
        return self._has_init(directory) and (directory, child) not in self._starts.bare

    def _has_init(self, directory: str) -> bool:
        return (self._policy.root / directory / "__init__.py").is_file()

    @property
    def _is_default(self) -> bool:
        """Nobody has said which directories are roots."""
        return self._policy.accessor.roots == (".",)

    @cached_property
    def _starts(self) -> Starts:
        """Asked only where a file is in another directory than its declared root."""
        policy = self._policy
        return Starts.of(discover([Path(policy.root)], policy, policy.root).files)

    def _of_directory(self, directory: str) -> str | None:
        if directory.startswith(".."):
            return None
        if directory not in self._known:
            if any(pattern.fullmatch(directory) for pattern in self._patterns):
                self._known[directory] = directory
            else:
                parent = posixpath.dirname(directory)
                self._known[directory] = self._of_directory(parent) if directory else None
        return self._known[directory]


def _stem(file: str) -> str:
    return posixpath.basename(file).removesuffix(".pyw").removesuffix(".py")
