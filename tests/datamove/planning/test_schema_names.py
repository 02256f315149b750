"""A schema with the policy's new names in it."""

from __future__ import annotations

import apsw
import pytest
from pieces import inventory_of

from dbfold.datamove.planning.schema_names import renamed_schema


def names(schema):
    return {key: name for key, (name, _) in schema.tables.items()}


def test_without_names_everything_stays_to_the_letter():
    inventory = inventory_of("CREATE TABLE  T(x)  ", "CREATE VIEW v AS SELECT  *  FROM T")
    schema = renamed_schema(inventory, {})
    assert schema.tables == {"t": ("T", inventory.tables["t"].sql)}
    assert schema.objects == inventory.objects


def test_what_mentions_a_table_follows():
    inventory = inventory_of(
        "CREATE TABLE users (id INTEGER PRIMARY KEY)",
        "CREATE TABLE posts (author REFERENCES users(id))",
        "CREATE INDEX by_id ON users (id)",
        "CREATE VIEW all_users AS SELECT users.id FROM users",
        "CREATE TRIGGER gone AFTER DELETE ON users BEGIN DELETE FROM posts WHERE author = old.id; END",
    )
    schema = renamed_schema(inventory, {"USERS": "members"})
    assert names(schema) == {"users": "members", "posts": "posts"}
    assert "members" in schema.tables["posts"][1]
    assert [thing.table for thing in schema.objects] == ["members", "all_users", "members"]
    assert all("users" not in thing.sql.replace("all_users", "") for thing in schema.objects)


def test_tables_may_swap_their_names():
    inventory = inventory_of("CREATE TABLE a (x)", "CREATE TABLE b (y)", "CREATE VIEW v AS SELECT x FROM a")
    schema = renamed_schema(inventory, {"a": "b", "b": "a"})
    assert names(schema) == {"a": "b", "b": "a"}
    assert schema.tables["a"][1].replace('"', "") == "CREATE TABLE b (x)"
    assert schema.objects[0].sql.replace('"', "") == "CREATE VIEW v AS SELECT x FROM b"


def test_shadow_tables_go_with_their_virtual_table():
    schema = renamed_schema(inventory_of("CREATE VIRTUAL TABLE docs USING fts5(x)"), {"docs": "texts"})
    assert names(schema)["docs"] == "texts"
    assert names(schema)["docs_data"] == "texts_data"


def test_an_index_over_a_renamed_table_of_texts_follows():
    inventory = inventory_of("CREATE TABLE notes (x)", "CREATE VIRTUAL TABLE f USING fts5(x, content='notes')")
    assert "content='memos'" in renamed_schema(inventory, {"notes": "memos"}).tables["f"][1]


def test_names_that_are_not_there_and_names_that_are_taken():
    inventory = inventory_of("CREATE TABLE t (x)", "CREATE INDEX i ON t (x)")
    assert renamed_schema(inventory, {"gone": "x"}).unknown == ("gone",)
    schema = renamed_schema(inventory, {"t": "I"})
    assert schema.taken == ("t",)
    assert schema.objects == inventory.objects, "nothing is rewritten then"


def test_what_sqlite_cannot_read_stays_as_it_is():
    inventory = inventory_of(
        "CREATE TABLE t (x)",
        "CREATE TABLE other (y)",
        "CREATE VIEW broken AS SELECT nobody FROM nowhere",
    )
    schema = renamed_schema(inventory, {"t": "new"})
    assert names(schema)["t"] == "new"
    assert schema.objects[0].sql == "CREATE VIEW broken AS SELECT nobody FROM nowhere"


def test_other_objects_get_names_too():
    inventory = inventory_of("CREATE TABLE t (x)", "CREATE INDEX i ON t (x)", "CREATE VIEW v AS SELECT 1")
    schema = renamed_schema(inventory, {"i": "by_x", "V": "one"})
    assert [(thing.name, thing.sql) for thing in schema.objects] == [
        ("by_x", 'CREATE INDEX "by_x" ON t (x)'),
        ("one", 'CREATE VIEW "one" AS SELECT 1'),
    ]


FULL_TEXT = [
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, body)",
    "CREATE VIRTUAL TABLE found USING fts5(body, content='notes', content_rowid='id')",
    "CREATE TRIGGER added AFTER INSERT ON notes BEGIN INSERT INTO found (rowid, body) VALUES (new.id, new.body); END",
    "CREATE TRIGGER gone AFTER DELETE ON notes BEGIN"
    " INSERT INTO found(found, rowid, body) VALUES ('delete', old.id, old.body); END",
    "CREATE VIEW hits AS SELECT rowid FROM found",
]


@pytest.mark.parametrize("names", [{"found": "texts"}, {"notes": "memos", "found": "texts"}, {"notes": "memos"}])
def test_what_keeps_a_full_text_table_up_to_date_follows_it(names):
    schema = renamed_schema(inventory_of(*FULL_TEXT), names)
    connection = apsw.Connection(":memory:")
    for key in ("notes", "found"):
        connection.execute(schema.tables[key][1])
    for thing in schema.objects:
        connection.execute(thing.sql)
    notes, found = names.get("notes", "notes"), names.get("found", "found")
    connection.execute(f"INSERT INTO {notes} VALUES (1, 'hello')")
    search = f"SELECT rowid FROM {found} WHERE {found} MATCH 'hello'"
    assert list(connection.execute(search)) == list(connection.execute("SELECT * FROM hits")) == [(1,)]
    connection.execute(f"DELETE FROM {notes}")
    assert list(connection.execute(search)) == []
    assert schema.broken == ()


def test_what_cannot_follow_a_full_text_table_is_told():
    view = "CREATE VIEW hits AS SELECT rowid FROM found WHERE found MATCH 'x'"
    assert renamed_schema(inventory_of(*FULL_TEXT[:2], view), {"found": "texts"}).broken == ("hits",)
    assert renamed_schema(inventory_of(*FULL_TEXT[:2], view), {"notes": "memos"}).broken == ()
