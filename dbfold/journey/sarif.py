"""SARIF, for code scanning services: what breaks as errors, what changes its meaning as warnings."""

from __future__ import annotations

from dbfold.base.output.sarif import Result, Rule, Unchecked, sarif_text
from dbfold.journey.checking import Checked
from dbfold.journey.judging import Effect, Judgement

_RULES = {
    Effect.BREAKS: Rule("sql-breaks", "SqlBreaks", "A statement that SQLite rejects after the move."),
    Effect.CHANGES: Rule(
        "sql-changes", "SqlChanges", "A statement that means something else after the move.", "warning"
    ),
}


def render(checked: Checked) -> str:
    """The whole log, with a newline at its end."""
    results = [_result(one, rule) for effect, rule in _RULES.items() for one in checked.judged.of(effect)]
    unchecked = [Unchecked(error.file, error.line, error.message) for error in checked.errors]
    return sarif_text(list(_RULES.values()), results, unchecked)


def _result(one: Judgement, rule: Rule) -> Result:
    message = f"{' and '.join(one.statement.databases)}: {one.message}."
    return Result(rule.id, one.statement.file, one.statement.span, message)
