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


NEW_NAMES = ['"group"', '"it\'s"', '"a\\b"', '"a{b}"', '"50%"', "[my table]", '"""a"""', "'''a'''"]
STRINGS = {
    "double": ('"SELECT a FROM users"', "SELECT a FROM {}"),
    "single": ("'SELECT a FROM users WHERE b'", "SELECT a FROM {} WHERE b"),
    "three double": ('"""SELECT a\nFROM users"""', "SELECT a\nFROM {}"),
    "three double, with blanks": ('"""SELECT a FROM users """', "SELECT a FROM {} "),
    "three single": ("'''SELECT a\nFROM users'''", "SELECT a\nFROM {}"),
    "with fields": ('f"SELECT {1}, a FROM users WHERE b = {2}"', "SELECT 1, a FROM {} WHERE b = 2"),
    "with three quotes and fields": ('f"""SELECT {1}, a FROM users"""', "SELECT 1, a FROM {}"),
    "percent": ('"SELECT %s FROM users" % 1', "SELECT 1 FROM {}"),
    "format": ('"SELECT {} FROM users".format(1)', "SELECT 1 FROM {}"),
    "pieces": ('("SELECT a "\n    \'FROM users\'\n    " WHERE b")', "SELECT a FROM {} WHERE b"),
}


@pytest.mark.parametrize("new", NEW_NAMES)
@pytest.mark.parametrize(("literal", "value"), STRINGS.values(), ids=STRINGS)
def test_any_name_is_written_into_any_string(rewritten, literal, value, new):
    source = rewritten(f"c.execute({literal})\n", new)
    assert eval(source.removeprefix("c.execute")) == value.replace("{}", new)


@pytest.mark.parametrize("new", ["a\nb", "a\0b", "a\u200bb"])
def test_a_name_that_is_not_written_as_it_is(rewritten, new):
    with pytest.raises(UnplacedError, match="cannot be written into that string"):
        rewritten('c.execute("SELECT a FROM users")\n', new)


@pytest.mark.parametrize(
    "literal", ['r"SELECT a FROM users"', 'rf"SELECT {x}, a FROM users"', 'r"""SELECT a FROM users"""']
)
def test_a_raw_string_holds_no_quotes_of_its_own(rewritten, literal):
    with pytest.raises(UnplacedError, match="a raw string cannot hold it"):
        rewritten(f"c.execute({literal})\n", '"group"')
    assert "[group]" in rewritten(f"c.execute({literal})\n", "[group]")


def test_a_name_in_several_pieces(rewritten):
    with pytest.raises(UnplacedError, match="users is written in several pieces"):
        rewritten('c.execute("SELECT a FROM us" "ers")\n')


def test_a_name_that_a_constant_gives(rewritten):
    with pytest.raises(UnplacedError, match="users comes from a name, not from the string itself"):
        rewritten('TABLE = "users"\nc.execute(f"SELECT a FROM {TABLE}")\n')


def test_no_edits(statement_of):
    source = 'c.execute("SELECT a FROM users")\n'
    assert placed(source, statement_of(source), []) == []
