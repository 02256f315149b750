"""New names in the SQL of a module: in place, and proven to change nothing else."""

from __future__ import annotations

import pytest

from dbfold.base.spans import Span
from dbfold.code.parsing import parse
from dbfold.codemods.errors import RewriteError
from dbfold.codemods.sql_names import with_new_names
from dbfold.journey.holds import Change
from dbfold.journey.renaming import Edit
from dbfold.statements.model import Bound, Statement

FIELD = "\ufffc"


def change(source, literal, text, old, new, pieces=None):
    """`old` becomes `new` in the statement `text`, which `literal` holds in the source."""
    start, at = source.index(literal), text.index(old)
    statement = Statement(
        "a.py",
        Span(3, 1, 3, 2),
        text,
        ("auth.db",),
        Bound.CONNECTION,
        pieces=pieces or ((0, len(text)),),
        literals=((start, start + len(literal)),),
    )
    return Change(statement, (Edit(at, at + len(old), new),))


def renamed(source, *changes):
    return with_new_names(source, parse(source), changes)


SELECT = "SELECT a FROM users"
RENAMED = {
    "a plain string": (f'x("{SELECT}")  # users\n', f'"{SELECT}"', SELECT, None),
    "the same word before the statement": (f'users = "{SELECT}"\n', f'"{SELECT}"', SELECT, None),
    "a text over several lines": (
        'x("""\nSELECT a\nFROM users\n""")\n',
        '"""\nSELECT a\nFROM users\n"""',
        "\nSELECT a\nFROM users\n",
        None,
    ),
    "an f-string": (
        'x(f"SELECT {a} FROM users")\n',
        'f"SELECT {a} FROM users"',
        f"SELECT {FIELD} FROM users",
        ((0, 7), (8, 19)),
    ),
    "a template": (
        'x("SELECT %s FROM users" % a)\n',
        '"SELECT %s FROM users"',
        f"SELECT {FIELD} FROM users",
        ((0, 7), (8, 19)),
    ),
}


@pytest.mark.parametrize(("source", "literal", "text", "pieces"), RENAMED.values(), ids=RENAMED)
def test_only_the_word_changes(source, literal, text, pieces):
    expected = source.replace(literal, literal.replace("users", "auth_users"))
    assert renamed(source, change(source, literal, text, "users", "auth_users", pieces)) == expected


def test_nothing_to_change_is_the_same_text():
    assert renamed("x = 1\n") == "x = 1\n"


def test_several_statements_of_a_module():
    source = 'x("FROM a")\ny("FROM b")\n'
    changes = change(source, '"FROM a"', "FROM a", "a", "c"), change(source, '"FROM b"', "FROM b", "b", "d")
    assert renamed(source, *changes) == 'x("FROM c")\ny("FROM d")\n'


def test_two_changes_of_one_word_are_refused():
    source = 'x("FROM a")\n'
    changes = [change(source, '"FROM a"', "FROM a", "a", new) for new in ("c", "d")]
    with pytest.raises(RewriteError, match="could not be proven to change nothing else: two edits overlap"):
        renamed(source, *changes)


UNWRITABLE = {
    "a name that no string holds": ('x("FROM users")\n', '"FROM users"', "FROM users", "a\nb"),
    "a text that is not that of the file": ('x("FROM other")\n', '"FROM other"', "FROM users", "auth_users"),
    "a word in several pieces": ('x("FROM us" "ers")\n', '"FROM us" "ers"', "FROM users", "auth_users"),
}


@pytest.mark.parametrize(("source", "literal", "text", "new"), UNWRITABLE.values(), ids=UNWRITABLE)
def test_what_cannot_be_written_names_its_line(source, literal, text, new):
    with pytest.raises(RewriteError, match=r"the SQL in line 3 needs new names, and .*: write them by hand"):
        renamed(source, change(source, literal, text, "users", new))


@pytest.mark.parametrize("other", ['x("FROM a")\ny = 2\n', 'x("FROM b")\ny = 1\n'], ids=["no SQL", "SQL"])
def test_a_change_that_is_not_what_was_meant_is_refused(other):
    """The tree that the proof compares with is another one than that of the text."""
    source = 'x("FROM a")\ny = 1\n'
    with pytest.raises(RewriteError, match="could not be proven"):
        with_new_names(source, parse(other), [change(source, '"FROM a"', "FROM a", "a", "c")])
