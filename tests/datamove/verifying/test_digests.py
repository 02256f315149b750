"""The SHA3-256 of tables that moved unchanged, and how long queries take."""

from __future__ import annotations

import shutil
from contextlib import closing

import apsw
from pieces import plan_of, write

from dbfold.datamove.building.build import build
from dbfold.datamove.verifying.digests import digests
from dbfold.datamove.verifying.timing import timings


def by_table(found):
    return {(database, table): (before, after) for database, table, before, after in found}


def moved(tmp_path, *statements):
    """Two tables that move as they are; then the statements are run on the new file."""
    databases = {
        "zoe.db": ("CREATE TABLE own (x)",),
        "a.db": (
            "CREATE TABLE settings (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
            "CREATE TABLE log (x)",
            "INSERT INTO settings VALUES ('b', 1), ('a', x'00')",
            "INSERT INTO log VALUES (1), (1.0), (NULL)",
        ),
    }
    plan = plan_of(databases)
    copies = {name: write(tmp_path / name, *sql) for name, sql in databases.items()}
    path = tmp_path / "new.db"
    shutil.copyfile(copies["zoe.db"], path)
    build(plan, copies, path, tmp_path / "scratch")
    with closing(apsw.Connection(str(path))) as connection:
        for statement in statements:
            connection.execute(statement)
    return path, plan, copies


def test_tables_that_moved_unchanged_have_the_digest_that_they_had(tmp_path):
    found = by_table(digests(*moved(tmp_path)))
    assert all(before == after and len(before) == 64 for before, after in found.values())
    assert found["a.db", "settings"] != found["a.db", "log"]


def test_a_storage_class_makes_another_digest(tmp_path):
    found = by_table(digests(*moved(tmp_path, "UPDATE log SET x = 1 WHERE rowid = 2")))
    assert found["a.db", "log"][0] != found["a.db", "log"][1]
    assert found["a.db", "settings"][0] == found["a.db", "settings"][1]


def test_merged_and_translated_tables_have_no_digest_of_before(finished):
    plan, copies, path, _ = finished
    assert set(by_table(digests(path, plan, copies)).values()) == {(None, None)}


def test_two_kinds_of_queries_are_timed_then_and_now(finished):
    plan, copies, path, _ = finished
    found = timings(path, plan, copies)
    assert [name for name, _, _ in found] == ["count the rows", "look rows up by key"]
    assert all(before > 0 and after > 0 for _, before, after in found)
