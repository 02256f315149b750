"""The content of a file: what is to be looked at instead goes first, and what is too large to be source is refused."""

from __future__ import annotations

import pytest

from dbfold.references import contents
from dbfold.references.discovery import SourceFile

LIMIT = 10


@pytest.fixture
def small_limit(monkeypatch):
    monkeypatch.setattr(contents, "_LARGEST_FILE", LIMIT)


@pytest.fixture
def file_of(tmp_path):
    def write(data, content=None):
        path = tmp_path / "a.py"
        if data is not None:
            path.write_bytes(data)
        return SourceFile(str(path), "a.py", "a.py", content)

    return write


READ = {
    "from the disk": (b"on disk", None, b"on disk"),
    "instead of the disk": (b"on disk", b"staged", b"staged"),
    "instead of the disk, and empty": (b"on disk", b"", b""),
    "of a file that is gone": (None, b"staged", b"staged"),
    "as large as may be": (b"x" * LIMIT, None, b"x" * LIMIT),
    "no text: the start says so, and nobody reads on": (b"\0" + b"x" * 3 * LIMIT, None, b"\0" + b"x" * LIMIT),
}


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize(("data", "content", "expected"), READ.values(), ids=READ)
def test_read(file_of, data, content, expected):
    assert contents.read(file_of(data, content)) == expected


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize(
    "data", [b"x" * (LIMIT + 1), b"\xff\xfe" + b"x\0" * LIMIT], ids=["text", "UTF-16, which has zeros and is text"]
)
def test_a_text_that_is_too_large_is_an_error_that_says_what_to_do(file_of, data):
    with pytest.raises(OSError, match="exclude it in the policy") as caught:
        contents.read(file_of(data))
    assert caught.value.strerror == "larger than 64 MB; exclude it in the policy"


def test_a_file_that_is_not_there_is_an_os_error(file_of):
    with pytest.raises(FileNotFoundError):
        contents.read(file_of(None))
