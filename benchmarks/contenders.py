"""The tools that are compared: where they are, how they are called, what they found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

_EQUIVALENTS = Path(__file__).parent / "equivalents"
_PACKAGES = ("ruff", "ast-grep-cli", "fixit", "flake8", "libcst")
# The same pattern as in equivalents/, for tools that know lines only; POSIX extended syntax.
_LINE_PATTERN = r"""["'][^"'[:space:]]*\.(db3?|sqlite3?)["']"""
# What dbfold's own first look at a file asks for.
_GATE = ("-e", ".db", "-e", ".DB", "-e", "sqlite", "-e", ".SQLITE")

NAMES = ("dbfold", "ruff", "ast-grep", "fixit", "flake8", "libcst", "ripgrep", "git-grep")


@dataclass(frozen=True, slots=True)
class Row:
    """One way to call a tool, to be run in a tree. `counts` finds what it reported in its output."""

    tool: str
    label: str
    command: tuple[str, ...] | None  # None: not available
    counts: re.Pattern[str]
    exit_codes: tuple[int, ...] = (0,)
    rewrites: bool = False
    slow: bool = False
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tools:
    """The rows to measure, and the versions of the tools found."""

    rows: tuple[Row, ...]
    versions: dict[str, str]


def find_tools(directory: Path, build: Path, only: frozenset[str]) -> Tools:
    """Install what can be installed into `directory` (a virtual environment) and describe every row."""
    wanted = {name for name in NAMES if not only or name in only}
    if wanted - {"dbfold", "git-grep"}:
        _install(directory, wanted)
    rows = [row for row in _rows(directory, build) if row.tool in wanted]
    return Tools(tuple(rows), _versions(rows, directory))


def dbfold_command() -> str | None:
    """The `dbfold` of the environment that runs the benchmark, else the one on PATH."""
    beside = Path(sys.executable).parent / "dbfold"
    return str(beside) if beside.exists() else shutil.which("dbfold")


def _install(directory: Path, wanted: set[str]) -> None:
    """One package after the other, so that one that cannot be had does not take the others with it."""
    python = directory / "bin" / "python"
    if not python.exists():
        venv.create(directory, with_pip=True)
    for package in _PACKAGES:
        if package.removesuffix("-cli") in wanted:
            options = ["--quiet", "--disable-pip-version-check"]
            subprocess.run([str(python), "-m", "pip", "install", *options, package], check=False)
    if "ripgrep" in wanted and not shutil.which("rg") and not (directory / "usr" / "bin" / "rg").exists():
        _unpack_ripgrep(directory)


def _unpack_ripgrep(directory: Path) -> None:
    """Debian's package, unpacked and not installed, so that nobody has to be root."""
    if shutil.which("apt-get") and shutil.which("dpkg-deb"):
        subprocess.run(["apt-get", "download", "-qq", "ripgrep"], cwd=directory, check=False)
        for package in directory.glob("ripgrep_*.deb"):
            subprocess.run(["dpkg-deb", "--extract", package.name, "."], cwd=directory, check=False)


def _rows(tools: Path, build: Path) -> list[Row]:
    def in_tools(name: str, *arguments: str) -> tuple[str, ...] | None:
        path = tools / "bin" / name
        return (str(path), *arguments) if path.exists() else None

    def on_path(path: str | None, *arguments: str) -> tuple[str, ...] | None:
        return (path, *arguments) if path else None

    def libcst(command: str) -> tuple[str, ...] | None:
        if not list(tools.glob("lib/python*/site-packages/libcst")):
            return None
        target = f"libcst_database_path.{command}"
        return in_tools("python", "-m", "libcst.tool", "codemod", "--no-format", "--hide-progress", "-x", target, ".")

    def cold(*arguments: str) -> tuple[str, ...] | None:
        return on_path(dbfold, *arguments, "--no-cache", ".")

    dbfold = dbfold_command()
    check_again = on_path(dbfold, "rewrite", "--check", ".")  # the first run, which fills the cache, is not counted
    git = shutil.which("git")
    ripgrep = shutil.which("rg") or shutil.which(str(tools / "usr" / "bin" / "rg"))
    lines = re.compile(r"^[^\n:]+:\d+:", re.MULTILINE)
    finding = re.compile(r"^[^\n:]+:\d+:\d+: ", re.MULTILINE)
    references = re.compile(r"\b(\d+) references\b")
    literal_paths = ["-r", str(_EQUIVALENTS / "database_path.yml")]
    importable = {"PYTHONPATH": str(_EQUIVALENTS), "PYTHONSAFEPATH": "1"}
    ruff = ("check", "--no-cache", "--isolated", "--exit-zero", "--output-format", "concise", ".")
    return [
        Row("dbfold", "dbfold audit", cold("audit"), references, (0, 1, 2)),
        Row("dbfold", "dbfold rewrite --check", cold("rewrite", "--check"), references, (0, 1, 2)),
        Row("dbfold", "dbfold rewrite --check, again", check_again, references, (0, 1, 2)),
        Row("dbfold", "dbfold rewrite", cold("rewrite"), references, (0, 1, 2), rewrites=True),
        Row("ruff", "ruff check", in_tools("ruff", *ruff), finding),
        Row("ruff", "ruff check --select ALL", in_tools("ruff", *ruff, "--select", "ALL"), finding),
        Row(
            "ast-grep",
            "ast-grep scan",
            in_tools("ast-grep", "scan", *literal_paths, "--report-style", "short", "."),
            re.compile(r"\[database-path\]"),
        ),
        Row(
            "ast-grep",
            "ast-grep scan -U",
            in_tools("ast-grep", "scan", *literal_paths, "-U", "."),
            re.compile(r"Applied (\d+) changes"),
            rewrites=True,
        ),
        Row("ripgrep", "rg", on_path(ripgrep, "-n", "--hidden", "-g", "!.git", _LINE_PATTERN, "."), lines, (0, 1)),
        Row("git-grep", "git grep -E", on_path(git, "grep", "-nIE", _LINE_PATTERN), lines, (0, 1)),
        Row("git-grep", "git grep -F", on_path(git, "grep", "-nIF", *_GATE), lines, (0, 1)),
        Row(
            "flake8",
            "flake8 with a plugin",
            in_tools("flake8", "--config", str(_flake8_configuration(build)), "--select", "DBX", "."),
            re.compile(r": DBX001 "),
            (0, 1),
            slow=True,
        ),
        Row(
            "fixit",
            "fixit lint",
            in_tools("fixit", "--rules", "fixit_database_path:DatabasePath", "lint", "."),
            re.compile(r" DatabasePath: "),
            (0, 1, 2, 3),
            slow=True,
            environment=importable,
        ),
        Row(
            "libcst",
            "LibCST codemod, looking",
            libcst("Look"),
            re.compile(r"hardcoded database path "),
            (0, 1),
            slow=True,
            environment=importable,
        ),
        Row(
            "libcst",
            "LibCST codemod, replacing",
            libcst("Replace"),
            re.compile(r"Transformed (?:\d+) files successfully"),
            (0, 1),
            rewrites=True,
            slow=True,
            environment=importable,
        ),
    ]


def _flake8_configuration(build: Path) -> Path:
    path = build / "flake8.cfg"
    path.write_text(
        "[flake8:local-plugins]\n"
        "extension = DBX = flake8_database_path:DatabasePath\n"
        f"paths = {os.path.relpath(_EQUIVALENTS, build)}\n",
        encoding="utf-8",
    )
    return path


def _versions(rows: list[Row], tools: Path) -> dict[str, str]:
    versions = {}
    for row in rows:
        if row.command and row.tool not in versions:
            libcst = "from importlib.metadata import version; print('libcst', version('libcst'))"
            command = [row.command[0], "-c", libcst] if row.tool == "libcst" else [row.command[0], "--version"]
            output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            number = re.search(r"\d+(?:\.\d+)+", output)
            versions[row.tool] = number[0] if number else "?"
    return versions
