"""What people read of a plan, a move and a check: text, in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbfold.base.output.screen import PIPE, Screen
from dbfold.base.output.table import Table, table_lines
from dbfold.datamove.planning.plan import Account, Action
from dbfold.datamove.results import Backup, Moved, Preview, Restored, Result, Verified
from dbfold.datamove.sources.estate import Estate

_DIGEST_SHOWN = 16


def plan_text(estate: Estate, previews: Sequence[Preview], screen: Screen = PIPE) -> Iterator[str]:
    """A plan: what happens to each table, what has to be decided, what is worth knowing."""
    for preview in previews:
        plan = preview.plan
        yield f"{', '.join(plan.sources) or 'nothing'} -> {plan.target}"
        if plan.moved_before:
            yield f"moved already, to be put away: {', '.join(plan.moved_before)}"
        if plan.moves:
            yield ""
            yield from table_lines(plan_table(preview), screen)
        yield ""
        decisions = [problem for problem in plan.problems if problem.is_decision]
        others = [problem for problem in plan.problems if not problem.is_decision]
        if others:
            yield f"To be mended ({len(others)}):"
            yield from (f"  {problem}" for problem in others)
            yield ""
        if decisions:
            yield f"To be decided ({len(decisions)}), each by one line in {estate.policy.source.name}:"
            for problem in decisions:
                yield f"  {problem}"
                yield from (f"      {choice}" for choice in problem.choices)
            yield ""
        if plan.notices:
            yield "Worth knowing:"
            yield from (f"  {notice}" for notice in plan.notices)
            yield ""
    if not previews:
        yield "No retired database is there: nothing to move."
    if estate.absent:
        yield f"no file: {', '.join(estate.absent)}"
    if estate.left_alone:
        yield f"left alone: {', '.join(estate.left_alone)}"
    count = sum(len(preview.problems) for preview in previews)
    if previews:
        yield f"{count} to be decided or mended" if count else "Everything is decided. Next: dbfold move run"


def plan_table(preview: Preview) -> Table:
    """What happens to each table of each database."""
    tried = {(account.database, account.name): account for account in preview.accounts}
    rows: list[tuple[str, ...]] = []
    for move in preview.plan.moves:
        final = preview.plan.final(move.target)
        name = move.target if move.name == move.target else f"{move.target} (was {move.name})"
        key = ", ".join(final.key) if move.action is Action.MERGE else ""
        account = tried.get((move.database, move.name))
        counts = _counts(account) if account else (f"{move.rows:,}", "", "", "", "")
        if move.action is Action.MERGE and account is None:
            counts = ("?", "?", "?", "?", "?")
        what = "ids follow" if move.translations and move.action is Action.COPY else str(move.action)
        rows.append((name, move.database, f"{move.rows:,}", what, key, *counts))
    return Table(_PLAN_COLUMNS, tuple(rows), frozenset({2, 5, 6, 7, 8, 9}), _PLAN_SHORT, preview.plan.target)


_PLAN_COLUMNS = ("table", "from", "rows", "what", "key", "new", "identical", "mapped", "conflict", "new ids")
_PLAN_SHORT = ("table", "from", "rows", "what", "key", "new", "same", "map", "lost", "ids")


def moves_table(previews: Sequence[Preview]) -> Table:
    """What happens to each table of each database, for all targets."""
    rows = [(preview.plan.target, *row) for preview in previews for row in plan_table(preview).rows]
    return Table(("target", *_PLAN_COLUMNS), tuple(rows), frozenset({3, 6, 7, 8, 9, 10}))


def _counts(account: Account) -> tuple[str, ...]:
    parts = (account.moved, account.identical, account.mapped, account.conflict, account.renumbered)
    return tuple(f"{part:,}" for part in parts)


def account_table(moved: Moved) -> Table:
    """The accounting table: rows = moved + identical + mapped + conflict, for each table of each database."""
    lines: list[tuple[str, ...]] = []
    for account in moved.accounts:
        name = account.target if account.name == account.target else f"{account.target} (was {account.name})"
        lines.append((name, account.database, f"{account.rows:,}", *_counts(account)))
    amounts = ((a.rows, a.moved, a.identical, a.mapped, a.conflict, a.renumbered) for a in moved.accounts)
    totals = [sum(values) for values in zip(*amounts, strict=True)]
    lines.append(("all", "", *(f"{total:,}" for total in totals)))
    names = ("table", "from", "rows", "moved", "identical", "mapped", "conflict", "new ids")
    short = ("table", "from", "rows", "new", "same", "map", "lost", "ids")
    return Table(names, tuple(lines), frozenset(range(2, 8)), short, moved.plan.target)


def result_text(result: Result, screen: Screen = PIPE) -> Iterator[str]:
    """What a run did."""
    for moved in result.moved:
        if moved.accounts:
            yield f"{moved.plan.target}: where every row went"
            yield ""
            yield from table_lines(account_table(moved), screen)
            yield ""
            yield f"verified: {', '.join(check.name for check in moved.checks)}"
        if moved.conflicts:
            lost = ", ".join(f"{table}.{column} {count:,}" for (table, column), count in moved.conflicts.items())
            yield f"values that lost a conflict are in the table _dbfold_conflicts: {lost}"
        if moved.retired:
            yield f"put away: {', '.join(moved.retired)}"
    if not result.moved:
        yield "No retired database is there: nothing to move."
    elif result.backup is None:
        yield f"A dry run in {result.seconds:.1f} s: nothing has been changed."
    else:
        yield f"backup: {result.backup.directory}"
        yield f"Moved in {result.seconds:.1f} s. Next: dbfold move verify; the way back: dbfold move rollback"
    yield from (f"health check: {failure}" for failure in result.unhealthy)


def verified_text(verified: Verified) -> Iterator[str]:
    """What `verify` found out."""
    yield f"{verified.target}, moved {verified.moved_at}, against {verified.backup.directory.name}"
    for check in verified.checks:
        yield f"  {'ok' if check.passed else 'FAILED':6}  {check.name}: {check.looked_at}"
        yield from (f"          {failure}" for failure in check.failures)
    equal = [row for row in verified.digests if row[2] is not None and row[2] == row[3]]
    yield (
        f"  {'ok' if len(equal) == sum(row[2] is not None for row in verified.digests) else 'FAILED':6}  digests: "
        f"{len(equal)} tables have the SHA3-256 that they had"
    )
    for database, table, before, after in verified.digests:
        if before != after:
            shown = [(digest or "")[:_DIGEST_SHOWN] for digest in (before, after)]
            yield f"          {database}: {table}: {shown[0]} is now {shown[1]}"
    for failure in verified.unhealthy:
        yield f"  FAILED  health check: {failure}"
    for name, before_seconds, after_seconds in verified.timings:
        yield f"  time    {name}: {before_seconds * 1000:.2f} ms before, {after_seconds * 1000:.2f} ms now"


def restored_text(restored: Restored) -> Iterator[str]:
    """What a rollback did."""
    for snapshot in restored.backup.snapshots:
        yield f"restored {snapshot.name}"
    for name in restored.removed:
        yield f"removed {name}, which did not exist"
    yield f"what was there before is in {restored.before.directory}"
    yield from (f"health check: {failure}" for failure in restored.unhealthy)


def backups_text(backups: Sequence[Backup], screen: Screen = PIPE) -> Iterator[str]:
    """Backups, the oldest first."""
    return table_lines(backups_table(backups), screen) if backups else iter(["no backups"])


def backups_table(backups: Sequence[Backup]) -> Table:
    """Backups, the oldest first."""
    rows = []
    for backup in backups:
        names = ", ".join(snapshot.name for snapshot in backup.snapshots)
        rows.append((backup.name, backup.kind, backup.created, names, f"{backup.size / 1e6:,.1f}"))
    return Table(("backup", "made by", "at", "databases", "MB"), tuple(rows), frozenset({4}))


def checks_table(found: Sequence[Verified]) -> Table:
    """What `verify` looked at, and what it found, for all targets."""
    rows = (
        (verified.target, check.name, "ok" if check.passed else "FAILED", check.looked_at, "; ".join(check.failures))
        for verified in found
        for check in verified.checks
    )
    return Table(("target", "check", "result", "looked at", "failures"), tuple(rows))
