"""The sdist and the wheel: how they are built, and what has to be in them.

The wheel holds the packages in `PACKAGES` and nothing else: `rules`, `hooks` and `tests` are names that other
distributions and applications have, and what is installed under them would overwrite theirs.
"""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from packaging.metadata import Metadata

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("dbfold", "codemods")
# Beside the packages, the sdist has what builds the wheel, and what setuptools writes.
_SOURCES = ("CHANGELOG.md", "LICENSE", "MANIFEST.in", "README.md", "pyproject.toml")
_WRITTEN = ("PKG-INFO", "setup.cfg", "dbfold.egg-info")


class Distributions(NamedTuple):
    """Paths of what was built."""

    sdist: Path
    wheel: Path


def build(target: Path, repository: Path = REPOSITORY) -> Distributions:
    """Build both into `target`, emptied first, with the setuptools of this environment.

    Only files that git tracks or would track take part: setuptools adds whatever older builds have left beside them.
    Raises CalledProcessError, after the builder has said why.
    """
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory)
        export(source, repository)
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", os.fspath(target.absolute())]
        result = subprocess.run(command, cwd=source, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if result.returncode:
            sys.stderr.buffer.write(result.stdout)
            result.check_returncode()
    return Distributions(*target.glob("*.tar.gz"), *target.glob("*.whl"))


def export(target: Path, repository: Path = REPOSITORY) -> None:
    """Copy the files of `repository` that git tracks or would track below `target`."""
    for name in _known_to_git(repository):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(repository / name, target / name)


def _known_to_git(repository: Path) -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    listed = subprocess.run(command, cwd=repository, capture_output=True, check=True).stdout
    names = (os.fsdecode(name) for name in listed.split(b"\0"))
    return [name for name in names if name and (repository / name).is_file()]


def problems(built: Distributions, repository: Path = REPOSITORY) -> list[str]:
    """What is wrong with the distributions, a line each; nothing if they hold what they have to."""
    return [*_of_the_sdist(built.sdist, repository), *_of_the_wheel(built.wheel, repository)]


def installed_files(repository: Path = REPOSITORY) -> set[str]:
    """Every module and data file of the packages; their pages are for readers of the repository."""
    names = _known_to_git(repository)
    return {name for name in names if name.partition("/")[0] in PACKAGES and not name.endswith(".md")}


def _of_the_sdist(sdist: Path, repository: Path) -> Iterator[str]:
    with tarfile.open(sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive if member.isfile()}
    ours = {name for name in names if name.partition("/")[0] not in _WRITTEN}
    yield from _differences(sdist.name, ours, {*_SOURCES, *installed_files(repository)})


def _of_the_wheel(wheel: Path, repository: Path) -> Iterator[str]:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        information = next(name for name in names if name.endswith(".dist-info/METADATA")).removesuffix("METADATA")
        metadata = archive.read(f"{information}METADATA")
        entry_points = archive.read(f"{information}entry_points.txt").decode()
    yield from _differences(
        wheel.name, {name for name in names if not name.startswith(information)}, installed_files(repository)
    )
    yield from _of_the_metadata(wheel.name, metadata)
    for module in _modules(entry_points):
        if f"{module.replace('.', '/')}.py" not in names:
            yield f"{wheel.name}: an entry point names {module}, which is not in it"


def _differences(archive: str, found: set[str], expected: set[str]) -> Iterable[str]:
    yield from (f"{archive}: lacks {name}" for name in sorted(expected - found))
    yield from (f"{archive}: has {name}, which does not belong there" for name in sorted(found - expected))


def _of_the_metadata(archive: str, text: bytes) -> Iterator[str]:
    """What a package index would refuse."""
    try:
        Metadata.from_email(text, validate=True)
    except* ValueError as group:
        yield from (f"{archive}: METADATA: {error}" for error in group.exceptions)


def _modules(entry_points: str) -> Iterator[str]:
    parser = configparser.ConfigParser()
    parser.read_string(entry_points)
    for section in parser.sections():
        yield from (value.partition(":")[0] for value in parser[section].values())
