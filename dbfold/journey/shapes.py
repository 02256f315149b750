"""SQL as words: what kind of statement it is, where one ends, and which words may be the name of something.

The words are those of `dbfold.sqlite.ddl`; SQLite itself says what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import apsw

from dbfold.code.texts import HOLE
from dbfold.sqlite.ddl import tokens, unquoted
from dbfold.sqlite.engine import folded


@dataclass(frozen=True, slots=True)
class Word:
    """A token: its text as SQLite means it (quotes removed), as it is written, and where, as offsets in the SQL.

    `key` is the text as SQLite compares names and keywords.
    """

    text: str
    written: str
    start: int
    end: int
    key: str
    is_text: bool
    may_be_name: bool


@lru_cache(maxsize=4096)
def words(sql: str) -> tuple[Word, ...]:
    """The tokens of `sql`, without comments."""
    found: list[Word] = []
    for token in tokens(sql):
        text = unquoted(token)
        is_text = token.kind == "string"
        named = token.kind in ("name", "word")
        word = Word(text, token.text, token.start, token.end, folded(text), is_text, named)
        if found and _are_one_name(found[-1], word):
            first = found.pop()
            whole = first.text + word.text
            word = Word(whole, whole, first.start, word.end, folded(whole), False, False)
        found.append(word)
    return tuple(found)


def _are_one_name(first: Word, second: Word) -> bool:
    """`log_` and the hole behind it, in `log_{year}`: one name, of which a part is computed."""
    if first.end != second.start or HOLE not in first.written[-1:] + second.written[:1]:
        return False
    other = first if second.written == HOLE else second
    return other.written == HOLE or other.written[0].isalnum() or other.written[0] in f"_{HOLE}"


def split(sql: str) -> Iterator[tuple[int, str]]:
    """The statements of a script with their offsets, a trigger as one."""
    start = 0
    for word in words(sql):
        if word.written == ";":
            piece = sql[start : word.end]
            if _is_complete(piece):
                if words(piece)[0].written != ";":
                    yield start, piece
                start = word.end
    rest = sql[start:]
    if words(rest):
        yield start, rest


def _is_complete(sql: str) -> bool:
    """Does a statement end here? What no SQLite takes (NUL, half a surrogate pair) stands for a character in a text."""
    return apsw.complete(sql.replace("\0", "?").encode("utf-8", "replace").decode())


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement does at first sight.

    verb     "select", "insert", "create", …: the first word that is no WITH clause's
    kind     for create, drop and alter: "table", "index", "view" or "trigger"
    name     of what is created, dropped, altered or written to, as SQLite means it; None if it is computed
    lenient  IF NOT EXISTS, IF EXISTS
    replaces INSERT OR REPLACE, OR IGNORE, or REPLACE
    columns  an INSERT lists its columns
    where    it has a WHERE clause
    """

    verb: str
    kind: str = ""
    name: str | None = None
    lenient: bool = False
    replaces: bool = False
    columns: bool = True
    where: bool = False


_NAMES_TABLES = frozenset({"from", "join", "into", "update", "table", "references"})
_ABOUT_TABLES = frozenset(
    {"table_info", "table_xinfo", "index_list", "foreign_key_list", "index_info", "index_xinfo", "foreign_key_check"}
)


def names_a_hole(sql: str) -> bool:
    """May a hole in `sql` be the name of a table, or a part of one?"""
    found = words(sql)
    keys = [word.key for word in found]
    asks_schema = any(key in ("sqlite_master", "sqlite_schema", "sqlite_sequence") for key in keys)
    for number, word in enumerate(found):
        if HOLE not in word.text:
            continue
        before = keys[number - 1] if number else ""
        behind = keys[number + 1] if number + 1 < len(keys) else ""
        if before in _NAMES_TABLES or (behind == "." and before != "."):
            return True
        if before == "exists" and {"table", "drop", "create"} & set(keys[max(0, number - 5) : number]):
            return True
        if before == "." and keys[number - 2 : number - 1] in (["main"], ["temp"]):
            return True
        if before == "," and _is_in_from(keys[:number]):
            return True
        if before == "(" and any(key in _ABOUT_TABLES for key in keys[number - 2 : number - 1]):
            return True
        if asks_schema and word.text == HOLE and word.written != HOLE:
            return True
        if before == "on" and keys[:1] == ["create"]:
            return True
    return False


def _is_in_from(keys: list[str]) -> bool:
    """Does a list of tables go on behind these words?"""
    depth = 0
    for key in reversed(keys):
        depth += (key == ")") - (key == "(")
        if depth < 0:
            return False
        if not depth and key in ("from", "select", "where", "by", "set", "values", "on", "using", "having", "limit"):
            return key == "from"
    return False


_KINDS = frozenset({"table", "index", "view", "trigger"})


def shape(sql: str) -> Shape:
    """The shape of one statement."""
    found = words(sql)
    keys = [word.key for word in found]
    start = _behind_with(keys)
    verb = keys[start] if start < len(keys) else ""
    if verb in ("create", "drop", "alter"):
        kind_at = next((i for i in range(start + 1, min(start + 5, len(keys))) if keys[i] in _KINDS), None)
        if kind_at is None:
            return Shape(verb)
        at = kind_at + 1
        lenient = keys[at : at + 1] == ["if"]
        if lenient:
            at += 2 if verb == "drop" else 3
        return Shape(verb, keys[kind_at], _name_at(found, at), lenient)
    if verb in ("insert", "replace"):
        into = next((i for i in range(start, min(start + 5, len(keys))) if keys[i] == "into"), None)
        if into is None:
            return Shape(verb)
        at = into + 1
        replaces = verb == "replace" or bool({"replace", "ignore"} & set(keys[start + 1 : into]))
        behind = _behind_name(keys, at)
        if keys[behind : behind + 1] == ["as"]:
            behind += 2
        return Shape(
            "insert", "table", _name_at(found, at), replaces=replaces, columns=keys[behind : behind + 1] == ["("]
        )
    if verb == "delete":
        return Shape(verb, "table", _name_at(found, start + 2), where="where" in keys)
    if verb == "update":
        at = start + (3 if keys[start + 1 : start + 2] == ["or"] else 1)
        return Shape(verb, "table", _name_at(found, at), where="where" in keys)
    return Shape(verb, where="where" in keys)


def _behind_with(keys: list[str]) -> int:
    """Where the verb stands: behind `WITH a AS (…), b AS (…)`."""
    if keys[:1] == ["explain"]:
        return 3 if keys[1:3] == ["query", "plan"] else 1
    if keys[:1] != ["with"]:
        return 0
    depth = 0
    for index, key in enumerate(keys):
        depth += (key == "(") - (key == ")")
        if not depth and key in ("select", "insert", "update", "delete", "replace", "values"):
            return index
    return 0


def _behind_name(keys: list[str], at: int) -> int:
    return at + 3 if keys[at + 1 : at + 2] == ["."] else at + 1


def _name_at(found: tuple[Word, ...], at: int) -> str | None:
    at = _behind_name([word.key for word in found], at) - 1
    if at >= len(found) or HOLE in found[at].text:
        return None
    return found[at].text
