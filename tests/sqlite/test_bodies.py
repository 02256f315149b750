"""What is inside of views and triggers: how SQLite is made to look at it, and its columns under new names."""

from __future__ import annotations

import pytest

from dbfold.sqlite.bodies import using, with_own_columns

USED = [
    ("CREATE VIEW v AS SELECT 1", 'SELECT * FROM "v"'),
    ("CREATE TRIGGER v AFTER INSERT ON t BEGIN SELECT 1; END", 'INSERT INTO "t" ("a", "b c") VALUES (NULL, NULL)'),
    ("CREATE TRIGGER v BEFORE UPDATE OF a ON t BEGIN SELECT 1; END", 'UPDATE "t" SET "a" = "a", "b c" = "b c"'),
    ("CREATE TEMP TRIGGER v INSTEAD OF DELETE ON t BEGIN INSERT INTO x VALUES (1); END", 'DELETE FROM "t"'),
]


@pytest.mark.parametrize(("sql", "expected"), USED)
def test_what_uses_it(sql, expected):
    assert using(sql, "v", "t", ["a", "b c"]) == expected


def test_a_column_that_is_called_as_its_full_text_table():
    sql = "CREATE TRIGGER t AFTER DELETE ON n BEGIN INSERT INTO \"texts\"(docs, body) VALUES ('docs', old.docs); END"
    assert with_own_columns(sql, {"docs": "texts"}) == sql.replace("(docs,", '("texts",')
    assert with_own_columns(sql, {"other": "name"}) == sql
