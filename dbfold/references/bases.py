"""Where paths lead that begin with a directory of another module, or that code works out from its own file."""

from __future__ import annotations

import ast
import posixpath
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from dbfold.base.text import UndecodableError, decode_python
from dbfold.code.names import ModuleNames
from dbfold.code.parsing import UnparsableError, parse
from dbfold.references.languages.python.anchors import anchored
from dbfold.references.languages.python.composition import text_of_name
from dbfold.references.model import Site

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


def resolved(root: Path, file: str, site: Site) -> Site:
    """A site of `file` with what other modules say of the computed parts of its text. `file` is relative to `root`."""
    text = site.text
    for placeholder, source in site.imported:
        known = _text_of(root, file, source, 0)
        if known is not None:
            text = text.replace(f"{{{placeholder}}}", known.rstrip("/") or known)
    return replace(site, text=text) if text != site.text else site


def _text_of(root: Path, file: str, source: str, depth: int) -> str | None:
    """The text of the constant `source`, such as `settings.BASE`, as an import in `file` means it."""
    module, _, constant = source.rpartition(".")
    found = _module(root, file, module)
    if found is None or depth > _DEEPEST:
        return None
    known = _constant_of(root, found, constant)
    return _text_of(root, found, known.source, depth + 1) if known.text is None and known.source else known.text


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


class _Constant(NamedTuple):
    """A constant of a module: the text that it holds, or where it is imported from."""

    text: str | None
    source: str | None


def _names_of(root: Path, file: str) -> ModuleNames | None:
    try:
        state = (root / file).stat()
    except OSError:
        return None
    return _parsed(root / file, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _parsed(path: Path, _mtime_ns: int, _size: int) -> ModuleNames | None:
    """The names of a module, read again where time or size tell that it has changed."""
    try:
        return ModuleNames(parse(decode_python(path.read_bytes()).text))
    except (OSError, UndecodableError, UnparsableError, RecursionError):
        return None  # reported where it is looked at


def _anchor_of(root: Path, file: str, constant: str) -> str | None:
    names = _names_of(root, file)
    return None if names is None else anchored(ast.Name(constant, ast.Load()), names)


def _constant_of(root: Path, file: str, constant: str) -> _Constant:
    names = _names_of(root, file)
    if names is None:
        return _Constant(None, None)
    return _Constant(text_of_name(constant, names), names.imported(constant))
