"""Databases that a commit holds compressed, in archives, or as pointers of git-lfs."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import tarfile
import zipfile

import pytest
from repositories import BIN

from dbfold.hooks.packed import Member, members

SQLITE = b"SQLite format 3\0" + b"\0" * 1000


def zipped(name="inner/notes.bin", data=SQLITE):
    """A zip in which the database is not the first member: its name is far behind the head."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "a" * 20_000)
        archive.writestr(name, data)
    return stream.getvalue()


def tarred(mode, name="inner/notes.bin", data=SQLITE):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for member, content in (("a.txt", b"a" * 9000), (name, data)):
            entry = tarfile.TarInfo(member)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def found(name, data):
    """The members that hold a database."""
    return [
        (one.name, one.how)
        for one in members(name, data[:8192], lambda: data)
        if one.head is None or one.head.startswith(SQLITE[:16])
    ]


COMPRESSED = {
    "data/notes.db.gz": gzip.compress(SQLITE),
    "data/notes.gz": gzip.compress(SQLITE),
    "data/notes.db.bz2": bz2.compress(SQLITE),
    "data/notes.xz": lzma.compress(SQLITE),
}


@pytest.mark.parametrize("name", COMPRESSED)
def test_compressed(name):
    assert found(name, COMPRESSED[name]) == [(name.rpartition(".")[0], "compressed")]


ARCHIVES = {
    "a.zip": zipped(),
    "a.whl": zipped(),
    "a.tar": tarred("w"),
    "a.tgz": tarred("w:gz"),
    "a.tar.bz2": tarred("w:bz2"),
    "a.txz": tarred("w:xz"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_in_an_archive(name):
    assert found(name, ARCHIVES[name]) == [("inner/notes.bin", "in an archive (inner/notes.bin)")]


@pytest.mark.parametrize("suffix", ["zst", "7z", "gpg", "age", "lz4", "rar"])
def test_by_the_name_where_nobody_can_look(suffix):
    assert found(f"data/notes.db.{suffix}", b"\x28\xb5\x2f\xfd") == [("data/notes.db", "packed")]


HARMLESS = {
    "a.gz": gzip.compress(b"text"),
    "a.zip": zipped(data=b"text"),
    "a.tar.gz": tarred("w:gz", data=b"text"),
    "broken.gz": b"\x1f\x8b" + b"\0" * 50,
    "broken.zip": zipped()[:500],
    "broken.tar": tarred("w")[:600],
    "broken.bz2": b"BZh9" + b"x" * 50,
    "broken.xz": b"\xfd7zXZ\0" + b"x" * 50,
    "notes.zst": b"\x28\xb5\x2f\xfd",
    "notes.txt": b"text",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_holds_none(name):
    assert found(name, HARMLESS[name]) == []


def test_no_more_is_read_than_needed():
    def content():
        raise AssertionError("all of it was asked for")

    assert list(members("a.gz", gzip.compress(b"text"), content)) == [Member("a", b"text", "compressed")]


# -- as a commit ------------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(make_repository):
    made = make_repository("git", ())
    made.base()
    return made


def call(repository, *names):
    return repository.run(BIN / "dbfold-no-new-databases", *names, check=False)


@pytest.mark.parametrize(
    ("name", "pack", "words"),
    [
        ("backup/notes.db.gz", gzip.compress, "an SQLite database, compressed, which dbfold.yaml does not declare"),
        ("data/zoe.db.xz", lzma.compress, "an SQLite database, compressed, which is a copy of zoe.db"),
        ("data/auth.db.bz2", bz2.compress, "an SQLite database, compressed, which is retired: zoe.db has its rows"),
        ("dist/app.zip", lambda data: zipped("auth.db", data), "in an archive (auth.db), which is retired"),
        ("dist/a.tgz", lambda data: tarred("w:gz", "x/notes", data), "in an archive (x/notes), which dbfold.yaml does"),
        ("tests/notes.db.gz", gzip.compress, None),
        ("archive/notes.zip", lambda data: zipped(data=data), None),
    ],
)
def test_a_commit_with_a_packed_database(repository, database, name, pack, words):
    repository.write(name, pack(database))
    repository.run("git", "add", "-f", ".")
    done = call(repository, name)
    assert done.returncode == (0 if words is None else 1), done.stdout
    assert (words or "") in done.stdout
    assert done.stderr == ""


def test_a_staged_archive_that_is_another_in_the_work_tree(repository, database):
    repository.write("dist/app.zip", zipped("auth.db", database))
    repository.run("git", "add", "-f", ".")
    repository.write("dist/app.zip", zipped("a.bin", b"text"))
    assert call(repository, "dist/app.zip").returncode == 1


def test_a_pointer_of_git_lfs_under_any_name(repository, database):
    """Whoever commits a pointer has its object: that is looked at, not the name."""
    for name, content in (("notes.bin", database), ("picture.png", b"PNG")):
        oid = hashlib.sha256(content).hexdigest()
        repository.write(f".git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}", content)
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
        repository.write(name, pointer.encode())
    repository.run("git", "add", "-f", "notes.bin", "picture.png")
    done = call(repository)
    assert done.returncode == 1
    assert "notes.bin: an SQLite database, in git-lfs, which dbfold.yaml does not declare" in done.stdout
    assert "picture" not in done.stdout
