"""What all steps of a merged table ask about it."""

from __future__ import annotations

from pieces import plan_of

from dbfold.datamove.building.merged_table import MergedTable
from dbfold.datamove.building.step import Context
from dbfold.datamove.building.strategies import KeepBoth
from dbfold.policy.model import ColumnsPolicy, OnConflict

T = "CREATE TABLE t ({})"


def merged(*columns, number=0, **settings):
    """The merge of the last of these tables into those before it."""
    names = ("zoe.db", "a.db", "b.db", "c.db")
    plan = plan_of(dict(zip(names, map(T.format, columns), strict=False)), tables={"t": settings})
    return MergedTable(Context(plan, 1), plan.moves[number])


def test_columns_in_which_rows_may_differ():
    same = "id INTEGER PRIMARY KEY, name TEXT UNIQUE, x"
    assert merged(same, same).shared == ["name", "x"]
    assert merged(same, same, key=("name",)).shared == ["x"], "a text that is equal is equal to the byte"


def test_a_key_that_is_equal_may_differ_all_the_same():
    loose = "name TEXT COLLATE NOCASE UNIQUE, x"
    assert merged(loose, loose).shared == ["name", "x"]
    untyped = "k UNIQUE, x"  # 1 and 1.0
    assert merged(untyped, untyped).shared == ["k", "x"]


def test_which_database_has_brought_a_column():
    unify = {"columns": ColumnsPolicy.UNIFY}
    one = merged("k TEXT PRIMARY KEY, x", "k TEXT PRIMARY KEY, y", "k TEXT PRIMARY KEY, y, z", number=1, **unify)
    assert one.index == 2
    assert one.provided("k") is None
    assert "& 1 <> 0" in one.provided("x")
    assert "& 2 <> 0" in one.provided("y")
    assert "& 0 <> 0" in one.provided("z")
    assert (one.shared, one.new_columns) == (["y"], ["y", "z"])


def test_all_merges_into_one_table_share_its_origins():
    columns = ("k TEXT PRIMARY KEY, x", "k TEXT PRIMARY KEY, y", "k TEXT PRIMARY KEY, z")
    unify = {"columns": ColumnsPolicy.UNIFY}
    first, second = (merged(*columns, number=number, **unify) for number in (0, 1))
    assert first.provenance == second.provenance
    assert (first.stage_table, second.stage_table) == ("work.s0", "work.s1")


def test_the_id_is_named_as_the_source_names_it():
    one = merged("Id INTEGER PRIMARY KEY, name UNIQUE", "ID INTEGER PRIMARY KEY, name UNIQUE", key=("name",))
    assert one.id_column == "ID"
    assert merged("a UNIQUE, b", "a UNIQUE, b").id_column is None


def test_conditions_name_every_column_of_the_key():
    one = merged("a, b, PRIMARY KEY (a, b)", "a, b, PRIMARY KEY (a, b)")
    assert one.key == '"a", "b"'
    assert one.key_is_filled == '"a" IS NOT NULL AND "b" IS NOT NULL'
    assert one.same_key == 't."a" = s."a" AND t."b" = s."b"'


def test_both_rows_stay_where_the_policy_says_so():
    same = "id INTEGER PRIMARY KEY, x"
    one, other = merged(same, same), merged(same, same, on_conflict=OnConflict.KEEP_BOTH)
    assert isinstance(other.strategy, KeepBoth)
    assert one.is_new == '"dbfold.match" IS NULL'
    assert other.is_new == '("dbfold.match" IS NULL OR "dbfold.same" IS NULL)'


def test_scratch_columns_compare_as_the_final_ones_do():
    one = merged("a TEXT COLLATE NOCASE PRIMARY KEY", "a TEXT COLLATE NOCASE PRIMARY KEY")
    assert one.declared("x", one.final.definition.column("a")) == '"x" TEXT COLLATE "NOCASE"'
    assert one.declared("x", None) == '"x" BLOB COLLATE "BINARY"'
