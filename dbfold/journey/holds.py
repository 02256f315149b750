"""From a check of the whole project to what a rewrite has to know.

Code and data move by the same decision: see `dbfold.journey.waits` for what a database waits for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from dbfold.journey.checking import Checked
from dbfold.journey.guidance import Change, Guidance, by_file
from dbfold.journey.judging import Judgement
from dbfold.journey.outlook import Outlook
from dbfold.journey.waits import changing_names, find_waits
from dbfold.policy.model import Policy, Role
from dbfold.references.model import Action
from dbfold.statements.scan import CodeScan


def switching_names(policy: Policy) -> tuple[str, ...]:
    """Names of databases that code is rewritten for, retired or kept; code that holds none of them needs no guidance.

    Patterns give what is fixed in them.
    """
    return tuple(
        max(entry.name.replace("?", "*").replace("[", "*").split("*"), key=len)
        for entry in policy.databases.values()
        if entry.role is Role.RETIRED or entry.is_kept
    )


def guidance(checked: Checked) -> Guidance:
    """What a check of the whole project says."""
    code, outlook, judged = checked.code, checked.outlook, checked.judged.judgements
    rewritten = {
        (found.file, found.span.line, found.span.column)
        for found in code.references.references
        if found.verdict.action is Action.REWRITE
    }
    known: dict[str, set[tuple[int, int]]] = defaultdict(set)
    changing = [Change(one.statement, one.edits) for one in judged if one.edits]
    changing += [Change(one.statement, one.edits) for one in checked.apart]
    for statement in (*(one.statement for one in judged), *(one.statement for one in checked.apart)):
        known[statement.in_policy].update(statement.literals)
    found = Guidance(
        dangers=code.dangers,
        changes=by_file(one for one in changing if one.statement.sites and rewritten.issuperset(one.statement.sites)),
        names=_names(code, outlook, judged),
        known={file: frozenset(found) for file, found in known.items()},
    )
    return found.holding(find_waits(checked))


def _names(code: CodeScan, outlook: Outlook, judged: Sequence[Judgement]) -> dict[str, frozenset[str]]:
    """By file: the names that change for the databases that it names, or whose statements it holds."""
    used: dict[str, set[str]] = defaultdict(set)
    for found in code.references.references:
        used[found.file].add(outlook.policy.entry_name(found.database))
    for one in judged:
        used[one.statement.in_policy].update(one.statement.databases)
    names: dict[str, frozenset[str]] = {}
    for file, databases in used.items():
        for database in databases:
            names[file] = names.get(file, frozenset()) | changing_names(outlook, database)
    return {file: found for file, found in names.items() if found}
