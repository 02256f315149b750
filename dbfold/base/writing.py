"""Writing a file so that it is the old one or the new one at every instant, and only if nobody changed it meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SUFFIX = ".dbfold"  # `dbfold.references.discovery` passes over files of this name
_LONGEST_PREFIX = 40  # of a file's name: a name may have 255 bytes, and the temporary one is longer


class WriteError(Exception):
    """A file was not written; the message says why and what to do. The file is as it was."""


def replace_file(path: Path, old: bytes | None, new: bytes) -> None:
    """Make `new` the content of `path`. `old` is what the caller read, None for a file that must not exist yet.

    The new content is written beside the file, flushed to the disk, given the old file's mode and owner, and renamed
    over it. A symbolic link stays one: what it points to is replaced. Raises WriteError.
    """
    target = path.resolve() if path.is_symlink() else path
    try:
        _require_writable(target, old)
        _remove_leftovers(target)
        _replace(target, old, new)
    except OSError as error:
        message = f"cannot be written: {error.strerror}; the file is as it was: mend that and run dbfold again"
        raise WriteError(message) from error


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold SIGINT and SIGTERM back for as long as a write takes: no temporary file stays behind, and it is known
    whether the file was written. Windows has no such thing.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _require_writable(target: Path, old: bytes | None) -> None:
    if old is None:
        if target.exists():
            raise WriteError("appeared while dbfold was running; run it again")
        return
    if not target.stat().st_mode & 0o222 or not os.access(target, os.W_OK):
        raise WriteError("is read-only; make it writable (chmod u+w) or add it to `review` in the policy")


def _prefix(target: Path) -> str:
    return f".{target.name[:_LONGEST_PREFIX]}."


def _remove_leftovers(target: Path) -> None:
    """What a run that was killed left beside `target`: it was not renamed, so the next run meets `target` again."""
    prefix = _prefix(target)
    for name in os.listdir(target.parent):  # noqa: PTH208 - names are all that is needed
        if name.startswith(prefix) and name.endswith(_SUFFIX):
            (target.parent / name).unlink(missing_ok=True)


def _replace(target: Path, old: bytes | None, new: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=_prefix(target), suffix=_SUFFIX, dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(new)
            stream.flush()
            os.fsync(stream.fileno())
        if old is None:
            os.chmod(name, 0o666 & ~_umask())  # noqa: PTH101 - mkstemp gives 0600, a new file should not have it
        else:
            _copy_attributes(target, name)
            if target.read_bytes() != old:
                raise WriteError("was changed by another program while dbfold was running; run dbfold again")
        os.replace(name, target)  # noqa: PTH105
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _copy_attributes(target: Path, name: str) -> None:
    state = target.stat()
    shutil.copystat(target, name)
    os.utime(name)
    if os.geteuid() == 0:
        os.chown(name, state.st_uid, state.st_gid)
        os.chmod(name, stat.S_IMODE(state.st_mode))  # noqa: PTH101 - chown clears the setuid bits


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
