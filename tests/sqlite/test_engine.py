"""SQL from names and values, and connections for files of our own."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import apsw
import pytest

from dbfold.sqlite import engine
from dbfold.sqlite.inventory import take_inventory


@pytest.mark.parametrize("name", ["plain", "two words", 'a "quoted" one', "it's", "grüße", "select", "x]y`z"])
def test_any_name_can_be_quoted(name):
    connection = apsw.Connection(":memory:")
    connection.execute(f"CREATE TABLE {engine.quoted(name)} (x)")
    sql = f"SELECT count(*) FROM sqlite_schema WHERE name = {engine.text_literal(name)}"
    assert engine.number(connection, sql) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Users", "uSERS", True), ("Straße", "STRASSE", False), ("ÄPFEL", "äpfel", False), ("K", "\u212a", False)],
)
def test_names_are_compared_as_sqlite_compares_them(one, other, same):
    assert (engine.folded(one) == engine.folded(other)) is same
    connection = apsw.Connection(":memory:")
    connection.execute(f"CREATE TABLE {engine.quoted(one)} (x)")
    try:
        connection.execute(f"SELECT * FROM {engine.quoted(other)}")
        found = True
    except apsw.SQLError:
        found = False
    assert found is same


@pytest.mark.parametrize("default", ["1", "-1.5e3", "'a''b'", "x'00'", "NULL", "(7)", "TRUE", "+.5"])
def test_constants(default):
    assert engine.is_constant(default)


@pytest.mark.parametrize("default", ["CURRENT_TIMESTAMP", "(random())", "(1+2)", "datetime('now')", None])
def test_no_constants(default):
    assert not engine.is_constant(default)


def test_conditions_of_none_and_of_very_many():
    connection = apsw.Connection(":memory:")
    assert (engine.any_of([]), engine.all_of([])) == ("0", "1")
    many = [f"{number} = 1" for number in range(1500)]  # in a row this would be deeper than SQLite allows
    assert engine.value(connection, f"SELECT {engine.any_of(many)}") == 1
    assert engine.value(connection, f"SELECT {engine.all_of(many)}") == 0


def test_no_row_is_no_value_and_the_number_zero():
    connection = apsw.Connection(":memory:")
    assert engine.value(connection, "SELECT 1 WHERE 0") is None
    assert engine.number(connection, "SELECT NULL") == 0
    assert engine.fetch(connection, "SELECT ?, 2 WHERE 1", (1,)) == [(1, 2)]


def test_a_copy_is_read_without_a_trace(tmp_path):
    path = tmp_path / "a 100%?#.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (x)")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    connection = engine.open_copy(path)
    assert engine.fetch(connection, "SELECT name FROM sqlite_schema") == [("t",)]
    with pytest.raises(apsw.ReadOnlyError):
        connection.execute("INSERT INTO t VALUES (1)")
    connection.close()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le"])
def test_a_scratch_file_has_the_encoding_and_fires_no_triggers(tmp_path, encoding):
    connection = engine.open_scratch(tmp_path / "new", encoding)
    connection.execute(
        "CREATE TABLE t (x); CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT raise(abort, 'fired'); END;"
        " INSERT INTO t VALUES ('ä')"
    )
    engine.attach_scratch(connection, tmp_path / "work", "work")
    connection.execute("CREATE TABLE work.s (x)")
    connection.close()
    assert engine.encoding_of(tmp_path / "new") == encoding
    assert sorted(os.listdir(tmp_path)) == ["new", "work"]


def test_a_schema_that_was_legal_once_is_legal(tmp_path):
    """Double quotes around a text: https://www.sqlite.org/quirks.html, section 8."""
    connection = engine.open_scratch(tmp_path / "new", "UTF-8")
    connection.execute('CREATE TABLE t (x CHECK (x <> "text"))')
    engine.attach(connection, tmp_path / "new", "again")
    assert list(take_inventory(connection, "again").tables) == ["t"]
    connection.close()
