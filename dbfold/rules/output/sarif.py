"""SARIF, for code scanning services: every finding, with the catalogue of rules."""

from __future__ import annotations

from dbfold.base.output.sarif import Result, Rule, Unchecked, sarif_text
from dbfold.rules.catalogue.registry import RULES
from dbfold.rules.model import Checked, Finding
from dbfold.rules.model import Rule as CatalogueRule


def render(checked: Checked, *, color: bool = False) -> str:
    """The whole report, with a newline at its end."""
    results = [_result(finding) for finding in checked.findings]
    unchecked = [Unchecked(error.file, error.line, error.message) for error in checked.errors]
    return sarif_text([_rule(rule) for rule in RULES.values()], results, unchecked)


def _rule(rule: CatalogueRule) -> Rule:
    name = "".join(part.capitalize() for part in rule.name.split("-"))
    return Rule(str(rule.code), name, f"{rule.summary}.", why=rule.why, help=rule.fix)


def _result(finding: Finding) -> Result:
    message = f"{finding.message}; {finding.remedy}."
    return Result(str(finding.code), finding.file, finding.span, message, finding.fingerprint)
