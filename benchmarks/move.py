"""Times the data move beside other ways to bring the rows of many SQLite files into one.

    python benchmarks/move.py --scale 0.5,5,20 --output docs/benchmarks.md

All ways run on the same databases in the same run, each in a process of its own, in rounds. The rows of each result are
counted. See benchmarks/README.md for what each row means.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import move_report
from measure import run
from move_contenders import unavailable
from move_data import TARGET, sources, write_policy
from move_results import Data, Measured, Taken

_HERE = Path(__file__).parent
BARE = "insert-select"
FAST = ("move", "build", BARE, "insert-select-apsw", "cp")
SLOW = ("dump", "sqlite-utils", "duckdb")
DECISIONS = {
    "keep-both": ("{events: {key: [id], on_conflict: keep-both}}", 0),
    "natural key": ("{events: {key: [uid], on_conflict: keep-target}}", 20),
}
"""How two databases with the same table are merged: the policy's words, and the percentage of rows that both have."""


def make_data(build: Path, kind: str, rows: int, *, decisions: str = "", options: Sequence[str] = ()) -> Data:
    """Write databases below `build`."""
    _say(f"writing {rows:,} rows ({kind})")
    directory = build / "data"
    shutil.rmtree(directory, ignore_errors=True)
    command = [sys.executable, str(_HERE / "move_data.py"), kind, str(directory), "--rows", str(rows), *options]
    subprocess.run(command, check=True)
    size = sum(path.stat().st_size for path in sources(directory))
    return Data(directory, write_policy(directory, decisions), rows, size / 1e6, kind == "shared")


def compare(names: Sequence[str], data: Data, build: Path, rounds: int) -> list[Taken]:
    """Run each way `rounds` times; the ways take turns, so that a busy minute hits all of them."""
    results = {name: Taken(name, data.rows, problem=unavailable(name)) for name in names}
    for number in range(rounds):
        for name, taken in results.items():
            if taken.problem is None:
                _say(f"{name}, {data.rows:,} rows, round {number + 1} of {rounds}")
                _once(taken, data, build)
    return list(results.values())


def _once(taken: Taken, data: Data, build: Path) -> None:
    scratch = build / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    if taken.name == "move":  # it empties the directory: it gets a copy
        directory = build / "copy"
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(data.directory, directory)
    else:
        directory = data.directory
    os.sync()  # what others have left to write is not this one's time
    output = build / "output.txt"
    program = [sys.executable, str(_HERE / "move_contenders.py")]
    measured = run([*program, taken.name, str(directory), str(data.policy), str(scratch)], build, output, os.environ)
    said = output.read_text(encoding="utf-8")
    if measured.exit_code:
        raise SystemExit(f"{taken.name} failed with exit code {measured.exit_code}:\n{said}")
    report = json.loads(said.splitlines()[-1])
    if taken.name != "cp" and not data.is_shared:
        _check(taken.name, (directory if taken.name == "move" else scratch) / TARGET, data)
    if not taken.seconds or report["seconds"] < taken.seconds:
        taken.seconds, taken.stages = report["seconds"], report["stages"]
    taken.peak_mb = max(taken.peak_mb, measured.largest_mb or 0)
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in report["stages"].items())
    _say(f"  {report['seconds']:.2f} s, {measured.largest_mb or 0:.0f} MB{f' ({stages})' if stages else ''}")


def _check(name: str, result: Path, data: Data) -> None:
    """Every table has as many rows as where it came from: nobody is fast by leaving something out."""
    for path in sources(data.directory):
        table = path.stem
        counts = {_count(path, table), _count(result, table)}
        if len(counts) != 1:
            raise SystemExit(f"{name}: {table} has not all its rows")


def _count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def measure(arguments: argparse.Namespace, build: Path) -> Measured:
    """Everything that was asked for."""
    rows = int(arguments.rows * 1_000_000)
    data = make_data(build, "apart", rows, options=["--blob-mb", str(arguments.blob_mb)])
    main_table = data, compare(FAST, data, build, arguments.rounds)
    slow_table = None
    if arguments.slow_rows:
        share = arguments.slow_rows / arguments.rows
        options = ["--blob-mb", str(round(arguments.blob_mb * share))]
        small = make_data(build, "apart", int(arguments.slow_rows * 1_000_000), options=options)
        slow_table = small, compare((BARE, *SLOW), small, build, 1)
    merged = []
    for label, (decisions, twice) in DECISIONS.items() if arguments.merged_rows else ():
        count = int(arguments.merged_rows * 1_000_000)
        data = make_data(build, "shared", count, decisions=decisions, options=["--twice", str(twice)])
        (taken,) = compare(("move",), data, build, arguments.rounds)
        merged.append((label, twice, taken))
    scaled = []
    for millions in arguments.scale:
        data = make_data(build, "apart", int(millions * 1_000_000))
        scaled.append((data, compare(("move", "build", BARE), data, build, min(arguments.rounds, 2))))
    return Measured(main_table, slow_table, merged, scaled, arguments.rounds, arguments.blob_mb)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="move.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=float, default=5, metavar="MILLIONS", help="rows in 15 databases (5)")
    parser.add_argument("--blob-mb", type=int, default=500, metavar="MB", help="BLOBs in one more database (500)")
    parser.add_argument("--slow-rows", type=float, default=0.5, metavar="MILLIONS", help="for slow ways (0.5; 0: none)")
    parser.add_argument(
        "--merged-rows", type=float, default=1, metavar="MILLIONS", help="of a shared table (1; 0: none)"
    )
    parser.add_argument("--scale", type=_numbers, default=[], metavar="MILLIONS,...", help="also these, without BLOBs")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds (3)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="a document whose section is replaced")
    parser.add_argument("--build", type=Path, default=Path(".build/bench-move"), metavar="DIR", help="for databases")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print the section or put it into a document."""
    arguments = _parsed(argv)
    build = arguments.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    try:
        section = move_report.markdown(measure(arguments, build))
    finally:
        for name in ("data", "copy", "scratch"):
            shutil.rmtree(build / name, ignore_errors=True)
    if arguments.output:
        text = arguments.output.read_text(encoding="utf-8")
        arguments.output.write_text(move_report.with_section(text, section), encoding="utf-8")
    else:
        print(section, end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
