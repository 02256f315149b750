"""SQL in Python source: which strings are SQL, and where each character of one is written.

The value of a string is not its text in the file: there are prefixes, quotes, escapes, pieces side by side and fields
of f-strings. `ast` tells the value; `literal_places` walks the source for the places, so that a name can be replaced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

HOLE = "\ufffc"
"""What stands for a computed part of a text: U+FFFC, which no identifier holds."""

_COMMENTS = r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
_NAME = r"[\w\"'`\[{\ufffc]"
_WHOLE_NAME = r"(?:\"[^\"]*\"|`[^`]*`|\[[^\]]*\]|'[^']*'|[^\s.(]+)"
_SQL = re.compile(
    rf"{_COMMENTS}(?:"
    r"select\b(?=[\s(*])"
    rf"|(?:insert|replace)\s+(?:or\s+\w+\s+)?into\s+{_NAME}"
    rf"|update\s+(?:or\s+\w+\s+)?{_WHOLE_NAME}(?:\s*\.\s*{_WHOLE_NAME})?(?:\s+as\s+\w+)?(?:\s+indexed\s+by\s+\w+)?\s+set\b"
    rf"|delete\s+from\s+{_NAME}"
    r"|create\s+(?:temp\s+|temporary\s+|unique\s+|virtual\s+)*(?:table|index|view|trigger)\b"
    r"|drop\s+(?:table|index|view|trigger)\b"
    r"|alter\s+table\b"
    rf"|with\s+(?:recursive\s+)?{_WHOLE_NAME}\s*(?:\([^)]*\)\s*)?as\s*(?:not\s+|materialized\s*)*\("
    r"|pragma\s+\w+|vacuum\b|reindex\b|analyze\b|attach\b|detach\b|begin\b|commit\b|rollback\b|savepoint\b|release\b"
    r"|values\s*\(|explain\b"
    r")",
    re.IGNORECASE | re.DOTALL,
)
# Words of English that begin a statement, too, are SQL only where something executes them.
_WEAK = re.compile(
    rf"{_COMMENTS}(?:vacuum|reindex|analyze|attach|detach|begin|commit|rollback|savepoint|release|explain|values|pragma)\b",
    re.IGNORECASE | re.DOTALL,
)
_SELECTS = re.compile(rf"{_COMMENTS}select\b", re.IGNORECASE | re.DOTALL)
_SELECT_GOES_ON = re.compile(r"\bfrom\b|\(|\bselect\s+[?:\d'@]", re.IGNORECASE)
# A doubled sign is no field; it comes first, so that its second half is not taken for one.
_PERCENT_FIELD = re.compile(r"%%|(?P<field>%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[sdrif])")
_BRACE_FIELD = re.compile(r"\{\{|\}\}|(?P<field>\{[^{}]*\})")
LONGEST = 100_000


def is_sql(text: str) -> bool:
    """Does `text` begin as a statement of SQL does?"""
    return len(text) <= LONGEST and _SQL.match(text) is not None


def is_surely_sql(text: str) -> bool:
    """Is `text` SQL even where nothing is seen to execute it? "Select a database" is not."""
    if not is_sql(text) or _WEAK.match(text):
        return False
    return not _SELECTS.match(text) or bool(_SELECT_GOES_ON.search(text))


def template_parts(template: str, *, percent: bool) -> list[str | None]:
    """The texts between the fields of a template for `%` or `format`, a field as None."""
    parts: list[str | None] = []
    offset = 0
    for match in (_PERCENT_FIELD if percent else _BRACE_FIELD).finditer(template):
        if match["field"] is None:
            continue
        parts += [template[offset : match.start()], None]
        offset = match.end()
    return [*parts, template[offset:]]


@dataclass(frozen=True, slots=True)
class Place:
    """A character of a string's value: where it stands in the source, as offsets in code points, and in what string.

    quote   the quotes of its token
    raw     a backslash is a backslash there
    fields  braces are doubled there
    """

    start: int
    end: int
    quote: str = '"'
    raw: bool = False
    fields: bool = False

    def spelled(self, text: str, following: str) -> str:
        """The source of `text` inside this string, before the character `following` of the source.

        Raises ValueError where it cannot be written.
        """
        if not text.isprintable():
            raise ValueError("it has a character that is not written as it is")
        mark = self.quote[0]
        ends = len(self.quote) == 1 or self.quote in text or (text.endswith(mark) and following == mark)
        must_escape = "\\" in text or (mark in text and ends)
        if must_escape and self.raw:
            raise ValueError("a raw string cannot hold it")
        if must_escape:
            text = text.replace("\\", "\\\\").replace(mark, f"\\{mark}")
        return text.replace("{", "{{").replace("}", "}}") if self.fields else text


_TOKEN_START = re.compile(r"(?P<prefix>[A-Za-z]{0,3})(?P<quote>\"\"\"|'''|\"|')")
_ESCAPE = re.compile(r"\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|N\{[^}]*\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)


def literal_places(source: str, start: int, end: int) -> list[list[tuple[str, Place]]]:
    """The string tokens between the offsets `start` and `end` of Python source: what each character of their values is,
    and where it stands.

    A field of an f-string is one character, U+FFFC, which no identifier holds. Whatever stands between the tokens
    (`+`, parentheses, comments) is passed over.
    """
    found: list[list[tuple[str, Place]]] = []
    offset = start
    while offset < end:
        if source[offset] == "#":
            newline = source.find("\n", offset)
            offset = end if newline < 0 else newline
            continue
        match = _TOKEN_START.match(source, offset, end)
        if match is None:
            # A name that is no prefix: to its end, or its last letters would look like one.
            word = re.compile(r"\w+|.", re.DOTALL).match(source, offset, end)
            offset = word.end() if word else offset + 1
            continue
        characters, offset = _token(source, match)
        found.append(characters)
    return found


def _token(source: str, match: re.Match[str]) -> tuple[list[tuple[str, Place]], int]:
    prefix, quote = match["prefix"].lower(), match["quote"]
    raw, fields = "r" in prefix, "f" in prefix or "t" in prefix
    offset = match.end()
    characters: list[tuple[str, Place]] = []
    place = partial(Place, quote=quote, raw=raw, fields=fields)
    while not source.startswith(quote, offset):
        if offset >= len(source):
            raise ValueError("a string without an end")
        width = 1
        character = source[offset]
        if character == "\\":
            match_ = _ESCAPE.match(source, offset)
            escape = match_[0] if match_ else character
            width = len(escape)
            if raw:
                characters += [(one, place(offset + i, offset + i + 1)) for i, one in enumerate(escape)]
            else:
                characters += [(one, place(offset, offset + width)) for one in _unescaped(escape)]
        elif fields and character in "{}":
            if source.startswith(character * 2, offset):
                width = 2
                characters.append((character, place(offset, offset + 2)))
            else:
                width = _field_end(source, offset, quote) - offset
                characters.append((HOLE, place(offset, offset + width)))
        elif source.startswith("\r\n", offset):
            width = 2
            characters.append(("\n", place(offset, offset + 2)))
        else:
            characters.append((character, place(offset, offset + 1)))
        offset += width
    return characters, offset + len(quote)


def _unescaped(escape: str) -> str:
    if escape in ("\\\n", "\\\r\n"):
        return ""
    return escape.encode("latin-1", "backslashreplace").decode("unicode_escape") if escape[1:2] in _ESCAPED else escape


_ESCAPED = frozenset("\\'\"abfnrtv01234567xNuU")


def _field_end(source: str, offset: int, quote: str) -> int:
    """Behind the `}` that ends the field which begins at `offset`."""
    depth = 0
    while offset < len(source):
        character = source[offset]
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if not depth:
                return offset + 1
        elif character in "\"'":
            inner = _TOKEN_START.match(source, offset)
            if inner is not None and not source.startswith(quote, offset):
                offset = _string_end(source, inner)
                continue
        offset += 1
    raise ValueError("a field without an end")


def _string_end(source: str, match: re.Match[str]) -> int:
    offset = match.end()
    while offset < len(source) and not source.startswith(match["quote"], offset):
        offset += 2 if source[offset] == "\\" else 1
    return offset + len(match["quote"])
