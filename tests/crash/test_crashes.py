"""Killed at any moment, a move leaves the old rows or the new ones, and the next run ends what it began.

`DBFOLD_KILLS=500 pytest tests/crash/test_crashes.py` kills at five hundred random instants of each kind.
"""

from __future__ import annotations

import random
import shutil
import time
from itertools import count

import pytest
from crash_estate import (
    KILLS,
    VARIANTS,
    Child,
    Killer,
    check_new,
    child,
    contents,
    die_at_change,
    leftovers,
    look,
    make,
    move,
    roll_back,
    states,
)


class Scene:
    """An estate before a move and after it, to be copied and wrecked."""

    def __init__(self, place, variant):
        self.place, self.variant = place, variant
        self.before = make(place / "before", variant)
        self.after = place / "after"
        self.old = look(self.before)
        self.bytes = contents(self.before)
        self.copy(self.before, self.after)
        began = time.monotonic()
        outcome = child(lambda: move(self.after))
        self.seconds = time.monotonic() - began
        assert outcome.error is None
        self.new = look(self.after)
        check_new(self.new["zoe.db"], absent=variant == "absent")
        self.kept = contents(self.after).keys()

    @staticmethod
    def copy(root, to):
        if to.exists():
            shutil.rmtree(to)
        shutil.copytree(root, to, symlinks=True)

    def fresh(self, root=None):
        trial = self.place / "trial"
        self.copy(root or self.before, trial)
        return trial

    def check_move(self, trial):
        """Old or new, and another run gives the new state with every row once, which can be rolled back."""
        found = states(trial, self.old, self.new)
        for _ in range(2):  # the second finds nothing to do
            outcome = child(lambda: move(trial))
            assert outcome.error is None, (found, outcome.error)
            assert look(trial) == self.new
            assert contents(trial).keys() == self.kept
            assert leftovers(trial) == []
        return found

    def check_roll_back(self, trial):
        """Old or new, and another rollback gives the bytes of before the move."""
        found = states(trial, self.old, self.new)
        outcome = child(lambda: roll_back(trial))
        assert outcome.error is None, (found, outcome.error)
        assert contents(trial) == self.bytes
        assert leftovers(trial) == []
        return found


@pytest.fixture(scope="module", params=VARIANTS)
def scene(request, tmp_path_factory):
    return Scene(tmp_path_factory.mktemp(request.param), request.param)


def told(function, at):
    """Run `function` with a Progress that kills at call `at`."""
    return child(lambda: function(Killer(at)))


def changed(function, at, after):
    """Run `function` and kill at the change of the file system number `at`."""

    def work():
        die_at_change(at, after=after)
        function()

    return child(work)


def every(start, check, attempt, stride=1):
    """Kill at 1, 2, 3 and so on, until the work gets to its end; returns which states were found, in order."""
    found = []
    for number in count(1, stride):
        trial = start()
        outcome = attempt(trial, number)
        if not outcome.killed:
            break
        found.append(check(trial))
    assert outcome.error is None
    return found


def switches_once(found, first, last):
    """Of each target the states in order: `first`, then `last`, and never back."""
    for states_of_target in zip(*found, strict=True):
        position = states_of_target.index(last)
        assert set(states_of_target[:position]) == {first}
        assert set(states_of_target[position:]) == {last}
    return True


@pytest.mark.slow
def test_move_killed_at_every_message(scene):
    stride = 1 if KILLS >= 100 else 4  # between two messages lie many changes, each of which is tried below
    found = every(scene.fresh, scene.check_move, lambda trial, at: told(lambda p: move(trial, p), at), stride)
    assert len(found) * stride > 50
    assert switches_once(found, "old", "new")


@pytest.mark.slow
def test_rollback_killed_at_every_message(scene):
    def attempt(trial, at):
        return told(lambda p: roll_back(trial, progress=p), at)

    found = every(lambda: scene.fresh(scene.after), scene.check_roll_back, attempt)
    assert len(found) > 5
    assert found[0][0] == "new"


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_move_killed_at_every_change(scene, after):
    found = every(scene.fresh, scene.check_move, lambda trial, at: changed(lambda: move(trial), at, after))
    assert len(found) > 30
    assert switches_once(found, "old", "new")


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_rollback_killed_at_every_change(scene, after):
    def attempt(trial, at):
        return changed(lambda: roll_back(trial), at, after)

    found = every(lambda: scene.fresh(scene.after), scene.check_roll_back, attempt)
    assert len(found) > 30
    assert switches_once(found, "new", "old")


def killed_at_random(start, check, work, seconds):
    """Kill at random instants; returns how many hit, by the state that was found."""
    hits = {"old": 0, "new": 0}
    generator = random.Random(1)
    for _ in range(KILLS):
        trial = start()
        victim = Child(lambda trial=trial: work(trial))
        time.sleep(generator.random() * seconds * 1.1)
        victim.kill()
        victim.wait()
        hits[check(trial)[0]] += 1
    return hits


@pytest.mark.slow
def test_move_killed_at_random(scene):
    hits = killed_at_random(scene.fresh, scene.check_move, move, scene.seconds)
    print("move", scene.variant, hits, f"{scene.seconds:.3f} s")
    assert hits["old"]


@pytest.mark.slow
def test_rollback_killed_at_random(scene):
    trial = scene.fresh(scene.after)
    began = time.monotonic()
    assert child(lambda: roll_back(trial)).error is None
    seconds = time.monotonic() - began
    hits = killed_at_random(lambda: scene.fresh(scene.after), scene.check_roll_back, roll_back, seconds)
    print("rollback", scene.variant, hits, f"{seconds:.3f} s")
    assert hits["new"]


@pytest.mark.slow
def test_killed_twice(scene):
    """The run that cleans up after one that was killed is killed, too."""
    generator = random.Random(2)
    for _ in range(KILLS // 4):
        trial = scene.fresh()
        for _ in range(3):
            told(lambda p, trial=trial: move(trial, p), generator.randint(1, 120))
            changed(lambda trial=trial: move(trial), generator.randint(1, 90), generator.random() < 0.5)
        scene.check_move(trial)


@pytest.mark.slow
def test_what_a_killed_move_left_can_be_rolled_back(scene):
    """Once all rows were moved, a rollback leads to what was before, even if a second run has put things in order."""
    for number in count(1):
        trial = scene.fresh()
        if not changed(lambda trial=trial: move(trial), number, False).killed:
            break
        if "old" not in states(trial, scene.old, scene.new):
            assert child(lambda trial=trial: move(trial)).error is None
            assert child(lambda trial=trial: roll_back(trial)).error is None
            assert contents(trial) == scene.bytes


@pytest.mark.slow
def test_dry_run_killed_at_every_message(scene):
    """Not a byte changes, and the next run removes what is left."""
    for number in count(1):
        trial = scene.fresh()
        outcome = told(lambda p, trial=trial: move(trial, p, dry_run=True), number)
        assert contents(trial) == scene.bytes
        if not outcome.killed:
            break
        if number % 10 == 0:
            assert leftovers(trial)
            scene.check_move(trial)
    assert outcome.error is None
    assert leftovers(trial) == []


def own_tables(rows):
    """Without the ledger."""
    return {
        name: tables and {table: found for table, found in tables.items() if not table.startswith("_dbfold_")}
        for name, tables in rows.items()
    }


@pytest.mark.slow
def test_move_after_a_killed_rollback(scene):
    """Who decides for the move after all gets every row once: what the ledger knows, or what has the key of a row."""
    for number in count(1):
        trial = scene.fresh(scene.after)
        if not changed(lambda trial=trial: roll_back(trial), number, False).killed:
            break
        outcome = child(lambda trial=trial: move(trial))
        assert outcome.error is None
        assert leftovers(trial) == []
        assert own_tables(look(trial)) == own_tables(scene.new)
