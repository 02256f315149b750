"""Rows of several databases with the same key: which are the same, and which one stays."""

from __future__ import annotations

import pytest
from shared_tables import LOG, SETTINGS, by_key, notes, settings, users


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
