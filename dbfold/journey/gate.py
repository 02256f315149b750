"""The gate before a move: rows do not move while statements in the code would break."""

from __future__ import annotations

from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.base.progress import SILENT, Progress
from dbfold.journey.checking import Checked, check
from dbfold.journey.judging import Effect
from dbfold.policy.model import Policy

_SHOWN = 10


def require_whole(policy: Policy, data_dir: Path | None = None, *, progress: Progress = SILENT) -> None:
    """Check the code against the schema after the move. Raises UserError while a move would break statements in it."""
    checked = check(policy, data_dir, progress=progress)
    if checked.judged.of(Effect.BREAKS):
        raise UserError(_refusal(checked))


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
