"""Names, indexes, views, triggers and virtual tables arrive and work."""

from __future__ import annotations

import sqlite3

import pytest
from shared_tables import execute, found

from dbfold.sqlite.engine import quoted

NAMES = [
    "select", "Mixed Case", "with space", 'double"quote', "single'quote", "brack]et", "back`tick", "naïve", "表",
    "a--b", "a/*b*/", "a;b", "a.b", "1st",  "%s", "{x}", "dbfold.x", "x" * 300, "create", "table", "if", "content",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shared", [False, True])
def test_any_name_is_a_name(estate, name, shared):
    q = quoted(name)
    schema = f"""
        CREATE TABLE {q} ({quoted(name + "_id")} INTEGER PRIMARY KEY, {q} TEXT UNIQUE);
        CREATE TABLE children ({q} INTEGER REFERENCES {q}({quoted(name + "_id")}));
        CREATE INDEX {quoted(name + "_i")} ON children ({q});
        CREATE VIEW {quoted(name + "_v")} AS SELECT {q} FROM {q};
    """
    estate.write("zoe.db", schema if shared else "", f"INSERT INTO {q} VALUES (1, 'z');" if shared else "")
    estate.write("a.db", schema, f"INSERT INTO {q} VALUES (1, 'a'), (2, 'z'); INSERT INTO children VALUES (1), (2);")
    table = "'" + name.replace("'", "''") + "'"
    outcome = estate.move(f"tables: {{{table}: {{key: [{table}]}}}}\n")
    assert sorted(outcome.query(f"SELECT {q} FROM {quoted(name + '_v')}")) == [("a",), ("z",)]
    joined = f"SELECT p.{q} FROM children c JOIN {q} p ON p.{quoted(name + '_id')} = c.{q} ORDER BY 1"
    assert outcome.query(joined) == [("a",), ("z",)]
    assert outcome.query("PRAGMA foreign_key_check") == []


@pytest.mark.parametrize("name", NAMES)
def test_any_name_may_be_given(estate, name):
    estate.write("zoe.db", "CREATE TABLE t (x);")
    estate.write(
        "a.db", "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE c (t INTEGER REFERENCES t(id));",
        "INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT id FROM t; CREATE INDEX i ON t (id);",
    )  # fmt: skip
    table = "'" + name.replace("'", "''") + "'"
    outcome = estate.move(f"rename: {{a.db: {{t: {table}}}}}\n")
    assert outcome.query(f"SELECT id FROM {quoted(name)}") == outcome.query("SELECT id FROM v") == [(1,)]
    assert outcome.query("SELECT \"table\" FROM pragma_foreign_key_list('c')") == [(name,)]
    assert outcome.query("SELECT tbl_name FROM sqlite_schema WHERE name = 'i'") == [(name,)]


def test_names_that_differ_in_case_only_are_one_table(estate):
    estate.write("zoe.db", "CREATE TABLE Users (Id INTEGER PRIMARY KEY, Name TEXT); INSERT INTO Users VALUES (1, 'z');")
    estate.write("a.db", "CREATE TABLE USERS (ID INTEGER PRIMARY KEY, NAME TEXT); INSERT INTO USERS VALUES (1, 'a');")
    outcome = estate.move("tables: {users: {key: [id], on_conflict: keep-both}}\n")
    assert outcome.query("SELECT * FROM users") == [(1, "z"), (2, "a")]
    assert outcome.names("table") == ["Users"]


def test_letters_beyond_ascii_have_a_case_in_sqlite(estate):
    """É and é are two names for SQLite, which folds ASCII only."""
    estate.write("zoe.db", "CREATE TABLE é (x); INSERT INTO é VALUES ('zoe');")
    estate.write("a.db", "CREATE TABLE É (x, Ä, ä); INSERT INTO É VALUES ('upper', 1, 2);")
    outcome = estate.move()
    assert outcome.query("SELECT * FROM é") == [("zoe",)]
    assert outcome.query("SELECT * FROM É") == [("upper", 1, 2)]


def test_tables_of_one_database_that_differ_in_the_case_of_such_a_letter(estate):
    estate.write("zoe.db", "")
    estate.write("a.db", "CREATE TABLE é (x); CREATE TABLE É (y); INSERT INTO é VALUES (1); INSERT INTO É VALUES (2);")
    outcome = estate.move()
    assert outcome.query("SELECT x, y FROM é, É") == [(1, 2)]


INDEXES = {
    "partial": "CREATE UNIQUE INDEX i ON t (a) WHERE b IS NOT NULL",
    "expression": "CREATE INDEX i ON t (lower(a), b DESC)",
    "collation": "CREATE INDEX i ON t (a COLLATE NOCASE, b COLLATE RTRIM)",
}


@pytest.mark.parametrize("kind", INDEXES)
@pytest.mark.parametrize("shared", [False, True])
def test_indexes_arrive_and_work(estate, kind, shared):
    schema = f"CREATE TABLE t (a TEXT, b TEXT); {INDEXES[kind]};"
    estate.write("zoe.db", schema if shared else "")
    estate.write("a.db", schema, "INSERT INTO t VALUES ('x', '1'), ('x', NULL), ('Y', '2');")
    outcome = estate.move()
    assert outcome.sql("i") == INDEXES[kind]
    assert outcome.account("a.db", "t") == {"rows": 3, "moved": 3}
    assert outcome.names("index") == ["i"]


def test_an_index_that_only_the_source_has_comes_to_a_table_of_both(estate):
    table = "CREATE TABLE t (a TEXT);"
    estate.write("zoe.db", table, "INSERT INTO t VALUES ('z');")
    estate.write("a.db", table, "CREATE INDEX i ON t (a); INSERT INTO t VALUES ('a');")
    outcome = estate.move()
    assert outcome.query("SELECT a FROM t INDEXED BY i ORDER BY a") == [("a",), ("z",)]


def test_a_name_of_two_indexes(estate):
    estate.write("zoe.db", "CREATE TABLE t (a); CREATE INDEX i ON t (a);")
    estate.write("a.db", "CREATE TABLE u (b); CREATE INDEX i ON u (b); INSERT INTO u VALUES (1);")
    outcome = estate.move()
    found = outcome.query("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' ORDER BY 1")
    assert found == [("i", "t"), ("i_a", "u")]
    assert outcome.query("SELECT b FROM u INDEXED BY i_a") == [(1,)]
    assert any("the index i becomes i_a" in notice for notice in outcome.notices)


def test_a_name_of_a_table_and_an_index(estate):
    estate.write("zoe.db", "CREATE TABLE t (a);").write("a.db", "CREATE TABLE u (b); CREATE INDEX t ON u (b);")
    assert estate.move().names("index") == ["t_a"]


def test_a_name_of_an_index_of_the_target_and_a_table_needs_a_decision(estate):
    estate.write("zoe.db", "CREATE TABLE t (a); CREATE INDEX u ON t (a);").write("a.db", "CREATE TABLE u (b);")
    problem = estate.refuse_one()
    assert (problem.database, problem.table) == ("a.db", "u")
    assert estate.move(problem.choices[0] + "\n").names("table") == ["a_u", "t"]


VIEW = "CREATE VIEW v AS SELECT {} FROM t"


def test_equal_views_become_one(estate):
    for name in ("zoe.db", "a.db"):
        estate.write(name, "CREATE TABLE t (a);", VIEW.format("a"))
    assert estate.move().names("view") == ["v"]


def test_other_views_of_one_name_need_a_decision(estate):
    estate.write("zoe.db", "CREATE TABLE t (a);", VIEW.format("a")).write(
        "a.db", "CREATE TABLE t (a);", VIEW.format("a + 1")
    )
    problem = estate.refuse_one()
    assert (problem.database, problem.table) == ("a.db", "v")
    outcome = estate.move(problem.choices[0] + "\n")
    assert outcome.names("view") == ["a_v", "v"]


def test_a_view_that_is_broken_arrives_broken(estate):
    estate.write("zoe.db", "").write(
        "a.db", "CREATE TABLE t (a); INSERT INTO t VALUES (1);", "CREATE VIEW w AS SELECT * FROM missing;"
    )
    outcome = estate.move("rename: {a.db: {t: u}}\n")
    assert (outcome.names("view"), outcome.query("SELECT a FROM u")) == (["w"], [(1,)])


def test_a_view_over_a_view_over_a_renamed_table(estate):
    estate.write("zoe.db", "CREATE TABLE t (x);").write(
        "a.db", "CREATE TABLE t (a); INSERT INTO t VALUES (1);", VIEW.format("a"),
        "; CREATE VIEW w AS WITH t2 AS (SELECT a FROM v) SELECT t2.a, t.a AS b FROM t2, t AS t;",
    )  # fmt: skip
    outcome = estate.move("rename: {a.db: {t: u}}\n")
    assert outcome.query("SELECT * FROM w") == [(1, 1)]


TRIGGERS = """
    CREATE TABLE t (id INTEGER PRIMARY KEY, a);
    CREATE TABLE log (what TEXT);
    CREATE TRIGGER after_insert AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('insert ' || new.a); END;
    CREATE TRIGGER no_old BEFORE INSERT ON t WHEN new.a = 'old' BEGIN SELECT RAISE(ABORT, 'no old ones'); END;
    CREATE TRIGGER after_update AFTER UPDATE ON t BEGIN INSERT INTO log VALUES ('update ' || new.a); END;
"""


@pytest.mark.parametrize("target", ["", TRIGGERS])
def test_triggers_do_not_fire_during_the_move_and_do_afterwards(estate, target):
    old = "DROP TRIGGER no_old; INSERT INTO t VALUES (5, 'old'); DELETE FROM log;"
    recreate = TRIGGERS[TRIGGERS.index("CREATE TRIGGER no_old") : TRIGGERS.index("CREATE TRIGGER after_update")]
    estate.write("zoe.db", target).write("a.db", TRIGGERS, old, recreate)
    outcome = estate.move()
    assert outcome.query("SELECT * FROM t") == [(5, "old")]
    assert outcome.query("SELECT * FROM log") == []
    assert outcome.names("trigger") == ["after_insert", "after_update", "no_old"]
    execute(estate, "INSERT INTO t VALUES (6, 'new')")
    assert outcome.query("SELECT * FROM log") == [("insert new",)]
    with pytest.raises(sqlite3.IntegrityError, match="no old ones"):
        execute(estate, "INSERT INTO t VALUES (7, 'old')")


def test_a_name_of_two_triggers(estate):
    trigger = "CREATE TRIGGER tr AFTER INSERT ON {0} BEGIN INSERT INTO log_{0} VALUES (new.a); END;"
    for name, table in (("zoe.db", "t"), ("a.db", "u")):
        estate.write(name, f"CREATE TABLE {table} (a); CREATE TABLE log_{table} (a);", trigger.format(table))
    outcome = estate.move()
    assert outcome.names("trigger") == ["tr", "tr_a"]
    execute(estate, "INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (2)")
    assert outcome.query("SELECT * FROM log_t, log_u") == [(1, 2)]


def test_a_trigger_on_a_view_arrives(estate):
    trigger = "CREATE TRIGGER tr INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.a); END;"
    estate.write("zoe.db", "").write("a.db", "CREATE TABLE t (a);", VIEW.format("a"), f"; {trigger}")
    outcome = estate.move("rename: {a.db: {t: u}}\n")
    execute(estate, "INSERT INTO v VALUES (1)")
    assert outcome.query("SELECT * FROM u") == [(1,)]


FTS5 = "CREATE VIRTUAL TABLE docs USING fts5(title, body);"


def test_a_full_text_table_arrives(estate):
    estate.write("zoe.db", "").write("a.db", FTS5, "INSERT INTO docs VALUES ('one', 'red cat'), ('two', 'red dog');")
    outcome = estate.move()
    assert found(outcome, "red") == ["one", "two"]
    execute(
        estate, "INSERT INTO docs VALUES ('three', 'red fox')", "INSERT INTO docs (docs) VALUES ('integrity-check')"
    )
    assert found(outcome, "red") == ["one", "three", "two"]


@pytest.mark.parametrize("module", ["fts5(title, body)", "fts4(title, body)", "fts5(title, body, tokenize='porter')"])
def test_full_text_tables_of_two_databases_become_one(estate, module):
    schema = f"CREATE VIRTUAL TABLE docs USING {module};"
    estate.write("zoe.db", schema, "INSERT INTO docs VALUES ('zoe', 'red cat');")
    estate.write("a.db", schema, "INSERT INTO docs VALUES ('a1', 'red dog'), ('a2', 'blue dog');")
    outcome = estate.move()
    assert found(outcome, "red") == ["a1", "zoe"]
    assert found(outcome, "dog") == ["a1", "a2"]


@pytest.mark.parametrize("module", ["fts5", "fts4"])
def test_a_renamed_full_text_table_works(estate, module):
    schema = f"CREATE VIRTUAL TABLE docs USING {module}(title, body);"
    estate.write("zoe.db", "CREATE TABLE docs (x);").write(
        "a.db", schema, "INSERT INTO docs VALUES ('one', 'red cat');"
    )
    outcome = estate.move("rename: {a.db: {docs: texts}}\n")
    assert found(outcome, "red", "texts") == ["one"]
    execute(estate, "INSERT INTO texts VALUES ('two', 'red')")
    assert found(outcome, "red", "texts") == ["one", "two"]


EXTERNAL = """
    CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT UNIQUE, body TEXT);
    CREATE VIRTUAL TABLE search USING fts5(title, body, content='docs', content_rowid='id');
    CREATE TRIGGER docs_ai AFTER INSERT ON docs BEGIN
        INSERT INTO search (rowid, title, body) VALUES (new.id, new.title, new.body); END;
"""


@pytest.mark.parametrize("indexed", [("zoe.db", "a.db"), ("zoe.db",), ("a.db",)])
@pytest.mark.parametrize("key", ["title", "id"])
def test_search_finds_the_rows_of_both_databases(estate, indexed, key):
    only_table = EXTERNAL[: EXTERNAL.index("CREATE VIRTUAL")]
    rows = {"zoe.db": "(1, 'zoe', 'red cat')", "a.db": "(1, 'a1', 'red dog'), (2, 'a2', 'blue dog')"}
    for name in ("zoe.db", "a.db"):
        estate.write(name, EXTERNAL if name in indexed else only_table, f"INSERT INTO docs VALUES {rows[name]};")
    policy = "keep-both" if key == "id" else "fail"
    outcome = estate.move(f"tables: {{docs: {{key: [{key}], on_conflict: {policy}}}}}\n")
    assert found(outcome, "red", "search") == ["a1", "zoe"]
    assert found(outcome, "dog", "search") == ["a1", "a2"]
    execute(estate, "INSERT INTO search (search) VALUES ('integrity-check')", "INSERT INTO docs VALUES (9, 'x', 'red')")
    assert found(outcome, "red", "search") == ["a1", "x", "zoe"]


def test_search_over_a_view_finds_the_rows_of_both_databases(estate):
    schema = """
        CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT);
        CREATE VIEW texts AS SELECT id, title FROM docs;
        CREATE VIRTUAL TABLE search USING fts5(title, content=texts, content_rowid=id);
    """
    for id, name in enumerate(("zoe.db", "a.db")):
        rows = f"INSERT INTO docs VALUES ({id}, 'red {id}'); INSERT INTO search (search) VALUES ('rebuild');"
        estate.write(name, schema, rows)
    assert found(estate.move(), "red", "search") == ["red 0", "red 1"]


def test_an_index_over_a_renamed_content_table(estate):
    estate.write("zoe.db", "CREATE TABLE docs (x);").write(
        "a.db", EXTERNAL, "INSERT INTO docs VALUES (1, 'one', 'red cat');"
    )
    outcome = estate.move("rename: {a.db: {docs: texts}}\n")
    assert found(outcome, "red", "search") == ["one"]
    execute(estate, "INSERT INTO texts VALUES (2, 'two', 'red')")
    assert found(outcome, "red", "search") == ["one", "two"]


def test_a_contentless_index_arrives(estate):
    schema = "CREATE VIRTUAL TABLE search USING fts5(title, content='');"
    estate.write("zoe.db", "").write("a.db", schema, "INSERT INTO search (rowid, title) VALUES (7, 'red');")
    outcome = estate.move()
    assert outcome.query("SELECT rowid FROM search WHERE search MATCH 'red'") == [(7,)]


def test_contentless_indexes_of_two_databases_need_a_decision(estate):
    schema = "CREATE VIRTUAL TABLE search USING fts5(title, content='');"
    for name in ("zoe.db", "a.db"):
        estate.write(name, schema, "INSERT INTO search (rowid, title) VALUES (7, 'red');")
    problem = estate.refuse_one()
    outcome = estate.move(problem.choices[0] + "\n")
    assert outcome.query("SELECT rowid FROM a_search WHERE a_search MATCH 'red'") == [(7,)]


def test_an_r_tree_arrives(estate):
    rows = "INSERT INTO places VALUES (1, 0, 1, 0, 1), (2, 5, 6, 5, 6);"
    estate.write("zoe.db", "").write("a.db", "CREATE VIRTUAL TABLE places USING rtree(id, x0, x1, y0, y1);", rows)
    outcome = estate.move("rename: {a.db: {places: spots}}\n")
    assert outcome.query("SELECT id FROM spots WHERE x0 >= 4") == [(2,)]
    assert outcome.query("SELECT rtreecheck('spots')") == [("ok",)]


def test_r_trees_of_two_databases_need_a_decision(estate):
    for name in ("zoe.db", "a.db"):
        estate.write(name, "CREATE VIRTUAL TABLE places USING rtree(id, x0, x1);")
    assert "only full-text tables" in estate.refuse_one().message
