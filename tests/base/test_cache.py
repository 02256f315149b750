"""The cache: what is kept comes back, and whatever may be there instead is as good as nothing."""

import os
import sqlite3
import subprocess
import sys

import pytest

from dbfold.base import cache as module
from dbfold.base.cache import DIRECTORY, Cache, digest, own_digest, user_key

KEY = digest("a key")


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    directory = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CACHE_HOME", str(directory))
    return directory


def put(root, value=b"value", key=KEY):
    with Cache(root) as cache:
        cache.put(key, value)


def get(root, key=KEY):
    with Cache(root) as cache:
        return cache.get(key)


def entries(root):
    return root / DIRECTORY / "entries"


def test_what_is_put_comes_back_in_this_run_and_in_the_next(tmp_path):
    with Cache(tmp_path) as cache:
        assert cache.get(KEY) is None
        cache.put(KEY, b"value")
        assert cache.get(KEY) == b"value"
    assert get(tmp_path) == b"value"
    assert get(tmp_path, digest("another key")) is None


def test_a_run_that_keeps_nothing_makes_no_directory(tmp_path):
    with Cache(tmp_path):
        pass
    assert not (tmp_path / DIRECTORY).exists()


def test_git_does_not_see_it(tmp_path):
    put(tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    status = subprocess.run(["git", "status", "--porcelain"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert status.stdout == ""


def test_digests_tell_where_one_text_ends():
    assert digest("ab", "c") != digest("a", "bc") != digest("abc")
    assert digest("é") == digest("é".encode())


def test_another_version_of_dbfold_is_another_digest(monkeypatch, tmp_path):
    copy = tmp_path / "dbfold" / "base"
    copy.mkdir(parents=True)
    (copy / "cache.py").write_text("x")
    mine = own_digest()
    monkeypatch.setattr(module, "__file__", str(copy / "cache.py"))
    own_digest.cache_clear()
    try:
        other = own_digest()
    finally:
        own_digest.cache_clear()
    assert other != mine


def test_a_users_key_is_made_once_and_for_the_user_alone(home):
    key = user_key()
    assert key == user_key()
    assert len(key) == 32
    assert (home / "dbfold" / "key").stat().st_mode & 0o777 == 0o600


def test_no_home_no_cache(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    put(tmp_path)
    assert get(tmp_path) is None
    assert not (tmp_path / DIRECTORY).exists()


def test_what_another_user_has_written_is_not_believed(tmp_path, monkeypatch, tmp_path_factory):
    """A cache that came with a cloned repository."""
    put(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("another home")))
    assert get(tmp_path) is None
    put(tmp_path, b"mine")
    assert get(tmp_path) == b"mine"


@pytest.mark.parametrize("change", ["value = x'00'", "signature = x'00'", "value = 'text'", "value = NULL"])
def test_what_was_changed_is_not_believed(tmp_path, change):
    put(tmp_path)
    with sqlite3.connect(entries(tmp_path)) as connection:
        connection.execute(f"UPDATE entry SET {change}")
    connection.close()
    assert get(tmp_path) is None


DAMAGE = {
    "no database": b"not a database, and long enough to be read as one" * 100,
    "a header and nothing": b"SQLite format 3\0" + b"\0" * 100,
    "empty": b"",
}


@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_cache_is_made_again(tmp_path, data):
    put(tmp_path)
    entries(tmp_path).write_bytes(data)
    assert get(tmp_path) is None
    put(tmp_path)
    assert get(tmp_path) == b"value"


def test_a_page_in_the_middle_that_is_damaged(tmp_path):
    with Cache(tmp_path) as cache:
        for number in range(300):
            cache.put(digest(str(number)), bytes(1000))
    data = bytearray(entries(tmp_path).read_bytes())
    data[4096 : len(data) // 2] = os.urandom(len(data) // 2 - 4096)
    entries(tmp_path).write_bytes(data)
    for number in range(300):
        assert get(tmp_path, digest(str(number))) in (None, bytes(1000))
    put(tmp_path)
    assert get(tmp_path) == b"value"


def test_the_cache_of_another_layout_is_made_again(tmp_path):
    put(tmp_path)
    connection = sqlite3.connect(entries(tmp_path))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert get(tmp_path) is None
    put(tmp_path)
    assert get(tmp_path) == b"value"


def test_a_cache_that_another_process_holds_is_left_alone(tmp_path, monkeypatch):
    put(tmp_path)
    monkeypatch.setattr(module, "_PATIENCE", 0.01)
    other = sqlite3.connect(entries(tmp_path), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert get(tmp_path) is None
    put(tmp_path, b"new")
    other.execute("ROLLBACK")
    other.close()
    assert get(tmp_path) == b"value"


WRITER = """
import sys
from pathlib import Path
from dbfold.base.cache import Cache, digest
for number in range(20):
    with Cache(Path(sys.argv[1])) as cache:
        cache.put(digest(sys.argv[2], str(number)), sys.argv[2].encode())
        assert cache.get(digest(sys.argv[2], str(number - 1))) in (None, sys.argv[2].encode())
"""


def test_several_processes_at_once(tmp_path):
    names = ["one", "two", "three", "four"]
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    running = [subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in names]
    assert [process.communicate()[1] for process in running] == ["", "", "", ""]
    assert [get(tmp_path, digest(name, "19")) for name in names] == [name.encode() for name in names]


def test_what_was_not_used_for_longest_goes_first(tmp_path, monkeypatch):
    put(tmp_path, bytes(50_000), digest("old"))
    with sqlite3.connect(entries(tmp_path)) as connection:
        connection.execute("UPDATE entry SET used = 1")
    connection.close()
    monkeypatch.setattr(module, "_LARGEST", 10_000)
    put(tmp_path, b"new")
    assert get(tmp_path, digest("old")) is None
    assert get(tmp_path) == b"new"
