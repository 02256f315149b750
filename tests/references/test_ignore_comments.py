"""Where ignore comments are found, which lines and references each covers, and which of its codes did nothing."""

from __future__ import annotations

import pytest

from dbfold.base.spans import Span
from dbfold.base.text import LineTable
from dbfold.policy.codes import Code
from dbfold.references.ignores import covering, has_ignores, ignores_in
from dbfold.references.model import Action, Kind, Reference, Verdict

PATH, RETIRED = Code.HARDCODED_PATH, Code.RETIRED_DATABASE


def ignores(text, is_python=True):
    return ignores_in(text, LineTable(text), is_python=is_python)


PYTHON = {
    "beside the code": ("x = 1  # dbfold: ignore[DBF001] why\n", [(1, 1)]),
    "above the code": ("# dbfold: ignore[DBF001] why\nx = 1\n", [(2, 2)]),
    "above, past blank lines and comments": ("# dbfold: ignore[DBF001] why\n\n# more\n\nx = 1\n", [(5, 5)]),
    "above, indented": ("if x:\n    # dbfold: ignore[DBF001] why\n    y = 1\n", [(3, 3)]),
    "at the end of the file": ("x = 1\n# dbfold: ignore[DBF001] why\n", [(2, 2)]),
    "beside the end of a long text": ('x = """\na\n"""  # dbfold: ignore[DBF001] why\n', [(1, 3)]),
    "above a long text": ('# dbfold: ignore[DBF001] why\nx = """\na\n"""\n', [(2, 4)]),
    "between two long texts of one line": ('x = """\n"""\n# dbfold: ignore[DBF001] why\ny = """\n"""\n', [(4, 5)]),
    "after another comment": ("x = 1  # noqa  # dbfold: ignore[DBF001] why\n", [(1, 1)]),
    "two of them": (
        "x = 1  # dbfold: ignore[DBF001] why\ny = 1  # dbfold: ignore[DBF001] why\n",
        [(1, 1), (2, 2)],
    ),
    "quoted in a comment": ("x = 1  # write `# dbfold: ignore[DBF001] why`\n", []),
    "in a string": ('x = "# dbfold: ignore[DBF001] why"\n', []),
    "in a long string": ('x = """\n# dbfold: ignore[DBF001] why\n"""\n', []),
    "another word": ("x = 1  # dbfold: ignored[DBF001] why\n", []),
    "none": ("x = 1\n", []),
}


@pytest.mark.parametrize(("text", "lines"), PYTHON.values(), ids=PYTHON)
def test_the_lines_that_comments_of_python_cover(text, lines):
    assert [(one.first, one.last) for one in ignores(text)] == lines


DIRECTIVE = "dbfold: ignore[DBF001]"
PLAIN = {
    "hash": (f"a  # {DIRECTIVE} why\n", "why"),
    "slashes": (f"a // {DIRECTIVE} why\n", "why"),
    "dashes": (f"a -- {DIRECTIVE} why\n", "why"),
    "semicolon": (f"; {DIRECTIVE} why\na\n", "why"),
    "a closed comment of C": (f"a /* {DIRECTIVE} why */ b\n", "why"),
    "a comment of HTML": (f"a <!-- {DIRECTIVE} why --> b\n", "why"),
    "a remark of a batch file": (f"rem {DIRECTIVE} why\na\n", "why"),
    "a comment after it": (f"a  # {DIRECTIVE} why # noqa\n", "why"),
    "a number of an issue": (f"a  # {DIRECTIVE} see #12\n", "see #12"),
}


@pytest.mark.parametrize(("text", "reason"), PLAIN.values(), ids=PLAIN)
def test_every_usual_comment_of_other_files(text, reason):
    (found,) = ignores(text, is_python=False)
    assert (found.reason, found.codes, found.problem) == (reason, (PATH,), None)


def test_a_word_before_it_that_begins_no_comment():
    assert ignores(f"https://{DIRECTIVE} why\nxrem {DIRECTIVE} why\n", is_python=False) == ()


WORDS = {
    "one code": ("[DBF001] why", (PATH,), "why"),
    "several": ("[DBF001, DBF002] why", (PATH, RETIRED), "why"),
    "one twice": ("[DBF001,DBF001] why", (PATH,), "why"),
    "a colon before the reason": ("[DBF001]: why: because", (PATH,), "why: because"),
    "spaces before the brackets": ("  [DBF001] why", (PATH,), "why"),
}


@pytest.mark.parametrize(("words", "codes", "reason"), WORDS.values(), ids=WORDS)
def test_codes_and_reason(words, codes, reason):
    (found,) = ignores(f"x = 1  # dbfold: ignore{words}\n")
    assert (found.codes, found.reason, found.problem) == (codes, reason, None)


SYNTAX = "write `dbfold: ignore[DBF001] reason`"
WRONG = {
    "no brackets": (" why", f"names no code; {SYNTAX}"),
    "empty brackets": ("[ , ] why", f"names no code; {SYNTAX}"),
    "no reason": ("[DBF001]", f"gives no reason; {SYNTAX}"),
    "a reason without a word": ("[DBF001]: --", f"gives no reason; {SYNTAX}"),
    "only another comment": ("[DBF001]  # noqa", f"gives no reason; {SYNTAX}"),
}


@pytest.mark.parametrize(("words", "problem"), WRONG.values(), ids=WRONG)
def test_what_is_wrong(words, problem):
    (found,) = ignores(f"x = 1  # dbfold: ignore{words}\n")
    assert found.problem == problem
    assert not found.covers(reference(1))


def test_a_code_that_does_not_exist_takes_the_others_along():
    (found,) = ignores("x = 1  # dbfold: ignore[DBF001, DBF999] why\n")
    assert found.codes == ()
    assert found.problem.startswith("names DBF999, which is no code of dbfold")


def test_the_span_is_that_of_the_directive_alone():
    (found,) = ignores("x = 1  # noqa  # dbfold: ignore[DBF001] why  \n")
    assert found.span == Span(1, 16, 1, 44)


@pytest.mark.parametrize(("text", "expected"), [("# dbfold: x", True), ("# dbfold ignore", False)])
def test_has_ignores(text, expected):
    assert has_ignores(text) is expected


def reference(line, end_line=None, code=PATH):
    span = Span(line, 1, end_line or line, 9)
    return Reference("a.py", span, "zoe.db", Kind.CONSTANT, "zoe.db", Verdict(Action.REWRITE, ""), code=code)


LONG = 'x = """\na\n"""  # dbfold: ignore[DBF001] why\n'  # covers lines 1 to 3
COVERED = {
    "its first line": (reference(1), True),
    "its last line": (reference(3), True),
    "beginning before it, ending in it": (reference(0, 1), True),
    "beginning in it, ending after it": (reference(3, 9), True),
    "after it": (reference(4), False),
    "before it": (reference(0), False),
    "another code": (reference(2, code=RETIRED), False),
    "no code": (reference(2, code=None), False),
}


@pytest.mark.parametrize(("found", "expected"), COVERED.values(), ids=COVERED)
def test_covers(found, expected):
    (ignore,) = ignores(LONG)
    assert ignore.covers(found) is expected


def test_covering_names_the_first_comment_and_marks_all_that_apply_as_used():
    first, second, third = ignores(
        "# dbfold: ignore[DBF001] above\nx = 1  # dbfold: ignore[DBF001, DBF002] beside\ny = 1  # dbfold: ignore[] z\n"
    )
    found, used = covering([reference(2), reference(3)], [first, second, third])
    assert found == [first, None]
    assert [(one.ignore, one.unused) for one in used] == [(first, ()), (second, (RETIRED,)), (third, ())]


def test_two_equal_codes_of_two_comments_are_told_apart():
    first, second = ignores("x = 1  # dbfold: ignore[DBF001] why\ny = 1  # dbfold: ignore[DBF001] why\n")
    found, used = covering([reference(2)], [first, second])
    assert found == [second]
    assert [one.unused for one in used] == [(PATH,), ()]
