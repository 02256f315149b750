"""Command lines: errors that say what was meant, and helps that end in examples and exit codes."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from dbfold.base.suggestions import closest_to

_INVALID_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")
_UNRECOGNIZED = re.compile(r"unrecognized arguments: (.*)")


class Parser(argparse.ArgumentParser):
    """A parser whose errors name the command or option that was probably meant."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """What is left over is an error of the innermost command, which knows its options."""
        parsed, extras = super().parse_known_args(args, namespace)
        if extras:
            self.error(f"unrecognized arguments: {' '.join(extras)}")
        return parsed, extras

    def error(self, message: str) -> NoReturn:
        """Print the message with what may have been meant, and end with exit code 2."""
        hint = self._hint(message)
        super().error(f"{message}; did you mean {hint}?" if hint else message)

    def _hint(self, message: str) -> str | None:
        if match := _INVALID_CHOICE.search(message):
            return closest_to(match[1], re.findall(r"[\w-]+", match[2]))
        if match := _UNRECOGNIZED.search(message):
            wrong = next((word for word in match[1].split() if word.startswith("-")), None)
            return closest_to(wrong.partition("=")[0], self._option_string_actions) if wrong else None
        return None


def with_epilog(
    parser: argparse.ArgumentParser, examples: Iterable[tuple[str, str]], exit_codes: Mapping[int, str]
) -> None:
    """Let the help end in command lines with what each does, and in what the exit codes mean."""
    lines = list(examples)
    width = max(len(line) for line, _ in lines)
    shown = [f"  {line:{width}}  {what}" for line, what in lines]
    codes = [f"  {code}  {meaning}" for code, meaning in {**exit_codes, 3: "an error in dbfold itself"}.items()]
    parser.epilog = "\n".join(["examples:", *shown, "", "exit codes:", *codes]).replace("%", "%%")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def options_of(parser: argparse.ArgumentParser) -> Sequence[argparse.Action]:
    """The options of a parser, those that its help does not show left out."""
    return [action for action in parser._actions if action.option_strings and action.help != argparse.SUPPRESS]
