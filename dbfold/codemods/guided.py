"""A rewrite that knows the SQL: references that wait for a decision, and names that change with their paths."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from dbfold.base.text import SourceText
from dbfold.codemods.errors import RewriteError
from dbfold.journey.holds import Change, Guidance
from dbfold.references.discovery import SourceFile
from dbfold.references.model import Action, Reference, Verdict
from dbfold.references.scan import Examined, examine, examine_module, read
from dbfold.references.verdicts import Judge

# What stands before the name of a table in SQL.
_BEFORE_NAMES = "from|join|into|update|table|exists|references|on"


def examine_any(file: SourceFile, judge: Judge) -> Examined:
    """As `examine_file`, also for a file that names no database. Raises OSError."""
    return examine(read(file), file, judge)


def waiting(references: Sequence[Reference], file: SourceFile, guidance: Guidance) -> list[Reference]:
    """The references; those that have to wait are for review, with the reason."""

    def reason(found: Reference) -> str | None:
        site = (file.in_policy, found.span.line, found.span.column)
        return guidance.held.get(found.database) or guidance.sites.get(site)

    return [
        replace(found, verdict=Verdict(Action.REVIEW, why, found.verdict.target), replacement=None)
        if found.verdict.action is Action.REWRITE and (why := reason(found)) is not None
        else found
        for found in references
    ]


def require_whole(
    text: str,
    examined: Examined,
    names: AbstractSet[str],
    known: AbstractSet[tuple[int, int]],
) -> None:
    """Raises RewriteError if a text outside of the `known` statements names one of `names` as SQL does.

    `query += " JOIN sessions …"` is a piece of a statement, and nobody sees of which. A file with nothing to rewrite is
    not asked.
    """
    if not any(found.verdict.action is Action.REWRITE for found in examined.references):
        return
    piece = re.compile(rf"(?i)\b(?:{_BEFORE_NAMES})\s+[\"'`\[]?(?:{'|'.join(map(re.escape, names))})(?!\w)")
    if not piece.search(text):
        return
    from dbfold.base.text import LineTable
    from dbfold.code.parsing import offsets_of, parse

    table = LineTable(text)
    tree = examined.tree or parse(text)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Constant, ast.JoinedStr)) or id(node) in documentation:
            continue
        start, end = offsets_of(node, table)
        found = piece.search(text, start, end)
        if found and not any(first <= start and end <= last for first, last in known):
            raise RewriteError(
                f"line {node.lineno} has a piece of SQL that names what gets another name ({found[0].split()[-1]}):"
                " write it and the path by hand"
            )


def with_sql_names(
    examined: Examined, source: SourceText, file: SourceFile, judge: Judge, changes: Sequence[Change]
) -> Examined:
    """The file with its statements under their new names, examined again. Raises RewriteError."""
    from dbfold.code.parsing import parse
    from dbfold.codemods.sql_names import with_new_names

    tree = examined.tree or parse(source.text)
    text = with_new_names(source.text, tree, changes)
    again = examine_module(text, file, judge, data=examined.data)
    again.source = replace(source, text=text)
    again.references = [
        replace(found, verdict=old.verdict, replacement=found.replacement if old.replacement else None)
        for found, old in zip(again.references, examined.references, strict=True)
    ]
    return again
