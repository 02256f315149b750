"""References as JSON: the document that `dbfold audit --format json` prints, and the part that other commands share.

The form is stable; `version` changes if a field changes its meaning or goes. See docs/audit.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dbfold.references.model import Action, FileError, Reference
from dbfold.references.scan import Scan

VERSION = 1


def document(scan: Scan) -> dict[str, object]:
    """The JSON document of a scan."""
    return {
        "version": VERSION,
        "summary": summary(scan),
        "references": [reference_document(reference) for reference in scan.references],
        "errors": [error_document(error) for error in scan.errors],
    }


def summary(scan: Scan) -> dict[str, int]:
    """Counts: references = rewrite + review + leave, always."""
    actions = Counter(reference.verdict.action for reference in scan.references)
    return {
        "references": len(scan.references),
        **{action.value: actions[action] for action in Action},
        "databases": len({reference.database for reference in scan.references}),
        "files_with_references": len({reference.file for reference in scan.references}),
        "files": scan.files,
        "files_excluded": scan.excluded,
        "errors": len(scan.errors),
    }


def reference_document(reference: Reference) -> dict[str, object]:
    """One reference, its verdict flattened."""
    span, verdict = reference.span, reference.verdict
    return {
        "file": reference.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "database": reference.database,
        "kind": reference.kind.value,
        "code": reference.code and reference.code.value,
        "verdict": verdict.action.value,
        "target": verdict.target,
        "reason": verdict.reason,
        "text": reference.text,
    }


def error_document(error: FileError) -> dict[str, object]:
    """One file that could not be checked."""
    return {"file": error.file, "line": error.line, "message": error.message}


def error_line(error: FileError) -> str:
    """`file:line: message`, as compilers say it."""
    return f"{error.file}:{error.line}: {error.message}" if error.line else f"{error.file}: {error.message}"


def by_reason(references: Iterable[Reference]) -> list[tuple[str, list[Reference]]]:
    """References grouped by their reason, the most frequent first."""
    groups: dict[str, list[Reference]] = {}
    for reference in references:
        groups.setdefault(reference.verdict.reason, []).append(reference)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
