"""What a database holds, as SQLite tells it."""

from __future__ import annotations

import pickle

import apsw
import pytest

from dbfold.sqlite.inventory import ForeignKey, Inventory, Kind, SchemaObject, take_inventory


def inventory_of(*statements, **options):
    connection = apsw.Connection(":memory:")
    for statement in statements:
        connection.execute(statement).fetchall()
    return take_inventory(connection, **options)


def table_of(sql):
    return inventory_of(sql).tables["t"]


def test_nothing():
    assert inventory_of() == Inventory()


def test_columns_have_the_facts_of_their_declaration():
    table = table_of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, Name TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE,"
        " shown AS (Name || '!') STORED, hidden AS (1))"
    )
    name = table.column("NAME")
    assert (name.name, name.type, name.not_null, name.default, name.collation) == (
        "Name",
        "TEXT",
        True,
        "'x'",
        "NOCASE",
    )
    assert [column.name for column in table.columns if column.is_generated] == ["shown", "hidden"]
    assert table.stored == ("id", "Name")
    assert table.column("nam") is None


@pytest.mark.parametrize(
    ("sql", "alias", "name", "key"),
    [
        ("CREATE TABLE t (id INTEGER PRIMARY KEY)", "id", "id", ("id",)),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY DESC)", None, "rowid", ("id",)),  # lang_createtable.html, section 5
        ("CREATE TABLE t (id INT PRIMARY KEY)", None, "rowid", ("id",)),
        ("CREATE TABLE t (x, id INTEGER, PRIMARY KEY (id))", "id", "id", ("id",)),
        ("CREATE TABLE t (a, b, PRIMARY KEY (b, a))", None, "rowid", ("b", "a")),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY) WITHOUT ROWID", None, None, ("id",)),
        ("CREATE TABLE t (ROWID, x)", None, "_rowid_", ()),
        ("CREATE TABLE t (rowid, _rowid_, oid)", None, None, ()),
    ],
)
def test_how_sql_reaches_the_rowid(sql, alias, name, key):
    table = table_of(sql)
    assert (table.rowid_alias, table.rowid_name, table.primary_key) == (alias, name, key)


def test_unique_constraints_of_whole_columns_of_all_rows():
    found = inventory_of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE, b, c, UNIQUE (b, c))",
        "CREATE UNIQUE INDEX some ON t (b) WHERE c > 0",
        "CREATE UNIQUE INDEX made ON t (lower(b))",
        "CREATE UNIQUE INDEX whole ON t (c)",
        "CREATE INDEX other ON t (a, b)",
    )
    assert found.tables["t"].uniques == (("a",), ("b", "c"), ("c",))
    assert found.tables["t"].indexed


def test_foreign_keys_without_columns_mean_the_primary_key():
    found = inventory_of(
        "CREATE TABLE p (a, b, PRIMARY KEY (b, a))",
        "CREATE TABLE t (y, z, u REFERENCES gone(v), FOREIGN KEY (y, z) REFERENCES p)",
    )
    keys = found.tables["t"].foreign_keys
    assert ForeignKey(("y", "z"), "p", ("b", "a")) in keys
    assert ForeignKey(("u",), "gone", ("v",)) in keys


def test_kinds_of_tables_and_other_objects():
    found = inventory_of(
        "CREATE VIRTUAL TABLE docs USING fts5(title)",
        "CREATE TABLE t (x INT) STRICT",
        "CREATE INDEX i ON t (x)",
        "CREATE VIEW v AS SELECT 1 AS one",
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END",
    )
    assert found.tables["docs"].kind is Kind.VIRTUAL
    assert found.tables["docs_data"].kind is Kind.SHADOW
    assert (found.tables["t"].kind, found.tables["t"].strict) == (Kind.TABLE, True)
    assert [(thing.type, thing.name, thing.table) for thing in found.objects] == [
        ("index", "i", "t"), ("view", "v", "v"), ("trigger", "tr", "t"),
    ]  # fmt: skip
    assert found.objects[0] == SchemaObject("index", "i", "t", "CREATE INDEX i ON t (x)")


def test_numbers_and_rows():
    statements = (
        "PRAGMA user_version = 7",
        "PRAGMA application_id = 9",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "INSERT INTO t VALUES (3), (5); DELETE FROM t WHERE id = 5; ANALYZE",
    )
    found = inventory_of(*statements)
    assert (found.user_version, found.application_id, found.sequences, found.has_statistics) == (7, 9, {"t": 5}, True)
    assert (found.table("T").rows, found.table("T").is_autoincrement) == (1, True)
    assert inventory_of(*statements, count=False).table("t").rows == 0


def test_a_virtual_table_whose_module_is_unknown_has_no_columns():
    connection = apsw.Connection(":memory:")
    connection.execute(
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES"
        " ('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING nobody_has_it(x)')"
    ).fetchall()
    connection.execute("PRAGMA writable_schema = RESET").fetchall()
    table = take_inventory(connection).tables["v"]
    assert (table.kind, table.columns, table.rows) == (Kind.VIRTUAL, (), 0)


def test_an_inventory_goes_to_another_process():
    found = inventory_of("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)")
    assert found.tables["t"].column("X") is not None
    assert pickle.loads(pickle.dumps(found)) == found
