"""What the code of a project does with the paths of its databases, wherever it is written and used.

Each use names the places that may flow into it. What is done with a connection is no use of the path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dbfold.code.derivations import Step

Place = tuple[str, int, int]
"""A site: its file relative to the policy, line and column."""


class Doing(StrEnum):
    """What is done with a path."""

    OPENED = "opened"
    DESTROYED = "destroyed"
    DERIVED = "derived"
    JOINED = "joined"
    COMPARED = "compared"
    KEYED = "keyed"
    LOOPED = "looped"
    GATHERED = "gathered"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of paths.

    sites     the places whose paths may flow into it
    file      where it is, relative to the policy, with `line`
    by        opened: the function or class around it, `module` for neither; destroyed, gathered: what does it;
              joined: `/` or `+`
    several   opened, destroyed: one call is given several paths
    step      derived: what is made of the path
    others    compared: the places on the other side
    unknown   compared: the other side may be something else as well
    """

    doing: Doing
    sites: tuple[Place, ...]
    file: str
    line: int
    by: str = ""
    several: bool = False
    step: Step | None = None
    others: tuple[Place, ...] = ()
    unknown: bool = False


MODULE = "module"
"""The scope of code outside of functions and classes, as people read it."""


def of(sites: Iterable[Place]) -> tuple[Place, ...]:
    """The sites of a use, in their order."""
    return tuple(sorted(sites))


def by_doing(uses: Sequence[Use], doing: Doing) -> list[Use]:
    """The uses of one kind."""
    return [use for use in uses if use.doing is doing]
