"""Statements that are put together at run time: something in the holes, so that SQLite can look at the rest."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from dbfold.code.texts import HOLE
from dbfold.journey.preparing import Schema

# A value, an assignment or a condition, a column, more of a list or of a clause.
_FILLERS = ("1", "rowid = 1", "rowid", "", "AND 1", "WHERE 1")
_MOST_COMBINATIONS = 300


@dataclass(frozen=True, slots=True)
class Filled:
    """A statement with its holes filled; `text` is what SQLite accepted."""

    text: str
    fillers: tuple[str, ...]

    def original_offset(self, written: str, offset: int) -> int:
        """Where a character of `text` stands in the text with holes, `written`."""
        position, shift = 0, 0
        for filler in self.fillers:
            hole = written.index(HOLE, position)
            if hole + shift >= offset:
                break
            shift += len(filler) - len(HOLE)
            position = hole + 1
        return offset - shift


def fill(schema: Schema, sql: str) -> Filled | None:
    """`sql` with something in its holes that SQLite accepts on `schema`; None if nothing that is tried is."""
    holes = sql.count(HOLE)
    if not holes:
        return Filled(sql, ())
    if len(_FILLERS) ** holes <= _MOST_COMBINATIONS:
        choices = list(product(_FILLERS, repeat=holes))
    else:
        choices = [(filler,) * holes for filler in _FILLERS]
    for fillers in choices:
        parts = sql.split(HOLE)
        text = parts[0] + "".join(filler + part for filler, part in zip(fillers, parts[1:], strict=True))
        if schema.prepare(text).error is None:
            return Filled(text, tuple(fillers))
    return None
