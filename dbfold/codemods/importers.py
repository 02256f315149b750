"""What other files take from a module: an import that its own code does not need may be used through it.

`settings.os.sep`, `from settings import *`, `mock.patch("settings.os.remove")`, `getattr(settings, "os")`: the whole
project is asked, by its text. Where nobody can tell, a name counts as taken: an import that stays does no harm.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from dbfold.code.imports import stem
from dbfold.references.contents import read
from dbfold.references.discovery import SourceFile

_IMPORT = re.compile(rb"^(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]*(\([^)]*\)|(?:[^\n\\]|\\\r?\n)*)", re.MULTILINE)
_WORD = re.compile(rb"[A-Za-z_]\w*")
# Whoever says one of these beside the module's name may be after any of its names.
_ANY_NAME = re.compile(
    rb"\b(?:dir|vars|getmembers)\s*\(|__dict__|\bautomodule\b|\bgetattr\s*\([^,\n]*,\s*+(?![\"']\w*[\"']\s*[,)])"
)
# `pathlib.Path` is no name that a module of the project has.
_STANDARD = rb"(?<!\bos)(?<!\bpathlib)(?<!\bposixpath)(?<!\bntpath)"


@dataclass(frozen=True, slots=True)
class _Module:
    """A module and the names that its import statements bind; `handles` are what other files may call it."""

    file: str
    names: frozenset[bytes]
    handles: frozenset[bytes]

    @property
    def stem(self) -> bytes:
        """The name that an import statement ends with."""
        return os.fsencode(stem(self.file))


def taken_names(files: Iterable[SourceFile], modules: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    """For each of `modules` (content by file, relative to the policy): imported names that other `files` may take.

    Files that cannot be read take nothing here; they are reported where they are looked at.
    """
    wanted = [_Module(file, _imported(data), frozenset()) for file, data in modules.items()]
    wanted = [replace(module, handles=frozenset([module.stem])) for module in wanted if module.names]
    if not wanted:
        return {}
    naming = _naming(files, {module.stem for module in wanted})
    wanted = [replace(module, handles=module.handles | _aliases(module.stem, naming.values())) for module in wanted]
    handles = frozenset().union(*(module.handles for module in wanted))
    handled = {file: handles.intersection(_WORD.findall(data)) for file, data in naming.items()}
    return {module.file: frozenset(_taken(module, naming, handled)) for module in wanted}


def _imported(data: bytes) -> frozenset[bytes]:
    return frozenset(word for match in _IMPORT.finditer(data) for word in _WORD.findall(match[1]))


def _naming(files: Iterable[SourceFile], stems: set[bytes]) -> dict[str, bytes]:
    """The contents of files that may use a module: those that import or name one of `stems`, or a name of theirs."""
    found: dict[str, bytes] = {}
    for file in files:
        with suppress(OSError):
            data = read(file)
            if any(stem in data for stem in stems) or b" as " in data:
                found[file.in_policy] = data
    return found


def _aliases(stem: bytes, contents: Iterable[bytes]) -> frozenset[bytes]:
    """Names that are given to a module: `import settings as conf`."""
    alias = re.compile(rb"\b" + re.escape(stem) + rb"[ \t]+as[ \t]+(\w+)")
    return frozenset(match[1] for data in contents if stem in data for match in alias.finditer(data))


def _taken(module: _Module, naming: Mapping[str, bytes], handled: Mapping[str, frozenset[bytes]]) -> set[str]:
    words = _alternatives(module.names)
    stem = re.escape(module.stem)
    everything = re.compile(rb"\bfrom[ \t]+[\w.]*\b" + stem + rb"[ \t]+import[ \t]*\(?[ \t]*\*")
    imports = re.compile(rb"\bfrom[ \t]+[\w.]*\b" + stem + rb"[ \t]+import[ \t]*(\([^)]*\)|(?:[^\n\\]|\\\r?\n)*)")
    reached = re.compile(_STANDARD + rb"[.:](" + words + rb")\b")
    quoted = re.compile(rb"[\"'](" + words + rb")[\"']")
    taken: set[bytes] = set()
    for file, data in naming.items():
        if file == module.file or module.handles.isdisjoint(handled[file]):
            continue
        if everything.search(data) or _ANY_NAME.search(data):
            return {name.decode() for name in module.names}
        taken.update(word for match in imports.finditer(data) for word in _WORD.findall(match[1]))
        taken.update(match[1] for pattern in (reached, quoted) for match in pattern.finditer(data))
    return {name.decode() for name in taken & module.names}


def _alternatives(words: Iterable[bytes]) -> bytes:
    return b"|".join(sorted(map(re.escape, words)))


def is_for_others(file: str) -> bool:
    """True for modules whose imports are for whoever imports them: `__init__.py` and stubs."""
    return posixpath.basename(file) == "__init__.py" or file.endswith(".pyi")
