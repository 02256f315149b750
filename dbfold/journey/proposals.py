"""For each table that nobody has decided on: what could be decided, and what would follow in the code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from dbfold.base.output.counted import counted
from dbfold.datamove.planning.draft import stem
from dbfold.datamove.planning.plan import FinalTable
from dbfold.datamove.planning.tables import settings_text, unify_choice
from dbfold.journey.judging import Effect, Judge
from dbfold.journey.outlook import Merged, look_ahead
from dbfold.journey.schemas import Schemas
from dbfold.journey.shapes import words
from dbfold.policy.editing import with_entry
from dbfold.policy.model import Policy, Table
from dbfold.sqlite.engine import folded
from dbfold.statements.model import Statement


@dataclass(frozen=True, slots=True)
class Rename:
    """`rename: {database: {table: new}}`."""

    database: str
    table: str
    new: str

    @property
    def entry(self) -> tuple[tuple[str, ...], str]:
        """Key path and value in the policy."""
        return ("rename", self.database, self.table), self.new


Decision = Rename | Table


@dataclass(frozen=True, slots=True)
class Option:
    """One way to decide, and what follows from it.

    renamed  statements that get a new name, in `files` files
    breaks, changes  statements that break or change their meaning, of those on the databases concerned
    stuck    statements whose new name nobody can write but a person
    """

    kind: str
    decisions: tuple[Decision, ...]
    renamed: int
    files: int
    breaks: int
    changes: int
    stuck: int

    @property
    def lines(self) -> tuple[str, ...]:
        """The decisions as lines of the policy."""
        return tuple(_line(*_entry(decision)) for decision in self.decisions)

    @property
    def consequences(self) -> str:
        """What follows, in words."""
        parts = (
            [f"{counted(self.renamed, 'statement')} in {counted(self.files, 'file')} rewritten"] if self.renamed else []
        )
        parts.append(f"{self.breaks} break")
        if self.changes:
            parts.append(f"{self.changes} change their meaning")
        if self.stuck:
            parts.append(f"{self.stuck} to be rewritten by hand")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A table that several databases have, each with other columns: the options, the best first."""

    target: str
    table: str
    databases: tuple[str, ...]
    options: tuple[Option, ...]

    @property
    def best(self) -> Option:
        return self.options[0]


def propose(policy: Policy, before: Schemas, statements: Sequence[Statement]) -> list[Proposal]:
    """A proposal for each open collision, in the order of the plan; each builds on those before it."""
    found: list[Proposal] = []
    outlook = look_ahead(policy, before)
    for target in list(outlook.targets):
        while (final := _next_open(outlook.targets[target], found)) is not None:
            options = [
                _option(policy, before, kind, decisions, final, statements)
                for kind, decisions in _choices(outlook.targets[target], final)
            ]
            options.sort(key=lambda option: (option.breaks + option.stuck, option.changes, option.kind != "rename"))
            found.append(Proposal(target, final.name, final.contributors, tuple(options)))
            policy = decided(policy, options[0].decisions)
            outlook = look_ahead(policy, before)
    return found


def _next_open(merged: Merged, found: Sequence[Proposal]) -> FinalTable | None:
    known = {folded(one.table) for one in found if one.target == merged.target}
    finals = merged.plan.finals.items()
    return next((final for key, final in finals if final.is_undecided and key not in known), None)


def _choices(merged: Merged, final: FinalTable) -> Iterator[tuple[str, tuple[Decision, ...]]]:
    """Other names for all but the first, or one table with the columns of all."""
    taken = {*merged.plan.finals, *merged.schema.objects()}
    renames: list[Decision] = []
    for database in final.contributors[1:]:
        new = f"{stem(database)}_{final.name}"
        while folded(new) in taken:
            new += "_"
        taken.add(folded(new))
        renames.append(Rename(database, merged.original(database, final), new))
    yield "rename", tuple(renames)
    tables = {
        database: table
        for database in final.contributors
        if (table := merged.inventories[database].table(merged.original(database, final))) is not None
    }
    yield "unify", (unify_choice(final.name, tables),)


def _option(
    policy: Policy,
    before: Schemas,
    kind: str,
    decisions: tuple[Decision, ...],
    final: FinalTable,
    statements: Sequence[Statement],
) -> Option:
    """What follows, counted on the statements of the databases concerned."""
    outlook = look_ahead(decided(policy, decisions), before)
    concerned = [one for one in statements if set(one.databases) & set(final.contributors)]
    judged = Judge(outlook).judge(concerned).judgements
    new = {folded(one.new) for one in decisions if isinstance(one, Rename)}
    names = {folded(final.name), *new, *(folded(one.table) for one in decisions if isinstance(one, Rename))}
    renamed = [one for one in judged if new & {word.key for edit in one.edits for word in words(edit.text)}]
    touching = [one for one in judged if names & {folded(name) for name in one.tables}]
    return Option(
        kind,
        decisions,
        renamed=len(renamed),
        files=len({one.statement.file for one in renamed}),
        breaks=sum(one.effect is Effect.BREAKS for one in touching),
        changes=sum(one.effect is Effect.CHANGES for one in touching),
        stuck=sum(bool(one.review) for one in judged),
    )


def decided(policy: Policy, decisions: Iterable[Decision]) -> Policy:
    """The policy with more decisions."""
    rename = {database: dict(names) for database, names in policy.rename.items()}
    tables = dict(policy.tables)
    for decision in decisions:
        if isinstance(decision, Rename):
            rename.setdefault(decision.database, {})[decision.table] = decision.new
        else:
            tables[decision.name] = decision
    return replace(policy, rename=rename, tables=tables)


def written(text: str, proposals: Sequence[Proposal]) -> str:
    """The text of a policy with the best option of each proposal in it. Raises UserError."""
    for proposal in proposals:
        for decision in proposal.best.decisions:
            text = with_entry(text, *_entry(decision))
    return text


def _entry(decision: Decision) -> tuple[tuple[str, ...], str]:
    if isinstance(decision, Rename):
        return decision.entry
    return ("tables", decision.name), settings_text(decision)


def _line(path: tuple[str, ...], value: str) -> str:
    for key in reversed(path[1:]):
        value = f"{{{key}: {value}}}"
    return f"{path[0]}: {value}"
