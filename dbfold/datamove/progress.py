"""What a move tells while it works. The base class says nothing; a caller overrides what it wants to show."""

from __future__ import annotations

from pathlib import Path


class Progress:
    """Called from the thread that moves. What a method raises ends the run, as any error does."""

    def say(self, message: str) -> None:
        """Something worth a line in the log."""

    def stage(self, name: str, rows: int = 0, size: int = 0, path: Path | None = None) -> None:
        """A stage begins, with so many rows and bytes ahead. If there is a `path`, that file's size tells how far
        it is.
        """

    def step(self, what: str, done: int) -> None:
        """A step begins; `done` rows or bytes of the stage are behind."""

    def tick(self) -> bool:
        """Called many times a second while a statement runs; True interrupts it."""
        return False
