"""One runner for every example of every rule.

`dbfold check`, the flake8 plugin and the hook say the same; what is flagged is fixed, or the finding says why not;
after the fix nothing is left that it could mend.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dbfold.hooks import db_paths
from dbfold.policy.codes import Code
from dbfold.rules.catalogue.registry import RULES
from dbfold.rules.flake8_plugin import Dbfold
from dbfold.rules.markdown import rule_text
from rules.pages import pages

ROOT = Path(__file__).parents[2]

INVALID = [
    pytest.param(rule, example, id=f"{rule.code}-{number}")
    for rule in RULES.values()
    for number, example in enumerate(rule.invalid)
]
VALID = [
    pytest.param(rule, example, id=f"{rule.code}-{number}")
    for rule in RULES.values()
    for number, example in enumerate(rule.valid)
]


def flake8(path):
    """What the plugin says of a file, as flake8 would call it: line, column, text."""
    source = path.read_text()
    plugin = Dbfold(ast.parse(source), str(path), source.splitlines(keepends=True))
    return [(line, column + 1, text) for line, column, text, _ in plugin.run()]


def as_flake8(findings):
    return [(found.span.line, found.span.column, f"{found.code} {found.message}; {found.remedy}") for found in findings]


def test_every_code_has_a_rule():
    assert list(RULES) == list(Code)
    assert all(re.fullmatch(r"DBF\d{3}", code) for code in Code)
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_rule_is_documented(rule):
    assert re.fullmatch(r"[A-Z].*[^.]", rule.summary)
    assert len(rule.why) > 80
    assert len(rule.fix) > 80
    assert rule.code is Code.STALE_BASELINE or (rule.invalid and rule.valid)


@pytest.mark.parametrize(("rule", "example"), INVALID)
def test_an_invalid_example_is_flagged_and_fixed_or_explained(shop, findings, rule, example):
    path = shop.write(example.file, example.source.encode())
    found = [finding for finding in findings(example.file) if finding.code == rule.code]
    assert found
    assert all(finding.fixable == (example.fixed is not None) for finding in found)
    result = shop.dbfold("check", "--fix", ".")
    assert path.read_bytes().decode() == (example.fixed or example.source)
    assert result.returncode == (0 if example.fixed else 1), result.stdout
    if example.fixed is None:
        assert any(example.why_not in f"{finding.message}; {finding.remedy}" for finding in found)
        assert example.why_not in result.stdout
    assert all(not finding.fixable for finding in findings())


@pytest.mark.parametrize(("rule", "example"), VALID)
def test_a_valid_example_has_no_findings_and_stays(shop, findings, rule, example):
    path = shop.write(example.file, example.source.encode())
    assert findings() == ()
    assert shop.dbfold("check", "--fix").returncode == 0
    assert path.read_bytes().decode() == example.source


@pytest.mark.parametrize(("rule", "example"), [*INVALID, *VALID])
def test_flake8_says_the_same(shop, findings, rule, example):
    if Path(example.file).suffix != ".py":
        example = replace(example, file="services/shop/data.py", source=f"TEXT = {example.source!r}\n")
    path = shop.write(example.file, example.source.encode())
    assert flake8(path) == as_flake8(findings(example.file))


@pytest.mark.parametrize(("rule", "example"), [*INVALID, *VALID])
def test_the_hook_says_the_same(shop, findings, monkeypatch, rule, example):
    shop.write(example.file, example.source.encode())
    shop.git("init", "-q")
    shop.git("add", "-f", ".")
    monkeypatch.chdir(shop.root)
    checked = db_paths.check([example.file], None)
    assert (checked.findings if checked else ()) == findings(example.file)


def test_every_page_is_current():
    texts = pages()
    assert {path.name for path in texts} == {"README.md", "rules.md", *(f"{code}.md" for code in RULES)}
    for path, text in texts.items():
        assert path.read_text(encoding="utf-8") == text, "run `make rules`"


def test_every_page_is_of_a_rule():
    assert set((ROOT / "rules").glob("*.md")) <= set(pages())


@pytest.mark.parametrize(
    ("code", "expected"), [("dbf004", (0, rule_text(RULES[Code.SPECIALIZED_DATABASE]) + "\n")), ("DBF999", (2, ""))]
)
def test_the_rules_as_a_program(code, expected):
    """`python -m rules` in a clone is `dbfold rule`."""
    command = [sys.executable, "-m", "rules", code]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == expected


@pytest.mark.parametrize("name", ["DBF004", "dbf004", "specialized-database"])
def test_dbfold_rule_prints_one(shop, name):
    result = shop.dbfold("rule", name)
    assert result.returncode == 0
    assert result.stdout.startswith("## DBF004: specialized-database\n")
    assert "`only:`" in result.stdout


def test_dbfold_rule_lists_all(shop):
    lines = shop.dbfold("rule").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(Code)


def test_an_unknown_rule(shop):
    result = shop.dbfold("rule", "DBF0002")
    assert result.returncode == 2
    assert result.stderr == "dbfold: DBF0002: no such rule; did you mean 'DBF002'?\n"
    assert "`dbfold rule` lists them" in shop.dbfold("rule", "E501").stderr
