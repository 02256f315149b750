"""The little that has to be read in the text of a CREATE statement; SQLite's own PRAGMAs tell the rest.

SQLite keeps the text as it was written, from the object's name on (https://www.sqlite.org/schematab.html). A general
SQL parser does not give it back unchanged, so the text is only cut between tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dbfold.sqlite.engine import folded, quoted, text_literal

_TOKEN = re.compile(
    r"""(?xs)
    (?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<string>[xX]?'(?:[^']|'')*')
    |(?P<word>[^\W\d][\w$]*)
    |(?P<number>\d[\w.]*|\.\d\w*)
    |(?P<sign>.)
    """
)
_PREFIX_WORDS = frozenset(
    {"CREATE", "UNIQUE", "VIRTUAL", "TEMP", "TEMPORARY", "TABLE", "INDEX", "VIEW", "TRIGGER", "IF", "NOT", "EXISTS"}
)
_TABLE_CONSTRAINTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})
_COLUMN_CONSTRAINTS = _TABLE_CONSTRAINTS | {"NOT", "NULL", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED", "AS"}


@dataclass(frozen=True)
class Token:
    """A token that is no space; `start` and `end` are offsets in the statement."""

    kind: str
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.upper() in words


def tokens(sql: str) -> list[Token]:
    """The tokens of a statement, without spaces and comments."""
    return [
        Token(match.lastgroup or "", match.group(), match.start(), match.end())
        for match in _TOKEN.finditer(sql)
        if match.lastgroup != "space"
    ]


def unquoted(token: Token) -> str:
    """The name that a token writes."""
    if token.kind == "string":  # SQLite takes 'name' for a name where only a name can stand
        return token.text[1:-1].replace("''", "'")
    if token.kind != "name":
        return token.text
    mark = token.text[-1]
    return token.text[1:-1] if mark == "]" else token.text[1:-1].replace(mark * 2, mark)


def renamed(sql: str, name: str) -> str:
    """The CREATE statement `sql` with its object called `name`; what refers to the object is left alone."""
    token = next(token for token in tokens(sql) if not token.is_word(*_PREFIX_WORDS))
    return sql[: token.start] + quoted(name) + sql[token.end :]


def normal_form(sql: str) -> str:
    """Equal for statements that differ in the object's name, spaces, comments, case or quoting only."""
    found = tokens(sql)
    first = next((index for index, token in enumerate(found) if not token.is_word(*_PREFIX_WORDS)), len(found))
    return " ".join(_normal(token) for token in (*found[:first], *found[first + 1 :]))


def _normal(token: Token) -> str:
    return token.text if token.kind == "string" else folded(unquoted(token))


def definitions(sql: str) -> Iterator[tuple[str | None, list[Token]]]:
    """The parts of a CREATE TABLE between the outer commas: column name, or None for a constraint, and its tokens."""
    found = tokens(sql)
    opening = next((index for index, token in enumerate(found) if token.text == "("), None)
    if opening is None:
        return
    depth = 0
    part: list[Token] = []
    for token in found[opening:]:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 or (depth == 1 and token.text == ","):
            yield _named(part)
            part = []
            if depth == 0:
                return
        elif (token.text, depth) != ("(", 1) or part:
            part.append(token)


def _named(part: list[Token]) -> tuple[str | None, list[Token]]:
    if not part or part[0].is_word(*_TABLE_CONSTRAINTS):
        return None, part
    return unquoted(part[0]), part


def checks(sql: str) -> frozenset[str]:
    """The CHECK clauses and generating expressions of a CREATE TABLE, in normal form."""
    found: set[str] = set()
    for _, part in definitions(sql):
        for index, token in enumerate(part):
            if token.is_word("CHECK", "AS"):
                found.add(" ".join(map(_normal, part[index : _clause_end(part, index)])))
    return frozenset(found)


def added_column(sql: str, column: str, *, nullable: bool) -> str | None:
    """The definition of a column in the CREATE TABLE `sql`, for ALTER TABLE … ADD COLUMN; None if there is none.

    Without PRIMARY KEY and UNIQUE, which cannot be added, and without NOT NULL if `nullable`.
    """
    part = next((part for name, part in definitions(sql) if folded(name or "") == folded(column)), None)
    if part is None:
        return None
    kept, index = [], 0
    while index < len(part):
        end = _clause_end(part, index)
        clause = part[index:end]
        if not _is_dropped(clause, nullable):
            kept.append(sql[clause[0].start : clause[-1].end])
        index = end
    return " ".join(kept)


def unified(sql: str, relaxed: frozenset[str], added: list[str]) -> str:
    """The CREATE TABLE `sql` without NOT NULL for the columns in `relaxed` (in lower case), and with the column
    definitions `added` after its own columns.
    """
    cuts: list[tuple[int, int, str]] = []
    last = 0
    for name, part in definitions(sql):
        if name is None:
            break
        last = part[-1].end
        index = 0
        while folded(name) in relaxed and index < len(part):
            end = _clause_end(part, index)
            if _is_dropped(part[index:end], nullable=True, keys=False):
                cuts.append((part[index].start, part[end - 1].end, ""))
            index = end
    cuts.append((last, last, "".join(f", {definition}" for definition in added)))
    for start, end, text in reversed(cuts):
        sql = sql[:start] + text + sql[end:]
    return sql


def with_content_table(sql: str, names: dict[str, str]) -> str:
    """The CREATE VIRTUAL TABLE `sql` with the table after `content=` renamed by `names` (old, in lower case → new)."""
    found = tokens(sql)
    for index, token in enumerate(found[:-2]):
        if token.is_word("CONTENT") and found[index + 1].text == "=":
            new = names.get(folded(unquoted(found[index + 2])))
            if new is not None:
                return sql[: found[index + 2].start] + text_literal(new) + sql[found[index + 2].end :]
    return sql


def content_table(sql: str) -> str | None:
    """What `content=` names in a CREATE VIRTUAL TABLE: a table, or nothing (`''`); None where the option is absent."""
    found = tokens(sql)
    for index, token in enumerate(found[:-2]):
        if token.is_word("CONTENT") and found[index + 1].text == "=":
            return unquoted(found[index + 2])
    return None


def module_of(sql: str) -> str:
    """The module of a CREATE VIRTUAL TABLE, in lower case."""
    found = tokens(sql)
    return next(folded(unquoted(found[index + 1])) for index, token in enumerate(found) if token.is_word("USING"))


def _is_dropped(clause: list[Token], nullable: bool, keys: bool = True) -> bool:
    rest = clause[2:] if clause[0].is_word("CONSTRAINT") else clause
    not_null = len(rest) > 1 and rest[0].is_word("NOT") and rest[1].is_word("NULL")
    return (keys and rest[0].is_word("PRIMARY", "UNIQUE")) or (nullable and not_null)


def _clause_end(part: list[Token], start: int) -> int:
    """Where the column constraint, or the name and type, that begins at `start` ends."""
    depth, index = 0, start
    named = part[start].is_word("CONSTRAINT")
    while index < len(part):
        token = part[index]
        depth += (token.text == "(") - (token.text == ")")
        following = part[index + 1] if index + 1 < len(part) else None
        index += 1
        if depth or following is None:
            continue
        if named and index - start < 3:
            continue  # CONSTRAINT, its name, and the word that says what it is
        if following.is_word(*_COLUMN_CONSTRAINTS) and not _belongs(token, following):
            break
    return index


def _belongs(token: Token, following: Token) -> bool:
    """Words that continue a constraint: NOT NULL, DEFAULT NULL, SET NULL, SET DEFAULT, ALWAYS AS, NOT DEFERRABLE."""
    if following.is_word("NULL"):
        return token.is_word("NOT", "DEFAULT", "SET")
    if following.is_word("DEFAULT"):
        return token.is_word("SET")
    if following.is_word("AS"):
        return token.is_word("ALWAYS")
    return False
