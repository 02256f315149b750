"""One runner for every Python case: what is expected stands beside its line, and what is flagged is fixed or explained.

A marker is `#: kind verdict`, several are separated by semicolons. Each file goes through detection, rewrite and
detection again: every `rewrite` is gone after the first run, all else is as it was, a second run changes nothing.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from dbfold.codemods.run import prepare
from dbfold.codemods.writing import write
from dbfold.policy.loading import load_policy
from dbfold.references.model import Action

CASES = sorted((Path(__file__).parent / "cases").glob("*.py"))
MARKER = re.compile(r"#: (.+)$")
# The path in the middle of a multi-line string has no place for a marker.
WITHOUT_MARKER = {"texts.py": [(23, "message", "leave")]}
POLICY = """
version: 1
databases:
  zoe.db: {role: primary, path: /app/data/zoe.db, env: DATABASE_PATH}
  memory.db: {role: specialized, path: /app/data/memory.db, env: MEMORY_DATABASE_PATH}
  auth.db: {role: retired, into: zoe.db}
  developer_tasks.db: {role: retired, into: zoe.db}
  learning.db: {role: retired, into: zoe.db}
  satisfaction.db: {role: retired, into: zoe.db}
  tokens.db: {role: retired, into: zoe.db}
  litellm.db: {role: external}
  performance.db: {role: undecided}
env_aliases: {ZOE_DB_PATH: DATABASE_PATH}
accessor: {roots: [service]}
data_dirs: [/app/data, data]
temporary: [/tmp]
"""


@pytest.fixture
def case(tmp_path, request):
    (tmp_path / "dbfold.yaml").write_text(POLICY)
    (tmp_path / "service").mkdir()
    file = tmp_path / "service" / request.param.name
    file.write_bytes(request.param.read_bytes())
    return file


def expected(path):
    found = list(WITHOUT_MARKER.get(path.name, []))
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := MARKER.search(line):
            found += [(number, *part.split()) for part in match[1].split(";")]
    return sorted(found)


def actual(path):
    policy = load_policy(path.parent.parent / "dbfold.yaml")
    result = prepare([path], policy, jobs=1).scan
    assert result.errors == ()
    return sorted((found.span.line, str(found.kind), str(found.verdict.action)) for found in result.references)


@pytest.mark.parametrize("case", CASES, indirect=True, ids=lambda path: path.stem)
def test_each_line_is_found_with_its_kind_and_verdict(case):
    assert actual(case) == expected(case)


@pytest.mark.parametrize("case", CASES, indirect=True, ids=lambda path: path.stem)
def test_what_is_to_be_rewritten_is_rewritten_and_nothing_else_changes(case):
    policy = load_policy(case.parent.parent / "dbfold.yaml")
    prepared = prepare([case], policy, jobs=1)
    before = prepared.scan.references
    assert write(prepared).failed == ()
    after = prepare([case], policy, jobs=1).scan.references
    others = [found for found in before if found.verdict.action is not Action.REWRITE]
    assert [(found.kind, found.text, found.verdict.action) for found in after] == [
        (found.kind, found.text, found.verdict.action)
        for found in others  # reasons name lines, which have moved
    ]
    compile(case.read_bytes(), case.name, "exec")
    assert not prepare([case], policy, jobs=1).changes


@pytest.mark.parametrize("case", CASES, indirect=True, ids=lambda path: path.stem)
def test_only_the_lines_of_rewrites_and_imports_change(case):
    policy = load_policy(case.parent.parent / "dbfold.yaml")
    before = case.read_text().splitlines()
    touched = {
        found.span.line
        for found in prepare([case], policy, jobs=1).scan.references
        if found.verdict.action is Action.REWRITE
    }
    write(prepare([case], policy, jobs=1))
    kept = Counter(line for number, line in enumerate(before, 1) if number not in touched)
    lost = kept - Counter(case.read_text().splitlines())
    assert all(re.match(r"\s*(import|from) |\s*(DIRECTORY,|os\.path\.join\(|\)$)", line) for line in lost), lost
