"""Paths inside longer texts: messages for people, shell commands, Python or SQL source in a string."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dbfold.references.candidates import could_be_code, path_spans
from dbfold.references.languages.python.context import Context
from dbfold.references.model import Kind, Replacement

_SHELL = re.compile(
    r"(?:^|[;&|(`]|\$\(|\bsudo |\bexec )\s*(?:\S*/)?(?:sqlite3|cp|mv|rm|ls|cat|chmod|chown|find|du|tar|scp|rsync|test"
    r"|touch|echo|grep|docker|python3?|bash|sh|stat|gzip|zip|litestream)\s",
    re.MULTILINE,
)
_SOURCE = re.compile(
    r"\bconnect\(|^\s*(?:import|from)\s+\w|^\s*def \w|\bopen\(|\bPath\(|os\.path|^\s*\w+ = "
    r"|\bcreate_engine\(|=\s*[\"'{]",
    re.MULTILINE,
)
_JSON = re.compile(r"\A\s*(?:\{.*\}|\[.*\])\s*\Z", re.DOTALL)
_SETTING = re.compile(r"^[ \t]*(?:- )?[\"']?[\w.-]+[\"']?[ \t]*[:=][ \t]*[\"']?[^\s\"']+[\"']?[ \t]*$", re.MULTILINE)
_SQL = re.compile(r"\bATTACH\b|\bVACUUM\s+INTO\b", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"\b[A-Z][A-Z0-9_]{2,}\s*=\s*[\"']?(?:sqlite(?:\+\w+)?:)?\Z")
_OVERWRITES = re.compile(
    r">|(?:^|[;&|(]|\bsudo )\s*(?:\S*/)?(?:rm|mv|cp|dd|truncate|shred|install|rsync|ln|scp|tar|unlink)\s"
)
_LONGEST_CONTEXT = 200
ATTACHES = "SQL that names a database file"
_SHELL_TEXT = "a shell command in a string"
_DOCUMENTATION = "documentation"
_DECIDED = (ATTACHES, _SHELL_TEXT, _DOCUMENTATION)  # whatever stands before the path
_URL_BEFORE = re.compile(r"sqlite(?:\+\w+)?:\Z")


class EmbeddedPath(NamedTuple):
    """A path in a longer text, its kind, and why it is not simply rewritten."""

    text: str
    kind: Kind
    why: str
    only_if_declared: bool


def paths_in(text: str, context: Context) -> Iterator[EmbeddedPath]:
    """The paths in `text`, in order."""
    of_text: tuple[Kind, str] | None = None
    for start, end in path_spans(text):
        before = text[max(text.rfind("\n", 0, start) + 1, start - _LONGEST_CONTEXT) : start]
        path = text[start:end]
        if _URL_BEFORE.search(before) and path.startswith("///"):
            path = path[3:]
        if "*" in path or "?" in path:
            kind = Kind.GLOB, "a pattern, not a file"
        else:
            of_text = of_text or _kind_of_text(text, context)
            kind = of_text if of_text[1] in _DECIDED or context.prose else _kind_of_place(before) or of_text
        yield EmbeddedPath(path, *kind, could_be_code(text, start, end))


def _kind_of_text(text: str, context: Context) -> tuple[Kind, str]:
    if context.kind is Kind.DOCSTRING:
        return Kind.DOCSTRING, _DOCUMENTATION
    if _SQL.search(text):
        return Kind.EMBEDDED_CODE, ATTACHES
    if context.shell or (context.kind is not Kind.MESSAGE and _SHELL.search(text)):
        return Kind.EMBEDDED_SHELL, _SHELL_TEXT
    if context.prose:
        return Kind.MESSAGE, context.prose
    if _SOURCE.search(text):
        return Kind.EMBEDDED_CODE, "source text in a string"
    if _JSON.search(text) or ("\n" in text.strip() and _SETTING.search(text)):
        return Kind.EMBEDDED_CODE, "data in a string"
    if not re.search(r"\s", text.strip()):
        return Kind.EMBEDDED_CODE, "part of a longer text that is no prose"
    return Kind.MESSAGE, "text for people"


def _kind_of_place(before: str) -> tuple[Kind, str] | None:
    """What the text before a path says about it."""
    if _ASSIGNMENT.search(before):
        return Kind.ENV_ASSIGNMENT, "a configuration file's text in a string"
    if _URL_BEFORE.search(before):
        return Kind.URL, "a URL inside a longer text"
    return None


def shell_word(token: str, start: int, end: int, path: str) -> Replacement | None:
    """The replacement of a shell command's literal by an f-string; None unless `path` is a whole, unquoted word.

    `token` is the literal's source, `start` and `end` its range in the file.
    """
    quote = token[0]
    body = token[1:-1]
    if quote not in "\"'" or token[-1] != quote or quote in body or "\\" in body or "@" in body:
        return None  # several tokens, triple quotes, escapes
    if body.count(path) != 1 or len(list(path_spans(body))) != 1 or _OVERWRITES.search(body):
        return None
    if not re.search(rf"(?:^|\s){re.escape(path)}(?:\s|$)", body):
        return None
    before, _, after = body.partition(path)
    escaped = [part.replace("{", "{{").replace("}", "}}") for part in (before, after)]
    return Replacement(start, end, f"f{quote}{escaped[0]}{{@}}{escaped[1]}{quote}")
