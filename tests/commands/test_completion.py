"""The scripts complete in real shells: commands, options, and the values of options."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from projects import SCRIPT

from dbfold.commands.completion import all_words
from dbfold.commands.registry import COMMANDS


def script(shell):
    return subprocess.run([SCRIPT, "completion", shell], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def bash(tmp_path_factory):
    """Completes a line, given as its words, as bash does when the tabulator key is pressed after the last."""
    directory = tmp_path_factory.mktemp("bash")
    (directory / "completion.bash").write_text(script("bash"))
    (directory / "audience.txt").write_text("")
    lines = (
        "source completion.bash",
        'COMP_WORDS=(dbfold "$@")',
        "COMP_CWORD=$#",
        "_dbfold",
        "printf '%s\\n' \"${COMPREPLY[@]}\"",
    )

    def complete(*words):
        command = ["bash", "--norc", "-c", "\n".join(lines), "bash", *words]
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return done.stdout.split()

    return complete


COMPLETED = {
    ("au",): ["audit"],
    ("re",): ["rewrite"],
    ("audit", "--fo"): ["--format"],
    ("check", "--format", "s"): ["sarif"],
    ("audit", "--format", "s"): [],
    ("audit", "--color", "a"): ["auto", "always"],
    ("move", "ro"): ["rollback"],
    ("move", "run", "--dr"): ["--dry-run"],
    ("move", "plan", "--format", "sq"): ["sql"],
    ("audit", "-q", "--summ"): ["--summary"],
    ("audit", "audi"): ["audience.txt"],
}


@pytest.mark.parametrize("words", COMPLETED, ids=" ".join)
def test_in_bash(bash, words):
    assert bash(*words) == COMPLETED[words]


def test_in_bash_all_commands(bash):
    assert {name for name, _, _ in COMMANDS} <= set(bash(""))


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("dbfold au", ["audit"]),
        ("dbfold check --format s", ["sarif"]),
        ("dbfold move ro", ["rollback"]),
        ("dbfold move run --dr", ["--dry-run"]),
    ],
)
def test_in_fish(tmp_path, line, found):
    (tmp_path / "completion.fish").write_text(script("fish"))
    program = f"source completion.fish; complete -C '{line}'"
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = ["fish", "--no-config", "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert [one.partition("\t")[0] for one in done.stdout.splitlines()] == found


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh")
def test_zsh_reads_it(tmp_path):
    (tmp_path / "completion.zsh").write_text(script("zsh"))
    program = "autoload -U compinit; compinit -u -D; source completion.zsh; print $_comps[dbfold]; functions _dbfold"
    command, environment = ["zsh", "-f", "-c", program], {"HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.startswith("_dbfold\n")
    assert "'rollback:restore a backup, byte for byte'" in done.stdout


def test_a_shell_that_is_not_known():
    done = subprocess.run([SCRIPT, "completion", "bahs"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "dbfold: bahs: no completion for that shell; did you mean 'bash'?\n"


def test_every_command_and_action_is_there():
    paths = {words.path for words in all_words()}
    assert {(name,) for name, _, _ in COMMANDS} <= paths
    assert {("move", action) for action in ("plan", "run", "verify", "rollback", "list", "script")} <= paths
