"""The demonstration behind `make demo`: builds the example estate, rewrites its code, and moves its data."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEFAULT_ESTATE = HERE.parent.parent / ".build" / "zoe"


def show(*command: str, directory: Path) -> None:
    """Run a command where the reader can see it. Raises CalledProcessError if it fails."""
    print(f"\n$ {' '.join(command)}", flush=True)
    subprocess.run(command, cwd=directory, check=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Build the estate and walk through it; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("estate", nargs="?", type=Path, default=DEFAULT_ESTATE, help="a directory that does not exist")
    estate = parser.parse_args(argv).estate.resolve()
    if estate == DEFAULT_ESTATE and estate.exists():
        shutil.rmtree(estate)  # ours, from the last demonstration; the generator refuses any other that has content
    subprocess.run([sys.executable, str(HERE / "generate.py"), "--git", str(estate)], check=True)
    print(f"The example estate is in {estate}.")

    print("\nBefore: every place that names a database.")
    show("dbfold", "audit", "--summary", ".", directory=estate)
    print("\nThe code is rewritten; what a person has to decide is listed with its reason.")
    show("dbfold", "rewrite", ".", directory=estate)
    print("\nOne of the changes:")
    show("git", "--no-pager", "diff", "--", "services/zoe-core/session_manager.py", directory=estate)
    print("\nAfter: what is left is prose, somebody else's, or waits for a person.")
    show("dbfold", "audit", "--summary", ".", directory=estate)
    print("\nA second run changes nothing:")
    show("dbfold", "rewrite", "--check", ".", directory=estate)

    print("\nThe data: what happens to every table.")
    show("dbfold", "move", "plan", directory=estate)
    print("\nThe rows move, and each is accounted for.")
    show("dbfold", "move", "run", "--yes", directory=estate)
    show("ls", "data", directory=estate)
    print("\nChecked once more, against the backup:")
    show("dbfold", "move", "verify", directory=estate)
    print("\nAnd back, in case something is wrong:")
    show("dbfold", "move", "rollback", "--yes", directory=estate)
    show("ls", "data", directory=estate)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
