"""Constants of modules that other files set: a path made of one is another path then, as in a test's own directory."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbfold.references.contents import read
from dbfold.references.words import Words


def overridden(names: Iterable[str], words: Words) -> dict[str, str]:
    """Which of the constants `names` a Python file sets, each with the first place, as `file:line`.

    From outside of their module: `settings.DATA = …`, `setattr(settings, "DATA", …)`, `patch("settings.DATA")`.
    """
    return {name: place for name in names if (place := _place(name, words)) is not None}


def _place(name: str, words: Words) -> str | None:
    pattern = _pattern(name.encode())
    for file in words.naming(name):
        if not file.path.endswith(".py"):
            continue
        try:
            data = read(file)
        except OSError:
            continue  # which is reported where it is looked at
        if match := pattern.search(data):
            line = data.count(b"\n", 0, match.start()) + 1
            return f"{file.in_policy}:{line}"
    return None


def _pattern(name: bytes) -> re.Pattern[bytes]:
    name = re.escape(name)
    attribute = rb"(?<!\bself)(?<!\bcls)\." + name + rb"\s*(?::[^=\n]+)?=(?!=)"
    text = rb"(?:setattr|patch(?:\.\w+)?)\s*\([^()]*?[\"'](?:[\w.]+\.)?" + name + rb"[\"']"
    return re.compile(attribute + rb"|" + text)
