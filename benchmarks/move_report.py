"""The section of docs/benchmarks.md about the data move."""

from __future__ import annotations

import re
from collections.abc import Iterator

from move_results import Data, Measured, Taken

HEADING = "## The data move"
_SECTION = re.compile(rf"^{HEADING}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_LABELS = {
    "move": "dbfold: the whole move",
    "build": "dbfold: building alone",
    "insert-select": "INSERT … SELECT by hand, sqlite3",
    "insert-select-apsw": "INSERT … SELECT by hand, apsw",
    "cp": "cp",
    "dump": "sqlite3 .dump into sqlite3",
    "sqlite-utils": "sqlite-utils, insert_all",
    "duckdb": "duckdb, sqlite extension",
}
_LEAST_SPEED, _MEMORY_LIMIT, _LINEAR = 0.7, 200, 1.15

_INTRODUCTION = f"""\
{HEADING}

Written by `python benchmarks/move.py --scale 0.5,5,20 --output docs/benchmarks.md`; `benchmarks/README.md` says what
each row means. {{rows:,}} rows in 15 databases and {{blob_mb}} MB of BLOBs in one more, {{megabytes:,.0f}} MB of files
with their indexes, go into one. Each way runs in a process of its own, on files that the system has in memory, until
the result is on the disk; seconds are the least of {{rounds}} rounds in turn. MB is the peak resident memory.
"""


def with_section(text: str, section: str) -> str:
    """`text` with `section` in the place of the one it has, or at its end."""
    section = section.rstrip("\n") + "\n"
    if match := _SECTION.search(text):
        rest = text[match.end() :]
        return text[: match.start()] + section + (f"\n{rest}" if rest else "")
    return f"{text.rstrip()}\n\n{section}"


def section_of(text: str) -> str | None:
    """The section in a document, None if there is none."""
    match = _SECTION.search(text)
    return match[0] if match else None


def markdown(measured: Measured) -> str:
    """The section."""
    data, taken = measured.table
    introduction = _INTRODUCTION.format(
        rows=data.rows, megabytes=data.megabytes, blob_mb=measured.blob_mb, rounds=measured.rounds
    )
    lines = [
        *introduction.splitlines(),
        "",
        *_targets(measured),
        "",
        *_rows(taken),
        "",
        *_stages(taken[0], f"Where the whole move's {taken[0].seconds:.1f} s go:"),
    ]
    if measured.slow:
        small, slow = measured.slow
        size = f"{small.rows:,} rows, {small.megabytes:,.0f} MB"
        lines += ["", f"Slow ways, once, on fewer rows of the same kind ({size}):", "", *_rows(slow)]
    if measured.merged:
        lines += ["", "Two databases with the same table, whose ids collide, and a table each that refers to it:", ""]
        lines += _merged(measured.merged)
    if measured.scaled:
        lines += ["", "Growth, without BLOBs:", "", *_scaled(measured.scaled)]
    return "\n".join(lines) + "\n"


def _rows(taken: list[Taken]) -> Iterator[str]:
    bare = next(each.seconds for each in taken if each.name == "insert-select")
    yield "| way | s | s per million rows | ÷ INSERT … SELECT | MB |"
    yield "|---|---:|---:|---:|---:|"
    for each in taken:
        if each.problem:
            yield f"| {_LABELS[each.name]} | {each.problem} | | | |"
        else:
            yield (
                f"| {_LABELS[each.name]} | {each.seconds:.2f} | {each.per_million:.2f} | {each.seconds / bare:.2f}"
                f" | {_megabytes(each.peak_mb)} |"
            )


def _megabytes(number: float) -> str:
    """A dash for less than the benchmark itself holds."""
    return f"{number:.0f}" if number else "-"


def _stages(move: Taken, heading: str) -> Iterator[str]:
    yield heading
    yield ""
    yield "| stage | s |"
    yield "|---|---:|"
    for name, seconds in move.stages.items():
        yield f"| {name} | {seconds:.2f} |"


def _merged(merged: list[tuple[str, int, Taken]]) -> Iterator[str]:
    yield "| decision | rows | in both | s | s per million rows | of it building | MB |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for label, twice, taken in merged:
        yield (
            f"| {label} | {taken.rows:,} | {twice} % | {taken.seconds:.2f} | {taken.per_million:.2f}"
            f" | {taken.stages.get('build', 0):.2f} | {taken.peak_mb:.0f} |"
        )


def _scaled(scaled: list[tuple[Data, list[Taken]]]) -> Iterator[str]:
    yield "| way | rows | MB of files | s | s per million rows | against the first | MB |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    first = {each.name: each.per_million for each in scaled[0][1]}
    for name in first:
        for data, taken in scaled:
            each = next(one for one in taken if one.name == name)
            yield (
                f"| {_LABELS[name]} | {each.rows:,} | {data.megabytes:,.0f} | {each.seconds:.2f}"
                f" | {each.per_million:.2f} | {each.per_million / first[name]:.2f} | {each.peak_mb:.0f} |"
            )


def _targets(measured: Measured) -> Iterator[str]:
    yield "| target | measured | wanted | |"
    yield "|---|---:|---:|---|"
    for name, value, sign, limit in _judged(measured):
        met = value <= limit if sign == "≤" else value >= limit
        yield f"| {name} | {value:.2f} | {sign} {limit:g} | {'met' if met else '**missed**'} |"


def _judged(measured: Measured) -> Iterator[tuple[str, float, str, float]]:
    by_name = {each.name: each for each in measured.table[1]}
    build = by_name["build"].seconds
    for name, library in (("insert-select", "sqlite3"), ("insert-select-apsw", "apsw")):
        yield f"building: speed ÷ INSERT … SELECT, {library}", by_name[name].seconds / build, "≥", _LEAST_SPEED
    ours = [*measured.table[1], *(each for _, _, each in measured.merged)]
    ours += [each for _, taken in measured.scaled for each in taken]
    yield (
        "the move's memory, the largest of all, MB",
        max(each.peak_mb for each in ours if each.name in ("move", "build")),
        "≤",
        _MEMORY_LIMIT,
    )
    if len(measured.scaled) > 1:
        (small, first), (large, last) = measured.scaled[0], measured.scaled[-1]
        sizes = f"a row of {large.rows / 1e6:g} million ÷ of {small.rows / 1e6:g} million"
        for index, name in enumerate(("the move", "building alone")):
            yield f"{name}: {sizes}", last[index].per_million / first[index].per_million, "≤", _LINEAR
