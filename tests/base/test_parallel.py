"""Sharing out files among processes: the same results in the same order, and nothing left behind."""

import os
import signal
import subprocess
import sys
import time

import pytest

from dbfold.base import parallel
from dbfold.base.errors import UserError


@pytest.fixture
def files(tmp_path):
    made = []
    for number in range(40):
        path = tmp_path / f"f{number}.py"
        path.write_text(f"# x{number}.db\n" + "x" * (number % 7) * 50_000)
        made.append((path, path.stat().st_size))
    return made


def name_of(path):
    return os.getpid(), path.name


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_are_in_order_and_come_from_that_many_processes(files, jobs):
    results = parallel.share_out(name_of, files, jobs)
    assert [name for _, name in results] == [path.name for path, _ in files]
    assert len({process for process, _ in results}) == jobs


def test_a_small_tree_stays_in_one_process(files):
    results = parallel.share_out(name_of, files[:2], 4)
    assert {process for process, _ in results} == {os.getpid()}


def test_no_files():
    assert parallel.share_out(name_of, [], 4) == []


def fails(file):
    if os.getpid() != fails.parent:
        raise ValueError("cannot")
    return file.name


def dies(file):
    if os.getpid() != dies.parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return file.name


def test_an_error_in_a_worker_arrives_with_its_traceback(files):
    fails.parent = os.getpid()
    with pytest.raises(RuntimeError, match=r"(?s)in a worker process:.*in fails.*ValueError: cannot"):
        parallel.share_out(fails, files, 2)


def test_a_worker_that_dies_is_told_with_a_remedy(files):
    dies.parent = os.getpid()
    with pytest.raises(UserError, match=r"a worker process died.*--jobs 1"):
        parallel.share_out(dies, files, 2)


def interrupted(file):
    if os.getpid() == interrupted.parent:
        raise KeyboardInterrupt
    time.sleep(60)


def test_workers_are_stopped_when_this_process_is_interrupted(files):
    interrupted.parent = os.getpid()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        parallel.share_out(interrupted, files, 3)
    assert time.monotonic() - started < 30
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


PARENT = """
import os, sys, time
from dbfold.base import parallel
parent = os.getpid()
def work(file):
    if os.getpid() != parent:
        print(os.getpid(), flush=True)
        return "x" * 1_000_000  # more than a pipe holds
    time.sleep(60)
paths = sys.argv[1:]
parallel.share_out(work, [(path, 1_000_000) for path in paths], 2)
"""


def test_no_worker_outlives_a_parent_that_is_killed(files):
    command = [sys.executable, "-c", PARENT, *(str(path) for path, _ in files)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        worker = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 20
    while alive(worker):
        assert time.monotonic() < deadline, "the worker still runs"
        time.sleep(0.05)


def alive(process):
    try:
        with open(f"/proc/{process}/stat") as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
