"""What other files take from a module, by their text."""

from __future__ import annotations

import pytest

from dbfold.codemods.importers import is_for_others, taken_names
from dbfold.references.discovery import SourceFile
from dbfold.references.words import Words

STORE = b"import os\nfrom pathlib import (\n    Path,\n    PurePath as Pure,\n)\n"


def taken(other, name="other.py"):
    files = [SourceFile("/p/store.py", "store.py", "store.py", STORE), SourceFile(f"/p/{name}", name, name, other)]
    return taken_names(Words(files), {"store.py": STORE})["store.py"]


TAKEN = {
    b"import store\nstore.os.sep\n": {"os"},
    b"import store as s\ns.Path\n": {"Path"},
    b"from .store import Pure\n": {"Pure"},
    b"from app.store import DB, \\\n    os\n": {"os"},
    b"target = 'app.store:os'\n": {"os"},
    b"patch.object(store, 'Path')\n": {"Path"},
    b"import store, os\nfrom pathlib import Path\nos.sep, Path('a')\n": set(),
    b"import store, pathlib\npathlib.Path('a')\n": set(),
    b"x.os.sep\n": set(),
    b"restore.os\n": set(),
}


@pytest.mark.parametrize(("other", "expected"), TAKEN.items(), ids=[one.decode() for one in TAKEN])
def test_names_that_are_taken(other, expected):
    assert taken(other) == expected


@pytest.mark.parametrize(
    "other",
    [
        b"from store import *\n",
        b"from app.store import (*)\n",
        b"import store\nfor name in dir(store): pass\n",
        b"import store\nvars(store)\n",
        b"import store\ngetattr(store, name)\n",
        b"import store\nstore.__dict__\n",
    ],
)
def test_all_names_may_be_taken(other):
    assert taken(other) >= {"os", "Path", "Pure"}


def test_a_module_takes_nothing_from_itself_and_one_without_imports_gives_nothing():
    alone = SourceFile("/p/store.py", "store.py", "store.py", STORE + b"store.os\n")
    assert taken_names(Words([alone]), {"store.py": STORE})["store.py"] == set()
    assert taken_names(Words([alone]), {"store.py": b"x = 1\n"}) == {}


def test_a_file_that_cannot_be_read_takes_nothing(tmp_path):
    gone = SourceFile(str(tmp_path / "gone.py"), "gone.py", "gone.py")
    assert taken_names(Words([gone]), {"store.py": STORE})["store.py"] == set()


@pytest.mark.parametrize(("file", "expected"), [("a/__init__.py", True), ("a/b.pyi", True), ("a/init.py", False)])
def test_modules_whose_imports_are_for_others(file, expected):
    assert is_for_others(file) is expected
