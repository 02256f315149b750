"""What the checks look at."""

from __future__ import annotations


def test_everything_is_attached_and_known(evidence):
    found = evidence()
    assert found.schemas == {"zoe.db": "d0", "a.db": "d1"}
    assert found.base is found.before["zoe.db"]
    assert list(found.before["a.db"].tables) == ["users", "posts", "log"]
    assert {"users", "posts", "log", "kept", "_dbfold_moves"} <= set(found.after.tables)


def test_rows_can_be_asked_for_in_any_of_them(evidence):
    found = evidence()
    move = found.move_into("a.db", "USERS")
    assert (move.name, found.move_into("zoe.db", "users")) == ("users", None)
    assert found.source("a.db", move.source) == 'd1."users"'
    assert found.count(f"SELECT count(*) FROM {found.source('a.db', move.source)}") == 3
    assert found.count("SELECT count(*) FROM t.users") == 4
