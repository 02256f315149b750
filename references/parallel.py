"""A `map` over files that uses several processes where that pays.

A process costs some 30 ms and Python's threads gain nothing here, so files are first read and gated in this process;
what is left is shared out, largest first, only if that saves more time than it takes.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from dbpolicy.errors import UserError
from references.candidates import may_name_database
from references.discovery import SourceFile

Result = TypeVar("Result")

_WORTH_A_PROCESS = 600_000  # bytes of source that name a database: about 0.4 seconds of `ast` and detection


def map_files(
    function: Callable[[SourceFile], Result | None],
    files: Sequence[SourceFile],
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """The results of `function` for `files`, in their order, without the None. `function` must be picklable."""
    jobs = jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else jobs or os.cpu_count() or 1
    report = progress or _quiet
    candidates = _gated(files, report)
    if jobs == 1 or sum(size for _, size in candidates) < _WORTH_A_PROCESS:
        return _one_process(function, [file for file, _ in candidates], report)
    return _many_processes(function, candidates, jobs, report)


def _quiet(done: int, total: int) -> None:
    """No progress is shown."""


def _gated(files: Sequence[SourceFile], report: Callable[[int, int], None]) -> list[tuple[SourceFile, int]]:
    """The files that may name a database, with their sizes; one that cannot be read is kept for its error."""
    candidates = []
    for number, file in enumerate(files):
        if not number % 500:
            report(number, len(files))
        try:
            descriptor = os.open(file.path, os.O_RDONLY)
            try:
                data = os.read(descriptor, max(os.fstat(descriptor).st_size, 1))
            finally:
                os.close(descriptor)
        except OSError:
            candidates.append((file, 0))
            continue
        if may_name_database(data):
            candidates.append((file, len(data)))
    return candidates


def _one_process(
    function: Callable[[SourceFile], Result | None],
    files: list[SourceFile],
    report: Callable[[int, int], None],
) -> list[Result]:
    results = []
    with _without_collector():
        for number, file in enumerate(files):
            report(number, len(files))
            results.append(function(file))
    report(len(files), len(files))
    return [result for result in results if result is not None]


@contextmanager
def _without_collector() -> Iterator[None]:
    """Syntax trees are many objects without cycles: looking for cycles among them takes a fifth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _start_worker() -> None:
    """Ctrl-C reaches every process of the terminal; it is for the first one to stop the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def _many_processes(
    function: Callable[[SourceFile], Result | None],
    candidates: list[tuple[SourceFile, int]],
    jobs: int,
    report: Callable[[int, int], None],
) -> list[Result]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children, get_context

    others = set(active_children())
    order = sorted(range(len(candidates)), key=lambda number: -candidates[number][1])
    results: list[Result | None] = [None] * len(candidates)
    # Ctrl-C reaches every process of the terminal: the helpers die of it without a word.
    silent = (signal.SIGINT, signal.SIG_DFL)
    with ProcessPoolExecutor(jobs, get_context("fork"), initializer=signal.signal, initargs=silent) as pool:
        try:
            found = pool.map(function, (candidates[number][0] for number in order), chunksize=8)
            for done, (number, result) in enumerate(zip(order, found, strict=True)):
                report(done, len(order))
                results[number] = result
        except BrokenProcessPool as error:
            raise UserError("a helping process died, perhaps for want of memory; run again with --jobs 1") from error
        except BaseException:
            for helper in set(active_children()) - others:
                helper.terminate()  # they write nothing, and nobody waits for what they find
            pool.shutdown(cancel_futures=True)
            raise
    report(len(order), len(order))
    return [result for result in results if result is not None]
