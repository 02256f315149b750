"""Ctrl-C and sudden death in the middle of a run: every file is the old or the new one, and the next run finishes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from multiprocessing import get_context

import pytest
from projects import AFTER, BEFORE, SCRIPT

from dbfold.base import parallel
from dbfold.codemods.run import prepare
from dbfold.codemods.writing import write
from dbfold.policy.loading import load_policy

FILES = 150


def padded(text, number):
    """Contents of many sizes, so that a half-written one cannot look like a whole one."""
    return (text + f"# {number}\n" + "# padding\n" * (number * 37 % 900)).encode()


@pytest.fixture
def application(project):
    """Many modules with a reference each."""
    reset(project)
    return project


def reset(project, files=FILES):
    for number in range(files):
        project.write(f"services/core/m{number}.py", padded(BEFORE, number))


def start(project, *arguments, **options):
    command = [SCRIPT, "rewrite", *arguments, "services"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    return subprocess.Popen(command, cwd=project.root, start_new_session=True, **pipes, **options)


def count_of_rewritten(project, files=FILES):
    """How many modules are the new ones; each of the others must be the old one, byte for byte."""
    count = 0
    for number in range(files):
        content = project.read(f"services/core/m{number}.py")
        assert content in (padded(BEFORE, number), padded(AFTER, number)), f"m{number}.py is neither old nor new"
        count += content == padded(AFTER, number)
    return count


def leftovers(project):
    return [name for name in os.listdir(project.services / "core") if name.endswith(".dbfold")]


def has_begun(project):
    """True once a few modules are written."""
    return all(b"DATABASE_PATH" in project.read(f"services/core/m{number}.py") for number in (0, 1, 10))


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 2), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_while_files_are_written(application, number, code):
    """The signal goes to the whole process group, as that of a terminal does."""
    process = start(application)
    wait_for(lambda: has_begun(application))
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == code
    count = count_of_rewritten(application)
    assert 0 < count < FILES
    assert leftovers(application) == []
    assert out == ""
    if number == signal.SIGINT:
        assert err.startswith(
            f"dbfold: interrupted: {count + 1} of {FILES + 1} files are written, the last one services/"
        )
        assert err.endswith("none is half-written, the others are as they were: run the command again to finish\n")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_while_files_are_looked_at(application, jobs):
    """Nothing was written yet, and the helping processes go quietly too."""
    for number in range(20):
        application.write(f"services/core/large{number}.py", BEFORE + "x = f(1, [2, 3], 'text')\n" * 8000)
    before = application.tree()
    process = start(application, "--jobs", jobs)
    time.sleep(1.5)  # past the start of Python; the search takes several seconds
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert err == "dbfold: interrupted; no file is half-written, run the command again\n"
    assert application.tree() == before


def test_ctrl_c_while_the_others_are_waited_for(project, monkeypatch):
    """This process has done its share; the worker's, which would take a minute, is not waited for."""
    monkeypatch.setattr(parallel, "_WORTH_A_PROCESS", 0)
    files = [(project.write(name), 100) for name in ("a.py", "b.py")]
    parent = os.getpid()

    def work(file):
        if os.getpid() != parent:
            time.sleep(0.5)
            os.kill(parent, signal.SIGINT)
            time.sleep(60)

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        parallel.share_out(work, files, 2)
    assert time.monotonic() - started < 30


@pytest.mark.slow
def test_sudden_death_at_any_moment(project):
    """SIGKILL leaves at most the temporary file of one write; the next run takes it away and finishes.

    The run is worked out once; only its writes are killed, in processes of their own.
    """
    few = 60
    reset(project, few)
    prepared = prepare([project.services], load_policy(project.root / "dbfold.yaml"))
    accessor = project.services / "core/database_config.py"
    generated = prepared.generated[0].new
    rng = random.Random(2)
    counts, left, whole = [], [], None
    for _ in range(31):
        reset(project, few)
        accessor.unlink(missing_ok=True)
        process = get_context("fork").Process(target=write, args=(prepared,))
        started = time.monotonic()
        process.start()
        process.join(None if whole is None else rng.uniform(0, whole))
        whole = whole or time.monotonic() - started  # the first one is left to finish
        process.kill()
        process.join()
        counts.append(count_of_rewritten(project, few))
        assert not accessor.exists() or accessor.read_bytes() == generated
        before, left = left, leftovers(project)
        assert len(set(left) - set(before)) <= 1
    assert counts[0] == few
    assert len(set(counts)) > 5
    reset(project, few)
    accessor.unlink(missing_ok=True)
    assert project.dbfold("rewrite", "services").returncode == 0
    assert count_of_rewritten(project, few) == few
    assert leftovers(project) == []
    assert project.dbfold("rewrite", "--check", "services").returncode == 0


def test_sudden_death_of_the_command(application):
    process = start(application)
    wait_for(lambda: has_begun(application))
    process.kill()
    process.communicate(timeout=30)
    assert 0 < count_of_rewritten(application) < FILES
    assert application.dbfold("rewrite", "services").returncode == 0
    assert count_of_rewritten(application) == FILES
    assert leftovers(application) == []
