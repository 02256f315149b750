"""What the hooks add to a commit: beside a Python that does nothing, and beside `git grep` over the same files.

    python benchmarks/hooks.py

makes its own repositories, measures in interleaved rounds, and prints the table of docs/hooks.md. Wall time, the least
of all rounds: a hook has little to do but start, and what is above the least is other people's work.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measure import run

ROUNDS = 15
MANY = 5000
POLICY = "version: 1\ndatabases: {shop.db: {role: primary, path: /app/data/shop.db}}\n"
CLEAN = "import os\n\n\ndef where():\n    return os.getcwd()\n"
HARDCODED = 'import sqlite3\n\nconnection = sqlite3.connect("/app/data/shop.db")\n'
HOOKS = ("no-new-databases", "db-paths")
BARE = "python -c pass"
GREP = f"git grep --cached, {MANY} files"


def measured(commands: dict[str, list[str]], cwd: Path, expected: dict[str, int]) -> dict[str, float]:
    """The least seconds of each command over all rounds."""
    # Without compiled files each start would compile the hook anew, which happens once on a real machine.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    seconds: dict[str, list[float]] = {label: [] for label in commands}
    for number in range(ROUNDS + 1):
        for label, command in commands.items():
            found = run(command, cwd, cwd.parent / "output.txt", environment)
            if found.exit_code != expected.get(label, 0):
                raise SystemExit(f"{label} failed with exit code {found.exit_code}")
            if number:
                seconds[label].append(found.seconds)
    return {label: min(times) for label, times in seconds.items()}


def repository(top: Path, files: dict[str, str]) -> Path:
    """A repository with these files staged, a policy committed."""
    top.mkdir()
    git(top, "init", "--quiet")
    (top / "dbfold.yaml").write_text(POLICY, encoding="utf-8")
    git(top, "add", ".")
    git(top, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "--quiet", "-m", "policy")
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    git(top, "add", ".")
    return top


def git(top: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=top, check=True)


def script(name: str) -> str:
    return str(Path(sys.executable).with_name(f"dbfold-{name}"))


def one_file(build: Path) -> Iterator[tuple[str, float, str]]:
    """Rows for a commit of one clean Python file; the Python is the one that runs the hooks."""
    top = repository(build / "one", {"a.py": CLEAN})
    commands = {BARE: [sys.executable, "-c", "pass"]}
    commands |= {f"dbfold-{name}, one clean file": [script(name), "a.py"] for name in HOOKS}
    commands |= {"dbfold-db-policy, the policy": [script("db-policy"), "dbfold.yaml"]}
    seconds = measured(commands, top, {})
    for label, taken in seconds.items():
        yield label, taken, f"{taken / seconds[BARE]:.1f} of Python's start"
    both = sum(taken for label, taken in seconds.items() if "clean" in label)
    yield "both, one clean file", both, f"{both / seconds[BARE]:.1f} of Python's start"


def many_files(build: Path, start: dict[str, float]) -> Iterator[tuple[str, float, str]]:
    """Rows for a commit of many Python files, one in a hundred with a path in it; `start` is what one file takes."""
    files = {
        f"package_{number % 50}/module_{number}.py": CLEAN * 10 + (HARDCODED if number % 100 == 0 else "")
        for number in range(MANY)
    }
    top = repository(build / "many", files)
    pattern = ["-l", "-E", r"\.db|sqlite"]
    commands = {
        GREP: ["git", "grep", "--cached", *pattern],
        f"git grep of the work tree, {MANY} files": ["git", "grep", *pattern],
        **{f"dbfold-{name}, {MANY} files": [script(name), *files] for name in HOOKS},
    }
    seconds = measured(commands, top, {f"dbfold-db-paths, {MANY} files": 1})
    for label, taken in seconds.items():
        own_start = start.get(label.replace(f"{MANY} files", "one clean file"), 0)
        yield label, taken, f"{(taken - own_start) / seconds[GREP]:.1f} of `git grep --cached`, above its start"


def main() -> int:
    """Measure and print the table."""
    print("| what | ms | |\n|---|---:|---|")
    with tempfile.TemporaryDirectory() as directory:
        rows = list(one_file(Path(directory)))
        rows += many_files(Path(directory), {label: taken for label, taken, _ in rows})
    for label, taken, ratio in rows:
        print(f"| {label} | {taken * 1000:.0f} | {ratio} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
