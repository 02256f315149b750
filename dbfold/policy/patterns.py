"""File patterns as `.gitignore` users know them: `*` stops at a slash, `**` does not, a pattern without a
slash matches at any depth, one with a slash is relative to the policy's directory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property


class FilePatterns:
    """Matches POSIX paths relative to the policy's directory against a list of patterns.

    >>> FilePatterns(["migrate_*.py"]).matching("services/core/migrate_lists.py")
    'migrate_*.py'
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(patterns)

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def matching(self, path: str) -> str | None:
        """The first pattern that matches `path`, to be named in a reason; None if there is none."""
        return next((pattern for pattern, regex in self._compiled if regex.match(path)), None)

    @cached_property
    def _compiled(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((pattern, re.compile(_to_regex(pattern))) for pattern in self.patterns)


_TOKEN = re.compile(r"/\*\*/|/\*\*$|^\*\*/|\*\*|\*|\?|.", re.DOTALL)
_REPEATED = re.compile(r"(?:(?<=/)|^)\*\*/(?=\*\*(?:/|$))")
_TRANSLATION = {
    "/**/": "/(?:.*/)?",
    "/**": "/.*",
    "**/": "(?:.*/)?",
    "**": ".*",
    "*": "[^/]*",
    "?": "[^/]",
}


def directory_pattern(pattern: str) -> re.Pattern[str]:
    """A regular expression for a directory itself, relative to the policy's: `services/*` is each service."""
    return re.compile(_translated("" if pattern in (".", "./") else pattern))


def _to_regex(pattern: str) -> str:
    """A regular expression for the whole path; a directory's pattern matches what is below it, too."""
    anchored = "/" in pattern.rstrip("/")
    return ("" if anchored else "(?:.*/)?") + _translated(pattern) + r"(?:/.*)?\Z"


def _translated(pattern: str) -> str:
    body = _REPEATED.sub("", pattern.removeprefix("./").strip("/"))
    return "".join(_TRANSLATION.get(token, re.escape(token)) for token in _TOKEN.findall(body))
