"""Which files hold a word."""

from __future__ import annotations

import pytest

from dbfold.references.discovery import SourceFile
from dbfold.references.words import Words

FILES = {
    "a.py": "import store\nstore.path",
    "b.py": "restore = store2 = 'a store-room'",
    "c.md": "“store”, caf\u00e9_name",
    "d.py": "",
}


@pytest.fixture
def words():
    files = [SourceFile(f"/p/{name}", name, name, text.encode()) for name, text in FILES.items()]
    return Words([*files, SourceFile("/is/not/there.py", "gone.py", "gone.py")])


@pytest.mark.parametrize(
    ("word", "files"),
    [
        ("store", ["a.py", "b.py", "c.md"]),
        ("restore", ["b.py"]),
        ("tore", []),
        ("caf\u00e9_name", ["c.md"]),
        ("store-room", ["b.py"]),
        ("room-store-room", ["b.py"]),
        ("\u00e9", ["a.py", "b.py", "c.md", "d.py", "gone.py"]),
    ],
)
def test_the_files_that_may_hold_a_word_are_found_in_their_order(words, word, files):
    assert [file.in_policy for file in words.naming(word)] == files
