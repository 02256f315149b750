"""The whole journey, from code and data: what each database holds, what stands against its move, what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dbfold.journey.checking import Checked
from dbfold.journey.judging import Effect
from dbfold.journey.proposals import Proposal, propose
from dbfold.policy.model import Database, Policy, Role
from dbfold.references.model import Action, FileError


@dataclass(frozen=True, slots=True)
class DatabaseRow:
    """One database. `rewrite` and `review` are references that are still to be rewritten, and for a person;
    `collisions` counts its tables that others have with other columns, `waits_for` names those that are undecided."""

    database: str
    role: str
    becomes: str
    references: int
    rewrite: int
    review: int
    files: int
    tables: int
    collisions: int
    statements: int
    breaks: int
    changes: int
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """One page. `problems` are those of the move's plan that no proposal answers; `returned` are databases that have
    been moved, and whose files are there again."""

    checked: Checked
    rows: tuple[DatabaseRow, ...]
    proposals: tuple[Proposal, ...]
    problems: tuple[str, ...]
    next_step: str
    returned: tuple[FileError, ...] = ()

    @property
    def is_open(self) -> bool:
        """Is anything undecided, or would anything break?"""
        return bool(self.proposals or self.problems or self.checked.judged.of(Effect.BREAKS))


def overview(policy: Policy, checked: Checked, returned: tuple[FileError, ...] = ()) -> Overview:
    """The page for a check of the whole application."""
    outlook = checked.outlook
    proposals = tuple(propose(policy, outlook.before, checked.code.statements.statements))
    proposed = {one.table for one in proposals}
    problems = tuple(
        str(problem)
        for merged in outlook.targets.values()
        for problem in merged.plan.problems
        if problem.table not in proposed
    )
    rows = tuple(_row(policy, checked, entry) for entry in policy.databases.values())
    shown = tuple(row for row in rows if row.references or row.tables or row.statements)
    step = _next_step(checked, shown, proposals, problems)
    return Overview(checked, shown, proposals, problems, _FIRST if returned else step, returned)


_FIRST = "end what writes to the files that are back"


def _row(policy: Policy, checked: Checked, entry: Database) -> DatabaseRow:
    outlook = checked.outlook
    references = [one for one in checked.code.references.references if policy.find(one.database) is entry]
    actions = Counter(one.verdict.action for one in references)
    judged = [
        one for one in checked.judged.judgements if any(policy.find(name) is entry for name in one.statement.databases)
    ]
    effects = Counter(one.effect for one in judged)
    names = [name for name in outlook.before.schemas if policy.find(name) is entry]
    tables = {
        key for name in names for key, (type, _, _) in outlook.before.schemas[name].objects().items() if type == "table"
    }
    shared = [
        final
        for merged in outlook.targets.values()
        for final in merged.plan.finals.values()
        if len(final.contributors) > 1 and set(names) & set(final.contributors)
    ]
    target = policy.target(entry)
    becomes = f"-> {target.name}" if entry.role is Role.RETIRED and target else entry.role.value
    return DatabaseRow(
        database=entry.name,
        role=entry.role.value,
        becomes=becomes,
        references=len(references),
        rewrite=actions[Action.REWRITE],
        review=actions[Action.REVIEW],
        files=len({one.file for one in references}),
        tables=len(tables),
        collisions=len(shared),
        statements=len(judged),
        breaks=effects[Effect.BREAKS],
        changes=effects[Effect.CHANGES],
        waits_for=tuple(final.name for final in shared if final.is_undecided),
    )


def _next_step(
    checked: Checked, rows: Sequence[DatabaseRow], proposals: Sequence[Proposal], problems: Sequence[str]
) -> str:
    if proposals:
        return "decide, or take the proposals with `dbfold plan --write`"
    if problems:
        return "`dbfold move plan` says what else has to be decided or mended"
    if checked.judged.of(Effect.BREAKS):
        return "mend what breaks, or decide otherwise"
    if any(row.rewrite for row in rows):
        return "`dbfold rewrite` for the code, then `dbfold move run` for the rows"
    return "`dbfold move run`"
