"""The cheap question before a parser: does Python source, as bytes, hold SQL, or a library that opens databases?

The bytes are never taken for code: what passes is read properly. What does not pass holds no text that `texts.is_sql`
takes for a statement of its own, nor one that is written where it is executed.
"""

from __future__ import annotations

import re

from dbfold.code.libraries import DATABASE_MODULES, EXECUTE_METHODS

_QUOTE = rb"[\"'](?:\s|\\(?=[\r\n])|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*+\*/)*+"  # a string, and comments of SQL
_GAP = rb"[\s\"']+"  # a string may go on in the next one
_STATEMENT = re.compile(
    _QUOTE
    + rb"(?:"
    rb"select[\s(*\"'].{0,2000}?(?:\bfrom\b|\(|\bselect\s+[?:\d'@])"
    rb"|(?:insert|replace)GAP(?:orGAP\w+GAP)?into\b"
    rb"|update\s[^;]{0,300}?\bset\b"
    rb"|deleteGAPfrom\b"
    rb"|createGAP(?:(?:temp|temporary|unique|virtual)GAP)*(?:table|index|view|trigger)\b"
    rb"|dropGAP(?:table|index|view|trigger)\b"
    rb"|alterGAPtable\b"
    rb"|with\s.{1,100}?\bas\s*(?:not\s+|materialized\s*)*\("
    rb"|pragma\s+\w|attach\s"
    rb")".replace(b"GAP", _GAP),
    re.DOTALL,
)
_EXECUTED = re.compile(
    rb"\b(?:" + b"|".join(sorted(name.encode() for name in EXECUTE_METHODS)) + rb")\s*\(\s*[rbuf]{0,2}[\"']"
)
_IMPORT = re.compile(
    rb"\n[ \t]*(?:from|import)[ \t]+(?:"
    + b"|".join(re.escape(name.encode()) for name in sorted(DATABASE_MODULES))
    + rb")\b"
)
_OF_FRAMES = (b"read_sql", b"to_sql")


def may_hold_sql(data: bytes) -> bool:
    """True unless `data` certainly neither holds SQL nor imports what opens databases or declares their tables."""
    if _IMPORT.search(b"\n" + data) or any(name in data for name in _OF_FRAMES):
        return True
    lower = data.lower().replace(b"\\n", b"\n").replace(b"\\t", b"\t")
    return _STATEMENT.search(lower) is not None or (b"execute" in lower and _EXECUTED.search(lower) is not None)
