"""`dbfold check PATH…`: the gate. What breaks a rule, in the form that a person, an editor or a CI system reads."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.base.exits import CLEAN, FAILED, FINDINGS
from dbfold.base.output.counted import counted
from dbfold.base.output.report import Report
from dbfold.base.output.screen import PIPE, Screen, screen_of
from dbfold.base.output.table import Table
from dbfold.base.paths import resolved
from dbfold.commands.formats import add_format_option, rendered, write
from dbfold.commands.shared import add_common_options, policy_for, progress, run_alone, targets_of
from dbfold.references.discovery import Discovery, source_file
from dbfold.references.documents import error_line
from dbfold.references.model import FileError
from dbfold.rules.baseline import read_baseline
from dbfold.rules.checking import Scope, gate, scope_of
from dbfold.rules.model import Checked, exit_code
from dbfold.rules.output.formats import FORMATS, render
from dbfold.rules.output.summary import tolerance_lines
from dbfold.rules.since import is_ignored

EXAMPLES = (
    ("dbfold check", "everything below the current directory"),
    ("dbfold check --since origin/main", "what a branch has changed"),
    ("dbfold check --fix services/", "mend what can be mended"),
    ("dbfold check --format sarif --output found.sarif", "for a code scanning service"),
)
EXIT_CODES = {0: "nothing found", 1: "findings", 2: "a file could not be checked"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments, for the umbrella command."""
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="directories or files (default: .)")
    add_format_option(parser, "check")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report to FILE instead of stdout")
    parser.add_argument("--statistics", action="store_true", help="how many findings each rule has, not which")
    parser.add_argument("--since", metavar="REV", help="only what has changed since the git revision REV")
    parser.add_argument("--no-baseline", action="store_true", help="report what the baseline tolerates, too")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--fix", action="store_true", help="mend what can be mended, and report the rest")
    mode.add_argument("--diff", action="store_true", help="print what --fix would change, as a unified diff")
    mode.add_argument("--write-baseline", action="store_true", help="tolerate what is found now, until it is mended")
    mode.add_argument("--stdin-filename", type=Path, metavar="FILE", help="check standard input as if it were FILE")
    add_common_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; returns the exit code. Raises UserError."""
    scope = _stdin_scope(arguments) if arguments.stdin_filename else _scope(arguments)
    if arguments.write_baseline:
        return _write_baseline(scope, arguments)
    if arguments.diff:
        return _show_diff(scope, arguments)
    failures: tuple[FileError, ...] = ()
    if arguments.fix:
        failures = _fix(scope, arguments)
        scope = _scope(arguments)  # the accessors that were written are files of it, too
    entries = () if arguments.no_baseline else read_baseline(scope.policy.baseline)
    with progress(arguments) as told:
        checked = gate(scope, entries, jobs=arguments.jobs, progress=told)
    checked = replace(checked, errors=(*checked.errors, *(error for error in failures if error not in checked.errors)))
    _report(checked, arguments)
    return exit_code(checked)


def _scope(arguments: argparse.Namespace) -> Scope:
    targets = targets_of(arguments)
    policy = policy_for(arguments, targets)
    here = Path.cwd()
    base = here if all(target.is_relative_to(here) for target in targets) else None
    scope = scope_of(targets, policy, base, arguments.since, cached=arguments.cached)
    return scope if arguments.output is None else scope.without(str(arguments.output.absolute()))


def _stdin_scope(arguments: argparse.Namespace) -> Scope:
    """An editor's buffer: the file need not exist."""
    if [str(path) for path in arguments.paths] not in ([], ["-"]) or arguments.since:
        raise UserError("--stdin-filename checks standard input: give neither paths nor --since")
    target = resolved(arguments.stdin_filename)
    policy = policy_for(arguments, [target.parent])
    base = Path.cwd()
    file = replace(source_file(target, policy, base), content=sys.stdin.buffer.read())
    excluded = policy.excluded_files.matching(file.in_policy) is not None or target == policy.source
    return Scope(policy, base, Discovery(() if excluded else (file,), (), int(excluded)), cached=arguments.cached)


def _fix(scope: Scope, arguments: argparse.Namespace) -> tuple[FileError, ...]:
    from dbfold.rules.fixing import fix, write_baseline

    with progress(arguments) as told:
        fixed = fix(scope, jobs=arguments.jobs, progress=told)
        if not arguments.no_baseline and scope.change is None:
            write_baseline(scope, shrink_only=True, jobs=arguments.jobs, progress=told)
    for name in fixed.files:
        print(f"wrote {name}", file=sys.stderr)  # noqa: T201
    for warning in fixed.warnings:
        print(f"warning: {warning}", file=sys.stderr)  # noqa: T201
    return fixed.errors


def _show_diff(scope: Scope, arguments: argparse.Namespace) -> int:
    from dbfold.codemods.report import diff
    from dbfold.rules.fixing import prepared_fix

    with progress(arguments) as told:
        prepared = prepared_fix(scope, jobs=arguments.jobs, progress=told)
    write(diff(prepared), arguments.output)
    for error in prepared.errors:
        print(f"error: {error_line(error)}", file=sys.stderr)  # noqa: T201
    if prepared.errors:
        return FAILED
    return FINDINGS if prepared.changes else CLEAN


def _write_baseline(scope: Scope, arguments: argparse.Namespace) -> int:
    from dbfold.rules.fixing import write_baseline

    if scope.change is not None:
        raise UserError("--write-baseline tolerates all that is found: leave --since out")
    with progress(arguments) as told:
        tolerated = write_baseline(scope, jobs=arguments.jobs, progress=told)
    name = os.path.relpath(scope.policy.baseline)
    counts = f"{tolerated.new} new, {tolerated.gone} gone"
    if tolerated.entries:
        print(f"wrote {name}: {counted(tolerated.entries, 'finding')} tolerated, {counts}")  # noqa: T201
        for line in tolerance_lines(tolerated.tolerances):
            print(line)  # noqa: T201
    else:
        print(f"nothing to tolerate: there is no {name} now, {counts}")  # noqa: T201
    if tolerated.entries and is_ignored(scope.policy.baseline):
        remedy = "add it with `git add -f`, or set rules.baseline in the policy"
        print(f"warning: git ignores {name}, so that it tolerates nothing elsewhere: {remedy}", file=sys.stderr)  # noqa: T201
    for error in tolerated.errors:
        print(f"error: {error_line(error)}; its findings are not tolerated", file=sys.stderr)  # noqa: T201
    return FAILED if tolerated.errors else CLEAN


def _report(checked: Checked, arguments: argparse.Namespace) -> None:
    if arguments.statistics and arguments.format in ("text", "concise"):
        from dbfold.rules.output.statistics import statistics

        write(statistics(checked), arguments.output)
        return
    screen = PIPE if arguments.output else screen_of(sys.stdout, arguments.color)
    write(rendered(report_of(checked), arguments.format, screen), arguments.output)


def report_of(checked: Checked) -> Report:
    """The report of a check."""

    def own(form: str) -> Callable[[Screen], str]:
        return lambda screen: render(form, checked, color=screen.color)

    def document() -> object:
        from dbfold.rules.output.json_document import document

        return document(checked)

    return Report(own("text"), document, lambda: (_findings(checked),), {form: own(form) for form in FORMATS})


def _findings(checked: Checked) -> Table:
    rows = (
        (found.file, str(found.span.line), str(found.span.column), str(found.code), found.message, found.remedy)
        for found in checked.findings
    )
    return Table(("file", "line", "column", "code", "message", "remedy"), tuple(rows), frozenset({1, 2}))


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run; returns the exit code."""
    return run_alone("dbfold.commands.check", __doc__, add_arguments, run, argv)


if __name__ == "__main__":
    sys.exit(main())
