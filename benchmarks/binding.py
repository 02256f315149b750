"""How many statements are bound to the right database: a checkout beside labels that people made by reading its code.

    python benchmarks/binding.py CHECKOUT benchmarks/labels/NAME.jsonl

The checkout has a policy (`dbfold init` drafts one). A label is a fact: file, line, and the database that the statement
in that line runs on; several joined with `|`, or a reason why there is none (`:unknown:`, `:not-sql:`, …). Only static
statements count. A label says what the application does, not what its tests do.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

from dbfold.policy.loading import load_policy
from dbfold.references.discovery import discover
from dbfold.references.survey import Survey
from dbfold.statements.model import Statement
from dbfold.statements.scan import scan_code


def main(checkout: Path, labels: Path) -> int:
    """Print the numbers and every difference; returns 1 if there is one."""
    policy = load_policy(checkout / "dbfold.yaml")
    found: dict[tuple[str, int], list[Statement]] = defaultdict(list)
    for statement in scan_code(Survey(), discover([checkout], policy, checkout), policy).statements.statements:
        found[statement.file, statement.span.line].append(statement)
    right = wrong = missed = none = 0
    for line in labels.read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        statements = found.get((label["file"], label["line"]), [])
        if not statements:
            missed += not label["database"].startswith(":")
            none += label["database"].startswith(":")
            continue
        if not statements[0].is_static:
            continue
        bound = "|".join(sorted(statements[0].databases))
        if bound == label["database"]:
            right += 1
        elif not bound and label["database"].startswith(":"):
            none += 1
        else:
            missed += not bound
            wrong += bool(bound)
            print(f"{label['file']}:{label['line']}: {label['database']}, bound to {bound or 'nothing'}")
    labelled = right + wrong + missed
    print(f"{labelled} static statements with a database: {right} right, {wrong} wrong, {missed} not bound", end="")
    print(f" (precision {right / max(right + wrong, 1):.1%}, recall {right / max(labelled, 1):.1%});", end="")
    print(f" {none} without one, and not bound")
    return int(wrong + missed > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2])))
