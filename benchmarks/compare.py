"""Times dbfold beside other tools, on the same trees, in the same run.

    python benchmarks/compare.py --estate --tree NAME=PATH --wheel NAME==VERSION --output docs/benchmarks.md

See benchmarks/README.md for what each row means. Run it with the Python of the environment that has dbfold.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import move_report
import report
import scaling
import trees
from contenders import NAMES, Row, Tools, dbfold_command, find_tools
from measure import Run, run
from results import Result

_SLOW_LIMIT = 1000  # Python files; above it, a slow tool takes more than a minute or two


def compare(tree: trees.Tree, tools: Tools, build: Path, repetitions: int, with_slow: bool) -> list[Result]:
    """Measure every row on `tree`: once for its memory, unless it is slow, then `repetitions` interleaved rounds."""
    results = [Result(row) for row in tools.rows]
    for result in results:
        if result.row.command is None:
            result.problem = "not available"
        elif result.row.slow and not with_slow and tree.python_files > _SLOW_LIMIT:
            result.problem = f"not run (more than {_SLOW_LIMIT:,} Python files; --all)"
        else:
            _first_run(result, tree, build)
    for number in range(repetitions):
        for result in results:
            if not result.problem and not result.row.slow:
                _say(f"{tree.name}: round {number + 1} of {repetitions}: {result.row.label}")
                result.runs.append(_run(result.row, tree, build))
    return results


def _first_run(result: Result, tree: trees.Tree, build: Path) -> None:
    """The run in which memory is sampled; it also warms the caches. Counts only for a slow tool."""
    _say(f"{tree.name}: first run: {result.row.label}")
    first = _run(result.row, tree, build, sample=True)
    found = _found(result.row, _output(build))
    result.all_mb = first.all_mb
    result.found = trees.changed_files(tree, build) if result.row.rewrites else found
    ended_well = result.row.tool != "dbfold" or found is not None
    if first.exit_code not in result.row.exit_codes or not ended_well:
        result.problem = f"failed (exit code {first.exit_code})"
        _say(f"its output is in {build / 'failed.txt'}")
        _output(build).replace(build / "failed.txt")
    elif result.row.slow:
        result.runs.append(first)


def _run(row: Row, tree: trees.Tree, build: Path, *, sample: bool = False) -> Run:
    where = trees.fresh_copy(tree, build) if row.rewrites else tree.path
    return run(row.command or (), where, _output(build), os.environ | row.environment, sample=sample)


def _output(build: Path) -> Path:
    return build / "output.txt"


def _found(row: Row, output: Path) -> int | None:
    """What `row` reported. Line by line: a child's measured memory is never less than what this process once held."""
    count = 0
    with output.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if match := row.counts.search(line):
                if row.counts.groups:
                    return int(match[1])
                count += 1
    return None if row.counts.groups else count


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _tool_names(text: str) -> frozenset[str]:
    names = frozenset(text.split(","))
    if unknown := names - set(NAMES):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return names


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="compare.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--estate", action="store_true", help="measure on the example estate")
    parser.add_argument("--tree", action="append", default=[], type=trees.named, metavar="NAME=PATH")
    parser.add_argument("--wheel", action="append", default=[], metavar="NAME==VERSION")
    parser.add_argument("--repetitions", type=int, default=5, metavar="N", help="rounds (default: 5)")
    parser.add_argument("--only", type=_tool_names, default=frozenset(), metavar="TOOL,...", help=", ".join(NAMES))
    parser.add_argument("--all", action="store_true", help="slow tools on large trees, too")
    parser.add_argument("--scaling", metavar="NAME", help="also measure parts of this tree, and start-up")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the report (default: standard output)")
    parser.add_argument("--build", type=Path, default=Path(".build/bench"), metavar="DIR", help="default: .build/bench")
    parser.add_argument("--tools-venv", type=Path, metavar="DIR", help="default: tools in the build directory")
    parsed = parser.parse_args(argv)
    if not (parsed.estate or parsed.tree or parsed.wheel):
        parser.error("name something to measure on: --estate, --tree NAME=PATH, --wheel NAME==VERSION")
    return parsed


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the report; 1 if dbfold could not be run on some tree."""
    arguments = _parsed(argv)
    load = os.getloadavg()[0]
    build = arguments.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    tools = find_tools((arguments.tools_venv or build / "tools").resolve(), build, arguments.only)
    measured_on = [trees.estate(build)] if arguments.estate else []
    measured_on += [trees.copied(name, path, build) for name, path in arguments.tree]
    measured_on += [trees.wheel(specification, build) for specification in arguments.wheel]
    measured = [(tree, compare(tree, tools, build, arguments.repetitions, arguments.all)) for tree in measured_on]
    grown, start_up = None, None
    dbfold = dbfold_command()
    if dbfold and arguments.scaling:
        tree = next((tree for tree in measured_on if tree.name == arguments.scaling), measured_on[0])
        grown = scaling.measure_growth(dbfold, tree, build, arguments.repetitions)
        start_up = scaling.measure_start_up(dbfold, build)
    text = report.markdown(measured, tools.versions, arguments.repetitions, load, grown, start_up)
    if arguments.output:
        if arguments.output.exists() and (kept := move_report.section_of(arguments.output.read_text(encoding="utf-8"))):
            text = move_report.with_section(text, kept)  # move.py has written it
        arguments.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    failed = [result for _, results in measured for result in results if result.row.tool == "dbfold" and result.problem]
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
