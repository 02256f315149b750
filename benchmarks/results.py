"""What was measured, as values: for those who measure, and for the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log
from statistics import linear_regression, median

from contenders import Row
from measure import Run


@dataclass(slots=True)
class Result:
    """What was measured for one row on one tree. `problem` says why there is nothing."""

    row: Row
    runs: list[Run] = field(default_factory=list)
    all_mb: float | None = None
    found: int | None = None
    problem: str | None = None

    @property
    def seconds(self) -> float:
        """The median wall time."""
        return median(each.seconds for each in self.runs)

    @property
    def fastest(self) -> float:
        """The least wall time."""
        return min(each.seconds for each in self.runs)

    @property
    def cpu_seconds(self) -> float:
        """The median processor time, user and system."""
        return median(each.cpu_seconds for each in self.runs)

    @property
    def largest_mb(self) -> float | None:
        """The peak of the largest process of all runs."""
        return max((each.largest_mb for each in self.runs if each.largest_mb), default=None)


@dataclass(frozen=True, slots=True)
class Growth:
    """Medians of one command on a part of a tree that has so many Python files.

    `start_up` is the processor time of the same command on a tree that has a policy and nothing else.
    """

    tree: str
    command: str
    python_files: int
    seconds: float
    cpu_seconds: float
    start_up: float
    largest_mb: float | None

    @property
    def cpu_above_start_up(self) -> float:
        """The processor time that the files cost."""
        return self.cpu_seconds - self.start_up


@dataclass(frozen=True, slots=True)
class StartUp:
    """Median seconds of a command that has nearly nothing to do."""

    command: str
    seconds: float


def exponent(grown: Sequence[Growth]) -> float:
    """How what the files cost one command grows: the b of `seconds = a * files ** b`, by least squares of logarithms.

    Start-up is not part of it: it would make the small parts dearer, and the whole look flatter than it is.
    """
    files = [log(each.python_files) for each in grown]
    return linear_regression(files, [log(each.cpu_above_start_up) for each in grown]).slope
