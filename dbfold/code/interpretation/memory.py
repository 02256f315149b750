"""Values that are worked out once, although they may lead to each other in circles."""

from __future__ import annotations

from collections.abc import Callable

from dbfold.code.values import Values

Key = tuple[object, ...]


class Memory:
    """What was worked out, and what is being worked out.

    What was worked out from a preliminary value is not the whole truth: it is kept as a draft, and forgotten with the
    question that is being answered.
    """

    def __init__(self) -> None:
        self._values: dict[Key, Values] = {}
        self._pending: dict[Key, Values] = {}
        self._drafts: dict[Key, Values] = {}
        self._preliminary = False

    @property
    def depth(self) -> int:
        """How many questions wait for the one that is being answered."""
        return len(self._pending)

    def give_up(self) -> None:
        """Say that what is being worked out is not the whole truth."""
        self._preliminary = True

    def once(self, key: Key, meanwhile: Values, work: Callable[[], Values]) -> Values:
        """Work a value out and remember it; what asks for it while that goes on gets `meanwhile`."""
        if key in self._values:
            return self._values[key]
        for preliminary in (self._drafts, self._pending):
            if key in preliminary:
                self._preliminary = True
                return preliminary[key]
        outer, self._preliminary = self._preliminary, False
        self._pending[key] = meanwhile
        try:
            values = work()
        finally:
            del self._pending[key]
        if not self._pending:
            self._drafts.clear()
            self._preliminary = False
        kept = self._drafts if self._preliminary else self._values
        kept[key] = values
        self._preliminary = self._preliminary or outer
        return values
