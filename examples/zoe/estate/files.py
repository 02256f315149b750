"""From a line of the table to the bytes of a Python file."""

from __future__ import annotations

from estate.draft import Draft
from estate.styles import DIRECTORIES, STYLES, Site
from estate.table import File


def module_text(file: File) -> str:
    """The source of a generated module, without its peculiarities of encoding."""
    draft = Draft(file.path, file.title, file.subjects.split())
    for database, styles in file.places.items():
        for name, directory in expand(styles):
            STYLES[name](draft, Site(database, DIRECTORIES[directory]))
    return draft.render()


def expand(styles: str) -> list[tuple[str, str]]:
    """`single*2 local@home` → (single, app), (single, app), (local, home).

    >>> expand("single*2 local@home")
    [('single', 'app'), ('single', 'app'), ('local', 'home')]
    """
    places = []
    for word in styles.split():
        style, _, times = word.partition("*")
        name, _, directory = style.partition("@")
        places += [(name, directory or "app")] * int(times or 1)
    return places


def encode(text: str, peculiarity: str | None) -> bytes:
    """The bytes of a file: the text, and what a particular editor made of it."""
    match peculiarity:
        case "latin-1":
            return f"# -*- coding: latin-1 -*-\n{text}".encode("latin-1")
        case "crlf":
            return text.replace("\n", "\r\n").encode()
        case "no final newline":
            return text.rstrip("\n").encode()
        case "tabs":
            return text.replace("    ", "\t").encode()
        case "bom":
            return b"\xef\xbb\xbf" + text.encode()
    return text.encode()
