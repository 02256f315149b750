"""What one file holds, whatever the policy says: the places that may name a database, and what is done with them.

Only what is detected here can get a verdict. The values hold no syntax node and no policy, so that they can be worked
out in other processes, and kept for the next run.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from dbfold.base.text import LineTable, SourceText, UndecodableError, decode_plain, decode_python, is_binary
from dbfold.code.lexer import sort_hits
from dbfold.code.parsing import Position, UnparsableError
from dbfold.policy.accessor import is_generated
from dbfold.references.candidates import candidate_offsets
from dbfold.references.ignores import Ignore, has_ignores, ignores_in
from dbfold.references.languages.plain_text import comments, is_prose, scan_plain, scan_unparsed
from dbfold.references.languages.python.connections import may_open
from dbfold.references.model import Site

_OWN_SCRIPT = "# Restores the databases from a backup that `dbfold move` made."  # see dbfold.datamove.safety.script
_PYTHON_SUFFIXES = (".py", ".pyi", ".pyw")


@dataclass(frozen=True, slots=True)
class Detected:
    """What a file holds.

    sites       in the order of detection; the first `in_strings` of them are in strings of Python
    ignores     the ignore comments
    problem     why the file could not be parsed or decoded, with `line` where that is known; its sites were found in
                its lines then
    generated   it is an accessor that dbfold generated, or its script for a rollback
    """

    sites: tuple[Site, ...] = ()
    in_strings: int = 0
    ignores: tuple[Ignore, ...] = ()
    problem: str | None = None
    line: int | None = None
    is_python: bool = False
    generated: bool = False


NOTHING = Detected()


@dataclass(frozen=True, slots=True)
class Module:
    """Python while it is at hand: the source with its tree, and the numbers of its sites by their positions."""

    source: SourceText
    tree: ast.Module
    numbers: Mapping[Position, int] = field(default_factory=dict)


def is_python(path: str, data: bytes) -> bool:
    """True for Python source, by its suffix or its first line."""
    if path.endswith(_PYTHON_SUFFIXES):
        return True
    return data.startswith(b"#!") and b"python" in data[:80].partition(b"\n")[0]


def detect(data: bytes, path: str, in_policy: str) -> Detected:
    """What the file at `path` holds, whose content is `data`; `in_policy` is its path relative to the policy."""
    if is_python(path, data):
        return detect_python(data)[0]
    if is_binary(data):
        return NOTHING
    text = decode_plain(data).text
    table = LineTable(text)
    sites = tuple(scan_plain(text, table, in_policy))
    # Prose may show ignore comments, but has nothing to ignore.
    ignores = () if is_prose(in_policy, text) else ignores_in(text, table, is_python=False)
    return Detected(sites, ignores=ignores, generated=is_generated(text) or _is_own_script(text))


def _is_own_script(text: str) -> bool:
    return text.startswith(f"#!/bin/sh\n{_OWN_SCRIPT}")


def detect_python(data: bytes, *, parse_always: bool = False) -> tuple[Detected, Module | None]:
    """What Python source holds; with `parse_always`, the module as well where nothing was to be parsed for.

    The module is None if the source does not parse, or was not parsed.
    """
    try:
        source = decode_python(data)
    except UndecodableError as error:
        message = f"cannot be decoded: {error}; save it in the encoding that it declares"
        return _unparsed(decode_plain(data).text, message, None), None
    try:
        return detect_module(source, parse_always=parse_always)
    except UnparsableError as error:
        return _unparsed(source.text, str(error), error.line), None


def detect_module(
    source: SourceText, tree: ast.Module | None = None, *, parse_always: bool = False
) -> tuple[Detected, Module | None]:
    """What decoded source holds. `tree` is its syntax tree, parsed here if it is not given. Raises UnparsableError."""
    text = source.text
    hits = sort_hits(text, candidate_offsets(text))
    opens = may_open(text)
    wanted = opens or bool(hits.in_strings or hits.in_comments) or has_ignores(text)
    if not wanted and not parse_always:
        return Detected(is_python=True), None
    from dbfold.code.parsing import parse

    table = LineTable(text)
    module = None
    sites: list[Site] = []
    if hits.in_strings or opens:
        from dbfold.references.languages.python.detector import Detector

        try:
            detector = Detector(tree or parse(text), table, hits)
            sites = list(detector.run())
        except RecursionError:
            raise UnparsableError("is nested too deeply to be looked at") from None
        module = Module(source, detector.tree, detector.numbers)
    elif parse_always:
        module = Module(source, tree or parse(text))
    in_strings = len(sites)
    sites += comments(text, table, hits.in_comments)
    ignores = ignores_in(text, table, is_python=True)
    return Detected(tuple(sites), in_strings, ignores, is_python=True, generated=is_generated(text)), module


def _unparsed(text: str, problem: str, line: int | None) -> Detected:
    table = LineTable(text)
    ignores = ignores_in(text, table, is_python=True)
    generated = is_generated(text)
    sites = tuple(scan_unparsed(text, table))
    return Detected(sites, 0, ignores, problem, line, is_python=True, generated=generated)
