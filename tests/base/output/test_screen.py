"""What a report is written to: a pipe or a terminal, with colours or without."""

from __future__ import annotations

import io

import pytest

from dbfold.base.output.screen import PIPE, Screen, screen_of


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("option", "terminal", "environment", "color"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": ""}, False),
        ("auto", True, {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ("auto", True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colors(option, terminal, environment, color):
    stream = Terminal() if terminal else io.StringIO()
    assert screen_of(stream, option, environment).color is color


def test_only_a_terminal_has_a_width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "97")
    assert screen_of(Terminal(), "never") == Screen(97)
    assert screen_of(io.StringIO(), "never") == PIPE


def test_bold():
    assert (Screen(color=True).bold("a"), Screen().bold("a")) == ("\033[1ma\033[0m", "a")
