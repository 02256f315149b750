"""Paths as a user gives them."""

from __future__ import annotations

from pathlib import Path

from dbfold.base.errors import UserError


def resolved(path: Path) -> Path:
    """An absolute path, links in its directories followed as the policy's are; a file that is a link keeps its name.

    Raises UserError.
    """
    try:
        return path.resolve() if path.is_dir() else path.parent.resolve() / path.name
    except OSError as error:
        raise UserError(
            f"{path}: cannot be reached ({error.strerror}); run dbfold as a user who may read it"
        ) from error
    except RuntimeError as error:  # so Python 3.11 says it
        raise UserError(f"{path}: a symbolic link that leads to itself; name a directory or a file") from error
