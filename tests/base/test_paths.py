"""A path from the command line becomes absolute, a link's own name stays, and what cannot be reached is one error."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbfold.base.errors import UserError
from dbfold.base.paths import resolved


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """`real/file` and `real/sub/`; `links/to_dir` → `real`, `links/to_file` → `real/file`, `links/loop` → itself."""
    root = tmp_path.resolve()
    (root / "real" / "sub").mkdir(parents=True)
    (root / "real" / "file").write_text("")
    (root / "links").mkdir()
    (root / "links" / "to_dir").symlink_to(root / "real")
    (root / "links" / "to_file").symlink_to(root / "real" / "file")
    (root / "links" / "loop").symlink_to("loop")
    monkeypatch.chdir(root)
    return root


CASES = {
    "a relative file": ("real/file", "real/file"),
    "the current directory": (".", ""),
    "a directory that is a link": ("links/to_dir", "real"),
    "a file below a directory that is a link": ("links/to_dir/file", "real/file"),
    "a file that is a link keeps its name": ("links/to_file", "links/to_file"),
    "dots in the directories": ("links/../real/./file", "real/file"),
    "what is not there": ("links/to_dir/missing", "real/missing"),
}


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_a_path_is_resolved_but_for_the_name_of_a_file(tree, given, expected):
    path = Path(given)
    assert resolved(path) == tree / expected


def test_an_absolute_path_is_not_below_the_current_directory(tree, tmp_path_factory):
    other = tmp_path_factory.mktemp("other").resolve()
    assert resolved(other) == other


def test_a_directory_that_leads_to_itself_is_an_error_that_names_it(tree):
    with pytest.raises(UserError, match=r"^links/loop/file: (a symbolic link that leads to itself|cannot be reached)"):
        resolved(Path("links/loop/file"))
