"""Databases in compressed files, archives and git-lfs: a commit holds their rows as well as those of a plain file.

Only the beginning of each member is unpacked. What cannot be unpacked here (zstd, 7z, encrypted files) is told by its
name, `notes.db.zst`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dbfold.hooks.staged import git_path

LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_PACKED_NAME = re.compile(
    r"(?i)(?P<name>.+\.(?:db3?|sqlite3?))\.(?:gz|bz2|xz|lzma|zst|lz4|br|z|zip|7z|rar|tar|tgz|gpg|age|enc)\Z"
)
_LFS_OID = re.compile(rb"^oid sha256:(?P<oid>[0-9a-f]{64})$", re.MULTILINE)
_ZIP, _TAR, _TAR_AT = b"PK\x03\x04", b"ustar", 257
_HEAD = 512
_MOST_MEMBERS = 10_000


class Member(NamedTuple):
    """A file inside another. `head` is what its content begins with, None where nobody can see it."""

    name: str
    head: bytes | None
    how: str


def members(name: str, head: bytes, content: Callable[[], bytes]) -> Iterator[Member]:
    """What is packed in a file that begins with `head`; nothing for one that is no archive.

    `content` gives all of it, and is asked only for archives.
    """
    if head.startswith(LFS_POINTER):
        yield from _of_lfs(name, head)
    elif head.startswith(_ZIP):
        yield from _of_zip(content())
    elif head[_TAR_AT:].startswith(_TAR):
        yield from _of_tar(content())
    elif (inner := _decompressed(head)) is not None:
        if inner[_TAR_AT:].startswith(_TAR):
            yield from _of_tar(content())
        else:
            yield Member(os.path.splitext(name)[0], inner, "compressed")  # noqa: PTH122 - pathlib costs start-up time
    elif (match := _PACKED_NAME.match(name)) is not None:
        yield Member(match["name"], None, "packed")


def _decompressed(head: bytes) -> bytes | None:
    """The beginning of what is compressed; None for what is not, or is damaged."""
    unpack = next((unpack for magic, unpack in _COMPRESSED.items() if head.startswith(magic)), None)
    if unpack is None:
        return None
    try:
        return unpack(head)
    except _damaged():
        return None


def _gunzip(head: bytes) -> bytes:
    import zlib

    return zlib.decompressobj(31).decompress(head, _HEAD)


def _bunzip2(head: bytes) -> bytes:
    import bz2

    return bz2.BZ2Decompressor().decompress(head, _HEAD)


def _unxz(head: bytes) -> bytes:
    import lzma

    return lzma.LZMADecompressor().decompress(head, _HEAD)


_COMPRESSED = {b"\x1f\x8b": _gunzip, b"BZh": _bunzip2, b"\xfd7zXZ\0": _unxz}


def _damaged() -> tuple[type[Exception], ...]:
    """What reading a damaged archive may raise; the modules are imported only for those who met one."""
    import lzma
    import tarfile
    import zipfile
    import zlib

    own = (lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, zlib.error)
    return (*own, EOFError, NotImplementedError, OSError, ValueError)


def _inside(name: str) -> str:
    return f"in an archive ({name})"


def _of_zip(data: bytes) -> Iterator[Member]:
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist()[:_MOST_MEMBERS]:
                if entry.flag_bits & 1:  # encrypted: its name is all that can be seen
                    yield Member(entry.filename, None, _inside(entry.filename))
                elif not entry.is_dir():
                    with archive.open(entry) as stream:
                        yield Member(entry.filename, stream.read(_HEAD), _inside(entry.filename))
    except _damaged():
        return  # damaged: nobody can unpack it


def _of_tar(data: bytes) -> Iterator[Member]:
    import io
    import tarfile

    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for number, entry in enumerate(archive):
                stream = archive.extractfile(entry) if entry.isfile() and number < _MOST_MEMBERS else None
                if stream is not None:
                    yield Member(entry.name, stream.read(_HEAD), _inside(entry.name))
    except _damaged():
        return


def _of_lfs(name: str, pointer: bytes) -> Iterator[Member]:
    """The object that a pointer stands for, if it is here: whoever commits it has it."""
    match = _LFS_OID.search(pointer)
    oid = match["oid"].decode() if match else ""
    path = git_path(f"lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}") if oid else ""
    if path and os.path.isfile(path):  # noqa: PTH113
        with open(path, "rb") as stream:  # noqa: PTH123
            yield Member(name, stream.read(_HEAD), "in git-lfs")
