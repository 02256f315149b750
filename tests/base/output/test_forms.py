"""The forms that every command has, of one report."""

from __future__ import annotations

import csv
import io
import json

from dbfold.base.output.forms import csv_form, json_form, markdown, text
from dbfold.base.output.report import Report
from dbfold.base.output.screen import PIPE, Screen
from dbfold.base.output.table import Table

OVERVIEW = Table(("database", "references"), (("zoe.db", "2"),), frozenset({1}), name="databases")
SINGLE = Table(("place", "text"), (("a.py:1", "a|b\nc, d"), ('b".py:2', "e")))
REPORT = Report(
    text=lambda screen: f"{screen.width}\n",
    document=lambda: {"version": 1, "name": "ü"},
    tables=lambda: (OVERVIEW, SINGLE),
)


def test_text_is_told_of_the_screen():
    assert text.render(REPORT, Screen(80)) == "80\n"


def test_json_is_ascii_and_indented():
    found = json_form.render(REPORT, PIPE)
    assert json.loads(found) == REPORT.document()
    assert found.isascii()
    assert found.endswith("}\n")


def test_markdown_has_all_tables():
    assert markdown.render(REPORT, PIPE) == (
        "**databases**\n\n| database | references |\n|---|---:|\n| zoe.db | 2 |\n\n"
        '| place | text |\n|---|---|\n| a.py:1 | a\\|b c, d |\n| b".py:2 | e |\n'
    )


def test_csv_has_the_most_detailed_table():
    rows = list(csv.reader(io.StringIO(csv_form.render(REPORT, PIPE))))
    assert rows == [["place", "text"], *map(list, SINGLE.rows)]


def test_only_what_is_asked_for_is_worked_out():
    def never():
        raise AssertionError("worked out in vain")

    assert text.render(Report(lambda screen: "x\n", never, never), PIPE) == "x\n"
    assert json_form.render(Report(never, lambda: 1, never), PIPE) == "1\n"
