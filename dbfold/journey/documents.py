"""Checks as JSON. The form is stable; `version` changes if a field changes its meaning or goes. See docs/sql.md."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from dbfold.journey.checking import Checked
from dbfold.journey.judging import Effect, Judgement
from dbfold.journey.overview import Overview
from dbfold.journey.renaming import apply
from dbfold.references.documents import error_document

VERSION = 1


def sql_document(checked: Checked) -> dict[str, object]:
    """The document of `dbfold sql --format json`."""
    return {
        "version": VERSION,
        "summary": summary(checked),
        "statements": [_statement(one) for one in checked.judged.judgements],
        "clashes": [asdict(clash) for clash in checked.outlook.before.clashes],
        "errors": [error_document(error) for error in checked.errors],
    }


def summary(checked: Checked) -> dict[str, int]:
    """Counts: statements = the sum of all effects, always."""
    judgements = checked.judged.judgements
    counts = Counter(one.effect for one in judgements)
    return {
        "statements": len(judgements),
        **{effect.value: counts[effect] for effect in Effect},
        "new_names": sum(bool(one.edits) for one in judgements),
        "errors": len(checked.errors),
    }


def _statement(one: Judgement) -> dict[str, object]:
    statement, span = one.statement, one.statement.span
    return {
        "file": statement.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "databases": list(statement.databases),
        "bound": statement.bound.value,
        "static": statement.is_static,
        "effect": one.effect.value,
        "message": one.message or statement.reason,
        "review": one.review,
        "tables": list(one.tables),
        "sql": statement.text,
        "new_sql": apply(statement.text, one.edits) if one.edits else None,
    }


def overview_document(overview: Overview) -> dict[str, object]:
    """The document of `dbfold plan --format json`."""
    return {
        "version": VERSION,
        "databases": [asdict(row) for row in overview.rows],
        "collisions": [
            {
                "target": proposal.target,
                "table": proposal.table,
                "databases": list(proposal.databases),
                "options": [
                    {
                        "kind": option.kind,
                        "lines": list(option.lines),
                        "renamed": option.renamed,
                        "files": option.files,
                        "breaks": option.breaks,
                        "changes": option.changes,
                        "stuck": option.stuck,
                    }
                    for option in proposal.options
                ],
            }
            for proposal in overview.proposals
        ],
        "problems": list(overview.problems),
        "summary": summary(overview.checked),
        "next": overview.next_step,
        "errors": [error_document(error) for error in (*overview.checked.errors, *overview.returned)],
    }
