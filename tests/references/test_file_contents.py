"""The bytes of a file: from the disk, from the caller, and what is too large to be source."""

from __future__ import annotations

import pytest

from dbfold.references import contents
from dbfold.references.contents import read
from dbfold.references.discovery import SourceFile


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "store.py"
    path.write_bytes(b"on the disk\r\n")
    return SourceFile(str(path), "store.py", "store.py")


def test_the_disk(file):
    assert read(file) == b"on the disk\r\n"


@pytest.mark.parametrize("content", [b"staged", b""])
def test_given_content_is_taken_instead(content):
    """An empty one as well, and of a file that the disk does not have."""
    assert read(SourceFile("/no/such/file.py", "file.py", "file.py", content)) == content


def test_a_file_that_is_gone():
    with pytest.raises(FileNotFoundError):
        read(SourceFile("/no/such/file.py", "file.py", "file.py"))


@pytest.mark.parametrize("size", [0, 9, 10])
def test_up_to_the_limit(file, monkeypatch, tmp_path, size):
    monkeypatch.setattr(contents, "_LARGEST_FILE", 10)
    (tmp_path / "store.py").write_bytes(b"x" * size)
    assert read(file) == b"x" * size


def test_text_beyond_the_limit_is_told(file, monkeypatch, tmp_path):
    monkeypatch.setattr(contents, "_LARGEST_FILE", 10)
    (tmp_path / "store.py").write_bytes(b"x" * 11)
    with pytest.raises(OSError, match="larger than 64 MB; exclude it in the policy"):
        read(file)


def test_what_is_binary_may_be_larger_and_is_cut(file, monkeypatch, tmp_path):
    """It is nothing to look at, and no error."""
    monkeypatch.setattr(contents, "_LARGEST_FILE", 10)
    (tmp_path / "store.py").write_bytes(b"\0" * 20)
    assert read(file) == b"\0" * 11
