"""Edits of just the statements that change: all else stays byte for byte, whatever stands around them."""

from __future__ import annotations

import ast

import pytest

from dbfold.base.text import LineTable
from dbfold.code.parsing import parse
from dbfold.codemods.fragments import Change, Edit, Statements, apply, edits_for


def statements(text):
    return Statements(parse(text), LineTable(text))


def changed(text, *pairs):
    """The text in which each first expression of `pairs` became the second one."""
    changes = [Change(text.index(old), text.index(old) + len(old), new) for old, new in pairs]
    return apply(text, edits_for(statements(text), changes))


OLD, NEW = '"zoe.db"', "ZOE"
CHANGED = {
    "a simple statement": ('x =  "zoe.db"   # why\n', "x =  ZOE   # why\n"),
    "the last line without a newline": ('x = "zoe.db"', "x = ZOE"),
    "newlines of Windows": ('a = 1\r\nx = "zoe.db"\r\n', "a = 1\r\nx = ZOE\r\n"),
    "letters of several bytes before it": ('x = "größe", "zoe.db"\n', 'x = "größe", ZOE\n'),
    "parentheses around it stay": ('x = (  "zoe.db" )\n', "x = (  ZOE )\n"),
    "a keyword that touches it": ('def f():\n    return"zoe.db"\n', "def f():\n    return(ZOE)\n"),
    "a keyword that touches its end": ('x = "zoe.db"if y else z\n', "x = (ZOE)if y else z\n"),
    "one of two on a line": ('a = 1; x = "zoe.db"; b = 2\n', "a = 1; x = ZOE; b = 2\n"),
    "on the line of its header": ('if y: x = "zoe.db"\n', "if y: x = ZOE\n"),
    "in a header": ('if  y == "zoe.db" :  # why\n    pass\n', "if  y == ZOE :  # why\n    pass\n"),
    "in a header over two lines": ('if (y ==\n    "zoe.db"):\n    pass\n', "if (y ==\n    ZOE):\n    pass\n"),
    "in a default": ('def f(a, b="zoe.db"): pass\n', "def f(a, b=ZOE): pass\n"),
    "in a decorator": ('@d("zoe.db")\ndef f(): pass\n', "@d(ZOE)\ndef f(): pass\n"),
    "in an else": ('if y:\n    pass\nelse:\n    x = "zoe.db"\n', "if y:\n    pass\nelse:\n    x = ZOE\n"),
    "in a handler": (
        'try:\n    pass\nexcept E:\n    x = "zoe.db"\n',
        "try:\n    pass\nexcept E:\n    x = ZOE\n",
    ),
    "in a case": ('match y:\n    case 1:\n        x = "zoe.db"\n', "match y:\n    case 1:\n        x = ZOE\n"),
    "in a with": ('with open("zoe.db") as f: pass\n', "with open(ZOE) as f: pass\n"),
}


@pytest.mark.parametrize(("text", "expected"), CHANGED.values(), ids=CHANGED)
def test_only_the_expression_changes(text, expected):
    assert changed(text, (OLD, NEW)) == expected


def test_several_changes_of_a_statement_are_one_edit():
    text = 'f("a.db", "b.db")\n'
    changes = [Change(10, 16, "B"), Change(2, 8, "A")]
    assert edits_for(statements(text), changes) == [Edit(0, 17, "f(A, B)")]


def test_replacements_that_overlap_are_refused():
    with pytest.raises(ValueError, match="two replacements overlap at offset 3"):
        edits_for(statements("x = f(1)\n"), [Change(4, 8, "A"), Change(3, 5, "B"), Change(3, 4, "C")])


def test_a_range_that_is_no_expression_is_refused():
    with pytest.raises(ValueError, match="LibCST sees no expression of its own at offset 0"):
        edits_for(statements("x = f(1)\n"), [Change(5, 8, "A")])


APPLIED = {
    "none": ([], "abcd"),
    "in any order": ([Edit(3, 4, "D"), Edit(0, 1, "A")], "AbcD"),
    "side by side": ([Edit(1, 2, "B"), Edit(2, 3, "C")], "aBCd"),
    "an insertion before a removal": ([Edit(1, 2, ""), Edit(1, 1, "-")], "a-cd"),
    "at the end": ([Edit(4, 4, "e")], "abcde"),
}


@pytest.mark.parametrize(("edits", "expected"), APPLIED.values(), ids=APPLIED)
def test_apply(edits, expected):
    assert apply("abcd", edits) == expected


def test_edits_that_overlap_are_refused():
    with pytest.raises(ValueError, match="two edits overlap at offset 1"):
        apply("abcd", [Edit(0, 2, "x"), Edit(1, 3, "y")])


def test_the_statements_around_a_fragment_are_named_from_the_outside_in():
    text = "class A:\n    def f(self):\n        if x:\n            y = 1\n"
    start = text.index("y = 1")
    found = statements(text).enclosing(start, start + 1)
    assert (found.is_statement, text[found.start : found.end]) == (True, "y = 1")
    assert [type(one) for one in found.around] == [ast.ClassDef, ast.FunctionDef, ast.If]


@pytest.mark.parametrize("text", ["x = 1\n\n# zoe\ny = 2\n", "# zoe\nx = 1\n", "if x:\n    pass\n# zoe\n"])
def test_what_no_statement_holds_is_refused(text):
    start = text.index("zoe")
    with pytest.raises(ValueError, match=f"no statement holds offset {start}"):
        statements(text).enclosing(start, start + 3)


def test_the_outermost_of_the_expressions_in_one_range():
    text = "x: 'str' = f(a)\nprint(f'{a}')\n"
    found = statements(text)
    assert isinstance(found.expression_at(text.index("f(a)"), text.index("f(a)") + 4), ast.Call)
    assert isinstance(found.expression_at(text.index("f'"), text.index("')") + 1), ast.JoinedStr)
    with pytest.raises(ValueError, match="no expression stands at offset 12"):
        found.expression_at(12, 13)
