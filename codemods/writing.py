"""Writing a file so that it is the old one or the new one at every instant, and only if nobody changed it meanwhile."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path


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
        _replace(target, old, new)
    except OSError as error:
        raise WriteError(f"cannot be written: {error.strerror}; the file is as it was") from error


def _require_writable(target: Path, old: bytes | None) -> None:
    if old is None:
        if target.exists():
            raise WriteError("appeared while dbfold was running; run it again")
        return
    if not target.stat().st_mode & 0o222 or not os.access(target, os.W_OK):
        raise WriteError("is read-only; make it writable (chmod u+w) or add it to `review` in the policy")


def _replace(target: Path, old: bytes | None, new: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".dbfold", dir=target.parent)
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
