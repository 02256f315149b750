"""A `map` that uses several processes where that pays.

Python's threads gain nothing here and a process costs something, so work is shared out, largest first, only if that
saves more time than it takes.
"""

from __future__ import annotations

import os
import pickle
import signal
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn, TypeVar

from dbfold.base.errors import UserError

Item = TypeVar("Item")
Result = TypeVar("Result")

_WORTH_A_PROCESS = 600_000  # bytes of source that name a database: about 0.4 seconds of `ast` and detection


def share_out(
    function: Callable[[Item], Result],
    items: Sequence[tuple[Item, int]],
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """The results of `function` for items, each with its size in bytes, in their order; results must be picklable."""
    jobs = (jobs or _processors()) if hasattr(os, "fork") else 1
    if sum(size for _, size in items) < _WORTH_A_PROCESS:
        jobs = 1
    return _shared_out(function, items, jobs, progress or _quiet)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quiet(done: int, total: int) -> None:
    """No progress is shown."""


def _shared_out(
    function: Callable[[Item], Result],
    items: Sequence[tuple[Item, int]],
    jobs: int,
    report: Callable[[int, int], None],
) -> list[Result]:
    """This process takes one share, a forked one each of the others; a share's results come back when it is done."""
    shares = _shares([size for _, size in items], jobs) or [[]]
    workers = [_Worker(partial(_results, function, items, share, _quiet)) for share in shares[1:]]
    try:
        results = _results(function, items, shares[0], lambda done, total: report(done * len(shares), len(items)))
        for worker in workers:
            results.update(worker.results())
    finally:
        for worker in workers:
            worker.stop()
    report(len(items), len(items))
    return [results[number] for number in range(len(items))]


def _shares(sizes: list[int], jobs: int) -> list[list[int]]:
    """The indices of `sizes` in `jobs` lists of about equal sum: the largest first, each to the lightest list."""
    shares: list[list[int]] = [[] for _ in range(jobs)]
    loads = [0] * jobs
    for number in sorted(range(len(sizes)), key=lambda number: -sizes[number]):
        lightest = loads.index(min(loads))
        shares[lightest].append(number)
        loads[lightest] += sizes[number]
    return [share for share in shares if share]


def _results(
    function: Callable[[Item], Result],
    items: Sequence[tuple[Item, int]],
    share: list[int],
    report: Callable[[int, int], None],
) -> dict[int, Result]:
    results = {}
    for done, number in enumerate(share):
        report(done, len(share))
        results[number] = function(items[number][0])
    return results


class _Worker:
    """A forked process that works out a value and writes it to a pipe.

    A pool of the standard library costs 34 ms of imports, and its processes outlive a parent that is killed: they
    wait for work from a pipe that they hold open themselves. This one ends when nobody reads.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self.reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.reader)
            self._work(work, writer)
        os.close(writer)

    def _work(self, work: Callable[[], object], writer: int) -> NoReturn:
        """In the forked process: never returns into the code that forked it."""
        # Ctrl-C reaches every process of the terminal; it is for the first one to stop the others.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        code = 1
        try:
            try:
                answer: tuple[bool, object] = (True, work())
            except Exception:  # noqa: BLE001 - it is raised again where the answer is read
                answer = (False, traceback.format_exc())
            with os.fdopen(writer, "wb") as stream:
                pickle.dump(answer, stream, pickle.HIGHEST_PROTOCOL)
            code = 0
        finally:
            os._exit(code)

    def results(self) -> Any:
        """The value. Raises UserError if the process died, RuntimeError with its traceback if it failed."""
        with os.fdopen(self.reader, "rb", closefd=False) as stream:
            try:
                succeeded, answer = pickle.load(stream)
            except (EOFError, pickle.UnpicklingError) as error:
                raise UserError("a worker process died, perhaps for want of memory; try --jobs 1") from error
        if not succeeded:
            raise RuntimeError(f"in a worker process:\n{answer}")
        return answer

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        os.close(self.reader)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
