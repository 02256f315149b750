"""The main job on the example estate: the audit is the plan's table, the rewrite is complete, and the services work."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from test_zoe_estate import OTHERS, PLAN, generate

from dbfold import cli

# What each service module does, in a new interpreter that reports every database it opens.
WORK = {
    "session_manager": ("sessions.db", "SessionsGateway().session_by_id('none')"),
    "self_awareness": ("self_awareness.db", "SelfAwarenessGateway().reflect('a thought', 0.5, '2026-01-01')"),
    "user_satisfaction": ("satisfaction.db", "SatisfactionGateway().average_rating()"),
    "learning_system": ("learning.db", "LearningStore().record_interaction(1, 'lights', 1)"),
}
PROGRAM = """
import sys
opened = set()
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "sqlite3.connect" else None)
from {module} import *
{work}
print(*sorted(opened), sep="\\n")
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    output = tmp_path_factory.mktemp("original") / "zoe"
    result = generate(output, "--git")
    assert result.returncode == 0, result.stderr
    return output


@pytest.fixture(scope="module")
def rewritten(original, tmp_path_factory):
    estate = tmp_path_factory.mktemp("rewritten") / "zoe"
    shutil.copytree(original, estate, symlinks=True)
    assert cli.main(["rewrite", str(estate)]) == 0
    return estate


def audit(estate, capsys):
    assert cli.main(["audit", str(estate), "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_audit_is_the_plans_table(original, capsys):
    rows = {row["database"]: row for row in audit(original, capsys)["databases"] if row["role"] != "-"}
    assert {name: (rows[name]["references"], rows[name]["files"]) for name in PLAN} == PLAN
    assert set(rows) == set(PLAN) | OTHERS
    assert sum(row["references"] for row in rows.values()) == 441


def test_nothing_is_left_to_rewrite_and_a_second_run_changes_nothing(rewritten, capsys):
    summary = audit(rewritten, capsys)["summary"]
    assert summary["rewrite"] == 0
    assert summary["references"] == summary["review"] + summary["leave"]
    assert cli.main(["rewrite", "--check", str(rewritten)]) == 0


def test_every_module_compiles(rewritten):
    files = list(rewritten.rglob("*.py"))
    assert len(files) > 80
    for file in files:
        compile(file.read_bytes(), file, "exec")


def test_prose_tests_scripts_and_ignore_patterns_stay(original, rewritten):
    changed = subprocess.run(
        ["git", "diff", "--name-only", "-z"], cwd=rewritten, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    changed = [name for name in changed if name]
    assert len(changed) > 50
    assert all(name.startswith("services/") for name in changed)
    assert not [name for name in changed if name.endswith((".md", ".yml", ".sh")) or "/tests/" in name]


def test_only_references_and_imports_change(original, rewritten):
    diff = subprocess.run(
        ["git", "diff", "--unified=0", "--", "*.py"], cwd=rewritten, capture_output=True, check=True
    ).stdout.decode("utf-8", "replace")
    added = [line for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    unexpected = [line for line in added if not re.search(r"DATABASE_PATH|\bdatabase_path\(\)", line)]
    unexpected = [line for line in unexpected if line.strip("+ \r")]
    unexpected = [line for line in unexpected if not re.match(r"\+(import|from) ", line)]
    renamed = [line for line in unexpected if "plan_step_executions" in line]  # the policy's `rename`
    assert len(renamed) == 2
    assert unexpected == renamed


def test_the_dockerfile_that_lists_its_files_copies_the_accessor(rewritten):
    root = rewritten / "services" / "mem-agent"
    assert (root / "database_config.py").is_file()
    assert re.search(r"^COPY .*\bdatabase_config\.py\b", (root / "Dockerfile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("module", WORK)
def test_the_services_work_with_the_accessor_and_open_nothing_else(rewritten, tmp_path, module):
    source, work = WORK[module]
    database = tmp_path / "merged.db"
    shutil.copy(rewritten / "data" / source, database)
    before = database.read_bytes()
    service = rewritten / "services" / "zoe-core"
    result = subprocess.run(
        [sys.executable, "-B", "-c", PROGRAM.format(module=module, work=work)],
        cwd=service,
        env={"DATABASE_PATH": str(database), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == [str(database)]
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (database.read_bytes() != before) == (
        "SELECT" not in work and module in ("self_awareness", "learning_system")
    )


def test_original_estate_is_not_touched_by_audit(original):
    status = subprocess.run(["git", "status", "--short"], cwd=original, capture_output=True, text=True, check=True)
    assert status.stdout == ""
    assert Path(original, "services", "zoe-core", "session_manager.py").read_text().count("sessions.db") == 1
