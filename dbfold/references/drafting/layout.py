"""What the names of a tree's files and directories tell: where tests, migrations, old copies and import roots are.

Conventions only; the draft of a policy starts from them and a person corrects it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dbfold.policy.naming import free_module
from dbfold.policy.patterns import FilePatterns

_TEST_DIRECTORIES = frozenset({"tests", "test"})
_MIGRATION_DIRECTORIES = frozenset({"migrations", "migration", "alembic"})
_COPY = re.compile(r"[._]?(?:archived?|archives|backups?|checkpoints?)(?:[_-].*)?\Z", re.IGNORECASE)
_TEST_FILES = ("test_*.py", "*_test.py")
_DOCKERFILE = re.compile(r"(?:Docker|Container)file(?:\..+)?\Z|.+\.Dockerfile\Z")
_MANY = 6  # patterns of one kind that a maintainer still reads


@dataclass(frozen=True)
class Layout:
    """The files of a tree, as paths relative to the policy's directory."""

    files: tuple[str, ...]

    @cached_property
    def exclude(self) -> tuple[str, ...]:
        """Directories of old copies. One that is a package or a service has only the name of a copy."""
        directories = [path for path in self._directories if _COPY.match(posixpath.basename(path))]
        copies = [path for path in directories if not self._is_live(path)]
        outermost = [path for path in copies if not any(path.startswith(f"{other}/") for other in copies)]
        if len(outermost) <= _MANY:
            return tuple(f"{path}/**" for path in outermost)
        return tuple(f"**/{name}/**" for name in sorted({posixpath.basename(path) for path in outermost}))

    @cached_property
    def temporary(self) -> tuple[str, ...]:
        """Directories of tests, and pytest's own file."""
        return (*self._named(_TEST_DIRECTORIES), *self._existing(("conftest.py",)))

    @cached_property
    def review(self) -> tuple[str, ...]:
        """Migrations, scripts, and what is called a test but stands among the code."""
        scripts = ("scripts/**",) if "scripts" in self._directories else ()
        migrations = self._named(_MIGRATION_DIRECTORIES)
        return (*self._existing(("migrate_*.py",)), *scripts, *migrations, *self._existing(_TEST_FILES))

    @cached_property
    def tests(self) -> FilePatterns:
        """Files whose databases are throw-away ones, by their names."""
        return FilePatterns((*self.temporary, *_TEST_FILES))

    def roots(self) -> tuple[str, ...]:
        """Directories that hold a Dockerfile and Python: each is built, and imports, on its own.

        Two and more in one directory become its pattern: a service that is added later is meant as well.
        """
        holders = {posixpath.dirname(path) for path in self._live_files if _DOCKERFILE.match(posixpath.basename(path))}
        python = [path for path in self._live_files if path.endswith(".py")]
        built = sorted(path for path in holders if any(_below(file, path) for file in python))
        built = [path for path in built if f"{path}/__init__.py" not in self._known]
        parents = [posixpath.dirname(path) for path in built]
        generalised = (
            f"{parent}/*" if parent and parents.count(parent) > 1 else path or "."
            for path, parent in zip(built, parents, strict=True)
        )
        return tuple(dict.fromkeys(generalised))

    def module(self) -> str:
        """A name for the generated module that no module or package of the application has."""
        taken = {name.removesuffix(".py") for path in self.files for name in path.split("/")}
        return free_module(taken.__contains__)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.files)

    @cached_property
    def _directories(self) -> tuple[str, ...]:
        found: set[str] = set()
        for path in self.files:
            while (path := posixpath.dirname(path)) and path not in found:
                found.add(path)
        return tuple(sorted(found))

    @cached_property
    def _live_files(self) -> tuple[str, ...]:
        passed_over = FilePatterns((*self.exclude, *self._named(_TEST_DIRECTORIES)))
        return tuple(path for path in self.files if not passed_over.matching(path))

    def _is_live(self, directory: str) -> bool:
        return f"{directory}/__init__.py" in self._known or f"{directory}/Dockerfile" in self._known

    def _named(self, names: Iterable[str]) -> tuple[str, ...]:
        """A pattern for each of `names` that is a directory: anchored if it stands at the top alone."""
        copies = FilePatterns(self.exclude)
        directories = [path for path in self._directories if not copies.matching(f"{path}/")]
        return tuple(
            f"{name}/**" if places == [name] else f"**/{name}/**"
            for name in sorted(names)
            if (places := [path for path in directories if posixpath.basename(path) == name])
        )

    def _existing(self, patterns: Sequence[str]) -> tuple[str, ...]:
        """Those of `patterns` that match a file outside the directories of tests and copies."""
        return tuple(pattern for pattern in patterns if any(map(FilePatterns((pattern,)).matching, self._live_files)))


def _below(file: str, directory: str) -> bool:
    return not directory or file.startswith(f"{directory}/")
