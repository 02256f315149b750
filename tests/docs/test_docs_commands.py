"""What the documents tell a reader to run does run, and prints what they show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from documents import DOCUMENTS, ROOT, File, section, steps, text_of

WITH_COMMANDS = [path for path in DOCUMENTS if "```console" in path.read_text(encoding="utf-8")]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "DATABASE_"))},
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "COLUMNS": "120",
}


def run(line, directory):
    return subprocess.run(
        line, shell=True, cwd=directory, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=120
    )


def write(file, directory):
    path = directory / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(file.content, encoding="utf-8")


def normal(text):
    return re.sub(r"in \d+\.\d s\b", "in N s", text).strip("\n")


def matches(shown, printed):
    """True if `printed` is `shown`, where a line `...` stands for any lines."""
    pieces = re.split(r"^\.\.\.$\n?", normal(shown) + "\n", flags=re.MULTILINE)
    return re.fullmatch(r"(?:.*\n)*".join(re.escape(piece) for piece in pieces), normal(printed) + "\n") is not None


@pytest.mark.parametrize("path", WITH_COMMANDS, ids=lambda path: path.name)
def test_commands(path, tmp_path):
    for step in steps(path.read_text(encoding="utf-8")):
        if isinstance(step, File):
            write(step, tmp_path)
            continue
        result = run(step.line, tmp_path)
        printed = result.stdout + result.stderr
        assert result.returncode == step.code, f"$ {step.line}\n{printed}"
        if step.output.strip():
            assert matches(step.output, printed), f"$ {step.line}\n{printed}"


def test_the_example_with_commands_is_not_lost():
    assert {"README.md", "audit.md", "policy.md", "rewrite.md"} <= {path.name for path in WITH_COMMANDS}


def test_matching_output():
    assert matches("a\n...\nb in 0.1 s\n", "a\nx\ny\nb in 2.0 s\n")
    assert matches("...\nb\n", "b\n")
    assert not matches("a\n...\nb\n", "a\nx\n")
    assert not matches("a\n", "a\nb\n")


@pytest.mark.parametrize("target", re.findall(r"^make (\w+)", text_of("README.md"), re.MULTILINE))
def test_make_targets_exist(target):
    assert re.search(rf"^{target}:", text_of("Makefile"), re.MULTILINE)


@pytest.mark.parametrize("document", ["README.md", "docs/hooks.md"])
def test_the_hooks_work_as_they_are_shown(document, tmp_path):
    """pre-commit with the configuration of the document, on the project of the README."""
    for file in (step for step in steps(text_of("README.md")) if isinstance(step, File)):
        write(file, tmp_path)
    local = re.search(r"^repos:\n  - repo: local\n(?:  .*\n)+", text_of(document), re.MULTILINE)
    write(File(".pre-commit-config.yaml", local[0]), tmp_path)
    assert run("git init -q && git add . && pre-commit run --all-files", tmp_path).returncode == 1
    assert run("dbfold check --fix", tmp_path).returncode == 1
    assert run("dbfold check --write-baseline", tmp_path).returncode == 0
    result = run("git add . && pre-commit run --all-files", tmp_path)
    assert result.returncode == 0, result.stdout
    assert "no files to check" not in result.stdout


def test_before_and_after(tmp_path):
    """Every line of the table in docs/rewrite.md, as `before` and `after` of one real run."""
    from documents import rows

    pairs = [(before, after) for before, after, *_ in rows(section(text_of("docs/rewrite.md"), "What is rewritten"))]
    header = "import argparse\nimport os\nimport sqlite3\nimport subprocess\nfrom pathlib import Path\n"
    uses = "\n\nprint(argparse, os, sqlite3, subprocess, Path)\n"
    policy = next(step for step in steps(text_of("README.md")) if isinstance(step, File))
    write(policy, tmp_path)
    for number, (before, _) in enumerate(pairs):
        write(File(f"services/orders/m{number}.py", f"{header}\n{_body(before)}\n{uses}"), tmp_path)
    result = run("dbfold rewrite services/", tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    for number, (_, after) in enumerate(pairs):
        changed = (tmp_path / f"services/orders/m{number}.py").read_text(encoding="utf-8")
        assert _body(after) in changed, changed


def _body(code):
    return f"{code}\n    ..." if code.startswith("def ") else code


def test_no_machine_paths():
    for path in DOCUMENTS:
        found = re.search(r"/(?:work|root|tmp/\w+)/", path.read_text(encoding="utf-8"))
        assert found is None, f"{path.relative_to(ROOT)}: {found}"
