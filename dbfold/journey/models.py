"""Tables that libraries name, in a database whose tables get other names: renamed where the text is, or held."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dbfold.base.spans import Span
from dbfold.journey.apart import NotApartError, Texts
from dbfold.journey.concerns import Apart, Concern, entry_names
from dbfold.journey.judging import Effect, Judgement
from dbfold.journey.outlook import Outlook
from dbfold.journey.renaming import Edit
from dbfold.sqlite.engine import folded
from dbfold.statements.executions import Execution
from dbfold.statements.family import Family
from dbfold.statements.model import Bound, Statement
from dbfold.statements.scan import CodeScan
from dbfold.statements.sources import Source, Sources
from dbfold.statements.spelling import Speller
from dbfold.statements.spellings import is_known, spelled
from dbfold.statements.tables import Declaration, TableUse, declarations, mapped, mappers, table_uses


@dataclass(slots=True)
class Models:
    """What was found: what stands against a move, and names that are written in models and calls."""

    concerns: list[Concern] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)


def look_at_models(code: CodeScan, outlook: Outlook, sources: Sources) -> Models:
    """Look at the tables that libraries name, for each database of which a table gets another name."""
    found = Models()
    changing = {database: names for database, merged in outlook.merged.items() if (names := merged.names.get(database))}
    if code.project is None or not outlook.merged:
        return found
    uses = list(table_uses(code.project, sources))
    for database in sorted(outlook.merged):
        _of_calls(database, changing.get(database, {}), uses, outlook, sources, found)
    if changing:
        _of_models(changing, mapped(code.project), list(mappers(sources)), outlook, found)
    return found


def _of_calls(
    database: str, names: Mapping[str, str], uses: list[TableUse], outlook: Outlook, sources: Sources, found: Models
) -> None:
    texts = Texts(Speller(sources, Family(sources, names.keys())))
    entries = entry_names(outlook.policy, [database])
    for use in uses:
        if database not in use.databases:
            continue
        file, line = use.source.file, use.name.lineno
        execution = Execution(file, line, "", use.databases, use.sites)
        for spelling in texts.speller.spell(use.source, use.name):
            text = spelled(spelling)
            if use.replaces and (not is_known(spelling) or _is_shared(outlook, database, text)):
                reason = f"replaces the table {text if is_known(spelling) else 'it is given'}, with the rows of others"
                found.concerns.append(Concern(entries, file, line, reason))
            elif names and not is_known(spelling):
                found.concerns.append(Concern(entries, file, line, "names a table that is not known here"))
            else:
                new = names.get(folded(text))
                edits = (Edit(0, len(text), new),) if new else ()
                if texts.add(execution, spelling, Judgement(_statement(text), Effect.SAME, edits=edits)):
                    found.concerns.append(Concern(entries, file, line, f"{text} is put together from pieces"))
    for change in texts.changes():
        if isinstance(change, NotApartError):
            found.concerns.append(Concern(entries, change.file, change.line, str(change)))
        else:
            found.apart.append(change)


def _is_shared(outlook: Outlook, database: str, table: str) -> bool:
    final = outlook.merged[database].final_of(database, table)
    return final is not None and len(set(final.contributors)) > 1


def _of_models(
    changing: Mapping[str, Mapping[str, str]],
    on: Mapping[str, set[tuple[str, int, int]]],
    modules: list[Source],
    outlook: Outlook,
    found: Models,
) -> None:
    declared = [one for source in modules for one in declarations(source)]
    known = {(one.statement.in_policy, one.statement.literals[0][0]) for one in found.apart}
    known |= {(one.source.file, _offset(one.source, one.literal)) for one in declared if one.literal is not None}
    for database, names in changing.items():
        if database not in on:
            continue
        entries = entry_names(outlook.policy, [database])
        found.concerns += _other_mentions(entries, names, modules, known)
        for one in declared:
            name = next((name for name in sorted(one.names) if name in names), None)
            if name is None:
                continue
            if one.literal is None or set(on) != {database}:
                which = (
                    ""
                    if one.literal is None
                    else f", and so may be that of {' or '.join(sorted(set(on) - {database}))}"
                )
                reason = f"a model whose table is {name}, which gets another name{which}: write it by hand"
                found.concerns.append(Concern(entries, one.source.file, one.line, reason))
            else:
                found.apart.append(_renamed(one, one.literal, names[name], database, on[database]))


def _other_mentions(
    entries: tuple[str, ...], names: Mapping[str, str], modules: list[Source], known: set[tuple[str, int]]
) -> Iterator[Concern]:
    """Texts that name such a table beside the models: `metadata.tables["users"]`."""
    for source in modules:
        for node in source.nodes:
            if (
                not isinstance(node, ast.Constant)
                or not isinstance(node.value, str)
                or (source.file, _offset(source, node)) in known
            ):
                continue
            name, _, column = node.value.partition(".")
            parent = source.parents.get(id(node))
            is_asked_for = isinstance(parent, (ast.Subscript, ast.Call)) or bool(column and column.isidentifier())
            if folded(name) in names and is_asked_for:
                yield Concern(
                    entries, source.file, node.lineno, f"{node.value!r} may be the table, which gets another name"
                )


def _offset(source: Source, node: ast.expr) -> int:
    return source.table.offset(node.lineno, node.col_offset)


def _renamed(
    one: Declaration, literal: ast.Constant, new: str, database: str, sites: set[tuple[str, int, int]]
) -> Apart:
    table = one.source.table
    text = str(literal.value)
    start = table.offset(literal.lineno, literal.col_offset)
    end = table.offset(literal.end_lineno or literal.lineno, literal.end_col_offset or 0)
    statement = Statement(
        one.source.shown,
        table.span(start, end),
        text,
        (database,),
        Bound.CONNECTION,
        sites=tuple(sorted(sites)),
        in_policy=one.source.file,
        pieces=((0, len(text)),),
        literals=((start, end),),
    )
    return Apart(statement, (Edit(0, len(text.partition(".")[0]), new),))


def _statement(text: str) -> Statement:
    return Statement("", Span(1, 1, 1, 1), text, (), Bound.CONNECTION)
