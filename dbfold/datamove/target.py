"""One database that takes others in: read, planned, built, verified, swapped."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import apsw

from dbfold.datamove import ledger
from dbfold.datamove.building.build import Built, build, needs_trial, try_merges
from dbfold.datamove.planning.document import plan_document
from dbfold.datamove.planning.make import make_plan
from dbfold.datamove.planning.plan import Plan, Problem
from dbfold.datamove.planning.questions import trial_notices, undecided
from dbfold.datamove.progress import Progress
from dbfold.datamove.results import Backup, Check, Moved, Preview
from dbfold.datamove.safety.swapping import (
    build_path,
    finish_file,
    put_in_place,
    retire,
    settled,
)
from dbfold.datamove.sources.estate import Estate, Target
from dbfold.datamove.sources.files import Snapshot
from dbfold.datamove.sources.locks import DatabaseFile, LockedError
from dbfold.datamove.sources.snapshots import readable_copy
from dbfold.datamove.verifying.checks import verify
from dbfold.sqlite.engine import DatabaseError, open_copy
from dbfold.sqlite.header import is_wal
from dbfold.sqlite.inventory import Inventory


class TargetMove:
    """One database that takes others in, read from its snapshots."""

    def __init__(self, estate: Estate, target: Target, snapshots: Mapping[str, Snapshot], work: Path) -> None:
        self.estate, self.target, self.work = estate, target, work
        self.snapshots = {name: snapshots[name] for name, _ in target.files}
        self.copies: dict[str, Path] = {}
        self.preview = self._preview()

    def with_snapshots(self, snapshots: Mapping[str, Snapshot]) -> TargetMove:
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
            with write_errors(path):
                built = try_merges(made, self.copies, path, self.work / "trial-scratch")
        finally:
            path.unlink(missing_ok=True)
        problems = (
            *made.problems,
            *built.problems,
            *undecided(self.estate.policy, made, built.accounts, built.conflicts),
        )
        notices = (*made.notices, *trial_notices(made, built.accounts))
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

    def put_away(self, backup: Backup, progress: Progress) -> tuple[str, ...]:
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

        with write_errors(path):
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


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """SQLite's words for what happens to files of ours: a full disk is the error that it is everywhere else."""
    try:
        yield
    except (apsw.FullError, apsw.IOError) as error:
        raise OSError(errno.ENOSPC, f"cannot write {path} ({error}); nothing has been changed") from None
    except apsw.Error as error:
        raise DatabaseError(f"{path}: {error}; nothing has been changed. Mend that and run dbfold again") from error
