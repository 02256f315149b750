"""What a rewrite has to know: which databases wait and for what, and the names that change with those that do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dbfold.base.output.counted import counted
from dbfold.base.spans import Span
from dbfold.code.uses import Place
from dbfold.journey.renaming import Edit
from dbfold.statements.model import Statement


@dataclass(frozen=True, slots=True)
class Change:
    """New names for a statement: edits of its text."""

    statement: Statement
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """What a database waits for: a place (its file relative to the policy), or a decision, and then `file` is empty."""

    reason: str
    file: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """As an editor opens it."""
        return f"{self.file}:{self.line}"

    def __str__(self) -> str:
        return ": ".join([self.place, self.reason] if self.file else [self.reason])


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a rewrite has to know: what waits, and the names that change.

    waits    retired databases that do not switch, each with all that it waits for
    dangers  single references that stay because of what the code does with the files, with the reason
    failed   files (relative to the policy) of which nothing can be rewritten, with the reason
    changes  by file: the statements that get new names together with their references
    names    by file: names that change for a database that is used there
    known    by file: where its statements are written, as offsets in code points
    files    by retired database that switches: the files that change with it
    """

    waits: Mapping[str, tuple[Wait, ...]] = field(default_factory=dict)
    dangers: Mapping[Place, str] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def why(self, database: str, file: str, span: Span) -> str | None:
        """Why the reference at `span` of `file` (relative to the policy) waits; None if it does not."""
        if (failure := self.failed.get(file)) is not None:
            return failure
        if waits := self.waits.get(database):
            return _waiting(database, waits)
        return None

    def danger(self, file: str, span: Span) -> str | None:
        """What harm the code would do if the reference at `span` of `file` were rewritten; None if it would not."""
        return self.dangers.get((file, span.line, span.column))

    def holding(self, more: Mapping[str, Sequence[Wait]], failed: Mapping[str, str] | None = None) -> Guidance:
        """The same, where more databases wait, and those that share a statement with them; `failed` as above."""
        waits = {database: list(found) for database, found in self.waits.items()}
        for database, found in more.items():
            waits.setdefault(database, []).extend(found)
        changes = [change for found in self.changes.values() for change in found]
        _spread(waits, changes)
        return replace(
            self,
            waits={database: tuple(dict.fromkeys(found)) for database, found in waits.items() if found},
            failed={**self.failed, **(failed or {})},
            changes=by_file(change for change in changes if waits.keys().isdisjoint(change.statement.databases)),
        )


NO_GUIDANCE = Guidance()


def _waiting(database: str, waits: Sequence[Wait]) -> str:
    first = waits[0]
    if not first.file:
        return first.reason
    more = f", and {counted(len(waits) - 1, 'more place')}" if len(waits) > 1 else ""
    reason = first.reason + more
    return f"{database} waits for {first.place}: {reason}"


def _spread(waits: dict[str, list[Wait]], changes: Sequence[Change]) -> None:
    """A statement changes for all of its databases or for none."""
    spread = True
    while spread:
        spread = False
        for statement in (change.statement for change in changes):
            waiting = next((one for one in statement.databases if one in waits), None)
            for database in statement.databases if waiting else ():
                if database not in waits:
                    reason = f"the SQL runs on {waiting} as well, which waits"
                    waits[database] = [Wait(reason, statement.in_policy, statement.span.line)]
                    spread = True


def by_file(changes: Iterable[Change]) -> dict[str, tuple[Change, ...]]:
    """Changes by the file that they are in (relative to the policy)."""
    found: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        found[change.statement.in_policy].append(change)
    return {file: tuple(those) for file, those in found.items()}
