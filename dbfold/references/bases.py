"""Where paths lead that code works out from its own file, or from a directory that another module has worked out."""

from __future__ import annotations

import ast
import posixpath
from functools import lru_cache
from pathlib import Path

from dbfold.base.text import UndecodableError, decode_python
from dbfold.code.names import ModuleNames
from dbfold.code.parsing import UnparsableError, parse
from dbfold.references.languages.python.anchors import anchored

_DEEPEST = 5  # modules that take the directory from one another


def place_of(root: Path, file: str, anchor: str, depth: int = 0) -> str | None:
    """The path of a site's `anchor`, relative to `root`; `file` is the site's, relative to it as well.

    None where the directory comes from a module that is not found, or that does not work it out from its file.
    """
    if not anchor.startswith("{"):
        return posixpath.normpath(posixpath.join(posixpath.dirname(file), anchor))
    if depth > _DEEPEST:
        return None
    name, _, rest = anchor[1:].partition("}")
    module, _, constant = name.rpartition(".")
    source = _module(root, file, module)
    found = _anchor_of(root, source, constant) if source is not None else None
    place = place_of(root, source, found, depth + 1) if source is not None and found is not None else None
    return None if place is None else posixpath.normpath(place + rest)


def _module(root: Path, file: str, module: str) -> str | None:
    """The file of the project that an import in `file` means: the nearest above it."""
    name = module.lstrip(".")
    level = len(module) - len(name)
    directory = posixpath.dirname(file)
    for _ in range(level - 1):
        directory = posixpath.dirname(directory)
    while True:
        path = posixpath.join(directory, name.replace(".", "/")) if name else directory
        for candidate in (f"{path}.py", f"{path}/__init__.py"):
            if candidate != file and (root / candidate).is_file():
                return candidate
        if level or not directory:
            return None
        directory = posixpath.dirname(directory)


@lru_cache(maxsize=256)
def _anchor_of(root: Path, file: str, constant: str) -> str | None:
    try:
        tree = parse(decode_python((root / file).read_bytes()).text)
    except (OSError, UndecodableError, UnparsableError, RecursionError):
        return None  # reported where it is looked at
    return anchored(ast.Name(constant, ast.Load()), ModuleNames(tree))
