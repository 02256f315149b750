"""What the benchmark of the move has measured, as values: for those who measure, and for the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Taken:
    """What one way took: the least of all rounds, and the stages of that round. `problem` says why there is nothing."""

    name: str
    rows: int
    seconds: float = 0.0
    peak_mb: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    problem: str | None = None

    @property
    def per_million(self) -> float:
        """Seconds for a million rows."""
        return self.seconds / self.rows * 1_000_000


@dataclass(frozen=True)
class Data:
    """Databases that are measured on."""

    directory: Path
    policy: Path
    rows: int
    megabytes: float
    is_shared: bool


@dataclass(frozen=True)
class Measured:
    """All that one run of move.py has measured."""

    table: tuple[Data, list[Taken]]
    slow: tuple[Data, list[Taken]] | None
    merged: list[tuple[str, int, Taken]]
    scaled: list[tuple[Data, list[Taken]]]
    rounds: int
    blob_mb: int
