"""`dbfold move plan --write`: the open decisions in the policy, as comments to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from dbfold.base.writing import replace_file
from dbfold.datamove.planning.plan import Problem
from dbfold.policy.model import Policy

_BEGIN = "# -- decisions of `dbfold move plan`: uncomment one line of each, below its key if there is one already --\n"
_END = "# -- end of the decisions --\n"


def write_decisions(policy: Policy, problems: Sequence[Problem]) -> str:
    """Put the choices at the end of the policy, in the place of those that an earlier call left; what was done, in
    words.

    The policy means the same as before. Raises WriteError.
    """
    old = policy.source.read_bytes()
    text = _without_decisions(old.decode("utf-8-sig"))
    decisions = [problem for problem in problems if problem.is_decision]
    if decisions:
        lines = [line for problem in decisions for line in (f"# {problem}\n", *(f"#   {c}\n" for c in problem.choices))]
        text = f"{text.rstrip()}\n\n{_BEGIN}{''.join(lines)}{_END}"
    new = text.encode()
    if new != old:
        replace_file(policy.source, old, new)
    if not decisions:
        return f"{policy.source.name}: no decision is open"
    return f"{policy.source.name}: choices for {len(decisions)} decision{'s' * (len(decisions) > 1)}, at its end"


def _without_decisions(text: str) -> str:
    """What has been chosen among them, which is no comment any more, stays."""
    start, end = text.find(_BEGIN), text.find(_END)
    if start < 0 or end < start:
        return text
    block = text[start + len(_BEGIN) : end].splitlines(keepends=True)
    chosen = "".join(line for line in block if not line.startswith("#"))
    return f"{text[:start].rstrip()}\n{chosen}{text[end + len(_END) :]}"
