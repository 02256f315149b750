"""The gate on the example estate: three ways to run the rules, one set of findings."""

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from test_zoe_estate import generate

from dbfold import cli
from dbfold.codemods import deciding
from dbfold.hooks import db_paths
from dbfold.journey.checking import check_files
from dbfold.references.model import Action
from dbfold.references.scan import scan
from dbfold.rules.flake8_plugin import Dbfold

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    output = tmp_path_factory.mktemp("checked") / "zoe"
    assert generate(output, "--git").returncode == 0
    subprocess.run(["git", "add", "-A"], cwd=output, check=True)
    return output


def check(estate, *arguments):
    """Line and text of every finding in each file, as `dbfold check` gives them."""
    command = [BIN / "dbfold", "check", "--format", "json", *arguments]
    result = subprocess.run(command, cwd=estate, capture_output=True, text=True, check=False)
    document = json.loads(result.stdout)
    assert document["errors"] == []
    return sorted(
        (found["file"], found["line"], found["column"], f"{found['code']} {found['message']}; {found['remedy']}")
        for found in document["findings"]
    )


def python_only(findings):
    return [found for found in findings if found[0].endswith(".py")]


def test_every_reference_to_rewrite_or_review_is_a_finding_and_no_other(estate):
    from dbfold.policy.loading import load_policy

    found = scan([estate], load_policy(estate / "dbfold.yaml")).references
    flagged = [reference for reference in found if reference.verdict.action is not Action.LEAVE]
    assert all(reference.code for reference in flagged)
    places = sorted((found.file, found.span.line, found.span.column) for found in flagged)
    assert places == [finding[:3] for finding in check(estate)]
    assert len(places) > 300


def test_flake8_finds_the_same(estate):
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=DBF", "--disable-noqa", "--format"]
    command += ["%(path)s\t%(row)d\t%(col)d\t%(code)s %(text)s", "."]
    result = subprocess.run(command, cwd=estate, capture_output=True, text=True, check=False)
    found = []
    for line in result.stdout.splitlines():
        path, row, column, text = line.split("\t")
        found.append((path.removeprefix("./"), int(row), int(column), text))
    assert sorted(found) == python_only(check(estate))


def test_the_plugin_looks_at_the_project_once(estate, monkeypatch):
    """Whether a place can be rewritten depends on the whole project; that is worked out for the first file alone."""
    asked = []
    monkeypatch.setattr(deciding, "check_files", lambda *given: asked.append(given) or check_files(*given))
    names = ["services/zoe-core/session_manager.py", "services/zoe-core/self_awareness.py"]
    found = []
    for name in names:
        source = (estate / name).read_text()
        lines = source.splitlines(keepends=True)
        found += Dbfold(ast.parse(source), str(estate / name), lines).run()
    assert len(found) == sum(place[0] in names for place in check(estate))
    assert len(asked) == 1


def test_the_hook_finds_the_same(estate):
    names = subprocess.run(["git", "ls-files", "-z"], cwd=estate, capture_output=True, text=True, check=True).stdout
    before = Path.cwd()
    os.chdir(estate)
    try:
        checked = db_paths.check([name for name in names.split("\0") if name], None)
    finally:
        os.chdir(before)
    found = [
        (found.file, found.span.line, found.span.column, f"{found.code} {found.message}; {found.remedy}")
        for found in checked.findings
    ]
    assert sorted(found) == check(estate)


def test_after_the_rewrite_only_review_is_left_and_a_baseline_covers_it(estate, tmp_path, capsys):
    subprocess.run(["git", "clone", "-q", estate, tmp_path / "zoe"], check=True)
    copy = tmp_path / "zoe"
    assert cli.main(["rewrite", str(copy), "--data-dir", str(estate / "data")]) == 0  # git does not have the data
    left = check(copy)
    assert not [one for one in left if "for a person to decide" not in one[-1]]
    counts = Counter(text.split()[0] for *_, text in left)
    assert set(counts) <= {f"DBF{number:03}" for number in (1, 2, 3, 4, 5, 6, 9)}
    capsys.readouterr()
    assert cli.main(["check", "--write-baseline", str(copy)]) == 0
    assert cli.main(["check", str(copy)]) == 0
    stray = copy / "services/zoe-core/new_feature.py"
    stray.write_text('import sqlite3\n\nconnection = sqlite3.connect("/app/data/notes.db")\n')
    assert cli.main(["check", str(copy)]) == 1
