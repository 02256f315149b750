"""What other modules say of a path is read anew where they have changed."""

from __future__ import annotations

from dbfold.base.spans import Span
from dbfold.references.bases import resolved
from dbfold.references.model import Kind, Site


def text(root):
    site = Site("{DATA}/zoe.db", Kind.PATH_JOIN, Span(1, 1, 1, 1), imported=(("DATA", "settings.DATA"),))
    return resolved(root, "main.py", site).text


def test_a_directory(tmp_path):
    (tmp_path / "settings.py").write_text('DATA = "data"\n')
    assert text(tmp_path) == "data/zoe.db"


def test_a_module_that_changes(tmp_path):
    (tmp_path / "settings.py").write_text('DATA = "data"\n')
    assert text(tmp_path) == "data/zoe.db"
    (tmp_path / "settings.py").write_text('DATA = "elsewhere"\n')
    assert text(tmp_path) == "elsewhere/zoe.db"


def test_a_chain_of_modules(tmp_path):
    (tmp_path / "settings.py").write_text("from places import DATA\n")
    (tmp_path / "places.py").write_text('BASE = "/srv"\nDATA = f"{BASE}/data"\n')
    assert text(tmp_path) == "/srv/data/zoe.db"


def test_modules_that_import_each_other(tmp_path):
    (tmp_path / "settings.py").write_text("from places import DATA\n")
    (tmp_path / "places.py").write_text("from settings import DATA\n")
    assert text(tmp_path) == "{DATA}/zoe.db"


def test_what_does_not_parse_or_is_not_there(tmp_path):
    assert text(tmp_path) == "{DATA}/zoe.db"
    (tmp_path / "settings.py").write_text("DATA = (\n")
    assert text(tmp_path) == "{DATA}/zoe.db"
