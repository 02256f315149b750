"""What a declared type stores: compared with what SQLite stores."""

from __future__ import annotations

import apsw
import pytest

from dbfold.sqlite.affinity import accept_collations, affinity, collation_of
from dbfold.sqlite.inventory import take_inventory

STORED = {  # affinity → typeof '12', 1.5 and x'00' in such a column
    "INTEGER": ("integer", "real", "blob"),
    "TEXT": ("text", "text", "blob"),
    "BLOB": ("text", "real", "blob"),
    "REAL": ("real", "real", "blob"),
    "NUMERIC": ("integer", "real", "blob"),
}


def column_of(declared, options=""):
    connection = apsw.Connection(":memory:")
    connection.execute(f"CREATE TABLE t (x {declared}) {options}")
    return connection, take_inventory(connection).tables["t"].columns[0]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("", "BLOB"),
        ("INTEGER", "INTEGER"),
        ("UNSIGNED BIG INT", "INTEGER"),
        ("CHARINT", "INTEGER"),
        ("VARCHAR(20)", "TEXT"),
        ("Clob", "TEXT"),
        ("BLOB", "BLOB"),
        ("DOUBLE PRECISION", "REAL"),
        ("FLOATING POINT", "INTEGER"),
        ("DECIMAL(10,5)", "NUMERIC"),
        ("BOOLEAN", "NUMERIC"),
        ("STRING", "NUMERIC"),
        ("ANY", "NUMERIC"),
    ],
)
def test_a_type_has_the_affinity_that_sqlite_gives_it(declared, expected):
    connection, column = column_of(declared)
    assert affinity(column) == expected
    connection.execute("INSERT INTO t VALUES ('12'), (1.5), (x'00')")
    assert tuple(kind for (kind,) in connection.execute("SELECT typeof(x) FROM t")) == STORED[expected]


def test_any_in_a_strict_table_takes_everything_as_it_is():
    connection, column = column_of("ANY", "STRICT")
    assert affinity(column, strict=True) == "BLOB"
    connection.execute("INSERT INTO t VALUES ('12')")
    assert connection.execute("SELECT typeof(x) FROM t").fetchall() == [("text",)]


def test_no_column_takes_everything():
    assert (affinity(None), collation_of(None)) == ("BLOB", '"BINARY"')


def test_a_collation_is_quoted():
    _, column = column_of("TEXT COLLATE nocase")
    assert collation_of(column) == '"nocase"'


def test_collations_of_applications_are_accepted():
    connection = apsw.Connection(":memory:")
    with pytest.raises(apsw.SQLError, match="no such collation"):
        connection.execute("CREATE TABLE t (x COLLATE german)")
    accept_collations(connection)
    connection.execute("CREATE TABLE t (x COLLATE german UNIQUE); INSERT INTO t VALUES ('b'), ('a'), ('B')")
    assert connection.execute("SELECT x FROM t ORDER BY x").fetchall() == [("B",), ("a",), ("b",)]
