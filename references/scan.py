"""From files to references: reads, decodes, detects, judges; errors are values, one bad file stops nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from dbpolicy.model import AccessorStyle, Policy
from references.candidates import candidate_offsets, may_name_database
from references.discovery import Discovery, SourceFile, discover, shown_base
from references.model import FileError, Reference, Site
from references.parallel import map_files
from references.plain_text import comments, scan_plain, scan_unparsed
from references.python.lexer import Hits, sort_hits
from references.roots import Roots
from references.text import LineTable, SourceText, UndecodableError, decode_plain, decode_python, is_binary
from references.verdicts import Judge

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
    """One file while it is at hand: what it holds, and the text and tree that a rewrite needs."""

    references: list[Reference] = field(default_factory=list)
    errors: list[FileError] = field(default_factory=list)
    source: SourceText | None = None
    tree: ast.Module | None = None


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
    try:
        data = read(file)
    except OSError as error:
        return FileScan(errors=(FileError(file.shown, f"cannot be read: {error.strerror}"),))
    if not may_name_database(data):
        return None
    examined = examine(data, file, judge)
    return FileScan(tuple(examined.references), tuple(examined.errors))


def read(file: SourceFile) -> bytes:
    """The file's bytes. Raises OSError, also for a file too large to be source."""
    with open(file.path, "rb", buffering=0) as stream:  # noqa: PTH123 - a Path costs more than the read
        data = stream.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE and not is_binary(data):
        raise OSError(27, "larger than 64 MB; exclude it in the policy")
    return data


def examine(data: bytes, file: SourceFile, judge: Judge) -> Examined:
    """Detect and judge what `data`, the content of `file`, names."""
    if _is_python(file.path, data):
        return _examine_python(data, file, judge)
    examined = Examined()
    if is_binary(data):
        return examined
    text = decode_plain(data).text
    sites = scan_plain(text, LineTable(text), file.in_policy)
    examined.references = judge.references(file.shown, file.in_policy, text, sites)
    return examined


def _is_python(path: str, data: bytes) -> bool:
    if path.endswith(_PYTHON_SUFFIXES):
        return True
    return data.startswith(b"#!") and b"python" in data[:80].partition(b"\n")[0]


def _examine_python(data: bytes, file: SourceFile, judge: Judge) -> Examined:
    examined = Examined()
    try:
        source = decode_python(data)
    except UndecodableError as error:
        message = f"cannot be decoded: {error}; save it in the encoding that it declares"
        return _unparsed(decode_plain(data).text, file, judge, message, None)
    offsets = candidate_offsets(source.text)
    if not offsets or not _in_literals(source.text, hits := sort_hits(source.text, offsets)):
        return examined
    table = LineTable(source.text)
    sites: list[Site] = []
    uses = None
    if hits.in_strings:
        from references.python.detector import Detector
        from references.python.parsing import UnparsableError, parse

        try:
            examined.tree = parse(source.text)
            detector = Detector(examined.tree, table, hits)
            sites = detector.run()
            uses = detector.uses
        except UnparsableError as error:
            return _unparsed(source.text, file, judge, str(error), error.line)
        except RecursionError:
            return _unparsed(source.text, file, judge, "is nested too deeply to be looked at", None)
    sites += comments(source.text, table, hits.in_comments)
    examined.source = source
    examined.references = judge.references(file.shown, file.in_policy, source.text, sites, uses)
    return examined


def _in_literals(text: str, hits: Hits) -> bool:
    return bool(hits.in_strings or hits.in_comments)


def _unparsed(text: str, file: SourceFile, judge: Judge, message: str, line: int | None) -> Examined:
    sites = scan_unparsed(text, LineTable(text))
    references = judge.references(file.shown, file.in_policy, text, sites)
    errors = [FileError(file.shown, message, line)] if references else []
    return Examined(references, errors)
