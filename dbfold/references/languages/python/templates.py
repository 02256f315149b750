"""Is a text a database's path as a whole, and what may an accessor put in its place without changing its type?"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from dbfold.code.names import ModuleNames
from dbfold.references.candidates import FILE_URI, SQLITE_URL, TORTOISE_URL, WHOLE_SUFFIX
from dbfold.references.languages.python.composition import Composition
from dbfold.references.model import Kind

_WILDCARD = re.compile(r"[*?]")
_PLAIN_QUERY = re.compile(r"[\w?=&.,:+/%~-]*")
_DRIVE = re.compile(r"\A[A-Za-z]:(?=[\\/])")
_NEVER_IN_PATH = re.compile(r"[\r\n\t\"'`<>|;=,:]|\A\s|\s\Z")


@dataclass(frozen=True, slots=True)
class Form:
    """A whole path: its text, the template of its replacement, and a kind or an obstacle that the form implies."""

    text: str
    template: str = "@"
    kind: Kind | None = None
    obstacle: str | None = None


def path_form(
    composition: Composition,
    connected: bool,
    names: ModuleNames,
    constructed: bool = False,
    for_tortoise: bool = False,
) -> Form | None:
    """How `composition` names a database; None if it is not a path as a whole.

    `connected` tells that it is handed to SQLite, which opens a file of any name; `constructed` that it is handed to
    `Path`, `os.path.join` and their like, so that words in it are no prose; `for_tortoise` that a URL is Tortoise's.
    """
    text = composition.text
    url = SQLITE_URL.fullmatch(text)
    own = TORTOISE_URL.fullmatch(text) if for_tortoise or not url else None
    if own and (form := _url_form(own, composition)):
        return replace(form, text=own["path"]) if WHOLE_SUFFIX.search(own["path"]) or for_tortoise else None
    if url:
        return _url_form(url, composition)
    uri = FILE_URI.fullmatch(text) if text.startswith("file:") else None
    if uri and (connected or WHOLE_SUFFIX.search(uri["path"])):
        return _url_form(uri, composition)
    if not (_is_path(text, constructed or composition.is_path) or (connected and _is_file(text))):
        return None
    if _WILDCARD.search(text):
        return Form(text, kind=Kind.GLOB)
    if not composition.is_path:
        return Form(text)
    constructor = composition.constructor or names.path_constructor()
    if constructor is None:
        return Form(text, obstacle="a Path, and the module does not import pathlib.Path")
    return Form(text, f"{constructor}(@)")


def _url_form(url: re.Match[str], composition: Composition) -> Form | None:
    """`sqlite:///data/x.db?mode=ro` keeps its scheme and its query."""
    path, query = url["path"], url["query"] or ""
    name = path.rpartition("/")[2]
    if not name or name == ":memory:" or re.fullmatch(r"\{[^}]*\}", name) or "mode=memory" in query:
        return None
    if any(character in path for character in "\n\"'`") or (" " in path and not _is_path(path, True)):
        return None
    text = f"{url['scheme']}{path}"
    quote = '"' if '"' not in query else "'"
    template = f"f{quote}{_escaped(url['scheme'])}{{@}}{_escaped(query)}{quote}"
    is_plain = isinstance(composition.literal, (ast.Constant, ast.JoinedStr))
    obstacle = None if is_plain and _PLAIN_QUERY.fullmatch(query) else "a URL whose query is computed or unusual"
    if path.startswith("file:"):
        obstacle = "a URI inside a URL"
    return Form(text, template, Kind.URL, obstacle)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("{", "{{").replace("}", "}}")


def _is_path(text: str, constructed: bool) -> bool:
    """True for a text that is one path of a database file: a suffix, a name before it, no words around it."""
    match = WHOLE_SUFFIX.search(text)
    if match is None or "://" in text:
        return False
    if _NEVER_IN_PATH.search(_DRIVE.sub("", text)):
        return False
    name = re.split(r"[/\\]", text[: match.start()])[-1]
    if not name or name.startswith(".") or text in ("self.db", "cls.db"):
        return False
    return " " not in text or constructed or _has_spaced_directories(text)


def _has_spaced_directories(text: str) -> bool:
    """`/srv/my data/zoe.db` is a path, `open /srv/zoe.db` and `the old zoe.db` are not."""
    begins = text[0] in "/.~{" or text.startswith("\\\\") or _DRIVE.match(text) is not None
    return begins and not any(sign in text for sign in (" /", " ~", " .", " \\")) and " " not in text[:2]


def _is_file(text: str) -> bool:
    """True for what SQLite opens as a file: not in memory, not temporary (""), not only computed."""
    return bool(text.strip()) and not text.startswith(":memory:") and not re.fullmatch(r"(?:\{[^}]*\}/?)+", text)
