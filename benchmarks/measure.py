"""Runs one command and measures it: wall time, processor time, memory."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_EVERY = 0.01  # seconds


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `largest_mb` is the peak of its largest process, `all_mb` that of all its processes together.

    None where it could not be seen.
    """

    seconds: float
    cpu_seconds: float
    exit_code: int
    largest_mb: float | None
    all_mb: float | None = None


def run(
    command: Sequence[str], cwd: Path, output: Path, environment: Mapping[str, str], *, sample: bool = False
) -> Run:
    """Run `command` in `cwd`; what it says goes to `output`, both streams.

    `largest_mb` is wait4's ru_maxrss: the largest resident set of the process or one of its descendants, the pages of
    shared libraries included. A child inherits the number from this process; what is not above that is not known.
    With `sample`, `all_mb` is the largest sum of the proportional set sizes (/proc/PID/smaps_rollup) of the process
    and its descendants, looked at every 10 ms; None where the system does not tell, or the run was too short.
    """
    with output.open("wb") as stream:
        inherited_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(environment), stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
        sampler = _Sampler(process.pid) if sample else None
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        exit_code=process.returncode,
        largest_mb=usage.ru_maxrss / 1024 if usage.ru_maxrss > inherited_kb else None,
        all_mb=sampler.stop() if sampler else None,
    )


class _Sampler(threading.Thread):
    """Looks at the memory of a process and its descendants until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._done = threading.Event()
        self._peak_kb = 0
        self.start()

    def run(self) -> None:
        while not self._done.is_set():
            self._peak_kb = max(self._peak_kb, sum(map(_proportional_kb, _family(self._pid))))
            self._done.wait(_SAMPLE_EVERY)

    def stop(self) -> float | None:
        self._done.set()
        self.join()
        return self._peak_kb / 1024 or None


def _family(pid: int) -> Iterator[int]:
    pending = [pid]
    while pending:
        parent = pending.pop()
        yield parent
        try:
            for task in os.listdir(f"/proc/{parent}/task"):  # noqa: PTH208 - names are all that is needed
                pending += map(int, Path(f"/proc/{parent}/task/{task}/children").read_text().split())
        except OSError:
            continue  # it has ended


def _proportional_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
