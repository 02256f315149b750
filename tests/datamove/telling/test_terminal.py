"""Progress for people: bars on a terminal, and a log file."""

from __future__ import annotations

import io
import re

import pytest

from dbfold.datamove.telling.terminal import TerminalProgress, terminal_progress


class Bars:
    """What is asked of rich's bars."""

    def __init__(self):
        self.tasks, self.updates, self.removed = [], [], []

    def add_task(self, name, **options):
        self.tasks.append((name, options))
        return len(self.tasks)

    def remove_task(self, task):
        self.removed.append(task)

    def update(self, task, **options):
        self.updates.append((task, options))


def test_the_log_has_a_line_for_everything_with_its_time():
    log = io.StringIO()
    progress = TerminalProgress(None, log)
    progress.stage("build", rows=1234, size=2_500_000)
    progress.step("a.db: t: 5 rows", 5)
    progress.say("done")
    lines = log.getvalue().splitlines()
    assert [line.partition(" ")[2] for line in lines] == ["build 1,234 rows, 2.5 MB", "  a.db: t: 5 rows", "done"]
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d ", line) for line in lines)
    assert progress.tick() is False


def test_a_stage_has_a_bar_and_the_one_before_goes():
    bars = Bars()
    progress = TerminalProgress(bars, None)
    progress.stage("read", size=10)
    progress.step("zoe.db", 3)
    progress.stage("verify")
    assert [(name, options["total"]) for name, options in bars.tasks] == [("read", 10), ("verify", None)]
    assert bars.updates == [(1, {"description": "zoe.db"}), (1, {"completed": 3})]
    assert bars.removed == [1]


def test_a_file_tells_how_far_it_is(tmp_path):
    bars, path = Bars(), tmp_path / "new"
    progress = TerminalProgress(bars, None)
    progress.stage("build", rows=9, size=100, path=path)
    progress.step("a", 2)  # not there yet
    path.write_bytes(b"x" * 40)
    progress.step("b", 4)
    assert [options["completed"] for _, options in bars.updates if "completed" in options] == [40]
    assert [options["rows"] for _, options in bars.updates if "rows" in options] == ["2 rows", "4 rows"]


def test_ticks_look_now_and_then(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("dbfold.datamove.telling.terminal.time.monotonic", lambda: now[0])
    (tmp_path / "new").touch()
    bars = Bars()
    progress = TerminalProgress(bars, None)
    progress.stage("build", path=tmp_path / "new")
    for moment in (100.0, 100.1, 100.15, 100.4):
        now[0] = moment
        progress.tick()
    assert len(bars.updates) == 2, "at the first tick, and when a fifth of a second is over"


def test_where_nobody_looks_there_is_only_the_log(tmp_path):
    log = tmp_path / "deep" / "move.log"
    for message in ("one", "two \udcff"):
        with terminal_progress(log) as progress:
            progress.say(message)
    lines = log.read_text(encoding="utf-8").splitlines()
    assert [line.partition(" ")[2] for line in lines] == ["one", "two \\udcff"], "later runs add to it"


def test_without_a_log_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with terminal_progress(None) as progress:
        progress.stage("read")
        progress.say("nobody hears it")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ZeroDivisionError), terminal_progress(None):
        raise ZeroDivisionError
