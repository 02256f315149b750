"""Tables that several databases have: which rows are the same, which one stays, and what becomes of ids."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from dbfold import datamove
from dbfold.sqlite.engine import DatabaseError

LARGEST = 9223372036854775807

SETTINGS = "CREATE TABLE settings (name TEXT PRIMARY KEY, value, note TEXT, updated_at TEXT);"
NOTES = "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT, mood TEXT);"
USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE);"
CHILDREN = """
    CREATE TABLE sessions (token TEXT PRIMARY KEY, user_id INTEGER REFERENCES users(id));
    CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users, title TEXT);
    CREATE TABLE likes (post INTEGER REFERENCES posts(id), fan INTEGER REFERENCES users(id), PRIMARY KEY (post, fan));
"""


def by_key(table, *columns, policy="keep-target"):
    return f"tables: {{{table}: {{key: [{', '.join(columns)}], on_conflict: {policy}}}}}\n"


def settings(*rows):
    return SETTINGS, ("INSERT INTO settings VALUES (?, ?, ?, ?)", rows)


# -- the same key -----------------------------------------------------------------------------------------------------


def test_equal_rows_become_one(estate):
    rows = [("a", 1, "x", "2024"), ("b", None, None, None)]
    estate.write("zoe.db", *settings(*rows)).write("a.db", *settings(*rows, ("c", 3, "z", None)))
    outcome = estate.move()
    assert outcome.query("SELECT * FROM settings ORDER BY name") == [*rows, ("c", 3, "z", None)]
    assert outcome.account("a.db", "settings") == {"rows": 3, "moved": 1, "identical": 2}
    assert outcome.conflicts() == []


TARGET_ROW, SOURCE_ROW = ("k", "old", None, "2024-01-01"), ("k", "new", "n", "2025-01-01")


def test_another_row_with_the_same_key_is_refused_with_choices(estate):
    estate.write("zoe.db", *settings(TARGET_ROW)).write("a.db", *settings(SOURCE_ROW, ("l", 1, None, None)))
    problem = estate.refuse_one()
    assert (problem.database, problem.table) == ("a.db", "settings")
    assert problem.message.startswith("1 of 2 rows have the key (name) of another row and differ in ")
    choices = "\n".join(problem.choices)
    for policy in ("keep-target", "keep-source", "newest, newest_by: updated_at", "fill-nulls"):
        assert f"on_conflict: {policy}" in choices
    assert "keep-both" not in choices, "it needs ids that may change"


@pytest.mark.parametrize("policy", ["keep-target", "keep-source", "newest, newest_by: updated_at", "fill-nulls"])
def test_every_offered_choice_is_one_that_works(estate, policy):
    estate.write("zoe.db", *settings(TARGET_ROW)).write("a.db", *settings(SOURCE_ROW))
    (choice,) = (line for line in estate.refuse_one().choices if f"on_conflict: {policy}}}" in line)
    assert estate.move(choice + "\n").account("a.db", "settings") == {"rows": 1, "conflict": 1}


def lost(column, lost, kept, key="'k'", table="settings"):
    return ("a.db", table, key, column, lost, kept)


DIFFERENCES = {
    "keep-target": (
        TARGET_ROW,
        [lost("value", "new", "old"), lost("note", "n", None), lost("updated_at", "2025-01-01", "2024-01-01")],
    ),
    "keep-source": (
        SOURCE_ROW,
        [lost("value", "old", "new"), lost("note", None, "n"), lost("updated_at", "2024-01-01", "2025-01-01")],
    ),
    "fill-nulls": (
        ("k", "old", "n", "2024-01-01"),
        [lost("value", "new", "old"), lost("updated_at", "2025-01-01", "2024-01-01")],
    ),
}


@pytest.mark.parametrize("policy", DIFFERENCES)
def test_one_row_stays_and_the_ledger_has_the_values_that_lost(estate, policy):
    stays, conflicts = DIFFERENCES[policy]
    estate.write("zoe.db", *settings(TARGET_ROW)).write("a.db", *settings(SOURCE_ROW))
    outcome = estate.move(by_key("settings", "name", policy=policy))
    assert outcome.query("SELECT * FROM settings") == [stays]
    assert outcome.conflicts() == conflicts
    assert outcome.account("a.db", "settings") == {"rows": 1, "conflict": 1}


@pytest.mark.parametrize(
    ("target", "source", "stays"),
    [
        ("2024-01-01", "2025-01-01", "source"),
        ("2025-01-01", "2024-01-01", "target"),
        ("2025-01-01", "2025-01-01", "target"),
        (None, "2025-01-01", "source"),
        ("2025-01-01", None, "target"),
        (None, None, "target"),
        (9, 10, "source"),
    ],
)
def test_the_newest_row_stays_and_the_targets_if_that_cannot_be_told(estate, target, source, stays):
    schema = "CREATE TABLE settings (name TEXT PRIMARY KEY, value, changed);"
    for name, changed, value in (("zoe.db", target, "target"), ("a.db", source, "source")):
        estate.write(name, schema, ("INSERT INTO settings VALUES ('k', ?, ?)", [(value, changed)]))
    outcome = estate.move("tables: {settings: {on_conflict: newest, newest_by: changed}}\n")
    other = {"source": "target", "target": "source"}[stays]
    assert outcome.query("SELECT value, changed FROM settings") == [(stays, source if stays == "source" else target)]
    assert lost("value", other, stays) in outcome.conflicts()
    assert outcome.account("a.db", "settings") == {"rows": 1, "conflict": 1}


def test_newest_needs_a_column_that_all_have(estate):
    for name in ("zoe.db", "a.db"):
        estate.write(name, *settings(TARGET_ROW))
    problems = estate.refuse("tables: {settings: {on_conflict: newest, newest_by: changed}}\n")
    assert {problem.message for problem in problems} == {"has no column 'changed'; correct 'tables.settings.newest_by'"}
    assert [problem.database for problem in problems] == ["zoe.db", "a.db"]


def test_filling_gaps_only_is_no_conflict(estate):
    estate.write("zoe.db", *settings(("k", None, "t", None))).write("a.db", *settings(("k", 5, None, None)))
    outcome = estate.move(by_key("settings", "name", policy="fill-nulls"))
    assert outcome.query("SELECT * FROM settings") == [("k", 5, "t", None)]
    assert outcome.conflicts() == []
    assert outcome.account("a.db", "settings") == {"rows": 1, "mapped": 1}


def test_the_storage_class_makes_a_difference(estate):
    estate.write("zoe.db", *settings(("k", 1, None, None))).write("a.db", *settings(("k", 1.0, None, None)))
    outcome = estate.move(by_key("settings", "name"))
    assert outcome.query("SELECT typeof(value) FROM settings") == [("integer",)]
    assert outcome.query("SELECT typeof(lost), typeof(kept) FROM _dbfold_conflicts") == [("real", "integer")]


def test_losing_values_keep_their_bytes(estate):
    broken = "INSERT INTO settings VALUES ('k', CAST(x'ff00fe' AS TEXT), NULL, NULL);"
    estate.write("zoe.db", *settings(("k", b"\xff\x00", None, None))).write("a.db", SETTINGS, broken)
    outcome = estate.move(by_key("settings", "name"))
    found = outcome.query("SELECT lost, typeof(lost), kept FROM _dbfold_conflicts", text_factory=bytes)
    assert found == [(b"\xff\x00\xfe", b"text", b"\xff\x00")]


def test_conflicts_among_three_databases_are_settled_one_after_the_other(estate):
    for name, value in (("zoe.db", "z"), ("a.db", "a"), ("b.db", "b")):
        estate.write(name, *settings(("k", value, None, None)))
    outcome = estate.move(by_key("settings", "name", policy="keep-source"))
    assert outcome.query("SELECT value FROM settings") == [("b",)]
    assert [row[0:1] + row[4:] for row in outcome.conflicts()] == [("a.db", "z", "a"), ("b.db", "a", "b")]


def notes(*rows):
    return NOTES, ("INSERT INTO notes VALUES (?, ?, ?)", rows)


TAGS = "CREATE TABLE tags (note INTEGER REFERENCES notes(id), tag TEXT);"


def test_keep_both_gives_the_newcomer_another_id_and_its_children_follow(estate):
    estate.write("zoe.db", *notes((1, "z1", None), (2, "same", "x")), TAGS, "INSERT INTO tags VALUES (1, 'of z1');")
    estate.write(
        "a.db",
        *notes((1, "a1", None), (2, "same", "x"), (7, "a7", None)),
        TAGS,
        "INSERT INTO tags VALUES (1, 'of a1'), (2, 'of same'), (7, 'of a7'), (NULL, 'of none');",
    )
    outcome = estate.move(by_key("notes", "id", policy="keep-both"))
    assert outcome.query("SELECT id, body FROM notes") == [(1, "z1"), (2, "same"), (7, "a7"), (8, "a1")]
    assert sorted(outcome.query("SELECT tag, note FROM tags")) == [
        ("of a1", 8), ("of a7", 7), ("of none", None), ("of same", 2), ("of z1", 1),
    ]  # fmt: skip
    assert outcome.account("a.db", "notes") == {"rows": 3, "moved": 2, "identical": 1, "renumbered": 1}
    assert outcome.ids("notes") == [("a.db", 1, 8)]
    assert outcome.conflicts() == []


def test_keep_both_needs_ids_for_a_key(estate):
    estate.write("zoe.db", *settings(TARGET_ROW)).write("a.db", *settings(SOURCE_ROW))
    problem = estate.refuse_one(by_key("settings", "name", policy="keep-both"))
    assert "the key has to be an INTEGER PRIMARY KEY and nothing else" in problem.message


def test_a_key_that_a_database_does_not_have_is_refused(estate):
    for name in ("zoe.db", "a.db"):
        estate.write(name, *notes((1, "x", None)))
    problem = estate.refuse_one(by_key("notes", "title"))
    assert "has no column 'title'" in problem.message


@pytest.mark.parametrize("place", ["zoe.db", "a.db"])
def test_a_key_that_is_not_unique_is_refused(estate, place):
    for name in ("zoe.db", "a.db"):
        rows = [(1, "x", None), (2, "x" if name == place else "y", None)]
        estate.write(name, *notes(*rows))
    problem = estate.refuse_one(by_key("notes", "body"))
    assert "the key (body) is not unique" in problem.message
    assert "1 of its values" in problem.message


# -- ids and what refers to them --------------------------------------------------------------------------------------


def users(*names, first=1):
    return USERS, ("INSERT INTO users VALUES (?, ?)", list(enumerate(names, first)))


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


# -- no key -----------------------------------------------------------------------------------------------------------

LOG = "CREATE TABLE log (at TEXT, what);"


def test_without_a_key_all_rows_are_added_as_often_as_they_are_there(estate):
    estate.write("zoe.db", LOG, "INSERT INTO log VALUES ('1', 'x'), ('1', 'x'), ('2', NULL);")
    estate.write("a.db", LOG, "INSERT INTO log VALUES ('1', 'x'), ('2', NULL), ('2', NULL), (NULL, 1.0), (NULL, 1);")
    outcome = estate.move()
    assert outcome.query("SELECT at, what, typeof(what), count(*) FROM log GROUP BY 1, 2, 3 ORDER BY 1, 2, 3") == [
        (None, 1, "integer", 1), (None, 1.0, "real", 1), ("1", "x", "text", 3), ("2", None, "null", 3),
    ]  # fmt: skip
    assert outcome.account("a.db", "log") == {"rows": 5, "moved": 5}


def test_rows_without_a_key_that_refer_to_others_follow(estate):
    schema = "CREATE TABLE log (what TEXT, user_id INTEGER REFERENCES users(id));"
    estate.write("zoe.db", *users("ann", "bob"), schema, "INSERT INTO log VALUES ('x', 1), ('x', 2);")
    estate.write("a.db", *users("bob", "ann"), schema, "INSERT INTO log VALUES ('x', 1), ('x', 1), ('y', 2);")
    outcome = estate.move(by_key("users", "username"))
    assert sorted(outcome.query("SELECT * FROM log")) == [("x", 1), ("x", 2), ("x", 2), ("x", 2), ("y", 1)]


# -- other columns ----------------------------------------------------------------------------------------------------

NARROW = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE);"
WIDE = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, {});"
UNIFY = "tables: {users: {columns: unify, key: [username], on_conflict: keep-target}}\n"


def test_other_columns_need_a_decision(estate):
    estate.write("zoe.db", NARROW).write("a.db", WIDE.format("role TEXT"))
    problem = estate.refuse_one()
    assert problem.message == "also in zoe.db, with other columns: role only in a.db"
    assert problem.choices == (
        "tables: {users: {columns: unify, key: [username], on_conflict: keep-target}}",
        "rename: {a.db: {users: a_users}}",
    )


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ("role TEXT", "role INTEGER", "role is TEXT in zoe.db, INTEGER in a.db"),
        ("role TEXT", "role TEXT COLLATE NOCASE", "role is TEXT in zoe.db, TEXT COLLATE NOCASE in a.db"),
        ("role TEXT", "role TEXT NOT NULL", "role is TEXT in zoe.db, TEXT NOT NULL in a.db"),
        ("role TEXT", "role TEXT CHECK (role <> '')", "CHECK differs between zoe.db and a.db"),
        ("role TEXT", "role TEXT UNIQUE", "UNIQUE differs between zoe.db and a.db"),
        ("role TEXT", "role TEXT AS ('x')", "role is TEXT in zoe.db, TEXT in a.db"),
    ],
)
def test_other_definitions_of_a_column_need_a_decision(estate, one, other, message):
    estate.write("zoe.db", WIDE.format(one)).write("a.db", WIDE.format(other))
    problem = estate.refuse_one()
    assert message in problem.message
    assert problem.is_decision


@pytest.mark.parametrize("options", ["STRICT", "WITHOUT ROWID"])
def test_other_kinds_of_table_need_a_decision(estate, options):
    schema = "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)"
    estate.write("zoe.db", schema).write("a.db", f"{schema} {options}")
    assert "WITHOUT ROWID or STRICT differs" in estate.refuse_one().message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("role TEXT, age INTEGER", "age INTEGER, role TEXT"),
        ("role TEXT DEFAULT 'x'", "role TEXT DEFAULT 'y'"),
        ("role TEXT", '"ROLE" text'),
        ("role TEXT CHECK (role <> '')", "role TEXT CHECK(\n role <>'' /* no */)"),
    ],
)
def test_what_makes_no_difference_to_rows_needs_no_decision(estate, one, other):
    estate.write("zoe.db", WIDE.format(one), "INSERT INTO users (id, username, role) VALUES (1, 'ann', 'z');")
    estate.write("a.db", WIDE.format(other), "INSERT INTO users (id, username, role) VALUES (2, 'bob', 'a');")
    outcome = estate.move()
    assert outcome.query("SELECT username, role FROM users ORDER BY 1") == [("ann", "z"), ("bob", "a")]


@pytest.mark.parametrize(
    ("column", "filled", "definition"),
    [
        ("role TEXT", None, "role TEXT"),
        ("role TEXT NOT NULL", None, "role TEXT"),
        ("role TEXT NOT NULL DEFAULT 'guest'", "guest", "role TEXT NOT NULL DEFAULT 'guest'"),
        ("role TEXT DEFAULT ('a' || 'b')", None, "role TEXT DEFAULT ('a' || 'b')"),
        ("role INTEGER NOT NULL DEFAULT -1", -1, "role INTEGER NOT NULL DEFAULT -1"),
        ("role TEXT DEFAULT CURRENT_TIMESTAMP", None, "role TEXT DEFAULT CURRENT_TIMESTAMP"),
        ("role TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP", None, "role TEXT DEFAULT CURRENT_TIMESTAMP"),
        ("role TEXT CHECK (role <> '') COLLATE NOCASE", None, "role TEXT CHECK (role <> '') COLLATE NOCASE"),
    ],
)
@pytest.mark.parametrize("wide", ["a.db", "zoe.db"])
def test_rows_get_the_columns_of_all(estate, column, filled, definition, wide):
    """Neither a time of now nor anything else is made up for a row that has no value: a constant default, or NULL."""
    narrow = "zoe.db" if wide == "a.db" else "a.db"
    estate.write(narrow, NARROW, "INSERT INTO users VALUES (1, 'ann');")
    estate.write(wide, WIDE.format(column), "INSERT INTO users VALUES (2, 'bob', '7');")
    outcome = estate.move(UNIFY)
    value = 7 if "INTEGER" in column else "7"
    assert outcome.query("SELECT * FROM users ORDER BY username") == [(1, "ann", filled), (2, "bob", value)]
    assert definition in " ".join(outcome.sql("users").split())
    assert outcome.account("a.db", "users") == {"rows": 1, "moved": 1}


def test_three_databases_with_three_sets_of_columns(estate):
    estate.write("zoe.db", WIDE.format("email TEXT"), "INSERT INTO users VALUES (1, 'ann', 'ann@z');")
    estate.write("a.db", WIDE.format("role TEXT"), "INSERT INTO users VALUES (1, 'ann', 'admin'), (2, 'bob', 'guest');")
    estate.write(
        "b.db", WIDE.format("email TEXT, role TEXT, age INTEGER"),
        "INSERT INTO users VALUES (1, 'bob', 'bob@b', 'owner', 7), (2, 'cid', NULL, NULL, 8), (3, 'ann', 'x', 'y', 9);",
    )  # fmt: skip
    outcome = estate.move(UNIFY)
    assert outcome.query("SELECT username, email, role, age FROM users ORDER BY 1") == [
        ("ann", "ann@z", "admin", 9), ("bob", "bob@b", "guest", 7), ("cid", None, None, 8),
    ]  # fmt: skip
    assert outcome.account("a.db", "users") == {"rows": 2, "moved": 1, "mapped": 1}
    assert sorted(row[:1] + row[2:] for row in outcome.conflicts()) == [
        ("b.db", "'ann'", "email", "x", "ann@z"), ("b.db", "'ann'", "role", "y", "admin"),
        ("b.db", "'bob'", "role", "owner", "guest"),
    ]  # fmt: skip


@pytest.mark.parametrize("policy", ["fail", "keep-target", "keep-source", "fill-nulls"])
def test_a_value_from_the_only_database_that_has_the_column_is_no_conflict(estate, policy):
    """The default of a row that never had the column is nobody's value."""
    estate.write("zoe.db", NARROW, "INSERT INTO users VALUES (1, 'ann'), (2, 'bob');")
    estate.write(
        "auth.db", WIDE.format("role TEXT NOT NULL DEFAULT 'guest'"), "INSERT INTO users VALUES (9, 'ann', 'admin');"
    )
    outcome = estate.move(f"tables: {{users: {{columns: unify, key: [username], on_conflict: {policy}}}}}\n")
    assert outcome.query("SELECT * FROM users ORDER BY 1") == [(1, "ann", "admin"), (2, "bob", "guest")]
    assert outcome.conflicts() == []
    assert outcome.account("auth.db", "users") == {"rows": 1, "mapped": 1, "renumbered": 1}


def test_a_null_from_the_only_database_that_has_the_column_is_a_value(estate):
    estate.write("zoe.db", NARROW, "INSERT INTO users VALUES (1, 'ann');")
    estate.write("auth.db", WIDE.format("role TEXT DEFAULT 'guest'"), "INSERT INTO users VALUES (1, 'ann', NULL);")
    assert estate.move(UNIFY).query("SELECT role FROM users") == [(None,)]


def test_a_column_of_the_target_that_a_source_does_not_have_stays(estate):
    estate.write("zoe.db", WIDE.format("role TEXT NOT NULL"), "INSERT INTO users VALUES (1, 'ann', 'admin');")
    estate.write("a.db", NARROW, "INSERT INTO users VALUES (5, 'ann');")
    outcome = estate.move(UNIFY)
    assert outcome.query("SELECT * FROM users") == [(1, "ann", "admin")]
    assert outcome.account("a.db", "users") == {"rows": 1, "mapped": 1, "renumbered": 1}


def test_a_table_without_rowid_gets_columns(estate):
    schema = "CREATE TABLE t (k TEXT PRIMARY KEY, v{}) WITHOUT ROWID;"
    estate.write("zoe.db", schema.format(""), "INSERT INTO t VALUES ('z', 1);")
    estate.write("a.db", schema.format(", w DEFAULT 5"), "INSERT INTO t VALUES ('z', 1, 2), ('y', 1, 3);")
    outcome = estate.move("tables: {t: {columns: unify}}\n")
    assert outcome.query("SELECT * FROM t") == [("y", 1, 3), ("z", 1, 2)]


def test_the_target_keeps_indexes_triggers_and_rowids_of_a_table_that_gets_columns(estate):
    estate.write(
        "zoe.db", "CREATE TABLE log (what TEXT); INSERT INTO log (rowid, what) VALUES (7, 'x'), (90, 'y');",
        "CREATE INDEX by_what ON log (what); CREATE VIEW shown AS SELECT what FROM log;",
        "CREATE TRIGGER no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'never'); END;",
    )  # fmt: skip
    estate.write("a.db", "CREATE TABLE log (what TEXT, level INTEGER DEFAULT 3); INSERT INTO log VALUES ('z', 1);")
    outcome = estate.move("tables: {log: {columns: unify}}\n")
    assert outcome.query("SELECT rowid, * FROM log ORDER BY 1") == [(7, "x", 3), (90, "y", 3), (91, "z", 1)]
    assert (outcome.names("index"), outcome.names("trigger"), outcome.names("view")) == (
        ["by_what"], ["no_delete"], ["shown"],
    )  # fmt: skip


# -- unique, after all ------------------------------------------------------------------------------------------------


def test_a_unique_value_of_two_keys_is_refused_with_a_choice(estate):
    schema = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE);"
    estate.write("zoe.db", schema, "INSERT INTO users VALUES (1, 'x@');").write(
        "a.db", schema, "INSERT INTO users VALUES (2, 'x@');"
    )
    problem = estate.refuse_one()
    assert (problem.database, problem.table) == ("a.db", "users")
    assert problem.message.startswith("email is UNIQUE, and 1 rows that have other keys (id)")
    assert "tables: {users: {key: [email]}}" in problem.choices
    outcome = estate.move("tables: {users: {key: [email]}}\n")
    assert outcome.query("SELECT * FROM users") == [(1, "x@")]


@pytest.mark.parametrize("policy", ["keep-source", "fill-nulls"])
def test_a_value_that_is_taken_over_and_is_another_rows_is_refused(estate, policy):
    schema = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE);"
    estate.write("zoe.db", schema, "INSERT INTO users VALUES (1, NULL), (2, 'x@');")
    estate.write("a.db", schema, "INSERT INTO users VALUES (1, 'x@');")
    problem = estate.refuse_one(by_key("users", "id", policy=policy))
    assert (problem.database, problem.table) == ("a.db", "users")
    assert "UNIQUE constraint failed: users.email" in problem.message


@pytest.mark.parametrize("index", ["users (lower(email))", "users (email) WHERE email <> ''"])
def test_a_unique_index_over_an_expression_or_some_rows_is_refused(estate, index):
    schema = f"CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); CREATE UNIQUE INDEX one ON {index};"
    estate.write("zoe.db", schema, "INSERT INTO users VALUES (1, 'x@');").write(
        "a.db", schema, "INSERT INTO users VALUES (2, 'x@');"
    )
    problem = estate.refuse_one()
    assert "UNIQUE constraint failed" in problem.message


@pytest.mark.parametrize(
    ("schema", "index"),
    [
        ("CREATE TABLE t (a, b); CREATE UNIQUE INDEX i ON t (a) WHERE b;", ""),
        ("CREATE TABLE t (a, b);", "CREATE UNIQUE INDEX i ON t (a) WHERE b;"),
    ],
)
def test_a_unique_index_without_a_key_stops_the_move_before_anything_changes(estate, schema, index):
    estate.write("zoe.db", schema, "INSERT INTO t VALUES (1, 1);").write(
        "a.db", schema, index, "INSERT INTO t VALUES (1, 1);"
    )
    before = estate.contents()
    with pytest.raises(DatabaseError, match=r"UNIQUE constraint failed: t\.a .*; mend those rows"):
        datamove.run(estate.policy(), estate.data)
    assert estate.contents().items() >= before.items()


def test_unique_values_may_be_null_as_often_as_they_like(estate):
    schema = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE);"
    estate.write("zoe.db", schema, "INSERT INTO users VALUES (1, NULL);").write(
        "a.db", schema, "INSERT INTO users VALUES (2, NULL);"
    )
    assert estate.move().query("SELECT * FROM users") == [(1, None), (2, None)]


# -- keys -------------------------------------------------------------------------------------------------------------

NOCASE = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE COLLATE NOCASE, age INTEGER);"


@pytest.mark.parametrize("policy", ["keep-target", "keep-source"])
def test_keys_are_compared_as_the_table_compares_them(estate, policy):
    """Ann and ann are one user. The spelling that was there first stays, whoever wins; the other is not lost."""
    estate.write("zoe.db", NOCASE, "INSERT INTO users VALUES (1, 'Ann', 5);")
    estate.write("a.db", NOCASE, "INSERT INTO users VALUES (8, 'ann', 5), (9, 'Bob', 6);")
    outcome = estate.move(by_key("users", "username", policy=policy))
    assert outcome.query("SELECT id, username FROM users ORDER BY id") == [(1, "Ann"), (9, "Bob")]
    assert outcome.account("a.db", "users") == {"rows": 2, "moved": 1, "conflict": 1, "renumbered": 1}
    assert outcome.conflicts() == [("a.db", "users", "'Ann'", "username", "ann", "Ann")]


def test_numbers_that_are_equal_are_one_key(estate):
    """1 and 1.0 are one value of an untyped key; which one it was is not lost."""
    schema = "CREATE TABLE t (k UNIQUE, v TEXT);"
    estate.write("zoe.db", schema, "INSERT INTO t VALUES (1, 'x');").write(
        "a.db", schema, "INSERT INTO t VALUES (1.0, 'x');"
    )
    outcome = estate.move(by_key("t", "k"))
    assert outcome.query("SELECT typeof(k), v FROM t") == [("integer", "x")]
    assert outcome.account("a.db", "t") == {"rows": 1, "conflict": 1}


def test_equal_primary_keys_of_another_storage_class_are_one_row(estate):
    schema = "CREATE TABLE t (k PRIMARY KEY, v TEXT);"
    estate.write("zoe.db", schema, "INSERT INTO t VALUES (1, 'x');").write(
        "a.db", schema, "INSERT INTO t VALUES (1.0, 'x');"
    )
    outcome = estate.move()
    assert outcome.query("SELECT typeof(k), v FROM t") == [("integer", "x")]
    assert outcome.query("SELECT typeof(old), typeof(new) FROM _dbfold_ids") == [("real", "integer")]


def test_a_key_that_is_spelt_otherwise_is_asked_about(estate):
    estate.write("zoe.db", NOCASE, "INSERT INTO users VALUES (1, 'Ann', 5);")
    estate.write("a.db", NOCASE, "INSERT INTO users VALUES (1, 'ann', 5);")
    problem = estate.refuse_one("tables: {users: {key: [username]}}\n")
    assert "differ in username; which one stays?" in problem.message


def test_null_in_a_key_is_equal_to_nothing(estate):
    schema = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, age INTEGER);"
    estate.write("zoe.db", schema, "INSERT INTO users VALUES (1, NULL, 5), (2, 'ann', 6);")
    estate.write("a.db", schema, "INSERT INTO users VALUES (1, NULL, 5), (3, NULL, 7), (4, 'ann', 6);")
    outcome = estate.move(by_key("users", "username"))
    assert outcome.query("SELECT * FROM users") == [(1, None, 5), (2, "ann", 6), (3, None, 7), (5, None, 5)]
    assert outcome.account("a.db", "users") == {"rows": 3, "moved": 2, "mapped": 1, "renumbered": 2}


def test_null_in_one_column_of_a_key_is_equal_to_nothing(estate):
    schema = "CREATE TABLE t (a TEXT, b TEXT, v TEXT, UNIQUE (a, b));"
    estate.write("zoe.db", schema, "INSERT INTO t VALUES ('x', NULL, '1'), ('x', 'y', '2');")
    estate.write("a.db", schema, "INSERT INTO t VALUES ('x', NULL, '1'), ('x', 'y', '2');")
    outcome = estate.move(by_key("t", "a", "b"))
    assert outcome.query("SELECT count(*) FROM t") == [(3,)]
    assert outcome.account("a.db", "t") == {"rows": 2, "moved": 1, "identical": 1}


# -- counters and limits ----------------------------------------------------------------------------------------------

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


# -- names ------------------------------------------------------------------------------------------------------------

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
