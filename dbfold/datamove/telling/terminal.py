"""Progress for people: bars on a terminal, and a log file."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dbfold.datamove.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

_REFRESH_SECONDS = 0.2


class TerminalProgress(Progress):
    """A bar for each stage, if there are bars, and every step in the log, if there is one."""

    def __init__(self, bars: Bars | None, log: TextIO | None) -> None:
        self._bars, self._log = bars, log
        self._task: TaskID | None = None
        self._path: Path | None = None
        self._looked = 0.0

    def say(self, message: str) -> None:
        if self._log is not None:
            self._log.write(f"{datetime.now().astimezone().isoformat(timespec='milliseconds')} {message}\n")
            self._log.flush()

    def stage(self, name: str, rows: int = 0, size: int = 0, path: Path | None = None) -> None:
        amounts = [f"{rows:,} rows"] * bool(rows) + [f"{size / 1e6:,.1f} MB"] * bool(size)
        self.say(f"{name} {', '.join(amounts)}".rstrip())
        self._path = path
        if self._bars is not None:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._task = self._bars.add_task(name, total=size or rows or None, rows=f"{rows:,} rows" if rows else "")

    def step(self, what: str, done: int) -> None:
        self.say(f"  {what}")
        if self._bars is None or self._task is None:
            return
        self._bars.update(self._task, description=what[:60])
        if self._path is None:
            self._bars.update(self._task, completed=done)
        else:
            self._bars.update(self._task, rows=f"{done:,} rows")
            self._look()

    def tick(self) -> bool:
        if self._bars is not None and self._path is not None and time.monotonic() - self._looked > _REFRESH_SECONDS:
            self._look()
        return False

    def _look(self) -> None:
        self._looked = time.monotonic()
        if self._bars is not None and self._task is not None and self._path is not None:
            with contextlib.suppress(OSError):  # not there yet: no progress to show
                self._bars.update(self._task, completed=self._path.stat().st_size)


@contextlib.contextmanager
def terminal_progress(log: Path | None, *, quiet: bool = False) -> Iterator[Progress]:
    """Bars on stderr if a person is looking at it and does not want `quiet`; lines appended to `log`."""
    import sys

    with contextlib.ExitStack() as stack:
        stream = None
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            stream = stack.enter_context(log.open("a", encoding="utf-8", errors="backslashreplace"))
        bars = None
        if sys.stderr.isatty() and not quiet:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as RichProgress

            parts = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                DownloadColumn(),
                TextColumn("{task.fields[rows]}"),
                TimeRemainingColumn(),
            )
            bars = stack.enter_context(RichProgress(*parts, console=Console(stderr=True), transient=True))
        yield TerminalProgress(bars, stream)
