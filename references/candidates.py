"""The cheap questions that come before any parser: can this file, and this text, name a database at all?

Measured on 10,913 files: two plain `in` tests on bytes are 14 times faster than a case-insensitive regex, and a
parser is another hundred times slower; so bytes first, then one regex, and a parser for what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SUFFIX = r"\.(?:db3?|sqlite3?)"
# "zoe.db.bak" is another file and `self.db.execute` an attribute: a suffix ends its name.
_END = r"(?![A-Za-z0-9_]|\.[A-Za-z_])"

# What may follow one of the texts that `str.find` looks for; a find is ten times faster than a search by pattern.
_AFTER: tuple[tuple[str, re.Pattern[str]], ...] = (
    (".db", re.compile(rf"3?{_END}", re.IGNORECASE)),
    (".sqlite", re.compile(rf"3?{_END}", re.IGNORECASE)),
    ("sqlite", re.compile(r"(?:\+\w+)?:///")),
    ("connect", re.compile(r"\s*\(\s*(?:database\s*=\s*)?[rRbBuUfF]{0,2}[\"']")),
    ("Connection", re.compile(r"\s*\(\s*(?:filename\s*=\s*)?[rRbBuUfF]{0,2}[\"']")),
)
_UPPER = tuple((text.upper(), after) for text, after in _AFTER[:2])
_ATTRIBUTE_OF = re.compile(r"(?<![A-Za-z0-9_])(?:self|args|cls)\Z")
# One pattern that begins with a literal: as fast as one `in`, and the three suffixes would take three.
_DOTTED = re.compile(rb"\.(?:db|DB|SQLITE)")
SUFFIX_IN_TEXT = re.compile(rf"{_SUFFIX}{_END}(?:-(?:wal|shm|journal)\b)?", re.IGNORECASE)
WHOLE_SUFFIX = re.compile(rf"{_SUFFIX}(?:-(?:wal|shm|journal))?\Z", re.IGNORECASE)
SQLITE_URL = re.compile(r"(?P<scheme>sqlite(?:\+\w+)?:///)(?P<path>[^?]*)(?P<query>\?.*)?", re.IGNORECASE | re.DOTALL)
FILE_URI = re.compile(r"(?P<scheme>file:(?://(?=/))?)(?P<path>[^?]*)(?P<query>\?.*)?", re.DOTALL)

# Files that belong to the desktop or the browser, not to the application; named only if the policy declares them.
FOREIGN_NAMES = frozenset({"thumbs.db", "cookies.sqlite", "places.sqlite", "favicons.sqlite", "formhistory.sqlite"})

_DELIMITERS = frozenset(" \t\r\n\f\v\"'`()<>=,;|&[]:#!…→·•“”‘’«»")
_LONGEST_PATH = 512
_QUOTES = frozenset("\"'`")
_OTHER_URL = re.compile(r"(?<!sqlite)(?<!file)(?<!\+)\b(?!sqlite|file)\w{2,}://\Z")


def is_candidate(data: bytes) -> bool:
    """True unless `data` certainly names no database, nor holds an ignore comment.

    Upper-case suffixes are rare, but real on Windows.
    """
    if _DOTTED.search(data) is not None or b"sqlite" in data or b"dbfold:" in data:
        return True
    return data.startswith((b"\xff\xfe", b"\xfe\xff"))  # UTF-16, in which none of these can be seen


def candidate_offsets(text: str) -> list[int]:
    """Offsets in `text` where a database may be named, in order."""
    upper = _UPPER if ".DB" in text or ".SQLITE" in text else ()
    return sorted(offset for literal, after in (*_AFTER, *upper) for offset in _found(text, literal, after))


def _found(text: str, literal: str, after: re.Pattern[str]) -> Iterator[int]:
    offset = text.find(literal)
    while offset >= 0:
        end = offset + len(literal)
        if after.match(text, end) and not _ATTRIBUTE_OF.search(text, max(0, offset - 5), offset):
            yield offset
        offset = text.find(literal, end)


def path_spans(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of the paths of database files inside a longer text.

    Computed parts (`{name}`, `$NAME`, `${NAME}`) and wildcards belong to the path. The scan goes backward from each
    suffix, so that its cost is bounded however long a line is.
    """
    for match in SUFFIX_IN_TEXT.finditer(text):
        start = _path_start(text, match.start())
        if start < match.start() and not _OTHER_URL.search(text, max(0, start - 12), start + 2):
            yield start, match.end()


def could_be_code(text: str, start: int, end: int) -> bool:
    """True if `text[start:end]` may as well be an attribute, `app.db`: no directory in it and no quotes around it."""
    quoted = text[start - 1 : start] in _QUOTES and text[end : end + 1] in _QUOTES if start else False
    return "/" not in text[start:end] and "\\" not in text[start:end] and not quoted


def _path_start(text: str, end: int) -> int:
    floor = max(0, end - _LONGEST_PATH)
    start = end
    while start > floor and text[start - 1] not in _DELIMITERS:
        start -= 1
    if _is_drive(text, start):
        return start - 2
    while start < end and (text[start] in "*_~}" and text.startswith(("**", "__", "~~", "}"), start)):
        start += 1 if text[start] == "}" else 2  # Markdown emphasis, or the end of something else
    if text[start:end].count("{") > text[start:end].count("}"):
        start = text.rfind("{", start, end) + 1
    return start


def _is_drive(text: str, start: int) -> bool:
    """True if a Windows drive (`C:`) stands before the backslash or slash at `start`."""
    before = text[max(0, start - 3) : start]
    return before[-1:] == ":" and before[-2:-1].isalpha() and not before[:-2].isalnum() and text[start] in "\\/"
