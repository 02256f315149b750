"""A whole check: code, schemas, outlook, and what becomes of each statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import apsw

from dbfold.base.errors import UserError
from dbfold.base.progress import SILENT, Progress
from dbfold.datamove.sources.estate import companions, data_directory
from dbfold.journey.catalogue import catalogue_concerns
from dbfold.journey.computed import look_at_computed
from dbfold.journey.concerns import Apart, Concern
from dbfold.journey.error_texts import error_text_concerns
from dbfold.journey.judging import Judge, Judged
from dbfold.journey.meeting import meeting_concerns
from dbfold.journey.models import look_at_models
from dbfold.journey.outlook import Outlook, look_ahead
from dbfold.journey.schemas import find_schemas
from dbfold.journey.scripts import script_concerns
from dbfold.journey.surroundings import loose_names, names_results
from dbfold.journey.together import together_concerns
from dbfold.journey.told_errors import told_error_concerns
from dbfold.policy.model import Policy, Role
from dbfold.references.discovery import Discovery, discover, require_files
from dbfold.references.model import FileError
from dbfold.references.roots import Roots
from dbfold.references.survey import Survey, surveying
from dbfold.sqlite.engine import folded
from dbfold.sqlite.header import is_database
from dbfold.statements.scan import CodeScan, scan_code
from dbfold.statements.sources import Sources

_CHANGE_COUNTER, _COUNTERS = 24, 44  # https://sqlite.org/fileformat.html: change counter … schema cookie


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `errors` are files that could not be read or parsed, `base` is what paths are relative to."""

    code: CodeScan
    outlook: Outlook
    judged: Judged
    base: Path
    concerns: tuple[Concern, ...] = ()
    apart: tuple[Apart, ...] = ()

    @property
    def errors(self) -> tuple[FileError, ...]:
        return self.code.statements.errors

    def within(self, targets: Sequence[Path]) -> Checked:
        """The same for the files below `targets` alone."""

        def inside(file: str) -> bool:
            path = self.base / file
            return any(path == target or target in path.parents for target in targets)

        judgements = tuple(one for one in self.judged.judgements if inside(one.statement.file))
        errors = tuple(error for error in self.errors if inside(error.file))
        statements = replace(self.code.statements, errors=errors)
        return replace(self, judged=Judged(judgements), code=replace(self.code, statements=statements))


def check(
    policy: Policy,
    data_dir: Path | None = None,
    *,
    jobs: int | None = None,
    base: Path | None = None,
    progress: Progress = SILENT,
    cached: bool = True,
) -> Checked:
    """Check all code below the policy, against the databases in `data_dir`, or in the policy's data directory.

    Databases that are not there have the schema that the code would create. Paths are reported relative to `base`, by
    default the policy's directory. Raises UserError.
    """
    base = base or policy.root
    discovery = discover([policy.root], policy, base)
    require_something(discovery, policy, data_dir)
    with surveying(policy.root, jobs, cached=cached) as survey:
        return check_files(policy, survey, discovery, base, data_dir, progress)


def require_something(discovery: Discovery, policy: Policy, data_dir: Path | None) -> None:
    """Raises UserError where there is neither a file of the project nor a database to look at."""
    if not database_files(policy, data_dir):
        require_files(discovery, [policy.root], policy)


def check_files(
    policy: Policy,
    survey: Survey,
    discovery: Discovery,
    base: Path,
    data_dir: Path | None = None,
    progress: Progress = SILENT,
    roots: Roots | None = None,
) -> Checked:
    """The same for the files of `discovery`, those of the whole project. Raises UserError.

    `roots` are the policy's, if they are known already.
    """
    code = scan_code(survey, discovery, policy, progress, roots)
    statements = code.statements.statements
    progress.phase(f"checking {len(statements):,} statements of SQL")
    files = database_files(policy, data_dir)
    try:
        before = find_schemas(policy, statements, files)
    except apsw.Error as error:
        raise UserError(
            f"a database cannot be read: {error}; run `dbfold move plan`, which says which and why"
        ) from error
    outlook = look_ahead(policy, before)
    loose = loose_names(discovery.files, _renamed_columns(outlook))
    judge = Judge(outlook, loose, named=_has_new_names(outlook) and names_results(discovery.files))
    judged = judge.judge(statements)
    sources = Sources(survey.words(discovery.files))
    found = look_at_computed(code, outlook, judge, judged.judgements, sources)
    models = look_at_models(code, outlook, sources)
    concerns = (
        *found.concerns,
        *models.concerns,
        *meeting_concerns(code, outlook),
        *catalogue_concerns(code, judge, sources),
        *error_text_concerns(outlook, sources),
        *told_error_concerns(code, outlook, sources),
        *together_concerns(code, outlook, sources),
        *script_concerns(code, outlook, judge, sources, discovery.files),
    )
    return Checked(code, outlook, Judged(found.judgements), base, concerns, (*found.apart, *models.apart))


def _has_new_names(outlook: Outlook) -> bool:
    return any(names for merged in outlook.targets.values() for names in merged.names.values())


def _renamed_columns(outlook: Outlook) -> dict[str, set[str]]:
    """The columns of all tables that get another name, by the name that they have now."""
    columns: dict[str, set[str]] = defaultdict(set)
    for merged in outlook.targets.values():
        for database, names in merged.names.items():
            for name in names:
                columns[name].update(map(folded, outlook.before.schemas[database].columns(name)))
    return columns


def database_files(policy: Policy, data_dir: Path | None) -> Mapping[str, Path]:
    """The databases of the policy that are there: name → path. A directory that is not named need not exist."""
    try:
        directory = data_directory(policy, data_dir)
    except UserError:
        if data_dir is not None:
            raise
        return {}
    found: dict[str, Path] = {}
    for path in sorted(directory.iterdir()):
        entry = policy.find(path.name)
        if entry is not None and entry.role is not Role.EXTERNAL and path.is_file() and is_database(path):
            found[path.name] = path
    return found


def database_state(path: Path) -> str:
    """What tells that a database's schema may have changed: its header's counters, and its companions."""
    with path.open("rb") as stream:
        counters = stream.read(_COUNTERS)[_CHANGE_COUNTER:]
    states = [f"{suffix} {one.stat().st_size} {one.stat().st_mtime_ns}" for suffix, one in companions(path)]
    return " ".join([str(path), counters.hex(), str(path.stat().st_size), str(path.stat().st_mtime_ns), *states])
