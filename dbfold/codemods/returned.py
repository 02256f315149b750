"""Retired databases that came back after their move, and the places of the project that may have made them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.base.output.counted import counted
from dbfold.codemods.run import prepare_project
from dbfold.datamove.returned import Returned, find_returned
from dbfold.journey.waits import may_name
from dbfold.policy.model import Policy
from dbfold.references.model import FileError, Reference
from dbfold.references.verdicts import NO_REWRITE_KINDS

_SHOWN = 5


def returned_errors(
    policy: Policy,
    data_dir: Path | None = None,
    references: Iterable[Reference] | None = None,
    base: Path | None = None,
) -> tuple[FileError, ...]:
    """What is wrong with the databases that came back, each with who may have made it.

    `references` are those of the whole project, found here if they are needed and not given. Files are shown relative
    to `base`, by default the policy's directory. Raises UserError.
    """
    try:
        found = find_returned(policy, data_dir)
    except UserError:
        if data_dir is not None:
            raise
        return ()  # there is no data directory on this machine
    if not found:
        return ()
    if references is None:
        references = prepare_project(policy, data_dir)[1].scan.references
    naming = [one for one in references if one.kind not in NO_REWRITE_KINDS]
    return tuple(_error(one, naming, policy, base or policy.root) for one in found)


def _error(one: Returned, naming: Sequence[Reference], policy: Policy, base: Path) -> FileError:
    name = policy.entry_name(one.name)
    places = [
        f"{place.file}:{place.span.line}"
        for place in naming
        if any(entry.name == name for entry in may_name(policy, place))
    ]
    message = (
        f"is back: its rows were moved into {one.target} on {one.moved_at[:10]}, and {'; '.join(_makers(one, places))}."
        " End what writes to it, then `dbfold move run` takes its rows as well, or put the file away"
    )
    return FileError(os.path.relpath(one.path, base), message)


def _makers(one: Returned, places: Sequence[str]) -> Iterator[str]:
    if one.users:
        yield f"{', '.join(one.users)} {'has' if len(one.users) == 1 else 'have'} it open"
    if places:
        more = f" and {counted(len(places) - _SHOWN, 'more place')}" if len(places) > _SHOWN else ""
        yield f"it is named by {', '.join(places[:_SHOWN])}{more}"
    if not one.users and not places:
        yield "nothing in the project names it: a program that was not started again since, or one that is elsewhere"
