"""The report: Markdown tables, and the measured ratios beside the targets."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from itertools import groupby

from results import Growth, Result, StartUp, exponent
from trees import Tree

_BUSY = 0.5  # load average
_MEMORY_LIMIT = 150  # MB
_LINEAR = 1.15  # the exponent of processor time over files

Measured = list[tuple[Tree, list[Result]]]

_INTRODUCTION = """\
# Benchmarks

Written by `benchmarks/compare.py`; `benchmarks/README.md` says how to run it and what each row means. All tools ran on
the same files in the same run, in interleaved rounds; seconds are wall time, the median and the least of {repetitions}
rounds after one that is not counted; *slow* rows ran once. CPU is the processor time of all processes.

*Largest* is the peak resident memory of the largest single process (`wait4`), *all* the peak of all processes together
(proportional set size, sampled every 10 ms in the first run). A dash: less than the benchmark itself holds, or too
short to be seen.

The other tools do less: they look for a whole string literal that ends like a database file, and replace it by a name
that nothing imports. dbfold also joins paths, reads configuration and prose, judges every reference, adds imports and
proves the result. ruff runs its default rules, which have nothing to do with databases: it stands for what people
accept to wait for. flake8 always runs its other checkers, too.

Machine: {processors} cores, Python {python}. {load}
Versions: {versions}.
"""


def markdown(
    measured: Measured,
    versions: dict[str, str],
    repetitions: int,
    load: float,
    grown: list[Growth] | None,
    started: list[StartUp] | None,
) -> str:
    """The whole report."""
    busy = f"Other work was running on it: the load average was {load:.1f} at the start." if load > _BUSY else ""
    introduction = _INTRODUCTION.format(
        repetitions=repetitions,
        processors=os.cpu_count(),
        python=".".join(platform.python_version_tuple()[:2]),
        load=busy,
        versions=", ".join(f"{tool} {version}" for tool, version in versions.items()),
    )
    lines = introduction.replace(". \n", ".\n").splitlines()
    lines += ["", "## Targets", "", *_targets(measured, grown, started)]
    for tree, results in measured:
        lines += ["", *_tree(tree, results)]
    if grown:
        lines += ["", f"## Growth: parts of {grown[0].tree}", "", *growth(grown)]
    if started:
        lines += ["", "## Start-up", "", *start_up(started)]
    return "\n".join(lines) + "\n"


def _tree(tree: Tree, results: list[Result]) -> Iterator[str]:
    """Two tables: what looks, and what rewrites."""
    yield f"## {tree.name}"
    yield ""
    policy = "its own policy" if tree.own_policy else "a policy that folds every database into one"
    yield f"{tree.files:,} files, {tree.python_files:,} of them Python with {tree.python_lines:,} lines; {policy}."
    for rewrites, base, verb in ((False, "dbfold audit", "found"), (True, "dbfold rewrite", "files changed")):
        rows = [result for result in results if result.row.rewrites is rewrites]
        if rows:
            yield ""
            yield from _rows(rows, base, verb)


def _rows(results: list[Result], base: str, verb: str) -> Iterator[str]:
    reference = next((result.seconds for result in results if result.row.label == base and not result.problem), None)
    yield f"| tool | {verb} | median s | min s | ÷ {base} | CPU s | largest MB | all MB |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for result in results:
        label = f"{result.row.label} (slow)" if result.row.slow else result.row.label
        if result.problem:
            yield f"| {label} | {result.problem} | | | | | | |"
            continue
        cells = [
            label,
            "-" if result.found is None else f"{result.found:,}",
            f"{result.seconds:.3f}",
            f"{result.fastest:.3f}",
            f"{result.seconds / reference:.2f}" if reference else "-",
            f"{result.cpu_seconds:.2f}",
            _megabytes(result.largest_mb),
            _megabytes(result.all_mb),
        ]
        yield f"| {' | '.join(cells)} |"


def _megabytes(number: float | None) -> str:
    return f"{number:.0f}" if number and number >= 1 else "-"


def growth(grown: list[Growth]) -> Iterator[str]:
    """Each command on the parts of a tree, smallest first, and the exponent of what the files cost it."""
    yield "| command | Python files | CPU s | above start-up, ms a file | median s | largest MB | exponent |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for command, parts in _by_command(grown):
        for each in parts:
            last = f"{exponent(parts):.2f}" if each is parts[-1] else ""
            yield (
                f"| {command} | {each.python_files:,} | {each.cpu_seconds:.2f} "
                f"| {each.cpu_above_start_up / each.python_files * 1000:.1f} | {each.seconds:.2f} "
                f"| {_megabytes(each.largest_mb)} | {last} |"
            )


def _by_command(grown: list[Growth]) -> Iterator[tuple[str, list[Growth]]]:
    return ((command, list(parts)) for command, parts in groupby(grown, key=lambda each: each.command))


def start_up(started: list[StartUp]) -> Iterator[str]:
    """Seconds and ratios to a Python that does nothing."""
    yield "| command | median ms | ÷ python -c pass |"
    yield "|---|---:|---:|"
    for each in started:
        yield f"| {each.command} | {each.seconds * 1000:.0f} | {each.seconds / started[0].seconds:.1f} |"


def _targets(measured: Measured, grown: list[Growth] | None, started: list[StartUp] | None) -> Iterator[str]:
    yield "| target | measured | wanted | |"
    yield "|---|---:|---:|---|"
    for name, value, sign, limit in _judged(measured, grown or [], started or []):
        met = value <= limit if sign == "≤" else value >= limit
        yield f"| {name} | {value:.2f} | {sign} {limit:g} | {'met' if met else '**missed**'} |"


def _judged(measured: Measured, grown: list[Growth], started: list[StartUp]) -> Iterator[tuple[str, float, str, float]]:
    """Each target that this run can judge: what it is, what was measured, and the limit with its sign."""
    for tree, results in measured:
        yield from _judged_tree(tree, {result.row.label: result for result in results if not result.problem}, started)
    for command, parts in _by_command(grown):
        yield f"{command}: the exponent of CPU over files that differ", exponent(parts), "≤", _LINEAR
    for each in started[1:]:
        yield f"{each.command} ÷ python -c pass", each.seconds / started[0].seconds, "≤", 150 / 20


def _judged_tree(
    tree: Tree, by_label: dict[str, Result], started: list[StartUp]
) -> Iterator[tuple[str, float, str, float]]:
    audit, rewrite = by_label.get("dbfold audit"), by_label.get("dbfold rewrite")
    if audit and (ruff := by_label.get("ruff check")):
        yield f"{tree.name}: audit ÷ ruff's full check", audit.seconds / ruff.seconds, "≤", 1
    for label in ("git grep -E", "git grep -F"):
        if audit and started and tree.name == "ansible" and (grep := by_label.get(label)):
            above_start = audit.seconds - started[1].seconds
            yield f"{tree.name}: (audit - start-up) ÷ {label}", above_start / grep.seconds, "≤", 1.5
    if rewrite and tree.name in ("estate", "zoe"):
        if ast_grep := by_label.get("ast-grep scan -U"):
            yield f"{tree.name}: rewrite ÷ ast-grep -U", rewrite.seconds / ast_grep.seconds, "≤", 2
        if libcst := by_label.get("LibCST codemod, replacing"):
            yield f"{tree.name}: LibCST's runner ÷ rewrite", libcst.seconds / rewrite.seconds, "≥", 50
    peaks = [max(each.largest_mb or 0, each.all_mb or 0) for each in by_label.values() if each.row.tool == "dbfold"]
    if peaks:
        yield f"{tree.name}: dbfold's memory, MB", max(peaks), "≤", _MEMORY_LIMIT
