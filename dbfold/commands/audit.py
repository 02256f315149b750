"""`dbfold audit PATH`: the plan's table (database, references, files, role, action), then every reference and why."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dbfold.api import audit
from dbfold.base.exits import CLEAN, FAILED
from dbfold.base.output.counted import counted
from dbfold.base.output.report import Report
from dbfold.base.output.screen import Screen
from dbfold.base.output.table import Table, table_lines
from dbfold.commands.formats import add_format_option, show
from dbfold.commands.shared import add_common_options, policy_for, progress, run_alone, targets_of
from dbfold.policy.model import Policy, Role
from dbfold.references.documents import document, error_line, reference_document
from dbfold.references.model import Action
from dbfold.references.scan import Scan

_ACTIONS = {
    Role.PRIMARY: "keep as primary",
    Role.SPECIALIZED: "keep separate (specialized)",
    Role.EXTERNAL: "leave: somebody else's",
    Role.UNDECIDED: "decide",
}
_COLUMNS = ("database", "references", "files", "role", "action", "rewrite", "review", "leave")
_SHORT = ("database", "refs", "files", "role", "action", "write", "ask", "leave")
_NUMBERS = frozenset({1, 2, 5, 6, 7})


@dataclass(frozen=True, slots=True)
class DatabaseRow:
    """One line of the table. `rewrite`, `review` and `leave` add up to `references`."""

    database: str
    references: int
    files: int
    role: str
    action: str
    rewrite: int
    review: int
    leave: int


EXAMPLES = (
    ("dbfold audit", "everything below the current directory"),
    ("dbfold audit --summary services/", "the table alone, for a part of the tree"),
    ("dbfold audit --format csv", "every reference, for a spreadsheet"),
)
EXIT_CODES = {0: "done, whatever was found", 2: "a file could not be looked at"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments, for the umbrella command."""
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="directories or files (default: .)")
    add_format_option(parser, "audit")
    parser.add_argument("--summary", action="store_true", help="without the single references")
    add_common_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; returns the exit code. Raises UserError."""
    targets = targets_of(arguments)
    policy = policy_for(arguments, targets)
    with progress(arguments) as told:
        found = audit(targets, policy, jobs=arguments.jobs, cached=arguments.cached, progress=told)
    shown = replace(found, references=()) if arguments.summary else found
    show(report_of(found, shown, policy), arguments)
    if arguments.format != "json":
        for error in found.errors:
            print(f"error: {error_line(error)}", file=sys.stderr)  # noqa: T201
    return FAILED if found.errors else CLEAN


def report_of(found: Scan, shown: Scan, policy: Policy) -> Report:
    """The report of an audit; `shown` holds those references that are to be listed."""
    return Report(
        text=lambda screen: _text(found, shown, policy, screen),
        document=lambda: _document(found, shown, policy),
        tables=lambda: (_databases(found, policy), _references(shown)),
        own={"markdown": lambda screen: _markdown(found, shown, policy), "csv": lambda screen: _csv(shown)},
    )


def table(found: Scan, policy: Policy) -> list[DatabaseRow]:
    """One row for each database that is named, the most named first."""
    counts: dict[str, Counter[Action]] = {}
    files: dict[str, set[str]] = {}
    for reference in found.references:
        name = policy.entry_name(reference.database)
        counts.setdefault(name, Counter())[reference.verdict.action] += 1
        files.setdefault(name, set()).add(reference.file)
    rows = [
        DatabaseRow(
            name,
            counter.total(),
            len(files[name]),
            *_role_and_action(name, policy, undecided=counter[Action.REVIEW] > 0),
            *(counter[action] for action in Action),
        )
        for name, counter in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row.references, row.database))


def _role_and_action(name: str, policy: Policy, undecided: bool) -> tuple[str, str]:
    entry = policy.find(name)
    if entry is None:
        return "-", "declare it in the policy" if undecided else "none"
    target = policy.target(entry)
    if entry.role is Role.RETIRED and target is not None:
        return entry.role.value, f"fold into {target.name}"
    return entry.role.value, _ACTIONS[entry.role]


def _text(found: Scan, shown: Scan, policy: Policy, screen: Screen) -> str:
    lines = [*table_lines(_databases(found, policy), screen), ""]
    if shown.references:
        lines += [*_detail_lines(shown), ""]
    lines += [_total(found), _declared(found, policy)]
    return "\n".join(lines) + "\n"


def _databases(found: Scan, policy: Policy) -> Table:
    rows = (tuple(str(getattr(row, column)) for column in _COLUMNS) for row in table(found, policy))
    return Table(_COLUMNS, tuple(rows), _NUMBERS, _SHORT, "databases")


def _references(shown: Scan) -> Table:
    documents = (reference_document(reference) for reference in shown.references)
    rows = (tuple(str(document[name] or "") for name in _CSV_FIELDS) for document in documents)
    return Table(_CSV_FIELDS, tuple(rows), name="references")


def _detail_lines(found: Scan) -> Iterator[str]:
    for reference in found.references:
        span, verdict = reference.span, reference.verdict
        place = f"{reference.file}:{span.line}:{span.column}"
        yield f"{place}: {reference.kind} {reference.text}: {verdict.action}: {verdict.reason}"


def _total(found: Scan) -> str:
    actions = Counter(reference.verdict.action for reference in found.references)
    files = len({reference.file for reference in found.references})
    counts = ", ".join(f"{actions[action]} {action}" for action in Action)
    excluded = f"; {counted(found.excluded, 'file')} excluded by the policy" if found.excluded else ""
    total = counted(len(found.references), "reference")
    return f"{total} in {files} of {counted(found.files, 'file')}: {counts}{excluded}"


def _declared(found: Scan, policy: Policy) -> str:
    """The plan's numbers: what names a database of the policy, without patterns and throw-away files."""
    declared = [reference for reference in found.references if policy.find(reference.database)]
    files = len({reference.file for reference in declared})
    return f"{len(declared)} of these for databases of the policy, in {counted(files, 'file')}"


def _markdown(found: Scan, shown: Scan, policy: Policy) -> str:
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|" + "---|" * len(_COLUMNS)]
    for row in table(found, policy):
        cells = (f"`{row.database}`", *(str(getattr(row, column)) for column in _COLUMNS[1:]))
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        _total(found) + ".",
        "",
        "| place | kind | text | verdict | reason |",
        "|---|---|---|---|---|",
    ]
    for reference in found.references:
        place = f"{reference.file}:{reference.span.line}:{reference.span.column}"
        cells = (
            place,
            reference.kind,
            f"`{reference.text}`",
            reference.verdict.action,
            reference.verdict.reason,
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _csv(shown: Scan) -> str:
    stream = io.StringIO()
    documents = [reference_document(reference) for reference in shown.references]
    writer = csv.DictWriter(stream, fieldnames=_CSV_FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(documents)
    return stream.getvalue()


_CSV_FIELDS = (
    *("file", "line", "column", "end_line", "end_column"),
    *("database", "kind", "code", "verdict", "target", "reason", "text"),
)


def _document(found: Scan, shown: Scan, policy: Policy) -> dict[str, object]:
    result = document(found)
    result["references"] = [reference_document(reference) for reference in shown.references]
    result["databases"] = [{column: getattr(row, column) for column in _COLUMNS} for row in table(found, policy)]
    return result


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run; returns the exit code."""
    return run_alone("dbfold.commands.audit", __doc__, add_arguments, run, argv)


if __name__ == "__main__":
    sys.exit(main())
