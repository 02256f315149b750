"""The GitHub Action and the GitLab job do offline what they do there, apart from installing dbfold."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from documents import File, rows, steps, text_of

ACTION = yaml.safe_load(text_of("action.yml"))
CI = text_of("docs/ci.md")


@pytest.fixture
def checkout(tmp_path):
    """The project of docs/ci.md, as a repository with one commit."""
    root = tmp_path / "checkout"
    for step in steps(CI):
        if isinstance(step, File):
            path = root / step.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.content, encoding="utf-8")
    commands = ("init -q", "add .", "-c user.name=t -c user.email=t@example.org commit -qm one")
    for command in commands:
        subprocess.run(["git", *command.split()], cwd=root, check=True, env=environment())
    return root


def environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "PATH": path}


@pytest.fixture
def action(checkout, tmp_path):
    """Runs the action's check with inputs; returns the completed process and its output `exit-code`."""
    runner_temp, output = tmp_path / "runner", tmp_path / "output"
    (runner_temp / "dbfold/bin").mkdir(parents=True)
    (runner_temp / "dbfold/bin/dbfold").symlink_to(Path(sys.executable).with_name("dbfold"))
    (step,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "check")

    def run(**inputs):
        values = {name: str(entry["default"]) for name, entry in ACTION["inputs"].items()} | inputs
        variables = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: values[match[1]], text)
            for name, text in step["env"].items()
        }
        output.write_text("")
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=checkout,
            env={**environment(), **variables, "RUNNER_TEMP": str(runner_temp), "GITHUB_OUTPUT": str(output)},
            capture_output=True,
            text=True,
            check=False,
        )
        return result, output.read_text().strip()

    return run


def test_every_input_is_documented_with_its_default():
    described = {row[0]: row[2] for row in rows(CI)}
    assert set(described) == set(ACTION["inputs"])
    for name, entry in ACTION["inputs"].items():
        assert not entry["default"] or entry["default"] in described[name]


def test_the_scripts_are_valid_and_take_no_input_for_code():
    for step in ACTION["runs"]["steps"]:
        subprocess.run(["bash", "-n", "-c", step["run"]], check=True)
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_findings_fail_the_action_and_annotate(action):
    result, output = action()
    assert (result.returncode, output) == (1, "exit-code=1")
    assert (
        "::error file=services/shop/store.py,line=4,endLine=4,col=30,endColumn=48,title=dbfold DBF001::"
        in result.stdout
    )


def test_paths_policy_and_output(action, checkout):
    (checkout / "other").mkdir()
    (checkout / "other/clean.py").write_text("x = 1\n")
    (checkout / "dbfold.yaml").rename(checkout / "policy with blank.yaml")
    result, output = action(paths="other", policy="policy with blank.yaml")
    assert (result.returncode, output) == (0, "exit-code=0"), result.stderr
    result, _ = action(paths="other\nservices", policy="policy with blank.yaml", format="sarif", output="dbfold.sarif")
    assert result.returncode == 1
    assert len(json.loads((checkout / "dbfold.sarif").read_text())["runs"][0]["results"]) == 1


def test_since(action, checkout):
    assert action(since="HEAD")[0].returncode == 0
    (checkout / "new.py").write_text('import sqlite3\n\nc = sqlite3.connect("/app/data/shop.db")\n')
    assert action(since="HEAD")[0].returncode == 1


def test_inputs_are_no_code(action, checkout):
    result, output = action(paths="$(touch hacked) `touch hacked`; touch hacked")
    assert (result.returncode, output) == (2, "exit-code=2")
    assert not (checkout / "hacked").exists()


def test_a_wrong_policy_is_exit_code_2(action, checkout):
    (checkout / "dbfold.yaml").write_text("version: 1\n")
    assert action()[1] == "exit-code=2"


def test_the_workflow_uses_inputs_that_exist():
    workflow = next(step for step in steps(CI) if isinstance(step, File) and "workflows" in step.name)
    (job,) = yaml.safe_load(workflow.content)["jobs"].values()
    (used,) = (step["with"] for step in job["steps"] if "dbfold" in step["uses"])
    assert set(used) <= set(ACTION["inputs"])


def test_the_job_for_gitlab(checkout):
    job = yaml.safe_load((checkout / ".gitlab-ci.yml").read_text())["databases"]
    install, check = job["script"]
    assert install == "python -m pip install dbfold"
    result = subprocess.run(check, shell=True, cwd=checkout, env=environment(), check=False)
    assert result.returncode == 1
    report = json.loads((checkout / job["artifacts"]["reports"]["codequality"]).read_text())
    assert [entry["location"]["path"] for entry in report] == ["services/shop/store.py"]
