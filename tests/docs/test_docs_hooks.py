"""The example in each hook's docstring is what happens."""

from __future__ import annotations

import ast
import re
import shlex
import textwrap

import pytest
from documents import ROOT, Command, File, steps, text_of
from test_docs_commands import matches, run, write

HOOKS = sorted(path for path in (ROOT / "hooks").glob("*.py") if path.name != "__init__.py")


def session(docstring):
    """The indented part of a docstring, as the documents have it: a file of the reader's, then commands."""
    file, commands = re.split(
        r"^(?=\$ )", textwrap.dedent(docstring.partition("\n\n")[2]), maxsplit=1, flags=re.MULTILINE
    )
    return steps(f"```python\n{file.rstrip()}\n```\n```console\n{commands.rstrip()}\n```\n")


@pytest.mark.parametrize("path", HOOKS, ids=lambda path: path.stem)
def test_the_example_of_a_hook(path, tmp_path):
    for file in (step for step in steps(text_of("README.md")) if isinstance(step, File)):
        write(file, tmp_path)
    assert run("git init -q && git add .", tmp_path).returncode == 0
    example = session(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))))
    assert f"python -m hooks.{path.stem}" in " ".join(step.line for step in example if isinstance(step, Command))
    for step in example:
        if isinstance(step, File):
            write(step, tmp_path)
            continue
        result = run(f"PYTHONPATH={shlex.quote(str(ROOT))} {step.line}", tmp_path)
        printed = result.stdout + result.stderr
        assert result.returncode == step.code, f"$ {step.line}\n{printed}"
        if step.output.strip():
            assert matches(step.output, printed), f"$ {step.line}\n{printed}"
