"""What other files take from a module: an import that its own code does not need may be used through it.

`settings.os.sep`, `from settings import *`, `mock.patch("settings.os.remove")`, `getattr(settings, "os")`: the whole
project is asked, by its text. Where nobody can tell, a name counts as taken: an import that stays does no harm.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from dbfold.code.imports import stem
from dbfold.references.contents import read
from dbfold.references.discovery import SourceFile
from dbfold.references.words import Words

_NAMES = rb"[ \t]*(\([^)]*\)|(?:[^\n\\]|\\\r?\n)*)"  # what an import statement names, in parentheses or to its end
_IMPORT = re.compile(rb"^(?:from[ \t]+[\w.]+[ \t]+)?import" + _NAMES, re.MULTILINE)
_FROM = re.compile(rb"\bfrom[ \t]+[\w.]*?(\w+)[ \t]+import" + _NAMES)
_WORD = re.compile(rb"[A-Za-z_]\w*")
# Whoever says one of these beside the module's name may be after any of its names.
_TAKERS = ("dir", "vars", "getmembers", "__dict__", "automodule", "getattr")
_ANY_NAME = re.compile(
    rb"\b(?:dir|vars|getmembers)\s*\(|__dict__|\bautomodule\b|\bgetattr\s*\([^,\n]*,\s*+(?![\"']\w*[\"']\s*[,)])"
)
# `pathlib.Path` is no name that a module of the project has.
_REACHED = re.compile(
    rb"[.:](?<!\bos[.:])(?<!\bpathlib[.:])(?<!\bposixpath[.:])(?<!\bntpath[.:])([A-Za-z_]\w*)|[\"'](\w+)(?=[\"'])"
)


class _Uses(NamedTuple):
    """What a file may take from the modules that it names.

    reached     names that are attributes of something, or texts
    imported    names by the last part of the module that they are imported from, `*` for all
    everything  it may be after any name
    """

    reached: frozenset[bytes]
    imported: Mapping[str, set[bytes]]
    everything: bool

    @staticmethod
    def of(data: bytes, may_take_any: bool) -> _Uses:
        """Those of a file's content. `may_take_any`: it has one of the words that this needs."""
        imported: dict[str, set[bytes]] = defaultdict(set)
        for module, names in _FROM.findall(data):
            imported[module.decode()].update(_WORD.findall(names))
            if names.lstrip(b"( \t").startswith(b"*"):
                imported[module.decode()].add(b"*")
        reached = frozenset(one or text for one, text in _REACHED.findall(data))
        return _Uses(reached, imported, may_take_any and _ANY_NAME.search(data) is not None)


def taken_names(words: Words, modules: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    """For each of `modules` (content by file, relative to the policy): imported names that other files may take.

    `words` are those of the project. Files that cannot be read take nothing here; they are reported where they are
    looked at.
    """
    wanted = {file: names for file, data in modules.items() if (names := _imported(data))}
    takers = {file.in_policy for word in _TAKERS for file in words.naming(word)} if wanted else set()
    known: dict[str, _Uses] = {}
    found = {}
    for module, names in wanted.items():
        name = stem(module)
        handles = {name, *_aliases(name, words)} if name.isidentifier() else ()  # nobody imports `my-script.py`
        users = {file.in_policy: file for handle in handles for file in words.naming(handle)}
        users.pop(module, None)
        for user in users.keys() - known.keys():
            known[user] = _Uses.of(_content(users[user]), user in takers)
        found[module] = _taken(name, names, [known[user] for user in users])
    return found


def _content(file: SourceFile) -> bytes:
    with suppress(OSError):
        return read(file)
    return b""


def _imported(data: bytes) -> frozenset[bytes]:
    return frozenset(word for match in _IMPORT.finditer(data) for word in _WORD.findall(match[1]))


def _aliases(name: str, words: Words) -> set[str]:
    """Names that are given to a module: `import settings as conf`."""
    alias = re.compile(rb"%b(?<=\b%b)[ \t]+as[ \t]+(\w+)" % (name.encode(), name.encode()))
    return {found.decode() for file in words.naming(name) for found in alias.findall(_content(file))}


def _taken(module: str, names: frozenset[bytes], users: Sequence[_Uses]) -> frozenset[str]:
    """Those of a module's names that its users may take."""
    taken: set[bytes] = set()
    for one in users:
        imported = one.imported.get(module, set())
        taken |= names if one.everything or b"*" in imported else names & (one.reached | imported)
    return frozenset(name.decode() for name in taken)


def is_for_others(file: str) -> bool:
    """True for modules whose imports are for whoever imports them: `__init__.py` and stubs."""
    return posixpath.basename(file) == "__init__.py" or file.endswith(".pyi")
