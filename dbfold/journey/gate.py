"""The gate before a move: rows do not move while statements in the code would break, nor while no code was seen."""

from __future__ import annotations

from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.base.progress import SILENT, Progress
from dbfold.journey.checking import Checked, check
from dbfold.journey.judging import Effect
from dbfold.policy.model import Policy
from dbfold.policy.rooting import described
from dbfold.references.detection import is_python
from dbfold.references.discovery import SourceFile, discover

_SHOWN = 10
_HEAD = 80  # a first line that names an interpreter is short


def require_whole(
    policy: Policy, data_dir: Path | None = None, *, no_code: bool = False, progress: Progress = SILENT
) -> None:
    """Check the code against the schema after the move. Raises UserError while a move would break statements in it.

    Where there is no Python below the policy's root, nothing can be said: that is refused as well, unless `no_code`
    says that none belongs to these databases. Where there is some, it is checked all the same.
    """
    if not _has_python(policy):
        if no_code:
            return
        raise UserError(
            f"there is no Python code below {described(policy)}, so nobody can say what the move would break; nothing "
            "has been moved. State with --root the directory that holds the code; or say --no-code, if there is none"
        )
    checked = check(policy, data_dir, progress=progress)
    if checked.judged.of(Effect.BREAKS):
        raise UserError(_refusal(checked))


def _has_python(policy: Policy) -> bool:
    """Is there Python that the policy does not exclude? By suffix, which is cheap, then by what files begin with."""
    files = discover([policy.root], policy, policy.root).files
    return any(is_python(file.path, b"") for file in files) or any(is_python(file.path, _head(file)) for file in files)


def _head(file: SourceFile) -> bytes:
    try:
        with Path(file.path).open("rb") as stream:
            return stream.read(_HEAD)
    except OSError:
        return b""  # what cannot be read is reported where there is code to check


def _refusal(checked: Checked) -> str:
    broken = checked.judged.of(Effect.BREAKS)
    lines = [
        f"  {one.statement.file}:{one.statement.span.line}: {'|'.join(one.statement.databases)}: {one.message}"
        for one in broken[:_SHOWN]
    ]
    more = [f"  … and {len(broken) - _SHOWN} more"] if len(broken) > _SHOWN else []
    first = (
        f"{len(broken)} statements in the code would break; nothing has been moved. `dbfold sql` lists them,"
        " `dbfold plan` proposes decisions; --accept-broken-sql moves all the same:"
    )
    return "\n".join([first, *lines, *more])
