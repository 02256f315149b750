"""The numbers of Zoe's consolidation plan, and the count of references that has to equal them.

A reference is one place that names one database file; the plan gives references and files per database.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple


class Numbers(NamedTuple):
    """How often a database is named, and in how many files."""

    references: int
    files: int


PLAN: dict[str, Numbers] = {
    "zoe.db": Numbers(204, 52),
    "developer_tasks.db": Numbers(151, 22),
    "memory.db": Numbers(37, 13),
    "auth.db": Numbers(6, 2),
    "sessions.db": Numbers(2, 2),
    "satisfaction.db": Numbers(2, 1),
    "self_awareness.db": Numbers(2, 2),
    "learning.db": Numbers(4, 2),
    "agent_planning.db": Numbers(3, 1),
    "tool_registry.db": Numbers(3, 1),
    "snapshots.db": Numbers(4, 2),
    "model_performance.db": Numbers(4, 2),
    "context_cache.db": Numbers(2, 1),
    "knowledge.db": Numbers(1, 1),
    "aider_conversations.db": Numbers(6, 3),
    # "Others | Various | Various": the plan gives no numbers for these four, only the totals below.
    "performance.db": Numbers(3, 1),
    "vector_search.db": Numbers(2, 1),
    "litellm.db": Numbers(3, 2),
    "tasks.db": Numbers(2, 1),
}
TOTAL = Numbers(references=441, files=95)

# Throw-away databases of the tests: named in the tree, counted nowhere.
TEMPORARY = ("test_zoe.db", "scratch_tasks.db", "test_lists.db")
# The tree also names these, which are no databases of the estate.
NOT_DATABASES = ("Thumbs.db",)

# The optional quotes are a name in two pieces: "/app/data/zoe" ".db".
_NAME = re.compile(r"""(?<![\w-])([a-z]\w*?)(?:"\s+")?(\.db)\b""")


class EstateError(Exception):
    """The generated tree is not the one that the plan describes."""


def count_references(tree: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """References in a tree of path → text, keyed by (path, database)."""
    counts: Counter[tuple[str, str]] = Counter()
    for path, text in tree.items():
        for stem, suffix in _NAME.findall(text):
            counts[path, stem + suffix] += 1
    return counts


def check(tree: Mapping[str, str]) -> None:
    """Raise EstateError unless the tree's references equal the plan, per database and in total."""
    counts = count_references(tree)
    problems = [_unknown(path, name) for path, name in counts if name not in (*PLAN, *TEMPORARY)]
    counted = {key: number for key, number in counts.items() if key[1] in PLAN}
    for database, wanted in PLAN.items():
        numbers = [number for (_, name), number in counted.items() if name == database]
        found = Numbers(sum(numbers), len(numbers))
        if found != wanted:
            problems.append(f"{database}: {found} where the plan says {wanted}")
    total = Numbers(sum(counted.values()), len({path for path, _ in counted}))
    if total != TOTAL:
        problems.append(f"in total: {total} where the plan says {TOTAL}")
    if problems:
        raise EstateError("\n".join(problems))


def _unknown(path: str, name: str) -> str:
    return f"{path} names {name}, which is neither in the plan nor a throw-away database"
