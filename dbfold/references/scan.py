"""From files to references: reads, decodes, detects, judges; errors are values, one bad file stops nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dbfold.base.text import LineTable, SourceText, UndecodableError, decode_plain, decode_python, is_binary
from dbfold.code.lexer import Hits, sort_hits
from dbfold.code.parsing import Position, UnparsableError
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.candidates import candidate_offsets, is_candidate
from dbfold.references.discovery import Discovery, SourceFile, discover, shown_base
from dbfold.references.ignores import UsedIgnore, apply_ignores, has_ignores
from dbfold.references.languages.plain_text import comments, is_prose, scan_plain, scan_unparsed
from dbfold.references.model import FileError, Reference, Site
from dbfold.references.parallel import map_files
from dbfold.references.roots import Roots
from dbfold.references.verdicts import Judge

if TYPE_CHECKING:
    from dbfold.references.languages.python.detector import Detector

_PYTHON_SUFFIXES = (".py", ".pyi", ".pyw")
_LARGEST_FILE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileScan:
    """What one file holds."""

    references: tuple[Reference, ...] = ()
    errors: tuple[FileError, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """What a tree holds. `files` counts the files looked at, `excluded` those that the policy passes over."""

    references: tuple[Reference, ...]
    errors: tuple[FileError, ...]
    files: int
    excluded: int


@dataclass(slots=True)
class Examined:
    """One file while it is at hand: what it holds, its bytes, and the text and tree that a rewrite needs.

    `table` is of the text in which things were found, None if there was nothing to look for. `sites` are the places in
    strings of Python, and `numbers` says which of them is at a position.
    """

    data: bytes = b""
    references: list[Reference] = field(default_factory=list)
    errors: list[FileError] = field(default_factory=list)
    ignores: list[UsedIgnore] = field(default_factory=list)
    table: LineTable | None = None
    source: SourceText | None = None
    tree: ast.Module | None = None
    sites: Sequence[Site] = ()
    numbers: Mapping[Position, int] = field(default_factory=dict)


def scan(
    targets: Sequence[Path],
    policy: Policy,
    *,
    style: AccessorStyle | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Scan:
    """All references below `targets`. `jobs` is the number of processes (default: the processors at hand).

    `progress` is called with the files done and their number. Raises UserError for a bad target.
    """
    base = shown_base(list(targets))
    discovery = discover(targets, policy, base)
    judge = Judge(policy, Roots(policy), style or policy.accessor.style)
    return combine(discovery, map_files(partial(scan_file, judge=judge), discovery.files, jobs, progress))


def combine(discovery: Discovery, scans: Sequence[FileScan]) -> Scan:
    """One result for a tree from the results of its files."""
    references = tuple(reference for found in scans for reference in found.references)
    errors = (*discovery.errors, *(error for found in scans for error in found.errors))
    return Scan(references, errors, len(discovery.files), discovery.excluded)


def scan_file(file: SourceFile, *, judge: Judge) -> FileScan | None:
    """The references of one file; None for the many files that name no database."""
    examined = examine_file(file, judge)
    return FileScan(tuple(examined.references), tuple(examined.errors)) if examined else None


def examine_file(file: SourceFile, judge: Judge) -> Examined | None:
    """Read, gate, detect and judge; None for the many files that name no database."""
    try:
        data = read(file)
    except OSError as error:
        return Examined(errors=[FileError(file.shown, f"cannot be read: {error.strerror}")])
    return examine(data, file, judge) if is_candidate(data) else None


def read(file: SourceFile) -> bytes:
    """The file's bytes. Raises OSError, also for a file too large to be source."""
    if file.content is not None:
        return file.content
    with open(file.path, "rb", buffering=0) as stream:  # noqa: PTH123 - a Path costs more than the read
        data = stream.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE and not is_binary(data):
        raise OSError(27, "larger than 64 MB; exclude it in the policy")
    return data


def examine(data: bytes, file: SourceFile, judge: Judge) -> Examined:
    """Detect and judge what `data`, the content of `file`, names."""
    if is_python(file.path, data):
        return _examine_python(data, file, judge)
    examined = Examined(data)
    if not is_binary(data):
        text = decode_plain(data).text
        table = LineTable(text)
        examined.table = table
        examined.references = judge.references(
            file.shown, file.in_policy, text, scan_plain(text, table, file.in_policy)
        )
        if not is_prose(file.in_policy, text):  # which may show ignore comments, but has nothing to ignore
            _finish(examined, examined.references, table, is_python=False)
    return examined


def is_python(path: str, data: bytes) -> bool:
    """True for Python source, by its suffix or its first line."""
    if path.endswith(_PYTHON_SUFFIXES):
        return True
    return data.startswith(b"#!") and b"python" in data[:80].partition(b"\n")[0]


def _examine_python(data: bytes, file: SourceFile, judge: Judge) -> Examined:
    try:
        source = decode_python(data)
    except UndecodableError as error:
        message = f"cannot be decoded: {error}; save it in the encoding that it declares"
        return _unparsed(data, decode_plain(data).text, file, judge, message, None)
    try:
        examined = examine_module(source.text, file, judge, data=data)
    except UnparsableError as error:
        return _unparsed(data, source.text, file, judge, str(error), error.line)
    examined.source = source
    return examined


def examine_module(
    text: str, file: SourceFile, judge: Judge, *, tree: ast.Module | None = None, data: bytes = b""
) -> Examined:
    """Detect and judge what Python source names. `tree` is its syntax tree, parsed here if it is not given.

    Raises UnparsableError.
    """
    examined = Examined(data, tree=tree)
    hits = sort_hits(text, candidate_offsets(text))
    if not _in_literals(hits) and not has_ignores(text):
        return examined
    table = LineTable(text)
    sites: list[Site] = []
    uses = None
    if hits.in_strings:
        detector = _detected(text, table, hits, tree)
        examined.tree, sites, uses = detector.tree, list(detector.sites), detector.uses
        examined.sites, examined.numbers = detector.sites, detector.numbers
    sites += comments(text, table, hits.in_comments)
    references = judge.references(file.shown, file.in_policy, text, sites, uses)
    _finish(examined, references, table, is_python=True)
    return examined


def _detected(text: str, table: LineTable, hits: Hits, tree: ast.Module | None) -> Detector:
    from dbfold.code.parsing import parse
    from dbfold.references.languages.python.detector import Detector

    try:
        detector = Detector(tree or parse(text), table, hits)
        detector.run()
        return detector
    except RecursionError:
        raise UnparsableError("is nested too deeply to be looked at") from None


def _in_literals(hits: Hits) -> bool:
    return bool(hits.in_strings or hits.in_comments)


def _finish(examined: Examined, references: list[Reference], table: LineTable, *, is_python: bool) -> None:
    examined.table = table
    examined.references, examined.ignores = apply_ignores(references, table, is_python=is_python)


def _unparsed(data: bytes, text: str, file: SourceFile, judge: Judge, message: str, line: int | None) -> Examined:
    table = LineTable(text)
    references = judge.references(file.shown, file.in_policy, text, scan_unparsed(text, table))
    examined = Examined(data, errors=[FileError(file.shown, message, line)] if references else [])
    _finish(examined, references, table, is_python=True)
    return examined
