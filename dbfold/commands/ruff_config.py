"""`dbfold ruff-config`: settings with which ruff bans `sqlite3.connect` outside of the files that may call it.

ruff takes no plugins. Its rule TID251 (https://docs.astral.sh/ruff/rules/banned-api/) cannot tell one path from
another, but it can keep connections in the modules that are there for them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

from dbfold.base.exits import CLEAN
from dbfold.code.libraries import CONNECT_FUNCTIONS
from dbfold.commands.shared import add_policy_options, add_telling_options, policy_for, run_alone
from dbfold.policy.model import AccessorStyle, Policy

EXAMPLES = (
    ("dbfold ruff-config >> pyproject.toml", "for a pyproject.toml"),
    ("dbfold ruff-config --ruff-toml >> ruff.toml", "for a ruff.toml"),
)
EXIT_CODES = {0: "done", 2: "the policy could not be read"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments, for the umbrella command."""
    parser.add_argument("--ruff-toml", action="store_true", help="for a ruff.toml instead of a pyproject.toml")
    add_policy_options(parser)
    add_telling_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; returns the exit code. Raises UserError."""
    policy = policy_for(arguments)
    sys.stdout.write(ruff_settings(policy, prefix="" if arguments.ruff_toml else "tool.ruff."))
    return CLEAN


def ruff_settings(policy: Policy, prefix: str = "tool.ruff.") -> str:
    """The settings as TOML, their tables under `prefix`."""
    message = json.dumps(_message(policy), ensure_ascii=False)
    lines = [
        f"[{prefix}lint]",
        'extend-select = ["TID251"]',
        'external = ["DBF"]  # ruff must not take `noqa: DBF001` for a mistake',
        "",
        f"[{prefix}lint.flake8-tidy-imports.banned-api]",
        *(f'"{function}".msg = {message}' for function in sorted(CONNECT_FUNCTIONS)),
        "",
        f"[{prefix}lint.per-file-ignores]",
        *(f'{json.dumps(pattern, ensure_ascii=False)} = ["TID251"]' for pattern in _patterns(policy)),
    ]
    return "\n".join(lines) + "\n"


def _message(policy: Policy) -> str:
    keys = "rules.connect_in" if policy.rules.connect_in else "config_files, temporary and review"
    if policy.accessor.style is AccessorStyle.INLINE:
        paths = f"the variable {policy.primary.env}"
    else:
        paths = policy.accessor.module
    return f"Only the files of {keys} in {policy.source.name} open databases; paths come from {paths}."


def _patterns(policy: Policy) -> Iterator[str]:
    """The files that may connect, as ruff matches them: the whole path from its configuration, or the file name."""
    files = policy.rules.connect_in or (*policy.config_files, *policy.temporary_files.patterns, *policy.review)
    for pattern in dict.fromkeys(files):
        plain = pattern.removeprefix("./").rstrip("/")
        yield plain
        if not plain.endswith("**"):  # what fits a directory fits all below it
            yield f"{plain}/**" if "/" in pattern.rstrip("/") else f"**/{plain}/**"


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run; returns the exit code."""
    return run_alone("dbfold.commands.ruff_config", __doc__, add_arguments, run, argv)


if __name__ == "__main__":
    sys.exit(main())
