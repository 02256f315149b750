"""Statements with holes: what SQLite accepts in them, and where its characters stand in the text with holes."""

from __future__ import annotations

import pytest

from dbfold.code.texts import HOLE
from dbfold.journey.filling import Filled, fill
from dbfold.journey.preparing import Schema


@pytest.fixture
def schema():
    return Schema(["CREATE TABLE t (a, b)"])


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT nonsense FROM nowhere", "SELECT nonsense FROM nowhere"),
        ("SELECT a FROM t WHERE a = ~", "SELECT a FROM t WHERE a = 1"),
        ("UPDATE t SET ~", "UPDATE t SET rowid = 1"),
        ("INSERT INTO t (~) VALUES (~)", "INSERT INTO t (rowid) VALUES (1)"),
        ("SELECT a FROM t ~", "SELECT a FROM t rowid"),
        ("SELECT a FROM t WHERE a = 2 ~", "SELECT a FROM t WHERE a = 2 "),
        ("SELECT a FROM t WHERE ~ = ~ ~", "SELECT a FROM t WHERE 1 = 1 "),
        ("SELECT a FROM ~", None),
        ("SELECT missing FROM t WHERE a = ~", None),
        ("SELECT a FROM t WHERE a IN (~, ~, ~, ~)", "SELECT a FROM t WHERE a IN (1, 1, 1, 1)"),
    ],
)
def test_what_sqlite_accepts(schema, sql, text):
    filled = fill(schema, sql.replace("~", HOLE))
    assert (filled and filled.text) == text


def test_many_holes_are_filled_alike(schema):
    """Three are tried in all ways. Four would be too many, so that a value and nothing are not found together."""
    filled = fill(schema, "SELECT a FROM t WHERE a IN (~, ~, 2 ~)".replace("~", HOLE))
    assert filled == Filled("SELECT a FROM t WHERE a IN (1, 1, 2 )", ("1", "1", ""))
    assert fill(schema, "SELECT a FROM t WHERE a IN (~, ~, ~, 2 ~)".replace("~", HOLE)) is None


@pytest.mark.parametrize("fillers", [("1", "1"), ("rowid = 1", ""), ("", "WHERE 1"), ("", "")])
def test_offsets_are_those_of_the_text_with_holes(fillers):
    parts = ["SELECT a FROM t WHERE ", " AND first ", " last"]
    written = HOLE.join(parts)
    text = parts[0] + fillers[0] + parts[1] + fillers[1] + parts[2]
    filled = Filled(text, fillers)
    for word in ("SELECT", "WHERE", "first", "last"):
        assert filled.original_offset(written, text.index(word)) == written.index(word)
