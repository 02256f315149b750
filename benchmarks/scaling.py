"""How dbfold's cost grows: with copies of a tree, and how much of it is start-up.

python benchmarks/scaling.py TREE [--repetitions N]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import report
import trees
import yaml
from contenders import dbfold_command
from measure import run

_FACTORS = (1, 4, 16)
_MOST_ROUNDS = 3  # 16 copies take a while
_START_UP_ROUNDS = 20
_CANDIDATE = re.compile(rb"\.(?:db3?|sqlite3?)\b|sqlite(?:\+\w+)?:///", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Growth:
    """Median seconds of one command on `factor` copies of a tree that have `lines` candidate lines together."""

    tree: str
    command: str
    factor: int
    lines: int
    seconds: float
    largest_mb: float | None


@dataclass(frozen=True, slots=True)
class StartUp:
    """Median seconds of a command that has nearly nothing to do."""

    command: str
    seconds: float


def measure_growth(dbfold: str, name: str, source: Path, build: Path, repetitions: int) -> list[Growth]:
    """Seconds of `audit` and `rewrite --check` on 1, 4 and 16 copies, in one process and in as many as there are."""
    copies = [(factor, _copies(source, build, factor)) for factor in _FACTORS]
    lines = {factor: _candidate_lines(top) for factor, top in copies}
    commands = [["audit"], ["audit", "--jobs", "1"], ["rewrite", "--check"], ["rewrite", "--check", "--jobs", "1"]]
    runs: dict[tuple[int, int], list[tuple[float, float | None]]] = {}
    output = build / "output.txt"
    for number in range(min(repetitions, _MOST_ROUNDS) + 1):
        for factor, top in copies if number else copies[:1]:  # round 0 warms up
            for index, command in enumerate(commands):
                print(f"{factor} copies: {' '.join(command)}", file=sys.stderr, flush=True)
                measured = run([dbfold, *command, "."], top, output, os.environ)
                if measured.exit_code not in (0, 1, 2) or b" references" not in output.read_bytes():
                    raise SystemExit(f"dbfold {' '.join(command)} failed with exit code {measured.exit_code}")
                if number:
                    runs.setdefault((index, factor), []).append((measured.seconds, measured.largest_mb))
    return [
        Growth(
            tree=name,
            command=" ".join(["dbfold", *commands[index]]),
            factor=factor,
            lines=lines[factor],
            seconds=median(seconds for seconds, _ in measured_runs),
            largest_mb=max((largest for _, largest in measured_runs if largest), default=None),
        )
        for (index, factor), measured_runs in sorted(runs.items())
    ]


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


def _copies(source: Path, build: Path, factor: int) -> Path:
    """A git repository with `factor` copies of `source` and a policy that treats each as it treats the one."""
    top = build / "copies" / f"times-{factor}"
    shutil.rmtree(top, ignore_errors=True)
    for number in range(factor):
        shutil.copytree(source, top / f"copy-{number:02}", symlinks=True, ignore=shutil.ignore_patterns(".git"))
        policy = top / f"copy-{number:02}" / "dbfold.yaml"
        text = yaml.safe_load(policy.read_text(encoding="utf-8"))
        policy.unlink()
    (top / "dbfold.yaml").write_text(yaml.safe_dump(_for_copies(text)), encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=top, check=True)
    subprocess.run(["git", "add", "--all", "--force"], cwd=top, check=True)
    return top


def _for_copies(policy: dict) -> dict:
    """The policy with every path in it moved below `copy-*/`."""
    for key in ("temporary", "config_files", "exclude", "review"):
        if key in policy:
            policy[key] = [_below_copy(pattern) for pattern in policy[key]]
    accessor = policy.setdefault("accessor", {})
    accessor["roots"] = [_below_copy(f"./{root}").removesuffix("/.") for root in accessor.get("roots", ["."])]
    for database in policy["databases"].values():
        if "only" in database:
            database["only"] = [_below_copy(pattern) for pattern in database["only"]]
    return policy


def _below_copy(pattern: str) -> str:
    """A pattern of a path; one without a slash, or from the top of the file system, is meant at any depth."""
    if pattern.startswith(("/", "**/")) or "/" not in pattern:
        return pattern
    return "copy-*/" + pattern.removeprefix("./")


def _candidate_lines(top: Path) -> int:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=top, check=True, capture_output=True).stdout
    files = [top / relative for relative in os.fsdecode(listed).split("\0") if relative]
    contents = [
        file.read_bytes() for file in files if file.is_file() and not file.is_symlink() and file.name != "dbfold.yaml"
    ]
    return sum(
        1 for content in contents if b"\0" not in content for line in content.splitlines() if _CANDIDATE.search(line)
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(prog="scaling.py", description=__doc__.partition("\n")[0])
    parser.add_argument("tree", type=Path, metavar="TREE", help="a directory; it is copied, never written")
    parser.add_argument(
        "--repetitions", type=int, default=5, metavar="N", help="rounds (default: 5; at most 3 are made)"
    )
    parser.add_argument("--build", type=Path, default=Path(".build/bench"), metavar="DIR", help="default: .build/bench")
    arguments = parser.parse_args(argv)
    build = arguments.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    dbfold = dbfold_command()
    if dbfold is None:
        raise SystemExit("dbfold was not found beside this Python or on PATH; install the project first")
    tree = trees.copied(arguments.tree.name, arguments.tree.resolve(), build)
    grown = measure_growth(dbfold, tree.name, tree.path, build, arguments.repetitions)
    print("\n".join([*report.growth(grown), "", *report.start_up(measure_start_up(dbfold, build))]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
