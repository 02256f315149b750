"""Phases: what those who work say, and what a person sees of it."""

from __future__ import annotations

import io

import pytest

from dbfold.base.output.phases import Phases, telling
from dbfold.base.progress import SILENT
from dbfold.references.discovery import SourceFile
from dbfold.references.survey import Survey


class Recorder:
    """A `Progress`, or a `Bar`, that keeps what it is told."""

    def __init__(self):
        self.calls = []

    def phase(self, name, total=0):
        self.calls.append((name, total))

    begin = phase

    def advance(self, done, total):
        self.calls.append((done, total))


def test_a_survey_tells_its_phases(tmp_path):
    """As all who work do: what begins, how much of it there is, and how far it has come."""
    path = tmp_path / "a.py"
    path.write_text('x = "/app/data/zoe.db"\n')
    told = Recorder()
    Survey().detect([SourceFile(str(path), "a.py", "a.py")], told)
    assert told.calls == [
        *(("reading 1 files", 1), (0, 1)),
        *(("looking at 1 files", 1), (0, 1), (1, 1)),
    ]


def test_each_phase_ends_where_the_next_begins():
    seconds = iter((1.0, 3.5, 3.5, 3.75))
    lines = []
    told = Phases(tell=lines.append, clock=lambda: next(seconds))
    told.phase("reading 3 files", 3)
    told.phase("binding")
    told.end()
    told.end()
    assert lines == ["reading 3 files: 2.5 s", "binding: 0.2 s"]


def test_a_bar_is_told_of_each_phase():
    bar = Recorder()
    told = Phases(bar)
    told.phase("reading 3 files", 3)
    told.advance(1, 3)
    assert bar.calls == [("reading 3 files", 3), (1, 3)]


def test_nobody_is_told_where_nobody_looks(capsys):
    with telling(live=False) as told:
        told.phase("reading")
        told.advance(1, 2)
    assert told is SILENT
    assert capsys.readouterr() == ("", "")


def test_times_are_lines_on_stderr(capsys):
    with telling(live=False, times=True) as told:
        told.phase("reading 3 files", 3)
        told.advance(3, 3)
        told.phase("binding [bold]statements[/]")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == ["reading 3 files: 0.0 s", "binding [bold]statements[/]: 0.0 s"]


def test_a_live_bar_shows_names_as_they_are(monkeypatch):
    from rich.console import Console

    stream = io.StringIO()

    def console(**options):
        return Console(**options | {"file": stream, "force_terminal": True, "width": 100})

    monkeypatch.setattr("rich.console.Console", console)
    with telling(live=True, times=True) as told:
        told.phase("reading services/[a].py", 3)
        told.advance(2, 3)
        told._bar._bars.refresh()
        told.phase("binding")
    assert "reading services/[a].py" in stream.getvalue()
    assert "2/3" in stream.getvalue()
    assert "binding: 0.0 s" in stream.getvalue()


@pytest.mark.parametrize("live", [True, False])
def test_what_is_raised_goes_on(live):
    with pytest.raises(KeyError), telling(live=live, times=True) as told:
        told.phase("reading")
        raise KeyError("x")
