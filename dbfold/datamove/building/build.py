"""Runs a plan's steps on a new file. Whatever goes wrong, nothing but that file has been touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from dbfold.datamove import ledger
from dbfold.datamove.building.step import Context, Step
from dbfold.datamove.building.steps import build_steps
from dbfold.datamove.planning.plan import Account, Action, Plan, Problem
from dbfold.datamove.progress import Progress
from dbfold.sqlite.engine import DatabaseError, attach, attach_scratch, encoding_of, fetch, folded, number, open_scratch

_INSTRUCTIONS_BETWEEN_LOOKS = 200_000


@dataclass
class Built:
    """What came of the steps: accounts, and the problems met on the way (of a trial; a real build raises)."""

    move_id: int
    accounts: list[Account] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    conflicts: dict[tuple[str, str], int] = field(default_factory=dict)


def build(
    plan: Plan,
    copies: Mapping[str, Path],
    path: Path,
    scratch: Path,
    *,
    progress: Progress | None = None,
    finish: Callable[[apsw.Connection, int], None] | None = None,
) -> Built:
    """Make the file at `path`, which holds the target's pages, what the plan says; `finish` has the last word in it.

    `copies` are the databases, as files that nobody changes; `scratch` is a path for intermediate results, removed
    afterwards. Raises DatabaseError where a step fails or finds what must not be.
    """
    return _Builder(plan, copies, progress or Progress()).run(path, scratch, trial=False, finish=finish)


def try_merges(plan: Plan, copies: Mapping[str, Path], path: Path, scratch: Path) -> Built:
    """Run only the steps of tables that several databases have, and count what they find."""
    return _Builder(plan, copies, Progress()).run(path, scratch, trial=True, finish=None)


class _Builder:
    def __init__(self, plan: Plan, copies: Mapping[str, Path], progress: Progress) -> None:
        self._plan = plan
        self._copies = copies
        self._progress = progress
        self._rows = 0
        self._attached: str | None = None
        self._failed: set[int] = set()

    def run(
        self, path: Path, scratch: Path, *, trial: bool, finish: Callable[[apsw.Connection, int], None] | None
    ) -> Built:
        connection = open_scratch(path, encoding_of(next(iter(self._copies.values()))))
        try:
            attach_scratch(connection, scratch, "work")
            # Gives Python a chance to notice Ctrl-C while a statement runs.
            connection.set_progress_handler(self._progress.tick, _INSTRUCTIONS_BETWEEN_LOOKS)
            built = Built(ledger.create(connection))
            context = Context(self._plan, built.move_id)
            wanted = self._tried() if trial else None
            self._failed = self._faulty()
            for step in build_steps(context):
                if wanted is None or step.move in wanted or step.rebuilds or self._is_check(step):
                    self._do(connection, step, built, trial=trial)
            self._attach(connection, None)
            built.accounts = ledger.accounts(connection, built.move_id)
            built.conflicts = _conflicts(connection, built.move_id)
            if finish is not None:
                finish(connection, built.move_id)
        finally:
            connection.close()
            scratch.unlink(missing_ok=True)
        return built

    def _tried(self) -> set[int]:
        """The moves that share their table with another database, and no virtual ones."""
        return {
            index
            for index, move in enumerate(self._plan.moves)
            if len(self._plan.final(move.target).contributors) > 1 and self._plan.final(move.target).key
        }

    @staticmethod
    def _is_check(step: Step) -> bool:
        """References out of a table that is copied are looked at, too."""
        return step.move is not None and step.problem is not None

    def _faulty(self) -> set[int]:
        """Moves of which the plan says what has to be corrected: a trial would say it again in SQLite's words."""
        tables = {folded(one.table or "") for one in self._plan.problems if not one.is_decision}
        return {index for index, move in enumerate(self._plan.moves) if folded(move.target) in tables}

    def _is_blocked(self, step: Step) -> bool:
        """Did the table's move fail, or one that it needs: the tables it refers to, those it shares columns with?"""
        if step.move is None or not self._failed:
            return False
        move = self._plan.moves[step.move]
        needed = {(one.database, folded(one.table)) for one in move.translations.values()}
        shares = self._plan.final(move.target).is_unified
        if step.move in self._failed or any(
            (other.database, folded(other.target)) in needed or (shares and other.target == move.target)
            for other in (self._plan.moves[index] for index in self._failed)
        ):
            self._failed.add(step.move)
            return True
        return False

    def _do(self, connection: apsw.Connection, step: Step, built: Built, *, trial: bool) -> None:
        if self._is_blocked(step):
            return
        self._progress.step(step.what, self._rows)
        if step.database is not None:
            self._attach(connection, step.database)
        try:
            problem = self._execute(connection, step, built)
        except (apsw.ConstraintError, apsw.SQLError, apsw.MismatchError, apsw.TooBigError) as error:
            problem = self._problem(step, f"{error} ({step.what.rpartition(': ')[2]}); {_remedy(error)}")
        if problem is None:
            return
        if not trial:
            raise DatabaseError(str(problem))
        built.problems.append(problem)
        if step.move is not None:
            self._failed.add(step.move)

    def _execute(self, connection: apsw.Connection, step: Step, built: Built) -> Problem | None:
        if step.problem is not None:
            found = number(connection, step.sql)
            return self._problem(step, step.problem.replace("{n}", f"{found:,}")) if found else None
        while True:
            before = connection.total_changes()
            connection.execute(step.sql).fetchall()
            if not step.repeated or connection.total_changes() == before:
                break
        if step.counted and step.move is not None:
            move = self._plan.moves[step.move]
            moved = connection.changes()
            self._rows += moved
            ledger.record_copied(
                connection, built.move_id, Account(move.database, move.name, move.target, move.rows, moved)
            )
        return None

    def _problem(self, step: Step, message: str) -> Problem:
        move = self._plan.moves[step.move] if step.move is not None else None
        return Problem(
            (move.database if move else step.database) or self._plan.target,
            move.name if move else None,
            message,
            step.choices,
        )

    def _attach(self, connection: apsw.Connection, database: str | None) -> None:
        if self._attached == database:
            return
        if self._attached is not None:
            connection.execute("DETACH src")
        if database is not None:
            attach(connection, self._copies[database], "src")
        self._attached = database


def _conflicts(connection: apsw.Connection, move_id: int) -> dict[tuple[str, str], int]:
    sql = (
        "SELECT table_name, column_name, count(*) FROM main._dbfold_conflicts WHERE move = ?"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return {(table, column): count for table, column, count in fetch(connection, sql, (move_id,))}


def _remedy(error: apsw.Error) -> str:
    if isinstance(error, apsw.ConstraintError):
        return "mend those rows, or give the table another name under 'rename'"
    return "the database needs something that only its application has, or its schema is damaged"


def needs_trial(plan: Plan) -> bool:
    """Are there tables whose rows have to be compared?"""
    return any(move.action is Action.MERGE for move in plan.moves)
