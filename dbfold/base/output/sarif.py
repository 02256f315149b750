"""SARIF 2.1.0, which code scanning services read:
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dbfold.base.output.json_text import json_text
from dbfold.base.spans import Span
from dbfold.base.version import VERSION

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be wrong. `level` is `error` or `warning`; an empty `why` or `help` (Markdown) is left out."""

    id: str
    name: str
    summary: str
    level: str = "error"
    why: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A place where something is wrong. `fingerprint` tells it from others by its content; None if there is none."""

    rule: str
    file: str
    span: Span
    message: str
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A file that could not be looked at, and why; `line` is None where nobody knows it."""

    file: str
    line: int | None
    message: str


def sarif_text(rules: Sequence[Rule], results: Iterable[Result], unchecked: Sequence[Unchecked]) -> str:
    """The log of one run, with a newline at its end. Raises KeyError for a result whose rule is not among `rules`."""
    return json_text(sarif_document(rules, results, unchecked))


def sarif_document(
    rules: Sequence[Rule], results: Iterable[Result], unchecked: Sequence[Unchecked]
) -> dict[str, object]:
    """The log as JSON values."""
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    driver = {"name": "dbfold", "version": VERSION, "rules": [_rule(rule) for rule in rules]}
    invocation = {
        "executionSuccessful": not unchecked,
        "toolExecutionNotifications": [_notification(one) for one in unchecked],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [_result(result, rules, numbers) for result in results],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, object]:
    texts: dict[str, object] = {"id": rule.id, "name": rule.name, "shortDescription": {"text": rule.summary}}
    if rule.why:
        texts["fullDescription"] = {"text": rule.why}
    if rule.help:
        texts["help"] = {"text": rule.help, "markdown": rule.help}
    return texts | {"defaultConfiguration": {"level": rule.level}}


def _result(result: Result, rules: Sequence[Rule], numbers: Mapping[str, int]) -> dict[str, object]:
    span, number = result.span, numbers[result.rule]
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    place = {"physicalLocation": {"artifactLocation": _artifact(result.file), "region": region}}
    document: dict[str, object] = {
        "ruleId": result.rule,
        "ruleIndex": number,
        "level": rules[number].level,
        "message": {"text": result.message},
        "locations": [place],
    }
    if result.fingerprint is not None:
        document["partialFingerprints"] = {"dbfold/v1": result.fingerprint}
    return document


def _notification(unchecked: Unchecked) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": _artifact(unchecked.file)}
    if unchecked.line is not None:
        place["region"] = {"startLine": unchecked.line}
    return {"level": "error", "message": {"text": unchecked.message}, "locations": [{"physicalLocation": place}]}


def _artifact(file: str) -> dict[str, str]:
    """A path as a relative URI reference; the bytes of a name that is no UTF-8 are escaped like others."""
    return {"uri": quote(os.fsencode(file.replace(os.sep, "/"))), "uriBaseId": _ROOT}
