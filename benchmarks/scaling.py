"""How dbfold's cost grows with the files of a tree, and how much of it is start-up.

python benchmarks/scaling.py --tree NAME=PATH [--repetitions N]

The parts of a tree are files that differ: each 8th, each 4th, each 2nd, all. Copies of one tree would not do: they
bring no new names, and what is looked up by name, or compared with all others, then seems to grow with the files alone.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import report
import trees
from contenders import dbfold_command
from measure import Run, run
from results import Growth, StartUp

_STRIDES = (None, 8, 4, 2, 1)  # None: no files, the start-up of the command
_COMMANDS = (["audit", "."], ["sql", "."], ["rewrite", "--check", "."], ["plan"])
_MOST_ROUNDS = 3
_START_UP_ROUNDS = 20


def measure_growth(dbfold: str, tree: trees.Tree, build: Path, repetitions: int) -> list[Growth]:
    """Medians of each command on each part of `tree`, without a cache, all processes together."""
    nothing, *parts = (trees.part(tree, stride, build) for stride in _STRIDES)
    runs: dict[tuple[str, str], list[Run]] = {}
    for _ in range(min(repetitions, _MOST_ROUNDS)):
        for command, part, measured in _round(dbfold, [nothing, *parts], build):
            runs.setdefault((command, part.name), []).append(measured)
    return [
        Growth(
            tree=tree.name,
            command=command,
            python_files=part.python_files,
            seconds=median(each.seconds for each in runs[command, part.name]),
            cpu_seconds=_cpu(runs[command, part.name]),
            start_up=_cpu(runs[command, nothing.name]),
            largest_mb=max((each.largest_mb for each in runs[command, part.name] if each.largest_mb), default=None),
        )
        for command in dict.fromkeys(command for command, _ in runs)
        for part in parts
    ]


def _cpu(runs: Sequence[Run]) -> float:
    return median(each.cpu_seconds for each in runs)


def _round(dbfold: str, parts: Sequence[trees.Tree], build: Path) -> Iterator[tuple[str, trees.Tree, Run]]:
    """Every command on every part once, so that a busy minute hits all."""
    output = build / "output.txt"
    for part in parts:
        for arguments in _COMMANDS:
            command = " ".join(["dbfold", *arguments]).removesuffix(" .")
            print(f"{part.name}: {command}", file=sys.stderr, flush=True)
            measured = run([dbfold, *arguments, "--no-cache"], part.path, output, os.environ)
            # 2 is for a file that does not parse, or for a command line that does not.
            if measured.exit_code not in (0, 1, 2) or output.read_bytes().startswith(b"usage:"):
                raise SystemExit(f"{command} failed with exit code {measured.exit_code}")
            yield command, part, measured


def measure_start_up(dbfold: str, build: Path) -> list[StartUp]:
    """Seconds of commands with nearly nothing to do, beside a Python that does nothing.

    That Python is the one below the virtual environment, because an editable installation slows every start of its own.
    """
    python = getattr(sys, "_base_executable", sys.executable)
    with tempfile.TemporaryDirectory(dir=build) as directory:
        trees.write_policy(Path(directory))
        (Path(directory) / "one_clean_file.py").write_text("import os\n\nprint(os.getcwd())\n", encoding="utf-8")
        commands = {
            "python -c pass": [python, "-c", "pass"],
            "dbfold --version": [dbfold, "--version"],
            "dbfold audit one_clean_file.py": [dbfold, "audit", "one_clean_file.py"],
            "dbfold rewrite --check one_clean_file.py": [dbfold, "rewrite", "--check", "one_clean_file.py"],
        }
        runs: dict[str, list[float]] = {label: [] for label in commands}
        for number in range(_START_UP_ROUNDS + 1):
            for label, command in commands.items():
                measured = run(command, Path(directory), build / "output.txt", os.environ)
                if measured.exit_code:
                    raise SystemExit(f"{label} failed with exit code {measured.exit_code}")
                if number:
                    runs[label].append(measured.seconds)
    return [StartUp(label, median(seconds)) for label, seconds in runs.items()]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(prog="scaling.py", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--tree", action="append", required=True, type=trees.named, metavar="NAME=PATH", help="copied, never written"
    )
    parser.add_argument("--repetitions", type=int, default=3, metavar="N", help="rounds (default: 3; no more are made)")
    parser.add_argument("--build", type=Path, default=Path(".build/bench"), metavar="DIR", help="default: .build/bench")
    arguments = parser.parse_args(argv)
    build = arguments.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    dbfold = dbfold_command()
    if dbfold is None:
        raise SystemExit("dbfold was not found beside this Python or on PATH; install the project first")
    for name, path in arguments.tree:
        grown = measure_growth(dbfold, trees.copied(name, path, build), build, arguments.repetitions)
        print("\n".join([f"## Growth: parts of {name}", "", *report.growth(grown), ""]), flush=True)
    print("\n".join(["## Start-up", "", *report.start_up(measure_start_up(dbfold, build))]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
