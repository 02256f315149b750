"""Files of every kind: encodings, page sizes, empty ones, a target that is not there yet."""

from __future__ import annotations

import pytest
from shared_tables import found

from dbfold import datamove

CONTENT = """
    CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT COLLATE NOCASE, g AS (v || '!') STORED);
    CREATE TABLE w (k TEXT PRIMARY KEY, n INTEGER REFERENCES t(id)) WITHOUT ROWID;
    CREATE TABLE loose (x);
    CREATE INDEX i ON t (lower(v)) WHERE v IS NOT NULL;
    CREATE VIEW shown AS SELECT v, k FROM t JOIN w ON n = t.id;
    CREATE TRIGGER tr AFTER INSERT ON w BEGIN INSERT INTO loose VALUES (new.k); END;
    CREATE VIRTUAL TABLE docs USING fts5(title, body);
    INSERT INTO t (id, v) VALUES (3, 'äöü€😀'), (4, NULL), (5, 'a');
    DELETE FROM t WHERE id = 5;
    INSERT INTO w VALUES ('schlüssel', 3);
    INSERT INTO loose (rowid, x) VALUES (77, x'ff00'), (78, 1.0);
    INSERT INTO docs VALUES ('日本', 'grüße');
"""
ENCODINGS = ["UTF-8", "UTF-16le", "UTF-16be"]


def assert_content(outcome):
    assert outcome.query("SELECT * FROM t") == [(3, "äöü€😀", "äöü€😀!"), (4, None, None)]
    assert outcome.query("SELECT * FROM shown") == [("äöü€😀", "schlüssel")]
    assert outcome.query("SELECT rowid, x, typeof(x) FROM loose WHERE rowid > 1 ORDER BY 1") == [
        (77, b"\xff\0", "blob"), (78, 1.0, "real"),
    ]  # fmt: skip
    assert found(outcome, "grüße") == ["日本"]
    assert outcome.query("SELECT seq FROM sqlite_sequence WHERE name = 't'") == [(5,)]
    assert {"i"} <= set(outcome.names("index"))
    assert outcome.names("trigger") == ["tr"]


@pytest.mark.parametrize("target", [*ENCODINGS, "absent", "empty"])
@pytest.mark.parametrize("source", ENCODINGS)
def test_another_text_encoding(estate, source, target):
    estate.write("a.db", CONTENT, pragmas=f"PRAGMA encoding = '{source}';")
    if target == "empty":
        estate.write("zoe.db")
    elif target != "absent":
        estate.write(
            "zoe.db", "CREATE TABLE own (x); INSERT INTO own VALUES ('ö');", pragmas=f"PRAGMA encoding = '{target}';"
        )
    outcome = estate.move()
    assert_content(outcome)
    if target in ENCODINGS:
        assert outcome.query("PRAGMA encoding") == [(target,)]
        assert outcome.query("SELECT x FROM own") == [("ö",)]


def test_tables_of_both_in_other_encodings(estate):
    schema = "CREATE TABLE t (k TEXT PRIMARY KEY, v);"
    rows = ("INSERT INTO t VALUES (?, ?)", [("ä", "ö"), ("€", "a\0b"), ("😀", b"\xff"), ("n", None), ("f", 1.0)])
    estate.write("zoe.db", schema, rows).write(
        "a.db", schema, rows, "INSERT INTO t VALUES ('neu', 'ß');", pragmas="PRAGMA encoding = 'UTF-16le';"
    )
    outcome = estate.move()
    assert outcome.account("a.db", "t") == {"rows": 6, "moved": 1, "identical": 5}


@pytest.mark.parametrize("target", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_invalid_text_between_encodings_is_refused_or_kept(estate, target):
    """It cannot be said in another encoding: nothing is guessed."""
    estate.write("zoe.db", "CREATE TABLE own (x);", pragmas=f"PRAGMA encoding = '{target}';")
    estate.write("a.db", "CREATE TABLE t (v TEXT); INSERT INTO t VALUES (CAST(x'ff41' AS TEXT));")
    if target == "UTF-8":
        assert estate.move().query("SELECT hex(CAST(v AS BLOB)) FROM t") == [("FF41",)]
    else:
        problem = estate.refuse_one()
        assert "holds text that is not valid UTF-8" in problem.message


@pytest.mark.parametrize(("source", "target"), [(512, 4096), (65536, 4096), (4096, 512), (1024, None)])
def test_another_page_size(estate, source, target):
    estate.write("a.db", CONTENT, pragmas=f"PRAGMA page_size = {source};")
    if target:
        estate.write("zoe.db", "CREATE TABLE own (x);", pragmas=f"PRAGMA page_size = {target};")
    outcome = estate.move()
    assert_content(outcome)
    if target:
        assert outcome.query("PRAGMA page_size") == [(target,)]


@pytest.mark.parametrize("mode", [1, 2])
def test_a_target_that_keeps_itself_small(estate, mode):
    blob = "INSERT INTO own VALUES (zeroblob(100000)), ('x'); DELETE FROM own WHERE typeof(x) = 'blob';"
    estate.write("zoe.db", "CREATE TABLE own (x);", blob, pragmas=f"PRAGMA auto_vacuum = {mode};")
    estate.write("a.db", CONTENT)
    outcome = estate.move()
    assert_content(outcome)
    assert outcome.query("PRAGMA auto_vacuum") == [(mode,)]
    assert outcome.query("SELECT * FROM own") == [("x",)]


def test_a_source_that_keeps_itself_small(estate):
    estate.write("zoe.db", "CREATE TABLE own (x);").write("a.db", CONTENT, pragmas="PRAGMA auto_vacuum = 1;")
    assert_content(estate.move())


@pytest.mark.parametrize("target", ["zoe.db", None])
def test_a_target_that_is_not_there_yet(estate, target):
    if target:
        estate.write(target)
        assert (estate.data / target).stat().st_size == 0
    outcome = estate.write("a.db", CONTENT).move()
    assert_content(outcome)


@pytest.mark.parametrize("empty", ["no bytes", "no tables", "no rows"])
def test_a_source_with_nothing_in_it(estate, empty):
    scripts = {"no bytes": (), "no tables": ("CREATE TABLE x (y); DROP TABLE x;",), "no rows": ("CREATE TABLE x (y);",)}
    estate.write("zoe.db", "CREATE TABLE own (x);").write("a.db", *scripts[empty])
    outcome = estate.move()
    assert outcome.names("table") == (["own", "x"] if empty == "no rows" else ["own"])


def test_nothing_but_empty_files(estate):
    estate.write("zoe.db").write("a.db")
    assert estate.move().names("table") == []


def test_the_targets_user_version_and_application_id_stay(estate):
    estate.write("zoe.db", "CREATE TABLE own (x); PRAGMA user_version = 7; PRAGMA application_id = 1234;")
    estate.write("a.db", CONTENT, "PRAGMA user_version = 9; PRAGMA application_id = 4321;")
    outcome = estate.move()
    assert outcome.query("SELECT * FROM pragma_user_version, pragma_application_id") == [(7, 1234)]
    assert any("user_version, 9, is not kept" in notice for notice in outcome.notices)


@pytest.mark.parametrize("analysed", ["zoe.db", "a.db", "both"])
@pytest.mark.parametrize("shared", [False, True])
def test_statistics_do_not_stand_in_the_way(estate, analysed, shared):
    schema = "CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE INDEX i ON t (a);"
    analyse = {name: "ANALYZE;" if analysed in (name, "both") else "" for name in ("zoe.db", "a.db")}
    estate.write(
        "zoe.db", schema if shared else "CREATE TABLE own (x); CREATE INDEX own_x ON own (x);", analyse["zoe.db"]
    )
    estate.write("a.db", schema, "INSERT INTO t VALUES (1, 'x'), (2, 'y');", analyse["a.db"])
    outcome = estate.move()
    assert outcome.query("SELECT a FROM t WHERE a > 'x'") == [("y",)]


def test_two_databases_with_everything(estate):
    """The same application twice: what is equal is there once."""
    for name in ("zoe.db", "a.db", "b.db"):
        estate.write(name, CONTENT)
    before = datamove.plan(estate.policy(), estate.data)[0]
    assert not before.problems
    outcome = estate.move()
    assert outcome.query("SELECT * FROM t") == [(3, "äöü€😀", "äöü€😀!"), (4, None, None)]
    assert outcome.query("SELECT * FROM w") == [("schlüssel", 3)]
    assert outcome.query("SELECT count(*) FROM loose") == [(9,)]
    assert found(outcome, "grüße") == ["日本"] * 3
    assert (outcome.names("index"), outcome.names("view"), outcome.names("trigger")) == (["i"], ["shown"], ["tr"])
