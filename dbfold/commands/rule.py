"""`dbfold rule [CODE]`: what a rule means, why it is there and how to mend what it finds."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from dbfold.base.errors import UserError
from dbfold.base.exits import CLEAN
from dbfold.base.suggestions import suggestion
from dbfold.commands.shared import add_telling_options
from dbfold.rules.catalogue.registry import RULES
from dbfold.rules.markdown import rule_text
from dbfold.rules.model import Rule

EXAMPLES = (
    ("dbfold rule", "list all rules"),
    ("dbfold rule DBF002", "what one means, and how to mend what it finds"),
)
EXIT_CODES = {0: "done", 2: "no such rule"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments, for the umbrella command."""
    parser.add_argument("codes", nargs="*", metavar="CODE", help="codes or names of rules (default: list them all)")
    add_telling_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; returns the exit code. Raises UserError for an unknown rule."""
    rules = [_find(name) for name in arguments.codes]
    texts = [rule_text(rule) for rule in rules] if rules else ["\n".join(_list_lines())]
    print("\n\n".join(texts))  # noqa: T201
    return CLEAN


def _find(name: str) -> Rule:
    """A rule by its code, in any case, or its name. Raises UserError."""
    for rule in RULES.values():
        if name.upper() == rule.code or name == rule.name:
            return rule
    known = [*map(str, RULES), *(rule.name for rule in RULES.values())]
    raise UserError(f"{name}: no such rule{suggestion(name, known, otherwise='; `dbfold rule` lists them')}")


def _list_lines() -> Iterator[str]:
    width = max(len(rule.name) for rule in RULES.values())
    return (f"{rule.code}  {rule.name:{width}}  {rule.summary}" for rule in RULES.values())
