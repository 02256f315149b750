"""What people read of a check: statement by statement, and the page on which a maintainer decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dbfold.base.output.counted import counted
from dbfold.base.output.screen import PIPE, Screen
from dbfold.base.output.table import Table, table_lines
from dbfold.code.texts import HOLE
from dbfold.journey.checking import Checked
from dbfold.journey.judging import Effect, Judgement
from dbfold.journey.overview import DatabaseRow, Overview

_TITLES = {
    Effect.BREAKS: (
        "breaks: SQLite accepted it, and does not any more",
        "break: SQLite accepted them, and does not any more",
    ),
    Effect.CHANGES: ("changes its meaning", "change their meaning"),
    Effect.UNCHECKED: ("could not be checked", "could not be checked"),
    Effect.FAILS_ALREADY: ("fails before the move already", "fail before the move already"),
    Effect.SAME: ("stays as it is", "stay as they are"),
    Effect.ELSEWHERE: ("runs on what is no file of the application", "run on what is no file of the application"),
}
_ALWAYS = (Effect.BREAKS, Effect.CHANGES, Effect.UNCHECKED)
_LONGEST = 72


def sql_lines(checked: Checked, *, everything: bool = False) -> Iterator[str]:
    """Every statement that breaks, changes or could not be checked, and how many do not."""
    yield _source(checked)
    yield ""
    for effect in _ALWAYS if not everything else tuple(_TITLES):
        found = checked.judged.of(effect)
        if found:
            one, several = _TITLES[effect]
            yield f"{counted(len(found), 'statement')} {one if len(found) == 1 else several}:"
            yield from (f"  {_line(one)}" for one in found)
            yield ""
    waiting = [one for one in checked.judged.judgements if one.edits]
    if waiting:
        files = len({one.statement.file for one in waiting})
        yield (
            f"{counted(len(waiting), 'statement')} in {counted(files, 'file')} get new names with the next"
            " `dbfold rewrite`; they are checked under those"
        )
        yield ""
    clashes = checked.outlook.before.clashes
    if clashes and everything:
        yield "Created in two ways for one database; the statements of both are taken to be right:"
        yield from (f"  {clash}" for clash in clashes)
        yield ""
    yield totals(checked.judged.judgements)


def totals(judgements: Sequence[Judgement]) -> str:
    """One line of numbers."""
    counts = Counter(one.effect for one in judgements)
    files = len({one.statement.file for one in judgements})
    parts = [f"{counts[effect]} {name}" for effect, name in _SHORT.items() if counts[effect]]
    return f"{counted(len(judgements), 'statement')} in {counted(files, 'file')}: {', '.join(parts) or 'none'}"


_SHORT = {
    Effect.BREAKS: "break",
    Effect.CHANGES: "change",
    Effect.SAME: "same",
    Effect.FAILS_ALREADY: "fail already",
    Effect.UNCHECKED: "unchecked",
    Effect.ELSEWHERE: "elsewhere",
}


def _source(checked: Checked) -> str:
    before = checked.outlook.before
    made = [name for name in before.schemas if name not in before.read]
    if not before.read:
        return "Schemas: what the code creates, because none of the databases is here (--data-dir)"
    line = f"Schemas: {counted(len(before.read), 'database')}"
    return f"{line}; what the code creates for {', '.join(made)}" if made else line


def _line(one: Judgement) -> str:
    statement = one.statement
    place = f"{statement.file}:{statement.span.line}:{statement.span.column}"
    database = f" {'|'.join(statement.databases)}:" if statement.databases else ""
    text = " ".join(statement.text.replace(HOLE, "{…}").split())
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    message = one.message or one.review or one.statement.bound
    return f"{place}:{database} {message} | {shown}"


def overview_lines(overview: Overview, screen: Screen = PIPE) -> Iterator[str]:
    """The whole journey on one page: databases, collisions with proposals, what breaks, what comes next."""
    yield _source(overview.checked)
    yield ""
    yield from table_lines(overview_table(overview), screen)
    yield ""
    if overview.proposals:
        yield f"Collisions to be decided ({len(overview.proposals)}):"
        for proposal in overview.proposals:
            yield f"  {proposal.table}: in {', '.join(proposal.databases)}, with different columns"
            for number, option in enumerate(proposal.options):
                yield f"    {'proposed' if not number else 'or'}: {option.consequences}"
                yield from (f"      {line}" for line in option.lines)
        yield ""
    breaking = overview.checked.judged.of(Effect.BREAKS)
    if breaking:
        by_file = Counter(one.statement.file for one in breaking)
        yield f"{counted(len(breaking), 'statement')} would break (see `dbfold sql`):"
        yield from (f"  {file}: {number}" for file, number in by_file.most_common())
        yield ""
    if overview.problems:
        yield f"Other problems of the move ({len(overview.problems)}; see `dbfold move plan`):"
        yield from (f"  {problem}" for problem in overview.problems)
        yield ""
    yield totals(overview.checked.judged.judgements)
    yield f"next: {overview.next_step}"


def overview_table(overview: Overview) -> Table:
    """The databases and what stands against their move."""
    return Table(_HEADER, tuple(_cells(row) for row in overview.rows), frozenset(range(2, 9)), _SHORT_HEADER)


def statements_table(checked: Checked) -> Table:
    """Every statement and what becomes of it."""
    rows = (
        (
            f"{one.statement.file}:{one.statement.span.line}",
            "|".join(one.statement.databases),
            one.effect.value,
            one.message or one.review or one.statement.bound.value,
            " ".join(one.statement.text.split()),
        )
        for one in checked.judged.judgements
    )
    return Table(("place", "databases", "effect", "message", "sql"), tuple(rows))


_SHORT_HEADER = ("database", "becomes", "refs", "write", "review", "tables", "clash", "SQL", "break", "waits for")
_HEADER = (
    *("database", "becomes", "references", "to rewrite", "review", "tables", "collisions", "statements", "break"),
    "waits for",
)


def _cells(row: DatabaseRow) -> tuple[str, ...]:
    numbers = (row.references, row.rewrite, row.review, row.tables, row.collisions, row.statements, row.breaks)
    return (row.database, row.becomes, *map(str, numbers), ", ".join(row.waits_for))
