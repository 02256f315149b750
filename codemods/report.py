"""What a rewrite tells: a diff, a summary with every review item and its reason, or a JSON document."""

from __future__ import annotations

import difflib
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.run import Prepared, Written
from references.documents import by_reason, counted, document, error_document, error_line
from references.model import Action


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run, for its report. `seconds` is the wall time."""

    prepared: Prepared
    written: Written
    diff: bool
    check: bool
    seconds: float


def show(outcome: Outcome, form: str) -> None:
    """Print the report to stdout: a diff goes before the summary, in JSON it is a field."""
    if form == "json":
        print(json.dumps(_document(outcome), indent=2))  # noqa: T201
        return
    if outcome.diff:
        for line in diff_lines(outcome.prepared):
            print(line)  # noqa: T201
    for line in _summary_lines(outcome):
        print(line)  # noqa: T201


def diff_lines(prepared: Prepared) -> Iterator[str]:
    """The unified diff of all changes, applicable with `git apply` or `patch -p1`."""
    for file in prepared.generated:
        shown = os.path.relpath(file.path, prepared.base)
        yield from _file_diff(shown, file.old, file.new)
    for change in prepared.changed:
        yield from _file_diff(change.file.shown, change.old, change.new or b"")


def _file_diff(shown: str, old: bytes | None, new: bytes) -> Iterator[str]:
    before, after = (_lines(old or b""), _lines(new))
    source = f"a/{shown}" if old is not None else "/dev/null"
    for line in difflib.unified_diff(before, after, source, f"b/{shown}"):
        text = line.removesuffix("\n")
        yield text
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _lines(data: bytes) -> list[str]:
    """Lines that end at `\\n` only, as diff and git count them; bytes that are no UTF-8 survive."""
    text = data.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode("utf-8")
    lines = text.split("\n")
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
    errors = (*scan.errors, *outcome.written.failed)
    if errors:
        yield ""
        yield "errors:"
        yield from (f"  {error_line(error)}" for error in errors)
    yield ""
    yield _totals(outcome)


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
    return (
        f"{counted(sum(actions.values()), 'reference')}: {counts}, {actions[Action.REVIEW]} review,"
        f" {actions[Action.LEAVE]} left;"
        f" {len(changed)} of {counted(outcome.prepared.scan.files, 'file')} in {outcome.seconds:.1f} s"
    )


def _document(outcome: Outcome) -> dict[str, object]:
    prepared = outcome.prepared
    result = document(prepared.scan)
    result["changed"] = [change.file.shown for change in prepared.changed]
    result["generated"] = [os.path.relpath(file.path, prepared.base) for file in prepared.generated]
    result["written"] = list(outcome.written.files)
    result["warnings"] = list(prepared.warnings)
    result["errors"] = [error_document(error) for error in (*prepared.scan.errors, *outcome.written.failed)]
    if outcome.diff:
        result["diff"] = "\n".join(diff_lines(prepared)) + "\n"
    return result
