"""What comes from files reaches a terminal on one line, without control characters, in columns that are known."""

from __future__ import annotations

import pytest

from dbfold.base.output.printable import printable, width

PRINTED = {
    "plain": ("zoe.db", "zoe.db"),
    "a line break": ("a\nb", "a\\nb"),
    "a terminal's escape": ("\x1b[31mred", "\\x1b[31mred"),
    "text that runs from right to left": ("a\u202eb", "a\\u202eb"),
    "a byte that is no UTF-8": ("caf\udce9", "caf\\udce9"),
    "a character of no plane that a font has": ("\U000e0001", "\\U000e0001"),
    "letters of any script": ("größe 数据", "größe 数据"),
    "letters beside what is escaped": ("ö\t数", "ö\\t数"),
    "a backslash stays one": ("C:\\n", "C:\\n"),
}


@pytest.mark.parametrize(("text", "expected"), PRINTED.values(), ids=PRINTED)
def test_only_what_a_terminal_acts_on_is_escaped(text, expected):
    assert printable(text) == expected
    assert printable(text).isprintable()


WIDTHS = {
    "empty": ("", 0),
    "ASCII": ("zoe.db", 6),
    "a precomposed letter": ("\xe4", 1),
    "a letter and its accent": ("a\u0308", 1),
    "wide letters": ("数据.db", 7),
    "full-width forms": ("\uff21", 2),
    "half-width forms": ("\uff71", 1),
}


@pytest.mark.parametrize(("text", "columns"), WIDTHS.values(), ids=WIDTHS)
def test_columns(text, columns):
    assert width(text) == columns
