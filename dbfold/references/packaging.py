"""Is a package shipped without the modules beside it: installed, copied into an image, zipped?"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from dbfold.references.starts import Starts

_COPY = re.compile(r"^\s*(?:COPY|ADD)\s+((?:--\S+\s+)*)(.+)$", re.IGNORECASE | re.MULTILINE)
_PACKAGED = re.compile(
    r"^\s*(?:\[project\.(?:scripts|gui-scripts|entry-points[^\]]*)\]|\[tool\.(?:poetry|hatch\.build|setuptools)[^\]]*\]"
    r"|\[build-system\])|\bpackages\s*=|\bfind_packages\b|\bfind_namespace_packages\b",
    re.MULTILINE,
)


def is_shipped_alone(root: Path, directory: str, declared: str, package: str, module: str, starts: Starts) -> bool:
    """True if `package`, in `directory` below `root`, gets to where it runs without the file `module` beside it."""
    if posixpath.basename(directory) == "src" or starts.zipped:
        return True
    for place in dict.fromkeys((directory, declared, "")):
        if any(_packages(text, module) for text in _texts(root / place, "pyproject.toml", "setup.cfg", "setup.py")):
            return True
        for text in _texts(root / place, "Dockerfile"):
            inside = "" if place == "" else f"{posixpath.relpath(directory or '.', place or '.')}/"
            if _copies_only(text, posixpath.normpath(inside + package), posixpath.normpath(inside + module)):
                return True
    return False


def _packages(text: str, module: str) -> bool:
    stem = module.removesuffix(".py")
    return _PACKAGED.search(text) is not None and re.search(rf"py.modules[^\n]*\b{stem}\b", text) is None


def _copies_only(dockerfile: str, package: str, module: str) -> bool:
    """Does it copy the package's directory by name, and no modules beside it?"""
    sources = [
        posixpath.normpath(source.strip("[]\"',").lstrip("/") or ".")
        for match in _COPY.finditer(dockerfile)
        if "--from=" not in match[1]
        for source in match[2].split()[:-1]
    ]
    return package in sources and not any(source == "." or source.endswith(".py") for source in (*sources,))


def _texts(directory: Path, *names: str) -> Iterator[str]:
    for name in names:
        path = directory / name
        if path.is_file():
            yield path.read_text("utf-8", "replace")
