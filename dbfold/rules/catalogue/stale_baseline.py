"""DBF011: an entry of the baseline whose finding is gone."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.model import Rule

_WHY = """\
The baseline lists what was there when dbfold came. It may only shrink: an entry whose finding is gone would let the
same line come back unseen."""

_FIX = """\
`dbfold check --write-baseline` writes the file anew, without what is gone. Commit it with the change that mended the
place."""

# No examples: it looks at the baseline, not at a file of the application. tests/rules/test_baseline.py has its cases.
RULE = Rule(
    code=Code.STALE_BASELINE,
    name="stale-baseline",
    summary="Baseline entry whose finding is gone",
    why=_WHY,
    fix=_FIX,
    invalid=(),
    valid=(),
)
