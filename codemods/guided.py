"""A rewrite that knows the SQL: references that wait for a decision, and names that change with their paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from references.discovery import SourceFile
from references.model import Action, Reference, Verdict
from references.scan import Examined, examine, examine_module, read
from references.text import SourceText
from references.verdicts import Judge
from sqlcheck.guidance import Change, Guidance


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


def with_sql_names(
    examined: Examined, source: SourceText, file: SourceFile, judge: Judge, changes: Sequence[Change]
) -> Examined:
    """The file with its statements under their new names, examined again. Raises RewriteError."""
    from codemods.sql_names import with_new_names
    from references.python.parsing import parse

    tree = examined.tree or parse(source.text)
    text = with_new_names(source.text, tree, changes)
    again = examine_module(text, file, judge, data=examined.data)
    again.source = replace(source, text=text)
    again.references = [
        replace(found, verdict=old.verdict, replacement=found.replacement if old.replacement else None)
        for found, old in zip(again.references, examined.references, strict=True)
    ]
    return again
