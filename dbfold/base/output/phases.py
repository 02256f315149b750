"""The phases of a run, for people: a bar while one runs, and a line with its time when it is over."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Protocol

from dbfold.base.progress import SILENT, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Bar(Protocol):
    """Shows the phase that runs."""

    def begin(self, name: str, total: int) -> None: ...

    def advance(self, done: int, total: int) -> None: ...


class Phases:
    """A `Progress` that shows the phase that runs on `bar`, and gives `tell` a line for each that is over."""

    def __init__(
        self,
        bar: Bar | None = None,
        tell: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._bar, self._tell, self._clock = bar, tell, clock
        self._name: str | None = None
        self._began = 0.0

    def phase(self, name: str, total: int = 0) -> None:
        self.end()
        self._name, self._began = name, self._clock()
        if self._bar is not None:
            self._bar.begin(name, total)

    def advance(self, done: int, total: int) -> None:
        if self._bar is not None:
            self._bar.advance(done, total)

    def end(self) -> None:
        """The last phase is over."""
        if self._tell is not None and self._name is not None:
            self._tell(f"{self._name}: {self._clock() - self._began:.1f} s")
        self._name = None


class _RichBar:
    """One bar on a terminal."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def begin(self, name: str, total: int) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(name, total=total or None, count="")

    def advance(self, done: int, total: int) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=done, total=total, count=f"{done:,}/{total:,}")


@contextmanager
def telling(*, live: bool, times: bool = False) -> Iterator[Progress]:
    """Who is told of a run's phases, on stderr: with bars if it is `live`, with a line for each if `times` are wanted.

    Where neither is, nobody is told and nothing is imported.
    """
    if not (live or times):
        yield SILENT
        return
    with ExitStack() as stack:
        bars = stack.enter_context(_bars()) if live else None
        tell = bars.console.print if bars is not None else _line
        phases = Phases(_RichBar(bars) if bars is not None else None, tell if times else None)
        yield phases
        phases.end()


def _line(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _bars() -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    name = TextColumn("{task.description}", markup=False)
    columns = (name, BarColumn(bar_width=20), TextColumn("{task.fields[count]}"), TimeElapsedColumn())
    console = Console(stderr=True, highlight=False, markup=False)
    return RichProgress(*columns, console=console, transient=True)
