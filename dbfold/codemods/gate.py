"""The gate before a move: rows do not move while the project still names what they leave, or its SQL would break."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.base.output.counted import counted
from dbfold.base.progress import SILENT, Progress
from dbfold.codemods.run import prepare_project
from dbfold.journey.judging import Effect, Judgement
from dbfold.journey.waits import may_name
from dbfold.policy.model import Policy
from dbfold.policy.rooting import described
from dbfold.references.detection import is_python
from dbfold.references.discovery import SourceFile, discover
from dbfold.references.model import Action, Reference

_SHOWN = 10
_HEAD = 80  # a first line that names an interpreter is short


def require_whole(
    policy: Policy,
    data_dir: Path | None = None,
    *,
    accept_broken_sql: bool = False,
    plan: Path | None = None,
    progress: Progress = SILENT,
) -> tuple[str, ...]:
    """Look at the whole project, and at its code with the schema after the move; returns what to warn of.

    Raises UserError while a reference to a retired database is neither rewritten nor accepted, or a statement would
    break (unless `accept_broken_sql`). `plan` is the file of the plan that is carried out, which names them all.
    """
    files = discover([policy.root], policy, policy.root).files
    warnings = () if any(map(_is_code, files)) else (_no_code(policy),)
    if not files:
        return warnings
    checked, prepared = prepare_project(policy, data_dir, progress=progress)
    naming = [one for one in prepared.scan.references if _still_names(one, policy) and not _is(one, plan, policy)]
    broken = [] if accept_broken_sql else checked.judged.of(Effect.BREAKS)
    if naming:
        raise UserError("\n".join(_named(naming, policy)))
    if broken:
        raise UserError("\n".join(_broken(broken)))
    return warnings


def _is_code(file: SourceFile) -> bool:
    """Python, by its suffix, which is cheap, or by how the file begins."""
    return is_python(file.path, b"") or is_python(file.path, _head(file))


def _head(file: SourceFile) -> bytes:
    try:
        with Path(file.path).open("rb") as stream:
            return stream.read(_HEAD)
    except OSError:
        return b""  # what cannot be read is reported where it is looked at


def _no_code(policy: Policy) -> str:
    return (
        f"there is no Python code below {described(policy)}, so nobody can say what uses these databases;"
        " state with --root the directory that holds the code, if there is some"
    )


def _still_names(one: Reference, policy: Policy) -> bool:
    """Does it name a retired database, or may it, where the policy does not accept that?"""
    if one.verdict.action is Action.LEAVE:
        return False
    return not all(policy.accepted(entry, one.file) for entry in may_name(policy, one))


def _names(one: Reference, policy: Policy) -> list[str]:
    if policy.find(one.database) is not None:
        return [one.database]
    return [entry.name for entry in may_name(policy, one)]


def _is(one: Reference, plan: Path | None, policy: Policy) -> bool:
    return plan is not None and (policy.root / one.file).resolve() == plan.resolve()


def _named(naming: Sequence[Reference], policy: Policy) -> Iterator[str]:
    databases = sorted({name for one in naming for name in _names(one, policy)})
    yield (
        f"{counted(len(naming), 'place')} in the project still {'names' if len(naming) == 1 else 'name'}"
        f" {', '.join(databases)}; nothing has been moved:"
    )
    for one in naming[:_SHOWN]:
        todo = "`dbfold rewrite` changes it" if one.verdict.action is Action.REWRITE else one.verdict.reason
        yield f"  {one.file}:{one.span.line}: {one.text}: {todo}"
    yield from _rest(naming)
    yield (
        "rewrite them (`dbfold rewrite .`), change them by hand, or accept them with the reason, in"
        f" {policy.source.name}:"
    )
    yield "  accept:"
    first = naming[0]
    yield f'    {next(may_name(policy, first)).name}: {{"{first.file}": "why it may stay"}}'


def _broken(broken: Sequence[Judgement]) -> Iterator[str]:
    yield (
        f"{len(broken)} statements in the code would break; nothing has been moved. `dbfold sql` lists them,"
        " `dbfold plan` proposes decisions; --accept-broken-sql moves all the same:"
    )
    for one in broken[:_SHOWN]:
        place = f"{one.statement.file}:{one.statement.span.line}"
        yield f"  {place}: {'|'.join(one.statement.databases)}: {one.message}"
    yield from _rest(broken)


def _rest(found: Sequence[object]) -> Iterator[str]:
    if len(found) > _SHOWN:
        yield f"  … and {len(found) - _SHOWN} more"
