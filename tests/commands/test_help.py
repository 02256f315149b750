"""Help with examples that work and exit codes; errors that name what was meant."""

from __future__ import annotations

import contextlib
import io
import shlex
from importlib import import_module

import pytest

from dbfold.base.arguments import Parser
from dbfold.base.exits import CLEAN, FAILED, FINDINGS
from dbfold.cli import main
from dbfold.commands.registry import COMMANDS

MODULES = {name: module for name, module, _ in COMMANDS}


def said(*arguments):
    """The exit code of a command line, and what it prints before it ends."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream), pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code, stream.getvalue()


@pytest.mark.parametrize("name", MODULES)
def test_a_help_ends_in_examples_and_exit_codes(name):
    code, text = said(name, "--help")
    command = import_module(MODULES[name])
    assert code == 0
    assert "\nexamples:\n" in text
    assert all(line in text for line, _ in command.EXAMPLES)
    assert set(command.EXIT_CODES) <= {CLEAN, FINDINGS, FAILED}
    assert all(f"\n  {number}  {meaning}\n" in text for number, meaning in command.EXIT_CODES.items())
    assert text.endswith("  3  an error in dbfold itself\n")


@pytest.mark.parametrize("name", [name for name in MODULES if name != "completion"])
def test_the_examples_are_command_lines_that_the_parser_takes(name):
    command = import_module(MODULES[name])
    for line, _ in command.EXAMPLES:
        parser = Parser()
        command.add_arguments(parser)
        program, called, *arguments = shlex.split(line.partition(" >> ")[0])
        assert (program, called) == ("dbfold", name)
        parser.parse_args(arguments)


@pytest.mark.parametrize("action", ["plan", "run", "verify", "rollback", "list", "script"])
def test_each_action_of_the_move_has_its_own_examples(action):
    text = said("move", action, "--help")[1]
    examples = text.partition("examples:\n")[2].partition("\n\n")[0].splitlines()
    assert examples
    assert all(line.startswith(f"  dbfold move {action}") for line in examples)


def test_the_help_of_all():
    code, text = said("--help")
    assert code == 0
    assert "  dbfold rewrite services/  rewrite the code\n" in text


MEANT = {
    "audti": "audit",
    "chekc .": "check",
    "ruff_config": "ruff-config",
    "audit --fromat json": "--format",
    "audit --fromat=json": "--format",
    "audit --format jsno": "json",
    "check --colour never": "--color",
    "rewrite . --acessor-style inline": "--accessor-style",
    "move rnu": "run",
    "move run --yess": "--yes",
    "move plan --format qsl": "sql",
}


@pytest.mark.parametrize("line", MEANT)
def test_what_was_probably_meant(line):
    code, text = said(*line.split())
    assert code == 2
    assert text.endswith(f"; did you mean {MEANT[line]}?\n")


@pytest.mark.parametrize("line", ["zzz", "audit --zzzzzz", "audit -z"])
def test_nothing_is_proposed_where_nothing_is_near(line):
    code, text = said(*line.split())
    assert code == 2
    assert "did you mean" not in text
