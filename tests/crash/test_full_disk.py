"""When nothing more can be written, a move says so and has changed nothing; with room, the next one succeeds."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from crash_estate import KILLS, VARIANTS, check_new, child, contents, leftovers, look, make, move, roll_back, states

STEP = 4096 if KILLS > 100 else 20480
SIZES = [0, 1, 100, 512, 1000, 1024, 2000, *range(4096, 220_000, STEP), *range(5000, 220_000, 5 * STEP)]
DBFOLD = Path(sys.executable).with_name("dbfold")


def limited(size):
    """From now on no file of this process grows beyond `size` bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def with_limit(size, work):
    def done():
        limited(size)
        return work()

    return child(done)


def fresh(root, to):
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(root, to)
    return to


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("dry_run", [False, True], ids=["run", "dry-run"])
def test_move_where_files_cannot_grow(tmp_path, variant, dry_run):
    root = make(tmp_path / "before", variant)
    before = contents(root)
    failed, succeeded = [], []
    for size in SIZES:
        trial = fresh(root, tmp_path / "trial")
        outcome = with_limit(size, lambda trial=trial: move(trial, dry_run=dry_run))
        assert outcome.is_clear, (size, outcome.error)
        assert leftovers(trial) == [], size
        if dry_run or outcome.error is not None:
            assert contents(trial) == before, size
        if outcome.error is None:
            succeeded.append(size)
            continue
        failed.append(outcome.error)
        assert not list((trial / "data" / "backup").glob("dbfold-*")), size
        outcome = child(lambda trial=trial: move(trial))
        assert outcome.error is None, (size, outcome.error)
        check_new(look(trial)["zoe.db"], absent=variant == "absent")
    assert len(failed) > 8
    assert succeeded
    assert all(error and "Traceback" not in error for error in failed)


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_rollback_where_files_cannot_grow(tmp_path, variant):
    root = make(tmp_path / "before", variant)
    old, before = look(root), contents(root)
    assert child(lambda: move(root)).error is None
    new, after = look(root), contents(root)
    found = []
    for size in SIZES:
        trial = fresh(root, tmp_path / "trial")
        outcome = with_limit(size, lambda trial=trial: roll_back(trial))
        assert outcome.is_clear, (size, outcome.error)
        states(trial, old, new)
        found.append(contents(trial) == after)
        if outcome.error is not None:
            outcome = child(lambda trial=trial: roll_back(trial))
            assert outcome.error is None, (size, outcome.error)
        assert contents(trial) == before
        assert leftovers(trial) == []
    assert True in found
    assert False in found


@pytest.mark.parametrize("size", [100, 5000, 40_000])
@pytest.mark.parametrize("command", [["run"], ["run", "--dry-run"], ["plan"]], ids=" ".join)
def test_the_command_says_so(tmp_path, size, command):
    root = make(tmp_path / "estate")
    before = contents(root)
    done = subprocess.run(
        [DBFOLD, "move", *command, "--data-dir", root / "data"],
        check=False,
        cwd=root,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: limited(size),
    )
    if command != ["plan"]:
        assert done.returncode == 2, done.stderr
    assert done.returncode in (0, 1, 2), done.stderr
    assert "Traceback" not in done.stderr
    assert contents(root) == before
    assert leftovers(root) == []


# -- a small disk -----------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A disk of four megabytes."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def leave_free(disk, size):
    """Fill the disk but for `size` bytes."""
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    usage = os.statvfs(disk)
    with ballast.open("wb") as stream:
        stream.write(bytes(max(usage.f_bavail * usage.f_frsize - size, 0)))
    return ballast


def believing(work):
    """Do `work` as if the disk had room when it was asked beforehand."""

    def done():
        usage = shutil.disk_usage("/")
        shutil.disk_usage = lambda path: usage._replace(free=1 << 40)
        return work()

    return child(done)


def test_too_small_a_disk_is_told_beforehand(small_disk):
    root = make(small_disk / "estate")
    before = contents(root)
    outcome = child(lambda: move(root))
    assert outcome.kind == "user"
    assert "make room" in outcome.error
    assert contents(root) == before
    assert leftovers(root) == []


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_disk_that_fills_up(small_disk, variant):
    root = make(small_disk / "before", variant)
    before = contents(root)
    errors = []
    for free in range(0, 900_000, 5 * STEP // 2):
        trial = fresh(root, small_disk / "trial")
        ballast = leave_free(small_disk, free)
        outcome = believing(lambda trial=trial: move(trial))
        assert outcome.is_clear, (free, outcome.error)
        assert leftovers(trial) == [], free
        if outcome.error is not None:
            errors.append(outcome.error)
            now = contents(trial)
            now.pop("zoe.db-shm", None)  # of SQLite's, when it could not write a log into its database
            assert now == before, free
        ballast.unlink()
        assert believing(lambda trial=trial: move(trial)).error is None
        check_new(look(trial)["zoe.db"], absent=variant == "absent")
    assert len(errors) > 3
    assert any(os.strerror(errno.ENOSPC) in error for error in errors)


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_rollback_on_a_disk_that_fills_up(small_disk, variant):
    root = make(small_disk / "before", variant)
    old, before = look(root), contents(root)
    assert believing(lambda: move(root)).error is None
    new = look(root)
    failures = 0
    for free in range(0, 900_000, 5 * STEP // 2):
        trial = fresh(root, small_disk / "trial")
        ballast = leave_free(small_disk, free)
        outcome = believing(lambda trial=trial: roll_back(trial))
        assert outcome.is_clear, (free, outcome.error)
        ballast.unlink()
        states(trial, old, new)
        if outcome.error is not None:
            failures += 1
            assert believing(lambda trial=trial: roll_back(trial)).error is None
        assert contents(trial) == before
        assert leftovers(trial) == []
    assert failures
