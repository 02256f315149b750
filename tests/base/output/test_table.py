"""Tables: the same lines as ever in a pipe, and on a terminal whole words within its width."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dbfold.base.output.printable import width
from dbfold.base.output.screen import PIPE, Screen
from dbfold.base.output.table import Table, table_lines

TABLE = Table(
    ("database", "references", "action"),
    (("zoe.db", "204", "keep as primary"), ("developer_tasks.db", "7", "fold into zoe.db, which is specialized")),
    frozenset({1}),
    ("database", "refs", "action"),
)


def test_in_a_pipe_a_row_is_a_line_of_any_length():
    assert list(table_lines(TABLE, PIPE)) == [
        "database            references  action",
        "zoe.db                     204  keep as primary",
        "developer_tasks.db           7  fold into zoe.db, which is specialized",
    ]


def test_a_wide_terminal_shows_what_a_pipe_does():
    assert list(table_lines(TABLE, Screen(200))) == list(table_lines(TABLE, PIPE))


def test_texts_wrap_between_words():
    assert list(table_lines(TABLE, Screen(52))) == [
        "database            references  action",
        "zoe.db                     204  keep as primary",
        "developer_tasks.db           7  fold into zoe.db,",
        "                                which is specialized",
    ]


def test_names_of_columns_become_short_before_words_would_break():
    lines = list(table_lines(TABLE, Screen(40)))
    assert lines[0].split() == ["database", "refs", "action"]
    assert max(map(len, lines)) <= 40


def test_where_no_table_fits_each_row_is_a_block():
    assert list(table_lines(TABLE, Screen(30))) == [
        "zoe.db",
        "  references 204, action keep",
        "  as primary",
        "developer_tasks.db",
        "  references 7, action fold",
        "  into zoe.db, which is",
        "  specialized",
    ]


def test_a_header_is_bold_where_there_are_colors():
    header, *rest = table_lines(TABLE, Screen(200, color=True))
    assert "\033[1m" in header
    assert not any("\033" in line for line in rest)
    assert next(table_lines(TABLE, Screen(30, color=True))) == "\033[1mzoe.db\033[0m"


def test_no_rows():
    assert list(table_lines(Table(("a", "b"), ()), PIPE)) == ["a  b"]
    assert list(table_lines(Table(("a" * 30, "b" * 30), ()), Screen(20))) == []


def test_what_a_name_holds_is_no_command_to_the_terminal():
    table = Table(("name", "text"), (("\033[2Jx", "one two three four five six seven eight nine ten " * 2),))
    assert not any("\033" in line for line in table_lines(table, Screen(60)))
    assert not any("\033" in line for line in table_lines(table, Screen(12)))
    assert "[bold]" in "".join(table_lines(Table(("a", "b"), (("[bold]", "x y " * 30),)), Screen(40)))


CELL = st.text(st.sampled_from("ab_./é漢 -"), max_size=40).map(lambda text: " ".join(text.split()))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=5), st.integers(20, 120))
@example([("_______ _______ _____ 漢", "", "")], 20)
def test_no_word_is_broken_and_no_line_too_long(rows, columns):
    table = Table(("name", "count", "what happens"), tuple(rows), frozenset({1}))
    lines = list(table_lines(table, Screen(columns)))
    words = {word for row in rows for cell in row for word in cell.split()}
    shown = " ".join(lines)
    assert all(word in shown for word in words)
    longest = max((width(word) for word in words), default=0)
    assert all(width(line) <= max(columns, longest + len("  what happens ,")) for line in lines)
