"""What the code around statements does that new names depend on."""

from __future__ import annotations

import pytest

from dbfold.base.spans import Span
from dbfold.journey.preparing import Schema
from dbfold.journey.surroundings import NOTHING_AROUND, loose_names, surroundings
from dbfold.references.discovery import SourceFile
from dbfold.statements.model import Bound, Statement

SCHEMAS = {"one.db": Schema(["CREATE TABLE users (id, name)"])}


def statement(text, *databases, file="a.py"):
    return Statement(file, Span(1, 1, 1, 2), text, databases, Bound.CONNECTION if databases else Bound.NONE)


def around(*statements, loose=frozenset()):
    return surroundings(statements, SCHEMAS, loose).get("one.db", NOTHING_AROUND)


TEMPORARY = {
    "CREATE TEMP TABLE people AS SELECT id, name FROM users": {"people": ("id", "name")},
    "CREATE TEMPORARY TABLE IF NOT EXISTS People (a, b)": {"people": ("a", "b")},
    "CREATE TEMP VIEW v AS SELECT max(id) AS top FROM users": {"v": ("top",)},
    "CREATE TEMP TABLE gone AS SELECT * FROM absent": {"gone": ("dbfold_unknown",)},
    "CREATE TEMP TABLE held (\ufffc)": {"held": ("dbfold_unknown",)},
    "SELECT 1; CREATE TEMP TABLE a (x);": {"a": ("x",)},
    "CREATE TABLE people (a)": {},
}


@pytest.mark.parametrize(("sql", "expected"), TEMPORARY.items(), ids=TEMPORARY)
def test_temporary_tables(sql, expected):
    assert around(statement(sql, "one.db")).temporary == expected


def test_those_of_other_statements_on_the_database_or_in_the_file():
    selected = statement("SELECT id FROM users", "one.db")
    unbound = statement("CREATE TEMP TABLE a (x)")
    elsewhere = statement("CREATE TEMP TABLE b (x)", "one.db", file="b.py")
    other = statement("CREATE TEMP TABLE c (x)", "two.db", file="b.py")
    assert set(around(selected, unbound, elsewhere, other).temporary) == {"a", "b"}
    assert around(statement("CREATE TEMP TABLE a (x)", file="c.py")) == NOTHING_AROUND


def test_a_temporary_table_whose_name_is_computed():
    assert around(statement("CREATE TEMP TABLE \ufffc (x)", "one.db")).computed
    assert not around(statement("CREATE TEMP TABLE a (\ufffc)", "one.db")).computed


def test_results_with_the_name_of_the_table():
    assert around(statement("PRAGMA full_column_names = 1", "one.db")).full_names
    assert not around(statement("PRAGMA table_info(users)", "one.db")).full_names


LOOSE = {
    'CONDITIONS = ["users.id = ?"]': {"users"},
    "ORDER = 'users.name DESC'": {"users"},
    "x = f'{y} AND Users.{column} = ?'": {"users"},
    "x = ' AND \"users\".id = 1'": {"users"},
    "x = '[users] . [id]'": {"users"},
    "x = 'SELECT users.id FROM users'": set(),
    "x = users.name": set(),
    "x = 'see users. They know'": set(),
    "x = 'my.users.name'": set(),
    "x = 'other.users'": set(),
    "x = 'users.absent'": set(),
    "x = 'data/users.id'": set(),
    "x = 'users.*'": {"users"},
}


@pytest.mark.parametrize(("code", "expected"), LOOSE.items(), ids=LOOSE)
def test_names_in_texts_of_their_own(code, expected):
    file = SourceFile("/p/a.py", "a.py", "a.py", code.encode())
    assert loose_names([file], {"users": {"id", "name"}}) == expected


def test_files_that_say_nothing(tmp_path):
    files = [
        SourceFile("/p/a.py", "a.py", "a.py", b"x = ('users.id'"),
        SourceFile(str(tmp_path / "gone.py"), "gone.py", "gone.py"),
        SourceFile("/p/a.txt", "a.txt", "a.txt", b"'users.id'"),
    ]
    assert loose_names(files, {"users": {"id"}}) == frozenset()
    assert loose_names(files, {}) == frozenset()
