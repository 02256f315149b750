"""What a commit is about to hold: the staged version of each file, which need not be the one in the work tree.

Start-up is most of what a hook costs. So where the work tree's copy is the staged one, which git knows from its index,
it is read from the disk; only what differs is asked of git. The environment that git gives a hook (GIT_INDEX_FILE and
its like) stays: `git commit FILE` has an index of its own.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dbfold.base.errors import UserError

_MANY = 100  # git compares every path with every pathspec: above this, the whole index is cheaper
_LINK, _SUBMODULE = "120000", "160000"
_CHUNK = 1 << 20
_AS_ON_DISK = ""  # in place of an object


class StagedFile(NamedTuple):
    """A regular file of the commit. `path` is absolute, `name` as it was given or relative to the directory.

    `blob` is the staged content's object where the work tree has another content or none, else None.
    """

    name: str
    path: str
    blob: str | None


def staged_files(names: Sequence[str] = ()) -> list[StagedFile]:
    """The files called `names`, or all that the commit adds or changes; no links, no submodules, nothing deleted.

    A name that is not in the index, as pre-commit's `--files` may give it, is read from the work tree.
    Raises UserError outside of a git work tree.
    """
    listed = (
        list(names) if names else _split(_git("diff", "--cached", "--name-only", "--relative", "-z", "--diff-filter=d"))
    )
    if not listed:
        return []
    here = os.getcwd()  # noqa: PTH109 - pathlib costs start-up time
    by_path = {os.path.normpath(name): name for name in listed}
    changed = _split(_git("diff-files", "--name-only", "--relative", "-z", "--", *_pathspecs(by_path)))
    differing = {path for path in changed if path in by_path}
    differing.update(path for path in by_path if not os.path.lexists(path))
    blobs = _blobs(differing) if differing else {}
    files = []
    for path, name in by_path.items():
        blob = blobs.get(path, _AS_ON_DISK)
        if blob == _AS_ON_DISK and _is_regular(path):
            files.append(StagedFile(name, os.path.join(here, path), None))  # noqa: PTH118
        elif blob:
            files.append(StagedFile(name, os.path.join(here, path), blob))  # noqa: PTH118
    return files


def contents(files: Iterable[StagedFile], limit: int = -1) -> Iterator[tuple[StagedFile, bytes]]:
    """Each file with its staged content, or the first `limit` bytes of it. Raises OSError, UserError."""
    others: list[StagedFile] = []
    for file in files:
        if file.blob is None:
            yield file, _read(file.path, limit)
        else:
            others.append(file)
    if others:
        yield from _from_index(others, limit)


def _read(path: str, limit: int) -> bytes:
    """The first bytes of a file; a file object would cost more than the read."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, limit if limit >= 0 else max(os.fstat(descriptor).st_size, 1))
    finally:
        os.close(descriptor)


def content(path: str) -> bytes | None:
    """The staged content of one file; None if the commit does not hold it. Raises OSError, UserError."""
    files = staged_files([os.path.relpath(path)])
    return next((data for _, data in contents(files)), None) if files else None


def is_tracked(path: str) -> bool:
    """True if the index has a file of that path. Raises UserError."""
    return bool(_git("ls-files", "-z", "--", os.path.relpath(path)))


def git_path(name: str) -> str:
    """Where a file of git's own directory is. Raises UserError."""
    return os.fsdecode(_git("rev-parse", "--git-path", name)).rstrip("\n")


def _is_regular(path: str) -> bool:
    """False for links, submodules, and what is not there."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _blobs(paths: Iterable[str]) -> dict[str, str | None]:
    """The object of each path's staged version; None for what is no regular file there.

    A conflict has several versions and no commit will take one of them: the work tree's copy counts.
    """
    wanted = set(paths)
    blobs: dict[str, str | None] = {}
    for entry in _split(_git("ls-files", "--stage", "-z", "--", *_pathspecs(wanted))):
        facts, _, name = entry.partition("\t")
        mode, blob, stage = facts.split(" ")
        if name in wanted:
            regular = blob if mode not in (_LINK, _SUBMODULE) else None
            blobs[name] = regular if stage == "0" else _AS_ON_DISK
    return blobs


def _pathspecs(paths: Iterable[str]) -> list[str]:
    paths = list(paths)
    return paths if len(paths) <= _MANY else []


def _split(output: bytes) -> list[str]:
    return [os.fsdecode(part) for part in output.split(b"\0") if part]


def _git(*arguments: str) -> bytes:
    """What git prints. Pathspecs are literal: a file may be called `*.py`."""
    try:
        return subprocess.run(["git", "--literal-pathspecs", *arguments], capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        raise UserError("git is not installed, and this hook asks it what is staged") from error
    except subprocess.CalledProcessError as error:
        message = error.stderr.decode("utf-8", "replace").strip() or f"git {arguments[0]} failed"
        raise UserError(f"{message}; run the hook inside a git work tree") from error


def _from_index(files: list[StagedFile], limit: int) -> Iterator[tuple[StagedFile, bytes]]:
    """By one `git cat-file --batch`, which answers in the order of the questions; what is not wanted is not kept."""
    process = subprocess.Popen(["git", "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        for file in files:
            process.stdin.write(f"{file.blob}\n".encode())
            process.stdin.flush()
            answer = process.stdout.readline().split()
            if len(answer) != 3:
                raise UserError(f"{file.name}: git has no object {file.blob}; run `git fsck`")
            size = int(answer[2])
            kept = size if limit < 0 else min(limit, size)
            data = process.stdout.read(kept)
            left = size - kept + 1  # and the newline after it
            while left > 0:
                left -= len(process.stdout.read(min(left, _CHUNK)))
            yield file, data
        process.stdin.close()
