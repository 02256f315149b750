"""Edits of a statement as edits of its file: every way of writing it, and what cannot be followed."""

from __future__ import annotations

import pytest

from dbfold.journey.placing import UnplacedError, placed
from dbfold.journey.renaming import Edit, apply
from dbfold.policy.loading import load_policy
from dbfold.references.discovery import discover
from dbfold.references.survey import Survey
from dbfold.statements.scan import scan_code


@pytest.fixture
def statement_of(application):
    """The one statement of SQL in a module, as the scan of statements has it."""

    def found(source):
        application.write("services/a/store.py", source)
        policy = load_policy(application.policy)
        files = discover([application.root / "services"], policy, application.root)
        (one,) = scan_code(Survey(jobs=1), files, policy).statements.statements
        return one

    return found


@pytest.fixture
def rewritten(statement_of):
    """A module in which `users` gets another name."""

    def source_of(source, new="logins"):
        statement = statement_of(source)
        start = statement.text.index("users")
        return apply(source, tuple(placed(source, statement, [Edit(start, start + len("users"), new)])))

    return source_of


@pytest.mark.parametrize(
    "source",
    [
        'c.execute("SELECT a FROM users")\n',
        "c.execute('''SELECT a\n  FROM users''')\n",
        'c.execute("SELECT \\"a\\" \\\n FROM users")\n',
        'c.execute("SELECT é, \\u00e9 FROM users")\n',
        'c.execute("SELECT a " "FROM users" " WHERE b")\n',
        'c.execute(f"SELECT {x}, a FROM users WHERE b = {y}")\n',
        'c.execute("SELECT %s FROM users" % x)\n',
        'c.execute("SELECT {} FROM users".format(x))\n',
    ],
)
def test_the_name_changes_where_it_is_written(rewritten, source):
    assert rewritten(source) == source.replace("users", "logins")


@pytest.mark.parametrize("new", ["a'b", 'a"b', "a\\b", "a{b", "a%b", "a\nb"])
def test_a_name_that_some_string_would_misread(rewritten, new):
    with pytest.raises(UnplacedError, match="cannot be written into a string as it is"):
        rewritten('c.execute("SELECT a FROM users")\n', new)


def test_a_name_in_several_pieces(rewritten):
    with pytest.raises(UnplacedError, match="users is written in several pieces"):
        rewritten('c.execute("SELECT a FROM us" "ers")\n')


def test_a_name_that_a_constant_gives(rewritten):
    with pytest.raises(UnplacedError, match="users comes from a name, not from the string itself"):
        rewritten('TABLE = "users"\nc.execute(f"SELECT a FROM {TABLE}")\n')


def test_no_edits(statement_of):
    source = 'c.execute("SELECT a FROM users")\n'
    assert placed(source, statement_of(source), []) == []
