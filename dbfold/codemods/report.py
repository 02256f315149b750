"""What a rewrite tells: a diff, a summary with every review item and its reason, or a JSON document."""

from __future__ import annotations

import difflib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dbfold.base.output.counted import counted
from dbfold.base.output.report import Report
from dbfold.base.output.table import Table
from dbfold.codemods.run import Prepared
from dbfold.codemods.writing import Written
from dbfold.references.documents import by_reason, document, error_document, error_line
from dbfold.references.model import Action


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run, for its report. `seconds` is the wall time."""

    prepared: Prepared
    written: Written
    diff: bool
    check: bool
    seconds: float


def report_of(outcome: Outcome) -> Report:
    """The report of a rewrite: a diff goes before the summary, in JSON it is a field.

    Bytes that are no UTF-8 are surrogates: encode it with `surrogateescape`.
    """
    return Report(lambda screen: _text(outcome), lambda: _document(outcome), lambda: (_table(outcome),))


def _text(outcome: Outcome) -> str:
    summary = "".join(f"{line}\n" for line in _summary_lines(outcome))
    # Names that are no UTF-8 are bytes in a diff, as git wants them, and escapes for people.
    shown = summary.encode("utf-8", "backslashreplace").decode()
    return diff(outcome.prepared) + shown if outcome.diff else shown


def _table(outcome: Outcome) -> Table:
    rows = (
        (one.file, str(one.span.line), one.database, one.verdict.action.value, one.verdict.reason)
        for one in outcome.prepared.scan.references
    )
    return Table(("file", "line", "database", "verdict", "reason"), tuple(rows), frozenset({1}))


def diff(prepared: Prepared) -> str:
    """The unified diff of all changes, for `git apply` or `patch -p1` in the directory `prepared.top`.

    Bytes that are no UTF-8 are surrogates: encode it with `surrogateescape`.
    """
    files: list[tuple[str | Path, bytes | None, bytes]] = [
        *((file.path, file.old, file.new) for file in prepared.generated),
        *((change.file.path, change.old, change.new or b"") for change in prepared.changed),
    ]
    return "".join(
        line for path, old, new in files for line in _file_diff(os.path.relpath(path, prepared.top), old, new)
    )


def _file_diff(name: str, old: bytes | None, new: bytes) -> Iterator[str]:
    before, after = (_lines(old or b""), _lines(new))
    source = _header_name(f"a/{name}") if old is not None else "/dev/null"
    for line in difflib.unified_diff(before, after, source, _header_name(f"b/{name}")):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _header_name(name: str) -> str:
    """A file's name as git writes it: quoted where it has to be, and with a tab after a name with spaces."""
    if any(character < " " or character in '"\\' for character in name):
        quoted = "".join(
            f"\\{character}" if character in '"\\' else f"\\{ord(character):03o}" if character < " " else character
            for character in name
        )
        return f'"{quoted}"'
    return f"{name}\t" if " " in name else name


def _lines(data: bytes) -> list[str]:
    """Lines that end at `\\n` only, as diff and git count them."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return [*(line + "\n" for line in lines[:-1]), *([lines[-1]] if lines[-1] else [])]


def _summary_lines(outcome: Outcome) -> Iterator[str]:
    prepared, scan = outcome.prepared, outcome.prepared.scan
    dry = outcome.diff or outcome.check
    names = [os.path.relpath(file.path, prepared.base) for file in prepared.generated]
    for name in names:
        if dry or name in outcome.written.files:
            yield f"{'would write' if dry else 'wrote'} {name}"
    for change in prepared.changed:
        if dry or change.file.shown in outcome.written.files:
            yield f"{'would rewrite' if dry else 'rewrote'} {change.file.shown}"
    if lines := list(_switch_lines(prepared)):
        yield ""
        yield from lines
    review = [reference for reference in scan.references if reference.verdict.action is Action.REVIEW]
    if review:
        yield ""
        yield f"review: {len(review)} for a person to decide"
    for reason, references in by_reason(review):
        yield f"  {reason} ({len(references)})"
        for found in references:
            yield f"    {found.file}:{found.span.line}:{found.span.column} {found.text}"
    for warning in prepared.warnings:
        yield f"warning: {warning}"
    errors = (*prepared.errors, *outcome.written.failed)
    if errors:
        yield ""
        yield "errors:"
        yield from (f"  {error_line(error)}" for error in errors)
    yield ""
    yield _totals(outcome)


def _switch_lines(prepared: Prepared) -> Iterator[str]:
    """One line for each retired database: it switches, or waits for what."""
    names = [
        *prepared.switches.waits,
        *(name for name in prepared.switches.files if name not in prepared.switches.waits),
    ]
    if names:
        yield "databases:"
    for name in sorted(names):
        waits, files = prepared.switches.waits.get(name, ()), prepared.switches.files.get(name, ())
        if waits:
            more = f" (and {counted(len(waits) - 1, 'more place')})" if len(waits) > 1 else ""
            yield f"  {name} waits: {waits[0]}{more}"
        else:
            beside = [change.file.shown for change in prepared.beside if change.file.in_policy in files]
            also = f"; not asked for, and switch with it: {', '.join(beside)}" if beside else ""
            yield f"  {name} switches in {counted(len(files), 'file')}{also}"


def _totals(outcome: Outcome) -> str:
    actions = Counter(reference.verdict.action for reference in outcome.prepared.scan.references)
    verb = "to rewrite" if outcome.diff or outcome.check else "rewritten"
    failed = {error.file for error in outcome.written.failed}
    changed = [change for change in outcome.prepared.changed if change.file.shown not in failed]
    unwritten = sum(
        reference.verdict.action is Action.REWRITE and reference.file in failed
        for reference in outcome.prepared.scan.references
    )
    counts = f"{actions[Action.REWRITE] - unwritten} {verb}"
    if unwritten:
        counts += f", {unwritten} not written"
    statements = sum(change.statements for change in changed)
    renamed = f" {counted(statements, 'statement')} of SQL with new names;" if statements else ""
    return (
        f"{counted(sum(actions.values()), 'reference')}: {counts}, {actions[Action.REVIEW]} review,"
        f" {actions[Action.LEAVE]} left;{renamed}"
        f" {len(changed)} of {counted(outcome.prepared.scan.files, 'file')} in {outcome.seconds:.1f} s"
    )


def _switches(prepared: Prepared) -> dict[str, object]:
    switches = prepared.switches
    return {
        name: {
            "switches": name not in switches.waits,
            "files": list(switches.files.get(name, ())),
            "waits": [
                {"file": one.file, "line": one.line, "reason": one.reason} for one in switches.waits.get(name, ())
            ],
        }
        for name in sorted({*switches.waits, *switches.files})
    }


def _document(outcome: Outcome) -> dict[str, object]:
    prepared = outcome.prepared
    result = document(prepared.scan)
    result["statements"] = sum(change.statements for change in prepared.changed)
    result["changed"] = [change.file.shown for change in prepared.changed]
    result["generated"] = [os.path.relpath(file.path, prepared.base) for file in prepared.generated]
    result["written"] = list(outcome.written.files)
    result["databases"] = _switches(prepared)
    result["warnings"] = list(prepared.warnings)
    result["errors"] = [error_document(error) for error in (*prepared.errors, *outcome.written.failed)]
    if outcome.diff:
        result["diff"] = diff(prepared)
    return result
