"""The same database in another text encoding."""

from __future__ import annotations

from contextlib import closing

import pytest
from pieces import write

from dbfold.datamove.sources.encoding import transcode
from dbfold.datamove.sources.snapshots import check
from dbfold.sqlite.engine import DatabaseError, fetch, open_copy

EVERYTHING = (
    "PRAGMA encoding = 'UTF-16be'",
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x, made AS (x || '!') STORED)",
    "CREATE TABLE loose (x)",
    "CREATE TABLE w (k TEXT PRIMARY KEY, v) WITHOUT ROWID",
    "CREATE INDEX i ON t (x)",
    "CREATE VIEW v AS SELECT * FROM t JOIN gone",
    "CREATE TRIGGER tr AFTER INSERT ON loose BEGIN DELETE FROM w; END",
    "CREATE VIRTUAL TABLE docs USING fts5(title)",
    "INSERT INTO t (id, x) VALUES (4, 'ä')",
    "UPDATE sqlite_sequence SET seq = 77",
    "INSERT INTO loose (rowid, x) VALUES (9, 1.0), (3, NULL)",
    "INSERT INTO w VALUES ('ö', x'00ff')",
    "INSERT INTO docs VALUES ('grüße')",
    "PRAGMA user_version = 5",
)


def test_everything_is_there(tmp_path):
    source = write(tmp_path / "a.db", *EVERYTHING)
    transcode("a.db", source, tmp_path / "other.db", "UTF-8", check("a.db", source))
    before, after = check("a.db", source), check("a.db", tmp_path / "other.db")
    assert (before.encoding, after.encoding) == ("UTF-16be", "UTF-8")
    assert after.objects == before.objects
    assert after.sequences == {"t": 77}
    assert after.user_version == 5
    assert {name: table.sql for name, table in after.tables.items()} == {
        name: table.sql for name, table in before.tables.items()
    }
    with closing(open_copy(tmp_path / "other.db")) as connection:
        assert fetch(connection, "SELECT * FROM t") == [(4, "ä", "ä!")]
        assert fetch(connection, "SELECT rowid, x, typeof(x) FROM loose") == [(3, None, "null"), (9, 1.0, "real")]
        assert fetch(connection, "SELECT * FROM w") == [("ö", b"\0\xff")]
        assert fetch(connection, "SELECT title FROM docs WHERE docs MATCH 'grüße'") == [("grüße",)]


def test_text_that_is_none_is_refused(tmp_path):
    source = write(tmp_path / "a.db", "CREATE TABLE t (x)", "INSERT INTO t VALUES (CAST(x'ff41' AS TEXT))")
    with pytest.raises(DatabaseError, match=r"a\.db: holds text that is not valid UTF-8 and cannot become UTF-16le"):
        transcode("a.db", source, tmp_path / "other.db", "UTF-16le", check("a.db", source))
