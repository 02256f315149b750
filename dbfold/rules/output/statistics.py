"""`--statistics`: how many findings each rule has."""

from __future__ import annotations

from collections import Counter

from dbfold.policy.codes import Code
from dbfold.references.documents import error_line
from dbfold.rules.catalogue.registry import RULES
from dbfold.rules.model import Checked
from dbfold.rules.output.summary import summary_line


def counts_by_code(checked: Checked) -> list[tuple[Code, int, int]]:
    """Code, findings, and how many of them are fixable; the most frequent first."""
    counts = Counter(finding.code for finding in checked.findings)
    fixable = Counter(finding.code for finding in checked.findings if finding.fixable)
    return [(code, counts[code], fixable[code]) for code in sorted(counts, key=lambda code: (-counts[code], code))]


def statistics(checked: Checked) -> str:
    """The counts for people, instead of the findings."""
    rows = counts_by_code(checked)
    width = max((len(str(count)) for _, count, _ in rows), default=0)
    lines = [
        f"{count:{width}}  {code}  {RULES[code].name}{f' ({fixable} fixable)' if fixable else ''}"
        for code, count, fixable in rows
    ]
    lines += [f"error: {error_line(error)}" for error in checked.errors]
    return "\n".join([*lines, summary_line(checked)]) + "\n"
