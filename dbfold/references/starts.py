"""How the files of a project are started and imported: which directory Python imports a file from.

`python scripts/report.py` puts `scripts` first on the module path; `import shop.store` takes `shop` for a package, with
or without an `__init__.py`. Only what is said counts: import statements, `-m`, commands that start a file.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from dbfold.references.contents import read
from dbfold.references.discovery import SourceFile

# Patterns that begin with a letter that is rare are looked for quickly: this one with the end of the line before.
_IMPORT = re.compile(
    rb"\n[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n#;]*)|import[ \t]+([\w., \t]+))"
)
_WORD = re.compile(r"[A-Za-z_]\w*")
_MODULE = re.compile(rb"-m(?<![\w-]-m)[\"',\s]+([A-Za-z_][\w.]*)")
_OBJECT = re.compile(rb":(?<=\w:)[A-Za-z_]")
_BEFORE_OBJECT = re.compile(rb"[\"'\s=]([A-Za-z_]\w*(?:\.\w+)+)\Z")
_LONGEST_NAME = 200
_COMMAND = re.compile(rb"\bpython[\d.]*[\"',\s]+(?:-[A-Za-z]+[\"',\s]+)*([^\s\"'`;|&,]*?[\w-]+\.pyw?)\b")
_PROGRAM = re.compile(rb"\b__name__\s*==\s*[\"']__main__[\"']")
_LOADS = re.compile(
    rb"\brun_path\s*\(|\bspec_from_file_location\s*\(|\bSourceFileLoader\s*\(|\bexec\s*\([^\n]*(?:\bopen\s*\(|\bread_text\b)"
)
_LARGEST = 2_000_000  # bytes; what is larger is data


class _Imported(NamedTuple):
    """An import statement: where it is, how many dots it has, and the dotted names that it may mean."""

    directory: str
    level: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Starts:
    """What a project says.

    dotted   modules as they are imported or started with `-m`, from the package down: `shop.store`
    bare     directories, and the top-level names that files in them import
    relative  directories with files that import by dots
    started  files as commands start them
    programs  files that say themselves that they are started: `__main__`, `#!`
    zipped   something makes a zipapp
    loaders  files that run others by their paths, each with its words
    """

    dotted: frozenset[str] = frozenset()
    bare: frozenset[tuple[str, str]] = frozenset()
    relative: frozenset[str] = frozenset()
    started: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    zipped: bool = False
    loaders: tuple[tuple[str, frozenset[str]], ...] = ()

    @staticmethod
    def of(files: Iterable[SourceFile]) -> Starts:
        """What the contents of `files` say. Those that cannot be read are reported where they are looked at."""
        dotted: set[str] = set()
        bare: set[tuple[str, str]] = set()
        relative: set[str] = set()
        started: set[str] = set()
        programs: set[str] = set()
        zipped = False
        loaders: list[tuple[str, frozenset[str]]] = []
        for file in files:
            data = b""
            with suppress(OSError):
                data = read(file)
            if len(data) > _LARGEST:
                continue
            for one in _imports(file, data) if file.path.endswith((".py", ".pyw", ".ipynb")) else ():
                if one.level:
                    relative.add(one.directory)
                    continue
                dotted.update(name for name in one.names if "." in name)
                bare.update((one.directory, name.partition(".")[0]) for name in one.names)
            # What has none of what a pattern needs, nearly every file, costs a search for a few bytes.
            if data.startswith(b"#!") or (b"__main__" in data and _PROGRAM.search(data)):
                programs.add(file.in_policy)
            dotted.update(map(bytes.decode, _modules(data)))
            for match in _COMMAND.finditer(data) if b"python" in data else ():
                started.add(_normal(match[1]))
            zipped = zipped or b"zipapp" in data
            if file.path.endswith(".py") and _LOADS.search(data):
                loaders.append((file.in_policy, frozenset(_WORD.findall(data.decode("utf-8", "replace")))))
        return Starts(
            frozenset(dotted),
            frozenset(bare),
            frozenset(relative),
            frozenset(started),
            frozenset(programs),
            zipped,
            tuple(loaders),
        )

    def is_started(self, file: str) -> bool:
        """True if a command starts `file` (relative to the project) by its path."""
        return any(file == one or file.endswith(f"/{one}") or one.endswith(f"/{file}") for one in self.started)

    def loaders_of(self, file: str) -> tuple[str, ...]:
        """The files that may run `file` by its path: those that say the name of its directory, or its own."""
        directory, _, name = file.rpartition("/")
        said = {posixpath.basename(directory), name.removesuffix(".py")}
        return tuple(loader for loader, words in self.loaders if loader != file and not said.isdisjoint(words))

    def is_imported_from(self, directory: str, child: str) -> bool:
        """True if something imports `child` as a module of the package `directory`: `scripts.report`."""
        name = f"{posixpath.basename(directory)}.{child}"
        return any(
            one == name or one.startswith(f"{name}.") or one.endswith(f".{name}") or f".{name}." in one
            for one in self.dotted
        )


def _modules(data: bytes) -> Iterator[bytes]:
    """Modules that are started: `-m shop.store`, `"shop.main:app"`."""
    yield from _MODULE.findall(data)
    for match in _OBJECT.finditer(data):
        if named := _BEFORE_OBJECT.search(data[max(0, match.start() - _LONGEST_NAME) : match.start()]):
            yield named[1]


def _imports(file: SourceFile, data: bytes) -> Iterable[_Imported]:
    directory = posixpath.dirname(file.in_policy)
    for match in _IMPORT.finditer(b"\n" + data):
        if match[3] is not None:
            names = [part.split()[0] for part in match[3].decode().split(",") if part.strip()]
            yield _Imported(directory, 0, tuple(names))
            continue
        module = match[1].decode()
        level = len(module) - len(module.lstrip("."))
        taken = _WORD.findall(match[2].decode("utf-8", "replace"))
        base = module.lstrip(".")
        yield _Imported(directory, level, (base, *(f"{base}.{name}" for name in taken)) if base else tuple(taken))


def _normal(command: bytes) -> str:
    """A file as a command names it, without what is computed in front of it."""
    parts = re.split(r"[/\\]", os.fsdecode(command))
    known: list[str] = []
    for part in reversed(parts):
        if "$" in part or "{" in part or part in ("..", "~"):
            break
        if part not in ("", "."):
            known.insert(0, part)
    return "/".join(known)
