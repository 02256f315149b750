"""SQLite files are found by their content, in few places, and links and hidden files are passed over."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from dbfold.references.drafting.sqlite_files import sqlite_files


@pytest.fixture
def create(tmp_path):
    """Creates a database below `tmp_path/project` and returns its size."""

    def write(name):
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE t (x)")
            connection.commit()
        return path.stat().st_size

    return write


PLACES = {
    "at the top": ("zoe.db", (), ["zoe.db"]),
    "whatever it is called": ("storage.bin", (), ["storage.bin"]),
    "directly below": ("data/zoe.db", (), ["data/zoe.db"]),
    "further below": ("app/data/zoe.db", (), []),
    "further below, where code says so": ("app/data/zoe.db", ("app/data",), ["app/data/zoe.db"]),
    "named twice": ("data/zoe.db", ("data",), ["data/zoe.db"]),
    "hidden": (".coverage", (), []),
    "in a hidden directory": (".cache/zoe.db", (), []),
    "of a dependency": ("node_modules/zoe.db", (), []),
    "of an environment": ("venv/zoe.db", (), []),
    "in a directory that is not there": ("zoe.db", ("nowhere",), ["zoe.db"]),
}


@pytest.mark.parametrize(("name", "directories", "expected"), PLACES.values(), ids=PLACES)
def test_places(create, tmp_path, name, directories, expected):
    size = create(name)
    assert sqlite_files(tmp_path / "project", directories) == dict.fromkeys(expected, size)


@pytest.mark.parametrize("outside", ["..", "../other", "/{tmp}/other"])
def test_directories_outside_of_the_tree_are_not_looked_at(create, tmp_path, outside):
    create("zoe.db")
    create("../other/secret.db")
    create("../secret.db")
    found = sqlite_files(tmp_path / "project", [outside.format(tmp=tmp_path).replace("//", "/")])
    assert list(found) == ["zoe.db"]


def test_what_is_no_database_is_passed_over(create, tmp_path):
    create("zoe.db")
    root = tmp_path / "project"
    (root / "text.db").write_text("no database")
    (root / "empty.db").touch()
    (root / "directory.db").mkdir()
    (root / "link.db").symlink_to("zoe.db")
    (root / "linked").symlink_to(".")
    assert list(sqlite_files(root, ())) == ["zoe.db"]


def test_a_tree_that_is_not_there_holds_none(tmp_path):
    assert sqlite_files(tmp_path / "missing", ()) == {}
