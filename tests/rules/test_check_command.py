"""`dbfold check` as a program: paths, exit codes, standard input, --fix, --diff, --output."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from dbfold.rules.output.formats import FORMATS

HARDCODED = 'import sqlite3\n\nconnection = sqlite3.connect("/app/data/shop.db")\n'
STRAY = 'import sqlite3\n\nconnection = sqlite3.connect("/app/data/notes.db")\n'
FIXED = "import sqlite3\n\nfrom database_config import DATABASE_PATH\n\nconnection = sqlite3.connect(DATABASE_PATH)\n"
CLEAN = "x = 1\n"


@pytest.fixture
def application(shop):
    shop.write("services/shop/a.py", HARDCODED.encode())
    shop.write("services/shop/clean.py", CLEAN.encode())
    return shop


def codes(result):
    return [found["code"] for found in json.loads(result.stdout)["findings"]]


def test_findings(application):
    result = application.dbfold("check")
    assert result.returncode == 1
    assert result.stderr == ""
    assert result.stdout == (
        "services/shop/a.py:3:30: DBF001 hardcoded path of shop.db [*]\n"
        "  |\n"
        '3 | connection = sqlite3.connect("/app/data/shop.db")\n'
        "  |                              ^^^^^^^^^^^^^^^^^^^\n"
        "  = use DATABASE_PATH (from database_config import DATABASE_PATH)\n"
        "\n"
        "Found 1 finding in 1 file (1 fixable with --fix).\n"
    )


def test_clean(shop):
    shop.write("services/shop/clean.py", CLEAN.encode())
    result = shop.dbfold("check", "services")
    assert (result.returncode, result.stdout) == (0, "All clear: 1 file checked.\n")


def test_paths_are_shown_from_where_the_user_stands(application):
    result = application.dbfold("check", "--format", "concise", cwd=application.root / "services")
    assert result.stdout.startswith("shop/a.py:3:30: DBF001")


def test_a_file_that_cannot_be_checked(application):
    application.write("services/shop/old.py", b'print "/app/data/shop.db"\n')
    result = application.dbfold("check")
    assert result.returncode == 2
    assert "error: services/shop/old.py:1: does not parse" in result.stdout
    assert "a.py:3:30: DBF001" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: no such file or directory"),
        (["--policy", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["--format", "nonsense"], "invalid choice: 'nonsense'"),
        (["--fix", "--diff"], "not allowed with argument"),
        (["--fix", "--write-baseline"], "not allowed with argument"),
        (["--write-baseline", "--since", "HEAD"], "git"),
        (["--stdin-filename", "a.py", "services"], "give neither paths nor --since"),
        (["--output", "nowhere/report.txt"], "nowhere/report.txt"),
    ],
)
def test_what_cannot_be_done(application, arguments, message):
    result = application.dbfold("check", *arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bad_policy(application):
    application.write("dbfold.yaml", b"version: 1\nrules: {ignore: [DBF01]}\ndatabases: {}\n")
    result = application.dbfold("check")
    assert result.returncode == 2
    assert "dbfold.yaml:2: rules.ignore[0]: unknown value 'DBF01'; did you mean 'DBF" in result.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_every_form(application, form):
    result = application.dbfold("check", "--format", form)
    assert result.returncode == 1
    assert "DBF001" in result.stdout
    report = application.root / "report.json"
    for _ in range(2):  # the report of the first run is nothing to look at in the second
        again = application.dbfold("check", "--format", form, "--output", "report.json")
        assert (again.returncode, again.stdout) == (1, "")
    assert report.read_text() == result.stdout


def test_statistics(application):
    assert application.dbfold("check", "--statistics").stdout.startswith("1  DBF001  hardcoded-path (1 fixable)\n")


def test_fix(application):
    application.write("services/shop/b.py", STRAY.encode())
    result = application.dbfold("check", "--fix")
    assert result.returncode == 1
    assert result.stderr == "wrote services/shop/database_config.py\nwrote services/shop/a.py\n"
    assert "DBF006" in result.stdout
    assert ": DBF001" not in result.stdout
    assert application.read("services/shop/a.py") == FIXED.encode()
    assert application.read("services/shop/b.py") == STRAY.encode()
    (application.services / "shop/b.py").unlink()
    again = application.dbfold("check", "--fix")
    assert (again.returncode, again.stderr) == (0, "")


def test_fix_that_cannot_write(application):
    (application.services / "shop/a.py").chmod(0o444)
    result = application.dbfold("check", "--fix")
    assert result.returncode == 2
    assert "services/shop/a.py: is read-only" in result.stdout
    assert application.read("services/shop/a.py") == HARDCODED.encode()


def test_diff(application):
    result = application.dbfold("check", "--diff")
    assert result.returncode == 1
    assert application.read("services/shop/a.py") == HARDCODED.encode()
    subprocess.run(["git", "apply", "-"], input=result.stdout, cwd=application.root, text=True, check=True)
    assert application.read("services/shop/a.py") == FIXED.encode()
    again = application.dbfold("check", "--diff")
    assert (again.returncode, again.stdout) == (0, "")


def test_fix_and_diff_of_what_changed(application):
    application.git("init", "-q")
    application.git("add", ".")
    application.git("commit", "-qm", "before")
    application.write("services/shop/b.py", HARDCODED.encode())
    assert "b.py" in application.dbfold("check", "--diff", "--since", "HEAD").stdout
    result = application.dbfold("check", "--fix", "--since", "HEAD")
    assert result.returncode == 0, result.stdout
    assert application.read("services/shop/a.py") == HARDCODED.encode()
    assert application.read("services/shop/b.py") == FIXED.encode()


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_standard_input(application, arguments):
    command = ["check", "--format", "json", "--stdin-filename", "services/shop/new.py", *arguments]
    result = application.dbfold(*command, input=STRAY)
    assert result.returncode == 1
    (found,) = json.loads(result.stdout)["findings"]
    assert (found["file"], found["line"], found["code"]) == ("services/shop/new.py", 3, "DBF006")
    assert application.dbfold(*command, input=CLEAN).returncode == 0


def test_standard_input_in_place_of_the_file_on_the_disk(application):
    result = application.dbfold("check", "--stdin-filename", "services/shop/a.py", input=CLEAN)
    assert result.returncode == 0


@pytest.mark.parametrize("name", ["dbfold.yaml", "archive/a.py"])
def test_standard_input_for_a_file_that_is_not_looked_at(application, name):
    with open(application.root / "dbfold.yaml", "a") as stream:
        stream.write('exclude: ["archive/**"]\n')
    (application.root / "archive").mkdir()
    assert application.dbfold("check", "--stdin-filename", name, input=HARDCODED).returncode == 0


def test_standard_input_knows_the_baseline(application):
    assert application.dbfold("check", "--write-baseline").returncode == 0
    assert application.dbfold("check", "--stdin-filename", "services/shop/a.py", input=HARDCODED).returncode == 0
    stray = application.dbfold("check", "--stdin-filename", "services/shop/a.py", input=HARDCODED + STRAY)
    assert "DBF006" in stray.stdout
    assert ": DBF001" not in stray.stdout


def test_per_path_settings(application):
    application.write("services/old/a.py", HARDCODED.encode())
    with open(application.root / "dbfold.yaml", "a") as stream:
        stream.write('rules: {ignore: [DBF006], per_file_ignores: {"services/old/**": [DBF001, DBF002]}}\n')
    application.write("services/shop/b.py", STRAY.encode())
    result = application.dbfold("check", "--format", "json")
    assert codes(result) == ["DBF001"]
    assert application.dbfold("check", "services/old").returncode == 0


def test_findings_are_the_same_in_every_form_for_programs(application):
    application.write("services/shop/b.py", STRAY.encode())
    outputs = {form: application.dbfold("check", "--format", form).stdout for form in FORMATS}
    expected = [("services/shop/a.py", "DBF001"), ("services/shop/b.py", "DBF006")]
    assert [(found["file"], found["code"]) for found in json.loads(outputs["json"])["findings"]] == expected
    assert [(entry["location"]["path"], entry["check_name"]) for entry in json.loads(outputs["gitlab"])] == expected
    results = json.loads(outputs["sarif"])["runs"][0]["results"]
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]
    assert list(zip(uris, [result["ruleId"] for result in results], strict=True)) == expected
    cases = ElementTree.fromstring(outputs["junit"])[0]
    assert [(case.get("file"), case[0].get("type")) for case in cases] == expected


def test_as_a_module(application):
    command = [sys.executable, "-m", "dbfold.commands.check", "--format", "concise", str(application.root)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "DBF001" in result.stdout
