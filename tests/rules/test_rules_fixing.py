"""What `--fix` and `--write-baseline` do, as values: files, what is left, and how a baseline changes."""

from __future__ import annotations

import pytest

from dbfold.policy.loading import load_policy
from dbfold.references.model import Action
from dbfold.rules.baseline import read_baseline
from dbfold.rules.checking import scope_of
from dbfold.rules.fixing import fix, prepared_fix, write_baseline

FIXABLE = 'import sqlite3\n\nc = sqlite3.connect("/app/data/shop.db")\n'
STRAY = 'import sqlite3\n\nc = sqlite3.connect("/app/data/notes.db")\n'


@pytest.fixture
def scope(shop):
    """The scope of the shop, or of some of it."""

    def make(*names):
        targets = [shop.root / name for name in names] or [shop.root]
        return scope_of(targets, load_policy(shop.root / "dbfold.yaml"), shop.root, cached=False)

    return make


def entries(shop):
    return [(entry.file, entry.code) for entry in read_baseline(shop.root / "dbfold-baseline.json")]


def told(tolerated):
    return tolerated.entries, tolerated.new, tolerated.gone


def test_a_preparation_writes_nothing(shop, scope):
    shop.write("services/shop/store.py", FIXABLE)
    before = shop.tree()
    assert [one.verdict.action for one in prepared_fix(scope(), jobs=1).scan.references] == [Action.REWRITE]
    assert shop.tree() == before


def test_a_fix_tells_what_it_wrote_and_what_not(shop, scope):
    shop.write("services/shop/store.py", FIXABLE)
    shop.write("services/shop/stray.py", STRAY)
    shop.write("services/shop/broken.py", 'def f(:\n    "/app/data/shop.db"\n')
    fixed = fix(scope(), jobs=1)
    assert set(fixed.files) == {"services/shop/store.py", "services/shop/database_config.py"}
    assert [error.file for error in fixed.errors] == ["services/shop/broken.py"]
    assert fix(scope(), jobs=1).files == ()


def test_a_baseline_grows_stays_and_shrinks(shop, scope):
    shop.write("services/shop/one.py", STRAY)
    assert told(write_baseline(scope(), jobs=1)) == (1, 1, 0)
    assert told(write_baseline(scope(), jobs=1)) == (1, 0, 0)
    shop.write("services/shop/two.py", STRAY)
    shop.write("services/shop/one.py", "x = 1\n")
    assert told(write_baseline(scope(), jobs=1)) == (1, 1, 1)
    assert entries(shop) == [("services/shop/two.py", "DBF006")]


def test_shrinking_tolerates_nothing_new(shop, scope):
    shop.write("services/shop/one.py", STRAY)
    write_baseline(scope(), jobs=1)
    shop.write("services/shop/two.py", STRAY)
    assert told(write_baseline(scope(), shrink_only=True, jobs=1)) == (1, 0, 0)
    assert entries(shop) == [("services/shop/one.py", "DBF006")]


def test_an_empty_baseline_is_no_file(shop, scope):
    shop.write("services/shop/one.py", "x = 1\n")
    assert told(write_baseline(scope(), jobs=1)) == (0, 0, 0)
    assert not (shop.root / "dbfold-baseline.json").exists()
    shop.write("services/shop/one.py", STRAY)
    write_baseline(scope(), jobs=1)
    (shop.root / "services/shop/one.py").unlink()
    shop.write("services/shop/two.py", "x = 1\n")
    assert told(write_baseline(scope(), jobs=1)) == (0, 0, 1)
    assert not (shop.root / "dbfold-baseline.json").exists()


def test_entries_of_files_out_of_scope_stay(shop, scope):
    shop.write("services/shop/one.py", STRAY)
    shop.write("services/mail/two.py", STRAY)
    write_baseline(scope(), jobs=1)
    shop.write("services/shop/one.py", "x = 1\n")
    shop.write("services/mail/two.py", "x = 1\n")
    assert told(write_baseline(scope("services/shop"), jobs=1)) == (1, 0, 1)
    assert entries(shop) == [("services/mail/two.py", "DBF006")]


def test_entries_of_a_file_that_cannot_be_checked_stay(shop, scope):
    shop.write("services/shop/one.py", STRAY)
    write_baseline(scope(), jobs=1)
    shop.write("services/shop/one.py", STRAY + "def f(:\n")
    tolerated = write_baseline(scope(), jobs=1)
    assert [error.file for error in tolerated.errors] == ["services/shop/one.py"]
    assert ("services/shop/one.py", "DBF006") in entries(shop)


def test_the_same_baseline_is_not_written_again(shop, scope):
    shop.write("services/shop/one.py", STRAY)
    write_baseline(scope(), jobs=1)
    before = (shop.root / "dbfold-baseline.json").stat()
    write_baseline(scope(), jobs=1)
    after = (shop.root / "dbfold-baseline.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
