"""Accessor roots: the directories from which a service imports, each with its own copy of the accessor."""

from __future__ import annotations

import posixpath

from dbfold.policy.accessor import accessor_file_name
from dbfold.policy.model import Policy
from dbfold.policy.patterns import directory_pattern


class Roots:
    """Finds the accessor root of a file. Roots are directories, as paths relative to the policy's directory."""

    def __init__(self, policy: Policy) -> None:
        self._accessor_name = accessor_file_name(policy)
        self._patterns = [directory_pattern(root) for root in policy.accessor.roots]
        self._known: dict[str, str | None] = {}

    def root_of(self, file: str) -> str | None:
        """The deepest root that holds `file` (a path relative to the policy), "" for the policy's own directory."""
        return self._of_directory(posixpath.dirname(file))

    def is_accessor(self, file: str) -> bool:
        """True for the place of a root's accessor module, whatever the file there holds."""
        directory, _, name = file.rpartition("/")
        return name == self._accessor_name and self.root_of(file) == directory

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
