"""The one builder of SARIF: what stands where in the log."""

from __future__ import annotations

import json
import os

import pytest

from dbfold.base.output.sarif import Result, Rule, Unchecked, sarif_document, sarif_text
from dbfold.base.spans import Span

RULES = (Rule("one", "One", "The first."), Rule("two", "Two", "The second.", "warning", why="So.", help="Do *it*."))
SPAN = Span(3, 5, 4, 9)


def run_of(*results, unchecked=()):
    (run,) = sarif_document(RULES, results, unchecked)["runs"]
    return run


def test_rules_have_what_is_known_of_them():
    first, second = run_of()["tool"]["driver"]["rules"]
    assert first == {
        "id": "one",
        "name": "One",
        "shortDescription": {"text": "The first."},
        "defaultConfiguration": {"level": "error"},
    }
    assert second["fullDescription"] == {"text": "So."}
    assert second["help"] == {"text": "Do *it*.", "markdown": "Do *it*."}


def test_a_result_has_its_rule_its_level_and_its_place():
    (result,) = run_of(Result("two", "a b/é.py", SPAN, "what", fingerprint="f1"))["results"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("two", 1, "warning")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20b/%C3%A9.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 5, "endLine": 4, "endColumn": 9}
    assert result["partialFingerprints"] == {"dbfold/v1": "f1"}
    assert "partialFingerprints" not in run_of(Result("one", "a.py", SPAN, "what"))["results"][0]


def test_a_name_that_is_no_utf_8():
    (result,) = run_of(Result("one", os.fsdecode(b"caf\xe9.py"), SPAN, "what"))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "caf%E9.py"


@pytest.mark.parametrize(("line", "region"), [(7, {"startLine": 7}), (None, None)])
def test_what_could_not_be_looked_at_is_a_notification(line, region):
    (invocation,) = run_of(unchecked=[Unchecked("a.py", line, "does not parse")])["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"] == {"text": "does not parse"}
    assert notification["locations"][0]["physicalLocation"].get("region") == region


def test_a_rule_that_is_not_listed():
    with pytest.raises(KeyError):
        run_of(Result("three", "a.py", SPAN, "what"))


def test_the_text_is_the_document():
    text = sarif_text(RULES, [Result("one", "a.py", SPAN, "what")], [])
    assert json.loads(text) == sarif_document(RULES, [Result("one", "a.py", SPAN, "what")], [])
    assert text.endswith("}\n")
