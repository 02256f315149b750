"""Tables under other names, and what mentions them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from shared_tables import CHILDREN, LOG, by_key, users

RENAMED = """
    CREATE TABLE tasks (id INTEGER PRIMARY KEY, title TEXT, parent INTEGER REFERENCES tasks(id));
    CREATE TABLE steps (task_id INTEGER REFERENCES tasks(id), step TEXT);
    CREATE INDEX by_title ON tasks (title);
    CREATE VIEW open_tasks AS SELECT tasks.title, steps.step FROM tasks JOIN steps ON steps.task_id = tasks.id;
    CREATE TRIGGER add_step AFTER INSERT ON tasks BEGIN INSERT INTO steps VALUES (new.id, 'first'); END;
    CREATE TRIGGER drop_task AFTER DELETE ON steps BEGIN DELETE FROM tasks WHERE id = old.task_id; END;
    INSERT INTO tasks VALUES (1, 'one', NULL), (2, 'two', 1);
"""


def test_what_mentions_a_renamed_table_follows(estate):
    estate.write("zoe.db", "CREATE TABLE tasks (x); INSERT INTO tasks VALUES ('own');").write("a.db", RENAMED)
    outcome = estate.move("rename: {a.db: {tasks: plan_tasks}}\n")
    assert outcome.query("SELECT * FROM tasks") == [("own",)]
    assert outcome.query("SELECT * FROM plan_tasks") == [(1, "one", None), (2, "two", 1)]
    assert outcome.query("SELECT * FROM open_tasks") == [("one", "first"), ("two", "first")]
    assert [row[2] for row in outcome.query("PRAGMA foreign_key_list(steps)")] == ["plan_tasks"]
    assert [row[2] for row in outcome.query("PRAGMA foreign_key_list(plan_tasks)")] == ["plan_tasks"]
    tables = outcome.query("SELECT name, tbl_name FROM sqlite_schema WHERE type IN ('index', 'trigger') ORDER BY 1")
    assert tables == [("add_step", "plan_tasks"), ("by_title", "plan_tasks"), ("drop_task", "steps")]
    assert outcome.account("a.db", "tasks") == {"rows": 2, "moved": 2}


def test_a_renamed_trigger_works_on_the_renamed_table(estate):
    estate.write("zoe.db", "CREATE TABLE tasks (x);").write("a.db", RENAMED)
    estate.move("rename: {a.db: {tasks: plan_tasks}}\n")
    with closing(sqlite3.connect(estate.data / "zoe.db")) as connection:
        connection.execute("INSERT INTO plan_tasks VALUES (3, 'three', NULL)")
        assert connection.execute("SELECT step FROM steps WHERE task_id = 3").fetchall() == [("first",)]
        connection.execute("DELETE FROM steps WHERE task_id = 3")
        assert connection.execute("SELECT count(*) FROM plan_tasks").fetchall() == [(2,)]


def test_a_table_may_be_renamed_into_a_table_of_the_target(estate):
    estate.write("zoe.db", LOG, "INSERT INTO log VALUES ('z', 1);")
    estate.write("a.db", LOG.replace("log", "events"), "INSERT INTO events VALUES ('a', 2);")
    outcome = estate.move("rename: {a.db: {events: log}}\n")
    assert outcome.names("table") == ["log"]
    assert outcome.query("SELECT * FROM log") == [("z", 1), ("a", 2)]


def test_two_tables_may_swap_their_names(estate):
    estate.write("zoe.db", "")
    estate.write("a.db", "CREATE TABLE x (a); CREATE TABLE y (b); INSERT INTO x VALUES (1); INSERT INTO y VALUES (2);")
    outcome = estate.move("rename: {a.db: {x: y, y: x}}\n")
    assert outcome.query("SELECT b, a FROM x, y") == [(2, 1)]


@pytest.mark.parametrize("other", ["CREATE INDEX y ON x (a);", "CREATE VIEW y AS SELECT a FROM x;"])
def test_a_table_cannot_get_the_name_of_its_index_or_view(estate, other):
    estate.write("zoe.db", "").write("a.db", "CREATE TABLE x (a);", other)
    problems = estate.refuse("rename: {a.db: {x: y}}\n")
    assert "an index or a view has the name that the policy gives it; correct 'rename'" in problems[0].message


def test_a_table_whose_parent_cannot_be_merged_adds_no_problem_of_its_own(estate):
    schema = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);"
    children = "CREATE TABLE logins (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id));"
    for name in ("zoe.db", "a.db"):
        estate.write(name, schema, children, "INSERT INTO users VALUES (1, 'x'), (2, 'x');")
    problem = estate.refuse_one(by_key("users", "name"))
    assert "is not unique" in problem.message


def test_two_tables_cannot_get_one_name(estate):
    estate.write("zoe.db", "").write("a.db", "CREATE TABLE x (a); CREATE TABLE y (a);")
    problem = estate.refuse_one("rename: {a.db: {x: z, y: z}}\n")
    assert "two of its tables would get this name" in problem.message


def test_renaming_what_is_not_there_is_refused(estate):
    estate.write("zoe.db", "").write("a.db", LOG)
    problem = estate.refuse_one("rename: {a.db: {lgo: log2}}\n")
    assert problem.table == "lgo"


def test_an_index_gets_the_name_that_the_policy_gives_it(estate):
    index = "CREATE INDEX by_what ON log (what);"
    estate.write("zoe.db", LOG, index).write("a.db", LOG.replace("log", "events"), index.replace("log", "events"))
    outcome = estate.move("rename: {a.db: {by_what: events_by_what}}\n")
    tables = outcome.query("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' ORDER BY 1")
    assert tables == [("by_what", "log"), ("events_by_what", "events")]


def test_rows_of_a_renamed_table_keep_their_references(estate):
    """users of a.db become members, so their ids do not change although zoe.db has users, too."""
    estate.write("zoe.db", *users("ann", "bob"))
    estate.write("a.db", *users("bob", "ann"), CHILDREN, "INSERT INTO sessions VALUES ('b', 1);")
    outcome = estate.move("rename: {a.db: {users: members}}\n")
    assert outcome.query("SELECT username FROM sessions JOIN members ON id = user_id") == [("bob",)]


def test_a_chain_of_retirement_ends_in_the_database_that_remains(estate):
    estate.write("zoe.db", *users("ann")).write("b.db", *users("bob", "ann")).write(
        "a.db", *users("cid", "bob"), into="b.db"
    )
    outcome = estate.move(by_key("users", "username"))
    assert sorted(name for _, name in outcome.query("SELECT * FROM users")) == ["ann", "bob", "cid"]
    assert outcome.account("a.db", "users")["rows"] == outcome.account("b.db", "users")["rows"] == 2


@pytest.mark.parametrize("schema", ["CREATE TABLE t (id INTEGER PRIMARY KEY, a);", "CREATE TABLE t (id INTEGER, a);"])
def test_thirty_databases_into_one(estate, schema):
    estate.write("zoe.db", schema)
    for number in range(30):
        estate.write(f"s{number}.db", schema, f"INSERT INTO t VALUES ({number}, 'own'), (100, 'same');")
    outcome = estate.move()
    assert outcome.query("SELECT count(DISTINCT id), count(*) FROM t") == [(31, 31 if "PRIMARY" in schema else 60)]
