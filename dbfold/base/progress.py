"""What a run tells while it works: phases, one after the other.

Whoever works takes a `Progress`, `SILENT` by default, and says what it begins:

    progress.phase(f"reading {len(files):,} files", len(files))
    share_out(function, files, jobs, progress.advance)

`dbfold.base.output.phases` shows it to a person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Report = Callable[[int, int], None]
"""Called with what is done and what there is in all."""


class Progress(Protocol):
    """Who is told. Called from one thread of the process that was started, never from a worker."""

    def phase(self, name: str, total: int = 0) -> None:
        """A phase begins, and the one before it is over. `total` is what there is to do, 0 where nobody knows."""

    def advance(self, done: int, total: int) -> None:
        """`done` of `total` parts of this phase are behind."""


class _Silent:
    """Tells nobody."""

    def phase(self, name: str, total: int = 0) -> None:
        """Nothing is shown."""

    def advance(self, done: int, total: int) -> None:
        """Nothing is shown."""


SILENT: Progress = _Silent()
