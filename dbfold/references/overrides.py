"""Constants of modules that other files set: a path made of one is another path then, as in a test's own directory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dbfold.references.contents import read
from dbfold.references.discovery import SourceFile


def overridden(names: Iterable[str], files: Iterable[SourceFile]) -> dict[str, str]:
    """Which of the constants `names` one of the Python `files` sets, each with the place, as `file:line`.

    From outside of their module: `settings.DATA = …`, `setattr(settings, "DATA", …)`, `patch("settings.DATA")`.
    """
    words = {name.encode(): name for name in names}
    if not words:
        return {}
    pattern = _pattern(words)
    found: dict[str, str] = {}
    for file in files:
        if not file.path.endswith(".py"):
            continue
        try:
            data = read(file)
        except OSError:
            continue  # which is reported where it is looked at
        for match in pattern.finditer(data) if any(word in data for word in words) else ():
            line = data.count(b"\n", 0, match.start()) + 1
            found.setdefault(words[match["set"] or match["named"]], f"{file.in_policy}:{line}")
    return found


def _pattern(words: Mapping[bytes, str]) -> re.Pattern[bytes]:
    name = b"|".join(map(re.escape, words))
    attribute = rb"(?<!\bself)(?<!\bcls)\.(?P<set>" + name + rb")\s*(?::[^=\n]+)?=(?!=)"
    text = rb"(?:setattr|patch(?:\.\w+)?)\s*\([^()]*?[\"'](?:[\w.]+\.)?(?P<named>" + name + rb")[\"']"
    return re.compile(attribute + rb"|" + text)
