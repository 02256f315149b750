"""The journey as values, as a page and as JSON; and the gate before the move."""

from __future__ import annotations

import json

import pytest

from dbfold.journey.checking import check
from dbfold.journey.documents import overview_document, sql_document, summary
from dbfold.journey.overview import overview
from dbfold.journey.text import overview_lines, sql_lines, totals
from dbfold.policy.loading import load_policy

USERS = "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT)"
OTHERS = "CREATE TABLE IF NOT EXISTS users (user_id TEXT PRIMARY KEY, role TEXT)"


@pytest.fixture
def checked(application):
    return lambda: check(load_policy(application.policy), jobs=1, cached=False)


@pytest.fixture
def page(application, checked):
    return lambda: overview(load_policy(application.policy), checked())


@pytest.fixture
def colliding(application):
    """Two databases with a table of one name and other columns, and one with its own."""
    application.service("a", "main.db", USERS, "SELECT name FROM users")
    application.service("b", "one.db", OTHERS, "SELECT role FROM users", "SELECT count(*) FROM users")
    application.service("c", "two.db", "CREATE TABLE own (a)", "SELECT a FROM own")
    return application


def test_each_database_that_holds_something_has_a_row(colliding, page):
    found = page()
    rows = {
        row.database: (row.becomes, row.references, row.tables, row.collisions, row.statements, row.breaks)
        for row in found.rows
    }
    assert rows == {
        "main.db": ("primary", 1, 1, 1, 2, 0),
        "one.db": ("-> main.db", 1, 1, 1, 3, 1),
        "two.db": ("-> main.db", 1, 1, 0, 2, 0),
    }
    assert {row.database: row.waits_for for row in found.rows} == {
        "main.db": ("users",),
        "one.db": ("users",),
        "two.db": (),
    }
    assert ([one.table for one in found.proposals], found.problems, found.is_open) == (["users"], (), True)


@pytest.mark.parametrize(
    ("decisions", "service", "step", "is_open"),
    [
        ("", ("b", "one.db", OTHERS), "decide, or take the proposals with `dbfold plan --write`", True),
        (
            "rename: {one.db: {users: logins}}\n",
            ("b", "one.db", OTHERS, "SELECT role FROM users"),
            "`dbfold rewrite` for the code, then `dbfold move run` for the rows",
            False,
        ),
        ("", ("b", "log.db", "CREATE TABLE l (a)"), "`dbfold rewrite` for the code", False),
    ],
)
def test_what_comes_next(application, page, decisions, service, step, is_open):
    application.decide(decisions)
    application.service("a", "main.db", USERS)
    application.service(*service)
    found = page()
    assert found.next_step.startswith(step)
    assert found.is_open is is_open


def test_code_that_needs_no_rewrite_goes_on_with_the_rows(application, page):
    application.database("one.db", "CREATE TABLE t (a)")
    found = page()
    assert (found.next_step, [row.database for row in found.rows]) == ("`dbfold move run`", ["one.db"])


def test_as_json(colliding, page):
    found = page()
    document = json.loads(json.dumps(overview_document(found)))
    assert list(document) == ["version", "databases", "collisions", "problems", "summary", "next", "errors"]
    assert [row["database"] for row in document["databases"]] == ["main.db", "one.db", "two.db"]
    (collision,) = document["collisions"]
    assert (collision["target"], collision["table"], collision["databases"]) == (
        "main.db",
        "users",
        ["main.db", "one.db"],
    )
    assert document["next"] == found.next_step
    assert document["summary"] == summary(found.checked)


def test_the_summary_counts_every_effect(colliding, checked):
    colliding.write("services/d/broken.py", 'import sqlite3\nsqlite3.connect("/app/data/one.db").execute("SELECT 1"\n')
    counts = summary(checked())
    effects = ("elsewhere", "same", "fails-already", "unchecked", "changes", "breaks")
    assert sum(counts[effect] for effect in effects) == counts["statements"] == 7
    assert (counts["breaks"], counts["errors"]) == (1, 1)


def test_statements_as_json(application, checked):
    application.decide("rename: {one.db: {users: logins}}\n")
    application.service("b", "one.db", OTHERS, "SELECT role FROM users", "SELECT missing FROM users")
    document = json.loads(json.dumps(sql_document(checked())))
    by_sql = {one["sql"]: one for one in document["statements"]}
    one = by_sql["SELECT role FROM users"]
    assert one["new_sql"] == "SELECT role FROM logins"
    assert (one["file"], one["line"], one["databases"], one["bound"], one["static"], one["effect"]) == (
        *("services/b/store.py", 7, ["one.db"], "connection", True),
        "same",
    )
    failing = by_sql["SELECT missing FROM users"]
    assert (failing["effect"], failing["message"]) == ("fails-already", "no such column: missing")


# -- for people -------------------------------------------------------------------------------------------------------


def test_statements_that_matter_are_listed_and_the_others_counted(colliding, checked):
    lines = list(sql_lines(checked()))
    assert lines[0] == "Schemas: what the code creates, because none of the databases is here (--data-dir)"
    assert "1 statement breaks: SQLite accepted it, and does not any more:" in lines
    assert not any("stay as they are" in line for line in lines)
    assert any("stay as they are" in line for line in sql_lines(checked(), everything=True))
    assert lines[-1] == totals(checked().judged.judgements) == "7 statements in 3 files: 1 break, 2 change, 4 same"


def test_nothing_to_tell(application, checked):
    application.write("README.md", "Nothing yet.")
    assert list(sql_lines(checked()))[-1] == "0 statements in 0 files: none"


def test_where_schemas_come_from(colliding, checked):
    colliding.database("main.db", USERS)
    assert next(sql_lines(checked())) == "Schemas: 1 database; what the code creates for one.db, two.db"


def test_a_long_statement_is_cut_and_its_holes_are_shown(application, checked):
    sql = f"SELECT {{x}}\n    FROM nowhere WHERE a = '{'x' * 80}'"
    application.write(
        "services/a/store.py",
        f'import sqlite3\n\n\ndef run(x):\n    sqlite3.connect("/app/data/one.db").execute(f"""{sql}""")\n',
    )
    (line,) = [line for line in sql_lines(checked(), everything=True) if "store.py" in line]
    shown = line.partition(" | ")[2]
    assert shown.startswith("SELECT {…} FROM nowhere WHERE a = 'xxx")
    assert (len(shown), shown[-1]) == (72, "…")


def test_the_page(colliding, page):
    lines = list(overview_lines(page()))
    assert lines[2].split() == (
        "database becomes references to rewrite review tables collisions statements break waits for".split()
    )
    assert "Collisions to be decided (1):" in lines
    assert "  users: in main.db, one.db, with different columns" in lines
    assert sum(line.startswith("    proposed: ") for line in lines) == 1
    assert lines[lines.index("1 statement would break (see `dbfold sql`):") + 1] == "  services/b/store.py: 1"
    assert lines[-1] == "next: decide, or take the proposals with `dbfold plan --write`"
