"""What a move tells while it works. The base class says nothing; a caller overrides what it wants to show."""

from __future__ import annotations


class Progress:
    """All methods are called from the moving thread; an exception that they raise stops the move, before the swap safely."""

    def say(self, message: str) -> None:
        """Something worth a line in the log."""

    def stage(self, name: str, rows: int = 0, size: int = 0) -> None:
        """A stage begins, with so many rows or bytes ahead."""

    def step(self, what: str, done: int) -> None:
        """A step begins; `done` rows or bytes of the stage are behind."""

    def tick(self) -> bool:
        """Called many times a second while a statement runs; True interrupts it."""
        return False
