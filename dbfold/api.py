"""dbfold as a library: what the commands do, with values in and out. Nothing is printed.

    import dbfold

    for found in dbfold.audit(["services"]).references:
        print(found.file, found.span.line, found.database, found.verdict.action, found.verdict.reason)

Everywhere, `policy` is a `Policy`, the path of a `dbfold.yaml`, or None for the nearest one above the first path, or
above the current directory; `jobs` the number of processes (default: one per processor); `cached` whether what former
runs found may be taken from `.dbfold_cache`; `root` the directory that the policy speaks of, where that is not its own;
and `progress` is told what goes on. Files are reported relative to the
current directory where all of them lie below it. All functions raise UserError, whose
text says what is wrong, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dbfold.base.errors import UserError
from dbfold.base.paths import resolved
from dbfold.base.progress import SILENT, Progress
from dbfold.policy.model import AccessorStyle, Policy

if TYPE_CHECKING:
    from dbfold.codemods.run import Prepared
    from dbfold.codemods.writing import Written
    from dbfold.datamove import Result
    from dbfold.datamove.progress import Progress as MoveProgress
    from dbfold.journey.overview import Overview
    from dbfold.references.scan import Scan
    from dbfold.rules.model import Checked

AnyPath = str | Path
AnyPolicy = Policy | AnyPath | None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A rewrite: what was prepared, and what was written of it, None if nothing was to be."""

    prepared: Prepared
    written: Written | None


def audit(
    paths: Sequence[AnyPath] = (".",),
    policy: AnyPolicy = None,
    *,
    root: AnyPath | None = None,
    jobs: int | None = None,
    cached: bool = True,
    progress: Progress = SILENT,
) -> Scan:
    """Every place below `paths` that names a database, and what happens to it: `dbfold audit`.

    Files are reported relative to what the paths have in common.
    """
    from dbfold.codemods.run import prepare

    targets, rules = _read(_given(paths), policy, root)
    return prepare(targets, rules, jobs=jobs, cached=cached, progress=progress).scan


def check(
    paths: Sequence[AnyPath] = (".",),
    policy: AnyPolicy = None,
    *,
    root: AnyPath | None = None,
    since: str | None = None,
    baseline: bool = True,
    jobs: int | None = None,
    cached: bool = True,
    progress: Progress = SILENT,
) -> Checked:
    """Every place below `paths` that breaks a rule: `dbfold check`.

    `since` is a git revision: only what has changed since counts. With `baseline`, what it tolerates is left out.
    """
    from dbfold.rules.baseline import read_baseline
    from dbfold.rules.checking import gate, scope_of

    targets, rules = _read(_given(paths), policy, root)
    scope = scope_of(targets, rules, _base(targets), since, cached=cached)
    return gate(scope, read_baseline(rules.baseline) if baseline else (), jobs=jobs, progress=progress)


def rewrite(
    paths: Sequence[AnyPath] = (".",),
    policy: AnyPolicy = None,
    *,
    root: AnyPath | None = None,
    write: bool = True,
    style: AccessorStyle | None = None,
    data_dir: Path | None = None,
    jobs: int | None = None,
    cached: bool = True,
    progress: Progress = SILENT,
) -> Rewritten:
    """Rewrite hardcoded paths below `paths` to the accessor: `dbfold rewrite`, or `--check` without `write`.

    `style` is another than the policy's, `data_dir` where the databases are, if not where the policy says.
    """
    from dbfold.codemods.run import prepare
    from dbfold.codemods.writing import write as write_all

    targets, rules = _read(_given(paths), policy, root)
    options = {"style": style, "jobs": jobs, "data_dir": data_dir, "cached": cached}
    prepared = prepare(targets, rules, base=_base(targets), progress=progress, **options)  # type: ignore[arg-type]
    return Rewritten(prepared, write_all(prepared, progress) if write else None)


def plan(
    policy: AnyPolicy = None,
    data_dir: Path | None = None,
    *,
    root: AnyPath | None = None,
    jobs: int | None = None,
    cached: bool = True,
    progress: Progress = SILENT,
) -> Overview:
    """The whole journey of the application: what each database holds, what stands against its move: `dbfold plan`."""
    from dbfold.codemods.returned import returned_errors
    from dbfold.codemods.run import prepare_project
    from dbfold.journey.overview import overview

    _, rules = _read([], policy, root)
    checked, prepared = prepare_project(rules, data_dir, jobs=jobs, cached=cached, progress=progress)
    return overview(rules, checked, returned_errors(rules, data_dir, prepared.scan.references))


def move(
    policy: AnyPolicy = None,
    data_dir: Path | None = None,
    *,
    root: AnyPath | None = None,
    dry_run: bool = False,
    accept_broken_sql: bool = False,
    progress: MoveProgress | None = None,
) -> Result:
    """Move the rows: `dbfold move run`. `dbfold.datamove` has the plan, the verification and the rollback.

    Raises MoveRefused while decisions are open, and UserError while the project still names a retired database, or
    statements in the code would break (unless `accept_broken_sql`). Nothing has changed then.
    """
    from dbfold import datamove
    from dbfold.codemods.gate import require_whole

    _, rules = _read([], policy, root)
    require_whole(rules, data_dir, accept_broken_sql=accept_broken_sql)
    return datamove.run(rules, data_dir, dry_run=dry_run, progress=progress)


def _read(paths: Sequence[AnyPath], policy: AnyPolicy, root: AnyPath | None) -> tuple[list[Path], Policy]:
    """The paths as they are meant, and the policy; without paths the run is about its whole root. Raises UserError."""
    from dbfold.policy.loading import find_policy, load_policy
    from dbfold.policy.rooting import require_root

    targets = [resolved(Path(path)) for path in paths]
    stated = require_root(resolved(Path(root))) if root is not None else None
    if isinstance(policy, Policy):
        return targets, replace(policy, stated_root=stated) if stated else policy
    start = targets[0] if targets else stated or Path.cwd()
    return targets, load_policy(resolved(Path(policy)) if policy is not None else find_policy(start), root=stated)


def _given(paths: Sequence[AnyPath]) -> Sequence[AnyPath]:
    if not paths:
        raise UserError("no path is given; name a directory or a file of the application")
    return paths


def _base(targets: Sequence[Path]) -> Path | None:
    here = Path.cwd()
    return here if all(target.is_relative_to(here) for target in targets) else None
