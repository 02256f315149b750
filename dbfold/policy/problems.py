"""What is wrong with a policy, collected so that one run of dbfold names everything at once."""

from __future__ import annotations

from typing import NamedTuple

from dbfold.base.errors import UserError

KeyPath = tuple[str, ...]
"""Where a value stands in the policy: `("databases", "zoe.db", "role")`; a list item is `"[0]"`."""


class Problem(NamedTuple):
    """One thing to mend. `line` counts from 1."""

    line: int
    key_path: KeyPath
    message: str

    def render(self, source: str) -> str:
        """`dbfold.yaml:7: databases.zoe.db.role: what is wrong; remedy`."""
        key = ".".join(self.key_path).replace(".[", "[")
        return ": ".join(part for part in (f"{source}:{self.line}", key, self.message) if part)


class PolicyError(UserError):
    """The policy is missing, unreadable or wrong. `problems` are empty where there is no line to name."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class Problems:
    """Collects problems, and remembers the line of each key that was read."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self._lines: dict[KeyPath, int] = {}

    def note_line(self, key_path: KeyPath, line: int) -> None:
        """Remember where a key stands; the first place wins."""
        self._lines.setdefault(key_path, line)

    def line_of(self, key_path: KeyPath) -> int:
        """The line of a key, or of the nearest key around it; 1 if there is none."""
        while key_path and key_path not in self._lines:
            key_path = key_path[:-1]
        return self._lines.get(key_path, 1)

    def keys_under(self, key_path: KeyPath) -> set[str]:
        """The keys that stand directly below `key_path` in the file, readable or not."""
        depth = len(key_path)
        return {path[-1] for path in self._lines if len(path) == depth + 1 and path[:depth] == key_path}

    def add(self, key_path: KeyPath, message: str, line: int | None = None) -> None:
        """Add one problem, at the line of its key unless `line` is given."""
        self.found.append(Problem(line or self.line_of(key_path), key_path, message))

    def raise_if_any(self, source: str) -> None:
        """Raise one PolicyError that lists all problems in the order of the file."""
        if self.found:
            ordered = tuple(sorted(self.found, key=lambda problem: problem.line))
            raise PolicyError("\n".join(problem.render(source) for problem in ordered), ordered)
