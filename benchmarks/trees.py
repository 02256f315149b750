"""The trees that are measured: copies in the build directory, each a git repository with a policy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from argparse import ArgumentTypeError
from dataclasses import dataclass
from pathlib import Path

_GENERATOR = Path(__file__).parents[1] / "examples" / "zoe" / "generate.py"

# For a tree that has none: every database but one is to be folded into that one, so that a rewrite has work to do.
_POLICY = """\
version: 1
databases:
  core.db: {role: primary, path: /data/core.db, env: CORE_DATABASE_PATH}
  "*.db": {role: retired, into: core.db}
  "*.sqlite*": {role: retired, into: core.db}
accessor: {module: core_database, roots: ["."]}
data_dirs: [data, .]
"""


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree to measure on. `own_policy` is False where the benchmark wrote the policy."""

    name: str
    path: Path
    files: int
    python_files: int
    python_lines: int
    own_policy: bool


def copied(name: str, source: Path, build: Path) -> Tree:
    """A copy of the files of `source` that git knows or would add (all, where there is no git), prepared.

    All tools then see the same files: git's, dbfold's, and those of the tools that read `.gitignore`.
    """
    target = _emptied(build / "trees" / name)
    if (source / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
        listed = subprocess.run(command, cwd=source, check=True, capture_output=True).stdout
        for relative in filter(None, os.fsdecode(listed).split("\0")):
            if (source / relative).is_file():
                (target / relative).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / relative, target / relative, follow_symlinks=False)
    else:
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    return _prepared(name, target)


def estate(build: Path) -> Tree:
    """The example estate, generated."""
    source = build / "generated" / "estate"
    shutil.rmtree(source, ignore_errors=True)
    source.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, str(_GENERATOR), str(source)], check=True, stdout=subprocess.DEVNULL)
    return copied("estate", source, build)


def wheel(specification: str, build: Path) -> Tree:
    """A wheel of the package index (`name==version`), unpacked."""
    name = specification.partition("==")[0]
    downloads = build / "wheels" / specification.replace("==", "-")
    if not list(downloads.glob("*.whl")):
        options = ["--no-deps", "--only-binary", ":all:", "--quiet", "--disable-pip-version-check"]
        subprocess.run(
            [sys.executable, "-m", "pip", "download", *options, "--dest", str(downloads), specification], check=True
        )
    target = _emptied(build / "trees" / name)
    with zipfile.ZipFile(next(downloads.glob("*.whl"))) as archive:
        archive.extractall(target)
    return _prepared(name, target)


def part(tree: Tree, stride: int | None, build: Path) -> Tree:
    """A tree of its own with each `stride`-th Python file and each `stride`-th other file of `tree`, and its policy.

    None: the policy alone.
    """
    target = _emptied(build / "parts" / f"{tree.name}-{stride}")
    files = [path.relative_to(tree.path) for path in _known_to_git(tree.path) if path.name != "dbfold.yaml"]
    python = [path for path in files if path.suffix == ".py"]
    others = [path for path in files if path.suffix != ".py"]
    chosen = [*python[::stride], *others[::stride]] if stride else []
    for relative in (*chosen, Path("dbfold.yaml")):
        (target / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(tree.path / relative, target / relative, follow_symlinks=False)
    return _prepared(f"{tree.name}, 1 of {stride}", target)


def named(text: str) -> tuple[str, Path]:
    """`NAME=DIRECTORY` of a command line. Raises ArgumentTypeError."""
    name, separator, path = text.partition("=")
    if not separator or not Path(path).is_dir():
        raise ArgumentTypeError(f"{text!r} is not NAME=DIRECTORY")
    return name, Path(path).resolve()


def fresh_copy(tree: Tree, build: Path) -> Path:
    """A copy of a prepared tree, for a run that writes."""
    target = build / "copies" / tree.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(tree.path, target, symlinks=True, copy_function=_copy_or_link)
    return target


def _copy_or_link(source: str, target: str) -> None:
    """git's objects never change, so a link does; everything else is copied."""
    if "/.git/objects/" in source:
        os.link(source, target)
    else:
        shutil.copy2(source, target, follow_symlinks=False)


def changed_files(tree: Tree, build: Path) -> int:
    """How many files of the last `fresh_copy` are not what they were; new ones are not counted."""
    command = ["git", "diff", "--name-only", "-z"]
    return subprocess.run(command, cwd=build / "copies" / tree.name, check=True, capture_output=True).stdout.count(
        b"\0"
    )


def write_policy(directory: Path) -> None:
    """Write the policy that a tree gets if it has none."""
    (directory / "dbfold.yaml").write_text(_POLICY, encoding="utf-8")


def _emptied(directory: Path) -> Path:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def _prepared(name: str, path: Path) -> Tree:
    own_policy = (path / "dbfold.yaml").exists()
    if not own_policy:
        write_policy(path)
    subprocess.run(["git", "init", "--quiet"], cwd=path, check=True)
    # `--force`: what the source tracks although its .gitignore names it stays known to git.
    subprocess.run(["git", "-c", "core.autocrlf=false", "add", "--all", "--force"], cwd=path, check=True)
    files = _known_to_git(path)
    python = [file for file in files if file.suffix == ".py" and not file.is_symlink()]
    lines = sum(file.read_bytes().count(b"\n") for file in python)
    return Tree(name, path, len(files), len(python), lines, own_policy)


def _known_to_git(top: Path) -> list[Path]:
    """The files that git tracks, in the order of their paths."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=top, check=True, capture_output=True).stdout
    return [top / relative for relative in os.fsdecode(listed).split("\0") if relative]
