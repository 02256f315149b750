"""A release, up to the point where it is published: `make release`.

Asks for a clean work tree and for a CHANGELOG.md that begins with the version in `dbfold/base/version.py`; builds the
sdist and the wheel into `dist/`, checks what is in them, and prints the notes of that version.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from dbfold.base.version import VERSION
from tools.distributions import REPOSITORY, Distributions, build, problems

_HEADING = re.compile(r"^## \[?(?P<version>[^\]\s]+)\]?(?: - (?P<date>\d{4}-\d\d-\d\d))?$", re.MULTILINE)


class ReleaseError(Exception):
    """The tree is not ready for a release; the message says what to do."""


def notes(changelog: str, version: str) -> str:
    """The text below the first heading of the changelog. Raises ReleaseError if that is not `version`, with a date."""
    first, *later = [*_HEADING.finditer(changelog), None]
    if first is None or first["version"] != version or first["date"] is None:
        found = first[0].removeprefix("## ") if first else "no version"
        raise ReleaseError(f"CHANGELOG.md begins with {found}; for this release: `## [{version}] - YEAR-MONTH-DAY`")
    end = later[0].start() if later[0] else len(changelog)
    return changelog[first.end() : end].strip() + "\n"


def require_clean(repository: Path) -> None:
    """Raises ReleaseError if the work tree is not what is committed."""
    command = ["git", "status", "--porcelain"]
    changed = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout
    if changed:
        raise ReleaseError(f"not committed:\n{changed}Commit it, or put it away")


def release(repository: Path) -> str:
    """Build and check; returns the notes. Raises ReleaseError."""
    require_clean(repository)
    noted = notes((repository / "CHANGELOG.md").read_text(encoding="utf-8"), VERSION)
    built = build(repository / "dist", repository)
    if wrong := problems(built, repository):
        raise ReleaseError("\n".join(wrong))
    ask_twine(built)
    return noted


def ask_twine(built: Distributions) -> None:
    """Its opinion, too, where it is installed; it is no dependency, because it brings many. Raises ReleaseError."""
    if twine := shutil.which("twine"):
        result = subprocess.run([twine, "check", "--strict", *built], stdout=sys.stderr, check=False)
        if result.returncode:
            raise ReleaseError("twine refuses what was built")


def main() -> int:
    """Make the release of this repository; returns the exit code."""
    try:
        text = release(REPOSITORY)
    except ReleaseError as error:
        sys.stderr.write(f"no release: {error}\n")
        return 1
    built = "\n".join(f"dist/{path.name}" for path in sorted((REPOSITORY / "dist").iterdir()))
    sys.stdout.write(f"{text}\n{built}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
