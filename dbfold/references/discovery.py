"""Which files there are to look at: what git tracks or would track, or a walk where there is no git."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dbfold.base.errors import UserError
from dbfold.policy.model import Policy
from dbfold.policy.rooting import described, require_below
from dbfold.references.model import FileError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_SET_IN_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
_UNREADABLE = re.compile(r"^warning: could not open directory '(.+)': (.+)$", re.MULTILINE)
# Never the application's own source; git would usually ignore them, a walk must.
_SKIPPED_DIRECTORIES = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", ".eggs"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".idea", ".dbfold_cache"}
)
# What `dbfold move` keeps of a move, among the backups: it names every database that was there.
_OWN_BACKUP = re.compile(r"/dbfold-\d{8}-\d{6}[^/]*/")
# Formats that hold no text to scan: not opening them is cheaper than finding the NUL byte. `.dbfold` is our own: what
# a rewrite that was killed leaves behind (see dbfold.base.writing).
_BINARY_SUFFIXES = tuple(
    ".png .jpg .jpeg .gif .ico .webp .bmp .pdf .zip .gz .bz2 .xz .tar .whl .jar .7z .woff .woff2 "
    ".ttf .otf .eot .mp3 .mp4 .wav .ogg .avi .mov .pyc .pyo .so .dll .dylib .exe .o "
    ".a .class .db .db3 .sqlite .sqlite3 .db-wal .db-shm .db-journal .bin .pkl .npy .npz .pt .onnx .parquet "
    ".dbfold".split()
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to look at: where it is, how it is shown, and its path for the policy's patterns.

    `content` is what to look at instead of what is on the disk: the staged version, an editor's buffer.
    """

    path: str
    shown: str
    in_policy: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found below the targets. `excluded` counts the files that the policy's `exclude` passes over."""

    files: tuple[SourceFile, ...]
    errors: tuple[FileError, ...]
    excluded: int


def discover(targets: Iterable[Path], policy: Policy, shown_from: Path) -> Discovery:
    """The files below `targets` (files or directories), each once, sorted; shown relative to `shown_from`.

    Raises UserError for a target that does not exist, cannot be read, or lies outside of the policy's root.
    """
    targets = list(targets)
    require_below(policy, targets)
    errors: list[FileError] = []
    found: dict[str, str] = {}
    for target in targets:
        for path in _files_of(target, shown_from, errors):
            # Below a directory there are no links; a file named on the command line may be one.
            found.setdefault(os.path.realpath(path) if target.is_symlink() else path, path)
    for own in (policy.source, policy.baseline):
        found.pop(str(own), None)
    files, excluded = [], 0
    for path in sorted(found.values()):
        file = source_file(path, policy, shown_from)
        if _OWN_BACKUP.search(path):
            continue
        if policy.excluded_files.matching(file.in_policy):
            excluded += 1
        else:
            files.append(file)
    return Discovery(tuple(files), tuple(errors), excluded)


def require_files(discovery: Discovery, targets: Iterable[Path], policy: Policy) -> None:
    """Raises UserError where a directory was to be looked at and nothing is in it: silence would look like success.

    Files that were named one by one, and are excluded, are no mistake: a script names all that have changed.
    """
    if discovery.files or discovery.errors or not any(target.is_dir() for target in targets):
        return
    shown = ", ".join(map(str, targets))
    excluded = f" ({discovery.excluded} excluded by {policy.source.name})" if discovery.excluded else ""
    raise UserError(
        f"{shown}: no file to look at{excluded}, with {described(policy)}; name the directory that holds the code, "
        "look at `exclude` and .gitignore, or state with --root the directory that the policy speaks of"
    )


def source_file(path: str | Path, policy: Policy, shown_from: Path) -> SourceFile:
    """One file (an absolute path) as the policy and the reader see it."""
    return SourceFile(str(path), _relative(str(path), str(shown_from)), _relative(str(path), str(policy.root)))


def shown_base(targets: list[Path]) -> Path:
    """The directory that reported paths are relative to: the target, or what all targets have in common."""
    directories = [str(target if target.is_dir() else target.parent) for target in targets]
    return Path(os.path.commonpath(directories))


def _relative(path: str, base: str) -> str:
    relative = path[len(base) + 1 :] if path.startswith(base + os.sep) else os.path.relpath(path, base)
    return relative.replace(os.sep, "/")


def _files_of(target: Path, shown_from: Path, errors: list[FileError]) -> Iterable[str]:
    if target.is_file():
        return [str(target)]
    if not target.is_dir():
        raise UserError(f"{target}: no such file or directory; name a directory or a file of the application")
    if not os.access(target, os.R_OK | os.X_OK):
        raise UserError(f"{target}: the directory cannot be read; run dbfold as a user who may read it")
    return _git_files(target, shown_from, errors) or list(_walk(target, shown_from, errors))


def _git_files(directory: Path, shown_from: Path, errors: list[FileError]) -> list[str]:
    """Tracked files and untracked ones that are not ignored; empty outside a work tree or where git ignores all."""
    top = next((parent for parent in (directory, *directory.parents) if (parent / ".git").exists()), None)
    if top is None:
        return []
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    try:
        # The work tree is that of the directory, not of the hook we may be running in; its warnings are read below.
        environment = {name: value for name, value in os.environ.items() if name not in _SET_IN_HOOKS} | {"LC_ALL": "C"}
        done = subprocess.run(command, cwd=directory, capture_output=True, check=True, env=environment)
    except (OSError, subprocess.CalledProcessError):
        return []  # no git, or a `.git` that git does not accept: the walk finds the files
    base = str(directory)
    for name, reason in _UNREADABLE.findall(os.fsdecode(done.stderr)):
        errors.append(_unreadable(os.path.join(top, name.rstrip("/")), reason, shown_from))
    names = (name for name in os.fsdecode(done.stdout).split("\0") if name)
    return [path for name in names if not _is_binary_name(name) and _is_regular(path := base + os.sep + name)]


def _is_binary_name(name: str) -> bool:
    return name.lower().endswith(_BINARY_SUFFIXES)


def _is_regular(path: str) -> bool:
    """Not deleted, no submodule, and no link: what a link points to is counted where it is."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # reading it will fail too, and say so


def _unreadable(path: str, reason: str | None, shown_from: Path) -> FileError:
    message = f"the directory cannot be read ({reason}); what is below it was not looked at"
    return FileError(_relative(path, str(shown_from)), message)


def _walk(top: Path, shown_from: Path, errors: list[FileError]) -> Iterator[str]:
    ignored = _Ignored()
    pending = [str(top)]
    while pending:
        directory = pending.pop()
        try:
            entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
        except OSError as error:
            errors.append(_unreadable(directory, error.strerror, shown_from))
            continue
        if any(entry.name == ".gitignore" and entry.is_file() for entry in entries):
            try:
                ignored.load(directory)
            except OSError as error:
                shown = _relative(os.path.join(directory, ".gitignore"), str(shown_from))
                errors.append(FileError(shown, f"cannot be read ({error.strerror}); nothing was ignored by it"))
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _SKIPPED_DIRECTORIES and not ignored(entry.path, True):
                    pending.append(entry.path)
            elif (
                entry.is_file(follow_symlinks=False)
                and not _is_binary_name(entry.name)
                and not ignored(entry.path, False)
            ):
                yield entry.path


class _Ignored:
    """The `.gitignore` files met on a walk. pathspec is imported only if there is one."""

    def __init__(self) -> None:
        self._specs: list[tuple[str, GitIgnoreSpec]] = []

    def load(self, directory: str) -> None:
        from pathspec import GitIgnoreSpec

        lines = Path(directory, ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
        self._specs.append((directory + os.sep, GitIgnoreSpec.from_lines(lines)))

    def __call__(self, path: str, is_directory: bool) -> bool:
        """The nearest file with a matching pattern decides, so that `!name` brings back what one above ignores."""
        for base, spec in reversed(self._specs):  # a directory's own file is loaded after those above it
            if path.startswith(base):
                included = spec.check_file(path[len(base) :] + ("/" if is_directory else "")).include
                if included is not None:
                    return included
        return False
