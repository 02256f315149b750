"""What a report is written to: a terminal of some width, perhaps with colours, or a pipe."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

COLORS = ("auto", "always", "never")
_BOLD, _RESET = "\033[1m", "\033[0m"


@dataclass(frozen=True, slots=True)
class Screen:
    """`width` in columns, None where lines may be of any length: a pipe, a file."""

    width: int | None = None
    color: bool = False

    def bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_RESET}" if self.color else text


PIPE = Screen()


def screen_of(stream: TextIO, color: str = "auto", environment: Mapping[str, str] = os.environ) -> Screen:
    """What `stream` is. `color` is one of COLORS: an explicit choice counts before the environment's.

    https://no-color.org and https://force-color.org: set to anything but nothing.
    """
    is_terminal = stream.isatty()
    wide = shutil.get_terminal_size().columns if is_terminal else None
    return Screen(wide, _has_color(color, is_terminal, environment))


def _has_color(color: str, is_terminal: bool, environment: Mapping[str, str]) -> bool:
    if color != "auto":
        return color == "always"
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (is_terminal and environment.get("TERM") != "dumb")
