"""The move from beginning to end: back up, plan, build beside, verify, swap, put the sources away.

Until the swap nothing but files of our own has been written; after it the sources' rows are in the target and their
files in the backup. The swap is one rename. A run that is killed is finished or cleaned up by the next.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import apsw

from datamove import backup as backups
from datamove import ledger
from datamove.building import Built, build, needs_trial, try_merges
from datamove.documents import plan_document
from datamove.durable import fresh_directory
from datamove.engine import DatabaseError, open_copy
from datamove.estate import Estate, Target, find_estate
from datamove.inventory import Inventory
from datamove.locks import DatabaseFile, LockedError, locked, move_lock, users_of
from datamove.model import Account, FinalTable, Plan, Problem
from datamove.planning import make_plan
from datamove.progress import Progress
from datamove.relations import looks_like_an_id_of
from datamove.services import Failure, health, stopped
from datamove.snapshots import Snapshot, copy_locked, copy_shared, readable_copy
from datamove.swapping import (
    RESTORE_SUFFIX,
    build_path,
    discard_build,
    finish_file,
    finish_retiring,
    is_wal,
    put_in_place,
    retire,
    settled,
)
from datamove.verification import Check, verify
from dbpolicy.errors import UserError
from dbpolicy.model import NO_FOREIGN_KEY, OnConflict, Policy

_SPARE_BYTES = 16 << 20
_SCRATCH_PREFIX = ".dbfold-plan-"


class MoveRefused(UserError):
    """Nothing has been changed: `problems` say what has to be decided or mended first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"the move waits for decisions (`dbfold move plan` shows the choices):{lines}")


@dataclass(frozen=True)
class Preview:
    """A plan, and what came of trying it where tables of several databases meet. `accounts` are of those tables."""

    plan: Plan
    accounts: tuple[Account, ...] = ()
    conflicts: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.plan.problems


@dataclass(frozen=True)
class Moved:
    """What a run did for one target. `seconds` are from the backup to the swap."""

    plan: Plan
    accounts: tuple[Account, ...]
    checks: tuple[Check, ...]
    conflicts: Mapping[tuple[str, str], int]
    retired: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """What a run did. `backup` is None after a dry run; `unhealthy` are health checks that failed afterwards."""

    estate: Estate
    moved: tuple[Moved, ...]
    backup: backups.Backup | None
    seconds: float
    unhealthy: tuple[Failure, ...] = ()


def plan(policy: Policy, directory: Path | None = None, *, progress: Progress | None = None) -> tuple[Preview, ...]:
    """What a move would do, one preview for each database that takes others in. Writes nothing but scratch files.

    `directory` holds the databases (default: see `estate.data_directory`). Others may go on using them.
    Raises UserError for what cannot be read.
    """
    estate = find_estate(policy, directory)
    with scratch_directory(estate) as work:
        snapshots = _copy_shared(estate, work, progress or Progress())
        return tuple(_Target(estate, target, snapshots, work).preview for target in estate.targets)


def run(
    policy: Policy,
    directory: Path | None = None,
    *,
    dry_run: bool = False,
    expected: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Result:
    """Move everything, or nothing. `dry_run` does all of it but the swap, beside services that go on.

    `expected` are fingerprints (database → sha256) that the databases must still have, those of a plan. Raises
    MoveRefused while decisions are open, UserError and OSError for whatever else stands against it; nothing has changed
    then.
    """
    progress = progress or Progress()
    estate = find_estate(policy, directory)
    if dry_run:
        with scratch_directory(estate) as work:
            return _dry_run(estate, work, expected, progress)
    _require_writable(estate)
    with move_lock(estate.directory):
        clear_leftovers(estate)
        estate = find_estate(policy, estate.directory)  # another run may have ended a moment ago
        if not estate.targets:
            return Result(estate, (), None, 0.0)
        if policy.services.stop:
            _refuse_early(estate, progress)
        with stopped(policy, progress.say):
            result = _run(estate, expected, progress)
        return replace(result, unhealthy=tuple(health(policy, progress.say)))


def clear_leftovers(estate: Estate) -> None:
    """Remove what a run that was killed left. Nothing of it is needed: see `Plan.moved_before` for what is."""
    shutil.rmtree(estate.work, ignore_errors=True)
    backups.discard_partial(estate.backups)
    for entry in estate.policy.kept:
        discard_build(estate.directory / entry.name)
    for path in estate.directory.glob(f".*{RESTORE_SUFFIX}"):
        path.unlink(missing_ok=True)
    for path in estate.directory.glob(f"{_SCRATCH_PREFIX}*"):
        with suppress(LockedError, OSError), move_lock(path):  # locked: a plan that is being made
            shutil.rmtree(path, ignore_errors=True)
    finish_retiring(estate.directory)


# -- one run ----------------------------------------------------------------------------------------------------------


def _run(estate: Estate, expected: Mapping[str, str] | None, progress: Progress) -> Result:
    began = time.monotonic()
    _refuse_users(estate)
    paths = [path for target in estate.targets for _, path in target.files]
    work = fresh_directory(estate.work)
    try:
        with locked(paths, exclusive=True) as guards:
            _require_space(estate)
            partial = backups.begin(estate.backups)
            snapshots = _copy_guarded(estate, guards, partial, progress)
            _require_expected(snapshots, expected)
            targets = [_Target(estate, target, snapshots, work) for target in estate.targets]
            _require_decided(targets)
            absent = [target.name for target in estate.targets if not target.path.exists()]
            progress.stage("check the backup")
            # A rollback goes back to the last move, not to a run that only put away what a killed one had left.
            kind = "move" if any(target.preview.plan.sources for target in targets) else "leftovers"
            directory = backups.seal(partial, kind, list(snapshots.values()), absent)
            built = [target.build(directory.name, progress) for target in targets]
            backup = backups.publish(partial, directory)
            progress.say(f"backup: {backup.directory}")
            snapshots = {snapshot.name: snapshot for snapshot in backup.snapshots}
            targets = [target.with_snapshots(snapshots) for target in targets]
            for target in targets:
                target.swap(guards, progress)
            retired = [target.put_away(backup, progress) for target in targets]
            moved = tuple(replace(made, retired=names) for made, names in zip(built, retired, strict=True))
    finally:
        shutil.rmtree(work, ignore_errors=True)
        clear_leftovers(estate)
    return Result(estate, moved, backup, time.monotonic() - began)


def _dry_run(estate: Estate, work: Path, expected: Mapping[str, str] | None, progress: Progress) -> Result:
    began = time.monotonic()
    snapshots = _copy_shared(estate, work, progress)
    _require_expected(snapshots, expected)
    targets = [_Target(estate, target, snapshots, work) for target in estate.targets]
    _require_decided(targets)
    moved = tuple(target.rehearse(progress) for target in targets)
    return Result(estate, moved, None, time.monotonic() - began)


class _Target:
    """One database that takes others in, read from its snapshots."""

    def __init__(self, estate: Estate, target: Target, snapshots: Mapping[str, Snapshot], work: Path) -> None:
        self.estate, self.target, self.work = estate, target, work
        self.snapshots = {name: snapshots[name] for name, _ in target.files}
        self.copies: dict[str, Path] = {}
        self.preview = self._preview()

    def with_snapshots(self, snapshots: Mapping[str, Snapshot]) -> _Target:
        """The same, after the backup has got its final name."""
        for name, path in self.copies.items():
            if path == self.snapshots[name].stored:
                self.copies[name] = snapshots[name].stored
        self.snapshots = {name: snapshots[name] for name in self.snapshots}
        return self

    def _preview(self) -> Preview:
        problems, inventories, encoding = [], {}, None
        for name, snapshot in self.snapshots.items():
            try:
                scratch = self.work / f"{len(self.copies)}-{name}"
                self.copies[name], inventories[name] = readable_copy(snapshot, scratch, encoding)
                encoding = encoding or inventories[name].encoding
            except DatabaseError as error:
                problems.append(Problem(name, None, str(error).removeprefix(f"{name}: ")))
        base = inventories.pop(self.target.name, Inventory())
        files = tuple(snapshot.source_file for snapshot in self.snapshots.values())
        known = self._moved_before()
        done = {file.name for file in files if file.sha256 in known.get(file.name, ())}
        sources = {name: inventory for name, inventory in inventories.items() if name not in done}
        again = known.keys() & sources.keys()
        made = make_plan(self.estate.policy, self.target.name, base, sources, files, again)
        made = replace(
            made,
            files=tuple(file for file in files if file.name not in done),
            problems=(*problems, *made.problems),
            moved_before=tuple(sorted(done)),
        )
        if problems or not needs_trial(made):
            return Preview(made)
        return self._tried(made)

    def _moved_before(self) -> dict[str, set[str]]:
        copy = self.copies.get(self.target.name)
        if copy is None:
            return {}
        connection = open_copy(copy)
        try:
            return ledger.moved_files(connection)
        finally:
            connection.close()

    def _tried(self, made: Plan) -> Preview:
        path = self.work / "trial"
        self._copy_base(path)
        try:
            with _write_errors(path):
                built = try_merges(made, self.copies, path, self.work / "trial-scratch")
        finally:
            path.unlink(missing_ok=True)
        problems = (*made.problems, *built.problems, *_undecided(self.estate.policy, made, built))
        notices = (*made.notices, *_notices(made, built))
        return Preview(replace(made, problems=problems, notices=notices), tuple(built.accounts), built.conflicts)

    def _copy_base(self, path: Path) -> None:
        copy = self.copies.get(self.target.name)
        if copy is not None:
            shutil.copyfile(copy, path)

    def rehearse(self, progress: Progress) -> Moved:
        """Build and verify, and throw the result away."""
        path = self.work / "rehearsal"
        try:
            return self._built(path, None, progress)
        finally:
            path.unlink(missing_ok=True)

    def build(self, backup: str, progress: Progress) -> Moved:
        """Build beside and verify. Where all sources were moved before, there is nothing to build."""
        if not self.preview.plan.sources:
            return Moved(self.preview.plan, (), (), {}, ())
        return self._built(build_path(self.target.path), backup, progress)

    def swap(self, guards: Mapping[Path, DatabaseFile], progress: Progress) -> None:
        """Put what was built in the old database's place."""
        if self.preview.plan.sources:
            progress.stage("swap")
            self._swap(build_path(self.target.path), guards)
            progress.say(f"{self.target.name}: replaced")

    def put_away(self, backup: backups.Backup, progress: Progress) -> tuple[str, ...]:
        """Remove the sources, whose rows are in the target; returns their names."""
        progress.stage("put the sources away")
        for name, path in self.target.sources:
            retire(path)
            progress.say(f"{name}: put away; it is in {backup.directory}")
        return tuple(name for name, _ in self.target.sources)

    def _swap(self, new: Path, guards: Mapping[Path, DatabaseFile]) -> None:
        path = self.target.path
        for name, file in self.target.files:
            snapshot = self.snapshots[name]
            if file.stat().st_mtime_ns != snapshot.files[0].mtime_ns or file.stat().st_size != snapshot.files[0].size:
                raise LockedError(f"{file}: was changed while it was moved, past SQLite's locks; find out by what")
        if not path.exists():
            put_in_place(new, path)
            return
        with settled(path, guards[path], self.copies[self.target.name]):
            put_in_place(new, path)

    def _built(self, path: Path, backup: str | None, progress: Progress) -> Moved:
        made = self.preview.plan
        size = sum(snapshot.size for snapshot in self.snapshots.values())
        progress.stage("build", rows=sum(move.rows for move in made.moves), size=size, path=path)
        self._copy_base(path)
        document = json.dumps(plan_document(made))
        moved_at = datetime.now(UTC).isoformat(timespec="seconds")

        def finish(connection: apsw.Connection, move_id: int) -> None:
            ledger.record(connection, made, move_id, moved_at, backup, document)

        with _write_errors(path):
            built = build(made, self.copies, path, self.work / "build-scratch", progress=progress, finish=finish)
            base = self.snapshots.get(self.target.name)
            finish_file(path, wal=base is not None and base.size > 0 and is_wal(base.stored))
            progress.stage("verify")
            checks = self._verified(path, built, progress)
        return Moved(made, tuple(built.accounts), checks, built.conflicts, ())

    def _verified(self, path: Path, built: Built, progress: Progress) -> tuple[Check, ...]:
        checks = []
        for check in verify(path, self.preview.plan, self.copies, built.move_id, self.work / "verify-scratch"):
            progress.step(check.name, 0)
            progress.say(f"{self.target.name}: {check.name}: {'; '.join(check.failures) or 'ok'} ({check.looked_at})")
            checks.append(check)
        failures = [f"{check.name}: {failure}" for check in checks for failure in check.failures]
        if failures:
            lines = "".join(f"\n  {failure}" for failure in failures)
            raise DatabaseError(
                f"{self.target.name}: verification failed; nothing has been changed. Mend what is named, or give"
                f" the table"
                f" another name under 'rename':{lines}"
            )
        return tuple(checks)


# -- what stands against it -------------------------------------------------------------------------------------------


def _undecided(policy: Policy, made: Plan, built: Built) -> Iterator[Problem]:
    """Conflicts that the policy wants decided, and columns that look like ids of rows whose ids change."""
    open_tables = {(problem.table or "").lower() for problem in made.problems}
    for account in built.accounts:
        final = made.final(account.target)
        if {account.name.lower(), account.target.lower()} & open_tables:
            continue  # what is decided there changes everything here
        if account.conflict and final.on_conflict is OnConflict.FAIL:
            yield Problem(
                account.database,
                account.name,
                f"{account.conflict:,} of {account.rows:,} rows have the key ({', '.join(final.key)}) of another"
                f" row and"
                f" differ in {_columns(built, final.name)}; which one stays?",
                tuple(_conflict_choices(made, final.name)),
            )
        elif account.mapped + account.identical and _is_guessed(policy, final):
            yield Problem(
                account.database,
                account.name,
                f"{account.mapped + account.identical:,} of {account.rows:,} rows have the number ({final.key[0]}) of"
                " another row, with other columns; are they the same rows?",
                tuple(_unified_choices(made, final.name)),
            )
        if account.renumbered:
            yield from _likely_references(policy, made, account)


def _is_guessed(policy: Policy, final: FinalTable) -> bool:
    """Would rows with different columns become one because their numbers are equal, and nobody said so?"""
    decided = any(name.lower() == final.name.lower() and table.key for name, table in policy.tables.items())
    is_number = final.key == (final.definition.rowid_alias,)
    return final.is_unified and is_number and not decided and final.on_conflict is not OnConflict.KEEP_BOTH


def _unified_choices(made: Plan, table: str) -> Iterator[str]:
    final = made.final(table)
    yield f"tables: {{{table}: {{columns: unify, on_conflict: keep-both}}}}"
    yield f"tables: {{{table}: {{columns: unify, key: [{final.key[0]}], on_conflict: {final.on_conflict}}}}}"


def _columns(built: Built, table: str) -> str:
    return ", ".join(column for name, column in built.conflicts if name == table)


def _conflict_choices(made: Plan, table: str) -> Iterator[str]:
    final = made.final(table)
    shown = f"key: [{', '.join(final.key)}]"
    others = [columns for columns in final.definition.uniques if columns != final.key]
    for columns in others:
        yield f"tables: {{{table}: {{key: [{', '.join(columns)}], on_conflict: keep-target}}}}"
    yield f"tables: {{{table}: {{{shown}, on_conflict: keep-target}}}}"
    yield f"tables: {{{table}: {{{shown}, on_conflict: keep-source}}}}"
    for column in final.columns:
        if column.lower() in ("updated_at", "modified_at", "last_updated", "updated", "last_modified"):
            yield f"tables: {{{table}: {{{shown}, on_conflict: newest, newest_by: {column}}}}}"
    yield f"tables: {{{table}: {{{shown}, on_conflict: fill-nulls}}}}"
    if final.key == (final.definition.rowid_alias,):
        yield f"tables: {{{table}: {{{shown}, on_conflict: keep-both}}}}"


def _likely_references(policy: Policy, made: Plan, account: Account) -> Iterator[Problem]:
    """In the same database, columns called user_id, where the ids of users change and no foreign key says so."""
    merged = next(m for m in made.moves if (m.database, m.name) == (account.database, account.name))
    id_column = made.final(account.target).id_column or ""
    decided = {column.lower() for column in policy.foreign_keys.get(account.database, {})}
    for move in made.moves:
        if move.database != account.database:
            continue
        for column in move.columns:
            place = f"{move.name}.{column}"
            if (
                column not in move.translations
                and place.lower() not in decided
                and (move is not merged or column.lower() != id_column.lower())
                and looks_like_an_id_of(merged.source, id_column, column)
            ):
                yield Problem(
                    account.database,
                    move.name,
                    f"{column} looks like an id of {account.name}, {account.renumbered:,} of which change, and no"
                    f" foreign"
                    " key says so",
                    (
                        f"foreign_keys: {{{account.database}: {{{place}: {account.name}.{id_column}}}}}",
                        f"foreign_keys: {{{account.database}: {{{place}: {NO_FOREIGN_KEY}}}}}",
                    ),
                )


def _notices(made: Plan, built: Built) -> Iterator[str]:
    """Columns that look like ids of a table which their own database does not have."""
    for account in built.accounts:
        if not account.renumbered:
            continue
        final = made.final(account.target)
        for move in made.moves:
            has_own = any(other.database == move.database and other.target == final.name for other in made.moves)
            for column in () if has_own else move.columns:
                if column not in move.translations and looks_like_an_id_of(
                    final.definition, final.id_column or "", column
                ):
                    yield (
                        f"{move.database}: {move.name}.{column} is taken for an id of {final.name} in"
                        f" {made.target}. If it is"
                        f" one of {account.database}, write foreign_keys: {{{move.database}:"
                        f" {{{move.name}.{column}: {account.database}/{account.name}.{final.id_column}}}}}"
                    )


def _require_decided(targets: list[_Target]) -> None:
    problems = tuple(problem for target in targets for problem in target.preview.problems)
    if problems:
        raise MoveRefused(problems)


def _refuse_early(estate: Estate, progress: Progress) -> None:
    """Before anything is stopped: a plan from shared copies."""
    with scratch_directory(estate) as work:
        snapshots = _copy_shared(estate, work, progress)
        _require_decided([_Target(estate, target, snapshots, work) for target in estate.targets])


def _refuse_users(estate: Estate) -> None:
    users = users_of(path for target in estate.targets for _, path in target.files)
    if users:
        raise LockedError(
            f"{estate.directory}: {', '.join(users)} has a database open and could lose what it writes; stop it,"
            f" or let the"
            " policy's services.stop do so"
        )


def _require_expected(snapshots: Mapping[str, Snapshot], expected: Mapping[str, str] | None) -> None:
    if expected is None:
        return
    now = {name: snapshot.source_file.sha256 for name, snapshot in snapshots.items()}
    changed = sorted(name for name in now.keys() | expected.keys() if now.get(name) != expected.get(name))
    if changed:
        raise UserError(f"{', '.join(changed)} changed since the plan was made; plan again")


def _require_writable(estate: Estate) -> None:
    for directory in {estate.directory, *(target.path.resolve().parent for target in estate.targets)}:
        if not os.access(directory, os.W_OK | os.X_OK):
            raise UserError(
                f"{directory}: is not writable, and the new database is built there; run dbfold as its owner"
            )


def _require_space(estate: Estate) -> None:
    """Backup, new database and scratch files, before any of them is written."""
    size = sum(path.stat().st_size for target in estate.targets for _, path in target.files)
    needed = 3 * size + _SPARE_BYTES
    free = shutil.disk_usage(estate.directory).free
    if free < needed:
        raise UserError(
            f"{estate.directory}: {free >> 20:,} MB are free, and the move needs {needed >> 20:,} MB for the"
            f" backup, the new"
            " database and scratch files; make room"
        )


@contextmanager
def _write_errors(path: Path) -> Iterator[None]:
    """SQLite's words for what happens to files of ours: a full disk is the error that it is everywhere else."""
    try:
        yield
    except (apsw.FullError, apsw.IOError) as error:
        raise OSError(errno.ENOSPC, f"cannot write {path} ({error}); nothing has been changed") from None
    except apsw.Error as error:
        raise DatabaseError(f"{path}: {error}; nothing has been changed. Mend that and run dbfold again") from error


# -- copies -----------------------------------------------------------------------------------------------------------


def _copy_guarded(
    estate: Estate, guards: Mapping[Path, DatabaseFile], directory: Path, progress: Progress
) -> dict[str, Snapshot]:
    files = [entry for target in estate.targets for entry in target.files]
    progress.stage("back up", size=sum(path.stat().st_size for _, path in files))
    snapshots: dict[str, Snapshot] = {}
    for name, path in files:
        progress.step(name, sum(snapshot.size for snapshot in snapshots.values()))
        snapshots[name] = copy_locked(name, path, guards[path], directory / name)
    return snapshots


def _copy_shared(estate: Estate, work: Path, progress: Progress) -> dict[str, Snapshot]:
    files = [entry for target in estate.targets for entry in target.files]
    progress.stage("read", size=sum(path.stat().st_size for _, path in files))
    directory = fresh_directory(work / "copies")
    snapshots: dict[str, Snapshot] = {}
    for name, path in files:
        progress.step(name, sum(snapshot.size for snapshot in snapshots.values()))
        snapshots[name] = copy_shared(name, path, directory / name)
    return snapshots


@contextmanager
def scratch_directory(estate: Estate) -> Iterator[Path]:
    """A directory for copies: beside the databases if that can be written, where there is most likely room for them."""
    parent = estate.directory if os.access(estate.directory, os.W_OK | os.X_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix=_SCRATCH_PREFIX, dir=parent, ignore_cleanup_errors=True) as name,
        move_lock(Path(name)),  # so that a run can tell it from one that was left
    ):
        yield Path(name)
