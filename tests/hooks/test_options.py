"""A hook's command line, and its exceptions as exit codes."""

from __future__ import annotations

import pytest

from dbfold.base.errors import UserError
from dbfold.hooks.options import guarded, parse


@pytest.mark.parametrize(
    ("argv", "files", "policy"),
    [
        ([], [], None),
        (["a.py", "b c.py"], ["a.py", "b c.py"], None),
        (["--policy", "p.yaml", "a.py"], ["a.py"], "p.yaml"),
        (["--", "--policy"], ["--policy"], None),
    ],
)
def test_arguments(argv, files, policy):
    found = parse("db-paths", "What it does.\n\nMore.", argv)
    assert (found.files, found.policy) == (files, policy)


def test_help_is_the_first_line(capsys):
    with pytest.raises(SystemExit) as stopped:
        parse("db-paths", "What it does.\n\nMore.", ["--help"])
    printed = capsys.readouterr().out
    assert stopped.value.code == 0
    assert printed.startswith("usage: dbfold-db-paths ")
    assert "What it does." in printed
    assert "More." not in printed


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_code_of_the_check(code):
    assert guarded(lambda: code) == code


@pytest.mark.parametrize(
    ("error", "code", "message"), [(UserError("a message"), 2, "a message"), (KeyboardInterrupt(), 2, "interrupted")]
)
def test_what_it_raises(error, code, message, capsys):
    def check():
        raise error

    assert guarded(check) == code
    printed = capsys.readouterr()
    assert message in printed.err
    assert (printed.out, "Traceback" in printed.err) == ("", False)
