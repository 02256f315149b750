"""`dbfold rule [CODE]`: what a rule means, why it is there and how to mend what it finds; `docs/rules.md` is the same.

`python -m dbfold.commands.rule` writes the document anew.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.base.exits import CLEAN
from dbfold.policy.problems import suggestion
from dbfold.rules.catalogue.registry import RULES
from dbfold.rules.examples import POLICY
from dbfold.rules.model import Example, Rule

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"
_LANGUAGES = {".py": "python", ".yml": "yaml", ".sh": "sh"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments, for the umbrella command."""
    parser.add_argument("codes", nargs="*", metavar="CODE", help="codes or names of rules (default: list them all)")


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


def rule_text(rule: Rule) -> str:
    """The rule as Markdown."""
    parts = [f"## {rule.code}: {rule.name}", f"{rule.summary}.", rule.why, rule.fix]
    for example in rule.invalid:
        parts += ["Not so:", _block(example.source, example)]
        if example.fixed is not None:
            parts += ["`dbfold check --fix` makes of it:", _block(example.fixed, example)]
        else:
            parts.append(f"A person decides: {example.why_not}.")
    for index, example in enumerate(rule.valid):
        parts += [*([] if index else ["Nothing to find here:"]), _block(example.source, example)]
    return "\n\n".join(parts)


def _block(source: str, example: Example) -> str:
    name = Path(example.file)
    comment = "" if source.startswith("#!") else f"# {example.file}\n"
    return f"```{_LANGUAGES.get(name.suffix, 'text')}\n{comment}{source}```"


def document() -> str:
    """All rules as the text of `docs/rules.md`."""
    rows = (f"| [{rule.code}](#{_anchor(rule)}) | {rule.name} | {rule.summary} |" for rule in RULES.values())
    head = (
        "# Rules\n\n"
        "What `dbfold check`, the flake8 plugin and the hook `db-paths` find. `dbfold rule CODE` prints one of them.\n"
        "Every place has one code, the most telling that fits. Made from `rules/catalogue` by `make rules`.\n\n"
        "| code | name | what it finds |\n|---|---|---|\n" + "\n".join(rows) + "\n\n"
        "The examples are checked with this policy:\n\n```yaml\n" + POLICY + "```"
    )
    return "\n\n".join([head, *(rule_text(rule) for rule in RULES.values())]) + "\n"


def _anchor(rule: Rule) -> str:
    return f"{rule.code}-{rule.name}".lower()


def main(argv: Sequence[str] | None = None) -> int:
    """Write the document beside the others."""
    DOCUMENT.write_text(document(), encoding="utf-8", newline="\n")
    return CLEAN


if __name__ == "__main__":
    sys.exit(main())
