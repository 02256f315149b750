"""Builds the example estate: the assistant Zoe as its consolidation plan found it.

    python examples/zoe/generate.py OUTPUT_DIR [--force] [--git]

441 references to 19 SQLite databases in 95 files, the databases themselves in OUTPUT_DIR/data, and the policy
that folds them into two. Standard library only; two runs make the same files.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from estate.databases import create_databases
from estate.plan import PLAN, TOTAL, EstateError
from estate.tree import source_tree, write_tree

POLICY = Path(__file__).with_name("dbfold.yaml")

# A commit's identity and time, so that the repository is the same each time, too.
_COMMIT = {
    "GIT_AUTHOR_NAME": "Zoe",
    "GIT_AUTHOR_EMAIL": "zoe@zoe.example",
    "GIT_AUTHOR_DATE": "2025-10-09T15:02:13+0000",
    "GIT_COMMITTER_NAME": "Zoe",
    "GIT_COMMITTER_EMAIL": "zoe@zoe.example",
    "GIT_COMMITTER_DATE": "2025-10-09T15:02:13+0000",
}


def generate(output: Path) -> None:
    """Write the source tree, the databases and the policy into `output`."""
    write_tree(output, source_tree())
    create_databases(output / "data")
    shutil.copyfile(POLICY, output / "dbfold.yaml")


def commit(output: Path) -> None:
    """Make `output` a git repository and commit everything but data/."""
    environment = os.environ | _COMMIT
    commands = (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all", "--", ".", ":(exclude)data"],
        [
            "-c",
            "commit.gpgsign=false",
            "commit",
            "--quiet",
            "--no-verify",
            "--message=Zoe before the consolidation",
        ],
    )
    for command in commands:
        subprocess.run(["git", *command], cwd=output, env=environment, check=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 if the estate was made, 2 if it could not be."""
    parser = argparse.ArgumentParser(description="Build the example estate Zoe.")
    parser.add_argument("output", type=Path, metavar="OUTPUT_DIR", help="directory to write into; made if need be")
    parser.add_argument("--force", action="store_true", help="write into a directory that holds something already")
    parser.add_argument("--git", action="store_true", help="commit everything but data/ to a new git repository")
    options = parser.parse_args(argv)
    if options.output.exists() and not options.output.is_dir():
        parser.error(f"{options.output} is not a directory")
    if not options.force and options.output.is_dir() and any(options.output.iterdir()):
        parser.error(f"{options.output} is not empty; --force overwrites its files")
    try:
        generate(options.output)
        if options.git:
            commit(options.output)
    except (EstateError, OSError, subprocess.CalledProcessError) as error:
        print(f"generate.py: {error}", file=sys.stderr)
        return 2
    print(f"{options.output}: {TOTAL.references} references to {len(PLAN)} databases in {TOTAL.files} files")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
