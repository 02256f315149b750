"""Spellings: a text, piece by piece, each piece with the literal that it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from dbfold.code.texts import HOLE

MOST = 64


class Literal(NamedTuple):
    """A string literal: its file, where it is (offsets in code points), and its value, with holes for its fields."""

    file: str
    shown: str
    start: int
    end: int
    text: str


class Carrier(NamedTuple):
    """What a text goes through on its way: a name of a scope, or, without a file, an attribute."""

    file: str
    scope: int
    name: str


class Segment(NamedTuple):
    """A piece of a text. It is written in `literal` from its character `at` on; None for what is computed."""

    text: str
    literal: Literal | None = None
    at: int = 0
    through: frozenset[Carrier] = frozenset()


Spelling = tuple[Segment, ...]
Spellings = list[Spelling]

UNKNOWN: Spelling = (Segment(HOLE),)
ASKED: Spelling = (Segment("sqlite_schema"),)
"""The name of a table that the database itself has given: it is right whatever the tables are called."""


def spelled(spelling: Spelling) -> str:
    """The text."""
    return "".join(segment.text for segment in spelling)


def is_unknown(spelling: Spelling) -> bool:
    """Is it a hole, and nothing else?"""
    return spelled(spelling) == HOLE


def gathered(parts: Iterable[Spellings]) -> Spellings:
    """All of the parts; where one may be anything, there is no need for the others."""
    found: Spellings = []
    for part in parts:
        found += part
        if any(map(is_unknown, part)):
            return [UNKNOWN]
    return found


def is_known(spelling: Spelling) -> bool:
    """Is there no hole in it?"""
    return all(HOLE not in segment.text for segment in spelling)


def products(parts: Sequence[Spellings]) -> Spellings:
    """Every way to write the parts one behind the other."""
    size = 1
    for part in parts:
        size *= len(part)
    if size > MOST:
        parts = [part if len(part) < 2 else [UNKNOWN] for part in parts]
    return [tuple(segment for spelling in chosen for segment in spelling) for chosen in product(*parts)]


def through(spellings: Spellings, carrier: Carrier) -> Spellings:
    return [marked(one, frozenset({carrier})) for one in spellings]


def marked(spelling: Spelling, carriers: frozenset[Carrier]) -> Spelling:
    return tuple(segment._replace(through=segment.through | carriers) for segment in spelling)


def plain(text: str) -> Spelling:
    return (Segment(text),)


_PERCENT_FIELD = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdrif]")


_BRACE_FIELD = re.compile(r"\{(\w*)(?:![sra])?(?::[^{}]*)?\}")


def template_parts(template: str, *, percent: bool) -> Iterator[str | tuple[str]]:
    """The texts between the fields of a template for `%` or `format`, and the fields' names."""
    offset = 0
    for match in (_PERCENT_FIELD if percent else _BRACE_FIELD).finditer(template):
        yield template[offset : match.start()]
        yield (match[1] or "",)
        offset = match.end()
    yield template[offset:]
