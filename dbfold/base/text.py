"""From bytes to text and back: encodings, byte order marks, newlines, and the columns that people and parsers count."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from dbfold.base.spans import Span

_BOM = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:[#\r\n]|$)")
_NEWLINE = re.compile("\r\n|\r|\n")
_WIDE = re.compile("[\x80-\u07ff]+|[\u0800-\uffff]+|[\U00010000-\U0010ffff]+")  # two, three, four bytes each


class UndecodableError(ValueError):
    """The bytes are not in the encoding that the file declares."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A decoded file: its text (newlines as they are, no byte order mark), and what it takes to write it back."""

    text: str
    encoding: str
    bom: bool

    def encode(self, text: str) -> bytes:
        """The bytes of `text` in this file's encoding. Raises UndecodableError if it cannot hold a character."""
        try:
            data = text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise UndecodableError(f"{self.encoding} cannot hold {text[error.start]!r}") from error
        return _BOM + data if self.bom else data

    def replaced(self, old: bytes, text: str) -> bytes:
        """The bytes of `text` for the file that holds `old`. Raises UndecodableError if other bytes would change, too.

        Some codecs write one text in several ways, or put a mark before it: `utf-7`, `utf-8-sig`.
        """
        new = self.encode(text)
        body = new[len(_BOM) :] if self.bom else new
        if self.encode(self.text) != old or body.decode(self.encoding) != text:
            raise UndecodableError("its encoding cannot be written back byte for byte")
        return new


def decode_python(data: bytes) -> SourceText:
    """Decode Python source as PEP 263 says. Raises UndecodableError."""
    bom = data.startswith(_BOM)
    body = data[len(_BOM) :] if bom else data
    if data.startswith(_UTF_16_MARKS):
        raise UndecodableError("it is UTF-16, which Python does not read")
    encoding = _declared_encoding(body) or "utf-8"
    if bom and encoding.lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig"):
        raise UndecodableError(f"declares {encoding} but starts with a UTF-8 byte order mark")
    return _decode(body, encoding, bom)


def decode_plain(data: bytes) -> SourceText:
    """Decode any other text file: UTF-8, or UTF-16 by its mark, else Latin-1, which accepts every byte."""
    bom = data.startswith(_BOM)
    body = data[len(_BOM) :] if bom else data
    try:
        return _decode(body, "utf-16" if data.startswith(_UTF_16_MARKS) else "utf-8", bom)
    except UndecodableError:
        return _decode(body, "latin-1", bom)


def split_lines(text: str) -> list[str]:
    """The lines of Python source without their newlines; `str.splitlines` would split at form feeds, too."""
    return _NEWLINE.split(text) if "\r" in text else text.split("\n")


def is_binary(data: bytes) -> bool:
    """True for content that is no text: a NUL byte near the start, as git decides it, and no UTF-16 mark."""
    return b"\0" in data[:8000] and not data.startswith(_UTF_16_MARKS)


def _declared_encoding(body: bytes) -> str | None:
    first, _, rest = body[:2000].replace(b"\r\n", b"\n").replace(b"\r", b"\n").partition(b"\n")
    match = _COOKIE.match(first)
    if match is None and _BLANK.match(first):
        match = _COOKIE.match(rest.partition(b"\n")[0])
    return match[1].decode("ascii") if match else None


def _decode(body: bytes, encoding: str, bom: bool) -> SourceText:
    try:
        return SourceText(body.decode(encoding), encoding, bom)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise UndecodableError(f"line {line} is not {encoding}: byte 0x{body[error.start]:02x}") from error
    except (LookupError, UnicodeError) as error:  # UnicodeError: codecs such as `undefined`, which decode nothing
        raise UndecodableError(f"declares the unknown encoding {encoding!r}") from error


def _utf8_width(character: str) -> int:
    """The bytes of a character that is not ASCII."""
    return 2 if character < "\u0800" else 3 if character < "\U00010000" else 4


class LineTable:
    """Translates between offsets (code points), 1-based lines and columns, and the UTF-8 columns of `ast`."""

    def __init__(self, text: str) -> None:
        self.text = text
        if "\r" in text:
            self.starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]
        else:
            self.starts = [0, *accumulate(len(line) + 1 for line in text.split("\n")[:-1])]
        self._is_ascii = text.isascii()
        self._pieces: dict[int, tuple[list[int], list[tuple[int, int]]]] = {}

    def line_of(self, offset: int) -> int:
        """The 1-based line that holds `offset`."""
        return bisect_right(self.starts, offset)

    def line_end(self, line: int) -> int:
        """The offset just after `line`, its newline included."""
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def offset(self, line: int, utf8_column: int) -> int:
        """The offset of a position as `ast` gives it: 1-based line, 0-based column in UTF-8 bytes.

        The cost does not grow with the column: generated files have lines of megabytes with thousands of places.
        """
        start = self.starts[line - 1]
        if self._is_ascii:
            return start + utf8_column
        columns, pieces = self._pieces_of(line)
        piece = bisect_right(columns, utf8_column) - 1
        first, width = pieces[piece]
        return start + first + (utf8_column - columns[piece]) // width

    def _pieces_of(self, line: int) -> tuple[list[int], list[tuple[int, int]]]:
        """The line as pieces whose characters take the same number of bytes.

        The UTF-8 column at which each begins; its first character's number and the width of its characters.
        """
        if line not in self._pieces:
            start = self.starts[line - 1]
            columns, pieces = [0], [(0, 1)]
            for match in _WIDE.finditer(self.text, start, self.line_end(line)):
                first, width = match.start() - start, _utf8_width(match[0][0])
                column = columns[-1] + first - pieces[-1][0]
                columns += [column, column + width * len(match[0])]
                pieces += [(first, width), (match.end() - start, 1)]
            self._pieces[line] = columns, pieces
        return self._pieces[line]

    def span(self, start: int, end: int) -> Span:
        """The range between two offsets, for people."""
        line, end_line = self.line_of(start), self.line_of(end)
        return Span(line, start - self.starts[line - 1] + 1, end_line, end - self.starts[end_line - 1] + 1)
