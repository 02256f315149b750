"""Ids that change, what refers to them, and counters."""

from __future__ import annotations

import pytest
from shared_tables import CHILDREN, LARGEST, by_key, notes, users

from dbfold import datamove
from dbfold.sqlite.engine import DatabaseError


def test_children_in_three_tables_follow_their_parents_to_other_ids(estate):
    estate.write(
        "zoe.db", *users("ann", "bob"), CHILDREN, "INSERT INTO sessions VALUES ('z', 2);",
        "INSERT INTO posts VALUES (1, 1, 'of ann'); INSERT INTO likes VALUES (1, 2);",
    )  # fmt: skip
    estate.write(
        "a.db", *users("bob", "cid", "ann"), CHILDREN,
        "INSERT INTO sessions VALUES ('b', 1), ('c', 2), ('a', 3), ('-', NULL);",
        "INSERT INTO posts VALUES (1, 2, 'of cid'), (2, 1, 'of bob'); INSERT INTO likes VALUES (1, 3), (2, 2), (1, 1);",
    )  # fmt: skip
    outcome = estate.move(
        "tables: {users: {key: [username]}, posts: {key: [id], on_conflict: keep-both}, likes: {key: [post, fan]}}\n"
    )
    assert outcome.query("SELECT * FROM users") == [(1, "ann"), (2, "bob"), (4, "cid")]
    assert outcome.query("SELECT token, username FROM sessions LEFT JOIN users ON id = user_id ORDER BY 1") == [
        ("-", None), ("a", "ann"), ("b", "bob"), ("c", "cid"), ("z", "bob"),
    ]  # fmt: skip
    assert outcome.query("SELECT title, username FROM posts JOIN users u ON u.id = author ORDER BY 1") == [
        ("of ann", "ann"), ("of bob", "bob"), ("of cid", "cid"),
    ]  # fmt: skip
    assert outcome.query(
        "SELECT title, username FROM likes JOIN posts p ON p.id = post JOIN users u ON u.id = fan ORDER BY 1, 2"
    ) == [("of ann", "bob"), ("of bob", "cid"), ("of cid", "ann"), ("of cid", "bob")]
    assert outcome.account("a.db", "users") == {"rows": 3, "moved": 1, "mapped": 2, "renumbered": 3}
    assert outcome.ids("users") == [("a.db", 1, 2), ("a.db", 2, 4), ("a.db", 3, 1)]
    assert outcome.query("PRAGMA foreign_key_check") == []


def test_a_table_that_only_the_source_has_follows_too(estate):
    estate.write("zoe.db", *users("ann"))
    estate.write("a.db", *users("bob", "ann"), CHILDREN, "INSERT INTO sessions VALUES ('b', 1), ('a', 2);")
    outcome = estate.move(by_key("users", "username"))
    assert outcome.query("SELECT token, username FROM sessions JOIN users ON id = user_id ORDER BY 1") == [
        ("a", "ann"), ("b", "bob"),
    ]  # fmt: skip


def test_an_id_that_is_free_is_kept(estate):
    estate.write("zoe.db", *users("ann")).write("a.db", *users("bob", first=5))
    outcome = estate.move(by_key("users", "username"))
    assert outcome.query("SELECT * FROM users") == [(1, "ann"), (5, "bob")]
    assert outcome.account("a.db", "users") == {"rows": 1, "moved": 1}
    assert outcome.ids("users") == []


def test_a_key_of_ids_that_follow_tells_which_rows_are_the_same(estate):
    schema = "CREATE TABLE roles (user_id INTEGER REFERENCES users(id), role TEXT, PRIMARY KEY (user_id, role));"
    estate.write("zoe.db", *users("ann", "bob"), schema, "INSERT INTO roles VALUES (1, 'admin'), (2, 'guest');")
    estate.write("a.db", *users("bob", "ann"), schema, "INSERT INTO roles VALUES (1, 'guest'), (1, 'admin');")
    outcome = estate.move(by_key("users", "username"))
    assert outcome.query("SELECT * FROM roles ORDER BY 1, 2") == [(1, "admin"), (2, "admin"), (2, "guest")]
    assert outcome.account("a.db", "roles")["moved"] == 1


def test_a_reference_that_became_equal_is_no_conflict(estate):
    """Both databases have the same document of the same user, whose id differs."""
    schema = "CREATE TABLE documents (name TEXT PRIMARY KEY, owner INTEGER REFERENCES users(id));"
    estate.write("zoe.db", *users("ann", "bob"), schema, "INSERT INTO documents VALUES ('d', 2);")
    estate.write("a.db", *users("bob", "ann"), schema, "INSERT INTO documents VALUES ('d', 1);")
    outcome = estate.move(by_key("users", "username"))
    assert outcome.query("SELECT * FROM documents") == [("d", 2)]
    assert outcome.account("a.db", "documents") == {"rows": 1, "identical": 1}


TREE = """
    CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, parent INTEGER REFERENCES topics(id));
"""


def test_a_table_that_refers_to_itself(estate):
    estate.write("zoe.db", TREE, "INSERT INTO topics VALUES (1, 'root', NULL), (2, 'art', 1);")
    estate.write("a.db", TREE, "INSERT INTO topics VALUES (1, 'jazz', 2), (2, 'music', 3), (3, 'root', NULL);")
    outcome = estate.move(by_key("topics", "name"))
    sql = "SELECT t.name, p.name FROM topics t LEFT JOIN topics p ON p.id = t.parent ORDER BY 1"
    assert outcome.query(sql) == [("art", "root"), ("jazz", "music"), ("music", "root"), ("root", None)]
    assert outcome.account("a.db", "topics") == {"rows": 3, "moved": 2, "mapped": 1, "renumbered": 3}


REPLIES = "CREATE TABLE posts (id INTEGER PRIMARY KEY, body TEXT, answers INTEGER REFERENCES posts(id));"


def test_keep_both_in_a_table_that_refers_to_itself_keeps_threads_apart(estate):
    """Row 2 looks the same in both, but answers another post: it is another row, and so is its own answer."""
    estate.write("zoe.db", REPLIES, "INSERT INTO posts VALUES (1, 'z', NULL), (2, 'yes', 1), (3, 'ok', 2);")
    estate.write("a.db", REPLIES, "INSERT INTO posts VALUES (1, 'a', NULL), (2, 'yes', 1), (3, 'ok', 2);")
    outcome = estate.move(by_key("posts", "id", policy="keep-both"))
    sql = "SELECT c.body, b.body, a.body FROM posts c JOIN posts b ON b.id = c.answers JOIN posts a ON a.id = b.answers"
    assert sorted(outcome.query(sql)) == [("ok", "yes", "a"), ("ok", "yes", "z")]
    assert outcome.account("a.db", "posts") == {"rows": 3, "moved": 3, "renumbered": 3}


def test_keep_both_recognises_a_thread_that_is_the_same(estate):
    for name in ("zoe.db", "a.db"):
        estate.write(name, REPLIES, "INSERT INTO posts VALUES (1, 'x', NULL), (2, 'yes', 1), (3, 'ok', 2);")
    outcome = estate.move(by_key("posts", "id", policy="keep-both"))
    assert outcome.account("a.db", "posts") == {"rows": 3, "identical": 3}
    assert outcome.query("SELECT count(*) FROM posts") == [(3,)]


CIRCLE = """
    CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT UNIQUE, lead INTEGER REFERENCES people(id));
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE, team INTEGER REFERENCES teams(id));
"""
CIRCLE_SQL = """
    SELECT t.name, l.name, o.name FROM teams t LEFT JOIN people l ON l.id = t.lead LEFT JOIN teams o ON o.id = l.team
    ORDER BY 1, 2
"""


def test_tables_that_refer_to_each_other(estate):
    estate.write(
        "zoe.db",
        CIRCLE,
        "INSERT INTO people VALUES (1, 'ann', 1), (2, 'bob', 1); INSERT INTO teams VALUES (1, 'x', 2);",
    )
    estate.write(
        "a.db",
        CIRCLE,
        "INSERT INTO people VALUES (1, 'cid', 1), (2, 'ann', 2); INSERT INTO teams VALUES (1, 'y', 1), (2, 'x', 2);",
    )
    outcome = estate.move(
        "tables: {teams: {key: [name], on_conflict: keep-target}, people: {key: [name], on_conflict: keep-target}}\n"
    )
    assert outcome.query(CIRCLE_SQL) == [("x", "bob", "x"), ("y", "cid", "y")]
    assert outcome.account("a.db", "teams")["conflict"] == 1, "x is led by bob in one, by ann in the other"
    assert outcome.conflicts() == [("a.db", "teams", "'x'", "lead", 1, 2)]


@pytest.mark.parametrize("both", ["teams, people", "teams", "people"])
def test_keep_both_in_a_circle_of_tables(estate, both):
    schema = CIRCLE.replace(" UNIQUE", "")
    estate.write("zoe.db", schema, "INSERT INTO people VALUES (1, 'ann', 1); INSERT INTO teams VALUES (1, 'x', 1);")
    estate.write("a.db", schema, "INSERT INTO people VALUES (1, 'cid', 1); INSERT INTO teams VALUES (1, 'y', 1);")
    decisions = {
        table: "{key: [id], on_conflict: keep-both}" if table in both else "{key: [name], on_conflict: keep-target}"
        for table in ("teams", "people")
    }
    outcome = estate.move(f"tables: {{{', '.join(f'{name}: {value}' for name, value in decisions.items())}}}\n")
    assert outcome.query(CIRCLE_SQL) == [("x", "ann", "x"), ("y", "cid", "y")]
    assert outcome.account("a.db", "people") == {"rows": 1, "moved": 1, "renumbered": 1}


def test_keep_both_in_a_circle_recognises_equal_rows(estate):
    """Row 1 of both tables is the same in both; row 2 looks the same, but its team's lead is another."""
    schema = CIRCLE.replace(" UNIQUE", "")
    rows = "INSERT INTO teams VALUES (1, 'x', 1), (2, 'y', 2); INSERT INTO people VALUES (1, 'ann', 1), (2, '{}', 2);"
    estate.write("zoe.db", schema, rows.format("bob")).write("a.db", schema, rows.format("cid"))
    outcome = estate.move("tables: {teams: {on_conflict: keep-both}, people: {on_conflict: keep-both}}\n")
    assert outcome.query(CIRCLE_SQL) == [("x", "ann", "x"), ("y", "bob", "y"), ("y", "cid", "y")]
    for table in ("teams", "people"):
        assert outcome.account("a.db", table) == {"rows": 2, "moved": 1, "identical": 1, "renumbered": 1}


def test_a_key_in_a_circle_of_ids_is_refused(estate):
    columns = "id INTEGER PRIMARY KEY, name TEXT, parent INTEGER REFERENCES topics(id), UNIQUE (name, parent)"
    schema = f"CREATE TABLE topics ({columns});"
    for name in ("zoe.db", "a.db"):
        estate.write(name, schema, "INSERT INTO topics VALUES (1, 'x', NULL);")
    problems = estate.refuse(by_key("topics", "name", "parent"))
    assert any("depend on the key itself" in problem.message for problem in problems)


UNDECLARED = "CREATE TABLE logins (at TEXT, user_id INTEGER);"


def undeclared(estate):
    estate.write("zoe.db", *users("ann", "bob"), UNDECLARED, "INSERT INTO logins VALUES ('z', 1);")
    estate.write("a.db", *users("bob", "ann"), UNDECLARED, "INSERT INTO logins VALUES ('a', 1);")


def test_a_column_that_looks_like_an_id_is_asked_about(estate):
    undeclared(estate)
    problem = estate.refuse_one(by_key("users", "username"))
    assert (problem.database, problem.table) == ("a.db", "logins")
    assert problem.choices == (
        "foreign_keys: {a.db: {logins.user_id: users.id}}",
        "foreign_keys: {a.db: {logins.user_id: none}}",
    )


@pytest.mark.parametrize(("decision", "expected"), [("users.id", 2), ("none", 1), ("Users.ID", 2)])
def test_the_policy_says_what_the_schema_does_not(estate, decision, expected):
    undeclared(estate)
    outcome = estate.move(f"{by_key('users', 'username')}foreign_keys: {{a.db: {{logins.user_id: {decision}}}}}\n")
    assert outcome.query("SELECT * FROM logins ORDER BY at") == [("a", expected), ("z", 1)]


def test_the_policy_may_deny_a_declared_foreign_key(estate):
    schema = "CREATE TABLE logins (at TEXT, user_id INTEGER REFERENCES users(id));"
    estate.write("zoe.db", *users("ann", "bob"), schema).write(
        "a.db", *users("bob", "ann"), schema, "INSERT INTO logins VALUES ('a', 1);"
    )
    outcome = estate.move(f"{by_key('users', 'username')}foreign_keys: {{a.db: {{logins.user_id: none}}}}\n")
    assert outcome.query("SELECT * FROM logins") == [("a", 1)]


@pytest.mark.parametrize("order", [("auth.db", "tasks.db"), ("tasks.db", "auth.db")])
def test_ids_of_a_table_in_another_database_follow(estate, order):
    scripts = {
        "auth.db": users("bob", "cid", "ann"),
        "tasks.db": (
            "CREATE TABLE tasks (title TEXT, user_id INTEGER);",
            "INSERT INTO tasks VALUES ('b', 1), ('a', 3);",
        ),
    }
    estate.write("zoe.db", *users("ann", "bob"))
    for name in order:
        estate.write(name, *scripts[name])
    outcome = estate.move(
        f"{by_key('users', 'username')}foreign_keys: {{tasks.db: {{tasks.user_id: auth.db/users.id}}}}\n"
    )
    assert outcome.query("SELECT title, username FROM tasks JOIN users ON id = user_id ORDER BY 1") == [
        ("a", "ann"), ("b", "bob"),
    ]  # fmt: skip


def test_ids_of_another_database_are_mentioned_if_the_policy_is_silent(estate):
    estate.write("zoe.db", *users("ann", "bob")).write("auth.db", *users("bob", "ann"))
    estate.write("tasks.db", "CREATE TABLE tasks (title TEXT, user_id INTEGER);")
    outcome = estate.move(by_key("users", "username"))
    assert any("foreign_keys: {tasks.db: {tasks.user_id: auth.db/users.id}}" in notice for notice in outcome.notices)


def test_databases_that_refer_to_each_other_are_refused(estate):
    schema = "CREATE TABLE {} (id INTEGER PRIMARY KEY, other INTEGER);"
    estate.write("zoe.db", "").write("a.db", schema.format("x")).write("b.db", schema.format("y"))
    problem = estate.refuse_one("foreign_keys: {a.db: {x.other: b.db/y.id}, b.db: {y.other: a.db/x.id}}\n")
    assert "refer to each other in a circle" in problem.message


@pytest.mark.parametrize(
    ("column", "target"),
    [("logins.nobody", "users.id"), ("logins.user_id", "users.nothing"), ("logins.user_id", "c.db/users.id")],
)
def test_a_foreign_key_of_the_policy_has_to_exist(estate, column, target):
    undeclared(estate)
    problems = estate.refuse(f"foreign_keys: {{a.db: {{{column}: {target}}}}}\n")
    assert any("correct the policy" in problem.message for problem in problems)


def test_a_reference_to_a_reference_follows(estate):
    """profiles.user_id is a primary key and a foreign key; badges refer to profiles."""
    schema = """
        CREATE TABLE profiles (user_id INTEGER PRIMARY KEY REFERENCES users(id), motto TEXT);
        CREATE TABLE badges (profile INTEGER REFERENCES profiles(user_id), badge TEXT);
    """
    estate.write("zoe.db", *users("ann", "bob"), schema, "INSERT INTO profiles VALUES (2, 'b');")
    estate.write(
        "a.db", *users("bob", "ann"), schema,
        "INSERT INTO profiles VALUES (1, 'b'), (2, 'a'); INSERT INTO badges VALUES (1, 'of bob'), (2, 'of ann');",
    )  # fmt: skip
    outcome = estate.move(by_key("users", "username"))
    assert outcome.query("SELECT * FROM profiles") == [(1, "a"), (2, "b")]
    assert sorted(outcome.query("SELECT * FROM badges")) == [(1, "of ann"), (2, "of bob")]


TEXT_USERS = "CREATE TABLE users (id TEXT PRIMARY KEY, username TEXT UNIQUE);"
TEXT_SESSIONS = "CREATE TABLE sessions (token TEXT, user_id TEXT REFERENCES users(id));"


def test_text_ids_follow_a_natural_key(estate):
    estate.write("zoe.db", TEXT_USERS, TEXT_SESSIONS, "INSERT INTO users VALUES ('z-1', 'ann');")
    estate.write(
        "a.db", TEXT_USERS, TEXT_SESSIONS, "INSERT INTO users VALUES ('a-1', 'ann'), ('a-2', 'bob');",
        "INSERT INTO sessions VALUES ('1', 'a-1'), ('2', 'a-2');",
    )  # fmt: skip
    outcome = estate.move(by_key("users", "username"))
    assert outcome.query("SELECT * FROM users ORDER BY 1") == [("a-2", "bob"), ("z-1", "ann")]
    assert outcome.query("SELECT * FROM sessions") == [("1", "z-1"), ("2", "a-2")]
    assert outcome.ids("users") == [("a.db", "a-1", "z-1")]


def test_children_may_write_an_id_in_another_case_where_case_does_not_count(estate):
    schema = """
        CREATE TABLE users (id TEXT PRIMARY KEY COLLATE NOCASE, username TEXT UNIQUE);
        CREATE TABLE sessions (user_id TEXT REFERENCES users(id));
    """
    estate.write("zoe.db", schema, "INSERT INTO users VALUES ('Z', 'ann');")
    rows = "INSERT INTO users VALUES ('abc', 'ann'), ('def', 'bob'); INSERT INTO sessions VALUES ('ABC'), ('DEF');"
    estate.write("a.db", schema, rows)
    outcome = estate.move(by_key("users", "username"))
    assert outcome.query("SELECT * FROM sessions ORDER BY 1") == [("DEF",), ("Z",)]
    assert outcome.query("PRAGMA foreign_key_check") == []


def test_a_foreign_key_of_two_columns_follows(estate):
    schema = """
        CREATE TABLE pages (author INTEGER REFERENCES users(id), slug TEXT, PRIMARY KEY (author, slug));
        CREATE TABLE visits (author INTEGER, slug TEXT, who TEXT, FOREIGN KEY (author, slug) REFERENCES pages);
    """
    estate.write("zoe.db", *users("ann"), schema)
    rows = "INSERT INTO pages VALUES (1, 'x'), (2, 'x'); INSERT INTO visits VALUES (1, 'x', 'bob'), (2, 'x', 'ann');"
    estate.write("a.db", *users("bob", "ann"), schema, rows)
    outcome = estate.move(by_key("users", "username"))
    assert sorted(outcome.query("SELECT who, username FROM visits JOIN users ON id = author")) == [
        ("ann", "ann"), ("bob", "bob"),
    ]  # fmt: skip


def test_text_ids_that_are_taken_by_somebody_else_are_refused(estate):
    estate.write("zoe.db", TEXT_USERS, "INSERT INTO users VALUES ('u', 'ann');")
    estate.write("a.db", TEXT_USERS, "INSERT INTO users VALUES ('u', 'bob');")
    problem = estate.refuse_one(by_key("users", "username"))
    assert "only numbers can be given anew" in problem.message


@pytest.mark.parametrize("declared", ["TEXT", "", "VARCHAR(20)", "BLOB"])
def test_references_keep_their_storage_class(estate, declared):
    schema = f"CREATE TABLE sessions (token TEXT, user_id {declared} REFERENCES users(id));"
    estate.write("zoe.db", *users("ann", "bob"), schema)
    rows = [("b", "1"), ("a", "2")]
    estate.write("a.db", *users("bob", "ann"), schema, ("INSERT INTO sessions VALUES (?, ?)", rows))
    outcome = estate.move(by_key("users", "username"))
    expected = [("b", "2", "text"), ("a", "1", "text")]
    assert outcome.query("SELECT *, typeof(user_id) FROM sessions") == expected


def test_dangling_references_that_would_find_somebody_are_refused(estate):
    estate.write("zoe.db", *users("ann", "bob"), CHILDREN)
    estate.write("a.db", *users("bob"), CHILDREN, "INSERT INTO sessions VALUES ('ghost', 2), ('b', 1);")
    problem = estate.refuse_one(by_key("users", "username"))
    assert (problem.database, problem.table) == ("a.db", "sessions")
    assert "1 of its rows refer to users that a.db does not have (user_id)" in problem.message
    assert "foreign_keys: {a.db: {sessions.user_id: none}}" in problem.message


def test_dangling_references_in_a_table_that_is_only_copied_are_refused(estate):
    estate.write("zoe.db", *users("ann", "bob"))
    estate.write("a.db", *users("bob"), CHILDREN, "INSERT INTO sessions VALUES ('ghost', 2), ('b', 1);")
    problem = estate.refuse_one(by_key("users", "username"))
    assert "1 of its rows refer to users that a.db does not have (user_id)" in problem.message


def test_dangling_references_that_still_find_nobody_are_kept(estate):
    estate.write("zoe.db", *users("ann", "bob"), CHILDREN)
    estate.write("a.db", *users("bob"), CHILDREN, "INSERT INTO sessions VALUES ('ghost', 99), ('b', 1);")
    outcome = estate.move(by_key("users", "username"))
    assert outcome.query("SELECT * FROM sessions ORDER BY 1") == [("b", 2), ("ghost", 99)]


def test_the_targets_own_dangling_references_must_not_find_a_newcomer(estate):
    estate.write("zoe.db", *users("ann"), CHILDREN, "INSERT INTO sessions VALUES ('ghost', 2);")
    estate.write("a.db", *users("bob", first=2), CHILDREN)
    before = estate.contents()
    with pytest.raises(DatabaseError, match=r"1 rows of zoe\.db referred to nothing, and now refer to rows that moved"):
        datamove.run(estate.policy(by_key("users", "username")), estate.data)
    assert estate.contents().items() >= before.items()


COUNTED = "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT);"


def counted(counter, *rows):
    values = f"UPDATE sqlite_sequence SET seq = {counter} WHERE name = 'notes';"
    return COUNTED, ("INSERT INTO notes VALUES (?, ?)", rows), values


@pytest.mark.parametrize("counters", [(50, 90), (90, 50)])
def test_ids_that_were_used_once_are_not_used_again(estate, counters):
    estate.write("zoe.db", *counted(counters[0], (1, "z"))).write("a.db", *counted(counters[1], (1, "a")))
    outcome = estate.move(by_key("notes", "id", policy="keep-both"))
    assert outcome.query("SELECT * FROM notes") == [(1, "z"), (91, "a")]
    assert outcome.query("SELECT * FROM sqlite_sequence") == [("notes", 91)]


def test_the_counter_of_a_table_that_is_copied_comes_along(estate):
    estate.write("zoe.db", "").write("a.db", *counted(70, (3, "a")))
    assert estate.move().query("SELECT * FROM sqlite_sequence") == [("notes", 70)]


def test_the_counter_of_a_renamed_table_comes_along(estate):
    estate.write("zoe.db", *counted(10, (3, "z"))).write("a.db", *counted(70, (3, "a")))
    outcome = estate.move("rename: {a.db: {notes: a_notes}}\n")
    assert sorted(outcome.query("SELECT * FROM sqlite_sequence")) == [("a_notes", 70), ("notes", 10)]


def test_the_counter_of_an_empty_table_comes_along(estate):
    estate.write("zoe.db", "").write("a.db", *counted(70, (3, "a")), "DELETE FROM notes;")
    assert estate.move().query("SELECT * FROM sqlite_sequence") == [("notes", 70)]


def test_ids_at_the_limits_of_64_bits_are_kept(estate):
    rows = [(-LARGEST - 1, "least", None), (-1, "negative", None), (0, "zero", None), (LARGEST, "greatest", None)]
    estate.write("zoe.db", *notes(rows[0], rows[2])).write("a.db", *notes(*rows))
    outcome = estate.move()
    assert outcome.query("SELECT * FROM notes") == rows
    assert outcome.account("a.db", "notes") == {"rows": 4, "moved": 2, "identical": 2}


@pytest.mark.parametrize("where", ["zoe.db", "a.db"])
def test_no_id_after_the_greatest(estate, where):
    for name in ("zoe.db", "a.db"):
        estate.write(name, *notes((1, f"of {name}", None), *([(LARGEST, "x", None)] if name == where else [])))
    problem = estate.refuse_one(by_key("notes", "id", policy="keep-both"))
    assert f"new ids would be greater than {LARGEST}" in problem.message
