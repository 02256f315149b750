"""Text scan: paths in files that have no detector of their own, and in Python that does not parse.

It sees the line, not the language, so what it finds is reported, never rewritten.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dbfold.base.text import LineTable
from dbfold.code.lexer import tokens
from dbfold.references.candidates import SUFFIX_IN_TEXT, could_be_code, path_spans, url_spans
from dbfold.references.languages.line_comments import Comments
from dbfold.references.model import Kind, Site

_IGNORE_FILES = re.compile(r"\.?\w*ignore\Z")
_PROSE_SUFFIXES = frozenset(
    {".md", ".markdown", ".rst", ".txt", ".adoc", ".org", ".html", ".htm", ".log", ".csv"}
    | {".patch", ".diff", ".rej", ".sarif"}  # what was, and what was said of it
)
_SHELL_SUFFIXES = frozenset({".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".service", ".timer", ".cron", ".mk"})
_CONFIG_SUFFIXES = frozenset(
    {
        ".yml",
        ".yaml",
        ".toml",
        ".ini",
        ".cfg",
        ".conf",
        ".env",
        ".json",
        ".properties",
        ".tf",
        ".xml",
        ".jsonc",
    }
)
_TEMPLATE_SUFFIXES = frozenset({".example", ".sample", ".template", ".tmpl", ".dist", ".j2", ".bak", ".old", ".orig"})
_CONFIG_NAMES = re.compile(r"(?:Dockerfile|Containerfile|\.env|Procfile|docker-compose)\b")
_SHELL_NAMES = re.compile(r"(?:Makefile|Justfile|Jenkinsfile|crontab)\b")
_ASSIGNMENT = re.compile(r"\b([A-Z][A-Z0-9_]+)[\"']?\s*[=:]\s*[\"']?(?:sqlite(?:\+\w+)?:)?(?:\$\{\w+:-)?\Z")
_HEALTHCHECK = re.compile(r"(?i)\bhealth_?-?check|\bsqlite3\.connect\(|\btest:")
_URL_BEFORE = re.compile(r"sqlite(?:\+\w+)?:(?:///?)?\Z")
_OBSTACLES = {
    Kind.EMBEDDED_CODE: "source in a language that dbfold does not rewrite",
    Kind.EMBEDDED_SHELL: "a shell command",
    Kind.ENV_ASSIGNMENT: "a setting in a configuration file: change it where the service is configured",
    Kind.HEALTHCHECK: "a health check in a configuration file",
    Kind.CONFIG_VALUE: "a value in a configuration file",
    Kind.URL: "a URL in a configuration file",
}
_LONGEST_CONTEXT = 400


def scan_plain(text: str, table: LineTable, path: str) -> list[Site]:
    """The sites in a text file; its name decides whether it is prose, configuration, shell or source."""
    kind_of_file = _kind_of_file(posixpath.basename(path), text)
    prose = kind_of_file in (Kind.PROSE, Kind.IGNORE_PATTERN)
    comments = Comments(text, _without_template_suffix(path)) if not prose else ()
    spans = path_spans(text) if prose else sorted({*path_spans(text), *url_spans(text)})
    sites = []
    for start, end in spans:
        before = text[max(table.starts[table.line_of(start) - 1], start - _LONGEST_CONTEXT) : start]
        found, first = text[start:end], start
        if _URL_BEFORE.search(before) and found.startswith("///"):
            found, first = found[3:], start + 3
        kind = Kind.COMMENT if start in comments else _kind(kind_of_file, before, found)
        sites.append(
            Site(
                text=found,
                kind=kind,
                span=table.span(first, end),
                environment=_variable(before) if kind is Kind.ENV_ASSIGNMENT else None,
                obstacle=_OBSTACLES.get(kind),
                only_if_declared=could_be_code(text, start, end),
            )
        )
    return sites


def is_prose(path: str, text: str) -> bool:
    """True for a file in which nothing is a setting or code, whatever it shows."""
    return _kind_of_file(posixpath.basename(path), text) in (Kind.PROSE, Kind.IGNORE_PATTERN)


def scan_unparsed(text: str, table: LineTable) -> list[Site]:
    """The sites in Python source that no parser accepts: strings and comments by their tokens."""
    sites = []
    for token in tokens(text):
        if SUFFIX_IN_TEXT.search(text, token.start(), token.end()) is None:
            continue
        comment = token[0][0] == "#"
        for start, end in path_spans(token[0]):
            span = table.span(token.start() + start, token.start() + end)
            kind = Kind.COMMENT if comment else Kind.UNPARSED
            found, attribute = token[0][start:end], could_be_code(token[0], start, end)
            obstacle = None if comment else "the file does not parse"
            sites.append(Site(found, kind, span, obstacle=obstacle, only_if_declared=attribute))
    return sites


def _kind_of_file(name: str, text: str) -> Kind:
    stem, suffix = posixpath.splitext(name.lower())
    if suffix in _TEMPLATE_SUFFIXES and stem:
        return _kind_of_file(posixpath.splitext(name)[0], text)
    if _IGNORE_FILES.fullmatch(name):
        return Kind.IGNORE_PATTERN
    if suffix in _PROSE_SUFFIXES:
        return Kind.PROSE
    if suffix in _CONFIG_SUFFIXES or _CONFIG_NAMES.match(name):
        return Kind.CONFIG_VALUE
    if suffix in _SHELL_SUFFIXES or _SHELL_NAMES.match(name) or text.startswith("#!"):
        return Kind.EMBEDDED_SHELL
    return Kind.EMBEDDED_CODE if suffix else Kind.PROSE


def _kind(kind_of_file: Kind, before: str, found: str) -> Kind:
    if kind_of_file in (Kind.IGNORE_PATTERN, Kind.PROSE):
        return kind_of_file
    if "*" in found or "?" in found:
        return Kind.GLOB
    if kind_of_file is Kind.EMBEDDED_CODE:
        return kind_of_file
    if _ASSIGNMENT.search(before):
        return Kind.ENV_ASSIGNMENT
    if kind_of_file is Kind.CONFIG_VALUE and _HEALTHCHECK.search(before):
        return Kind.HEALTHCHECK
    if _URL_BEFORE.search(before):
        return Kind.URL
    return kind_of_file


def _variable(before: str) -> str | None:
    """The variable that is set; None if its value is a URL, which is no path."""
    match = _ASSIGNMENT.search(before)
    return match[1] if match and not _URL_BEFORE.search(before) else None


def _without_template_suffix(path: str) -> str:
    """`app.yml.example` is written as `app.yml` is."""
    stem, suffix = posixpath.splitext(path)
    return stem if suffix.lower() in _TEMPLATE_SUFFIXES and posixpath.basename(stem) else path


def comments(text: str, table: LineTable, spans: tuple[tuple[int, int], ...]) -> Iterator[Site]:
    """The sites in comment tokens (start, end) of Python source."""
    for start, end in spans:
        comment = text[start:end]
        for first, last in path_spans(comment):
            found = comment[first:last]
            span = table.span(start + first, start + last)
            attribute = could_be_code(comment, first, last)
            yield Site(found, Kind.COMMENT, span, prose="a comment", only_if_declared=attribute)
