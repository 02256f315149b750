"""The content of a file: from the disk, or what is to be looked at instead."""

from __future__ import annotations

from dbfold.base.text import is_binary
from dbfold.references.discovery import SourceFile

_LARGEST_FILE = 64 * 1024 * 1024


def read(file: SourceFile) -> bytes:
    """The file's bytes. Raises OSError, also for a file too large to be source."""
    if file.content is not None:
        return file.content
    with open(file.path, "rb", buffering=0) as stream:  # noqa: PTH123 - a Path costs more than the read
        data = stream.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE and not is_binary(data):
        raise OSError(27, "larger than 64 MB; exclude it in the policy")
    return data
