"""New names in texts that are no statements: the literal `"users"` that an f-string puts into its SQL.

Such a literal gets the new name only if every statement that it takes part in wants it there, and if it is used for
nothing else: every place that reads the names which it goes through was read for the SQL of the database.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from dbfold.code.texts import HOLE, is_sql
from dbfold.journey.concerns import Apart
from dbfold.journey.judging import Judgement
from dbfold.journey.renaming import Edit
from dbfold.statements.executions import Execution
from dbfold.statements.model import Bound, Statement
from dbfold.statements.sources import Source
from dbfold.statements.spelling import Speller
from dbfold.statements.spellings import Carrier, Literal, Spelling

Place = tuple[str, int, int]
"""A literal: its file, and where it begins and ends."""


def place_of(literal: Literal) -> Place:
    """The place of a literal."""
    return literal.file, literal.start, literal.end


class NotApartError(Exception):
    """A literal cannot be given the new name. `line` is its own."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(message)
        self.file, self.line = file, line


@dataclass(slots=True)
class _Range:
    """A range of a literal: the edits that the statements want in it, and where they run."""

    literal: Literal
    edits: set[tuple[Edit, ...]] = field(default_factory=set)
    through: set[Carrier] = field(default_factory=set)
    sites: set[tuple[str, int, int]] = field(default_factory=set)
    databases: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Texts:
    """The literals that take part in the statements of one database. `judged` has a judgement of each."""

    speller: Speller
    judged: dict[Place, Judgement] = field(default_factory=dict)
    _ranges: dict[tuple[Literal, int, int], _Range] = field(default_factory=dict)

    def add(self, execution: Execution, spelling: Spelling, judged: Judgement) -> int:
        """Note what a statement wants of its literals; returns how many of its edits are in none."""
        offset = placed = 0
        for segment in spelling:
            end = offset + len(segment.text)
            if segment.literal is not None and segment.text:
                inside = tuple(
                    Edit(one.start - offset + segment.at, one.end - offset + segment.at, one.text)
                    for one in judged.edits
                    if offset <= one.start and one.end <= end
                )
                placed += len(inside)
                key = (segment.literal, segment.at, len(segment.text))
                found = self._ranges.setdefault(key, _Range(segment.literal))
                found.edits.add(inside)
                found.through |= segment.through
                found.sites.update(execution.sites)
                found.databases.update(execution.databases)
                self.judged[place_of(segment.literal)] = judged
            offset = end
        return len(judged.edits) - placed

    def changes(self) -> Iterator[Apart | NotApartError]:
        """The literals that change, and those that cannot."""
        by_literal: dict[Literal, list[_Range]] = defaultdict(list)
        for one in self._ranges.values():
            by_literal[one.literal].append(one)
        for literal, ranges in by_literal.items():
            if any(edits for one in ranges for edits in one.edits):
                yield self._change(literal, ranges)

    def _change(self, literal: Literal, ranges: Sequence[_Range]) -> Apart | NotApartError:
        source = self.speller.sources.source(literal.file)
        assert source is not None
        line = source.table.line_of(literal.start)
        if any(len(one.edits) > 1 for one in ranges):
            return NotApartError(
                literal.file, line, f"{literal.text!r} names a table in one statement and something else in another"
            )
        if not is_sql(literal.text) and (other := self._other_use({way for one in ranges for way in one.through})):
            return NotApartError(
                literal.file,
                line,
                f"{literal.text!r} would get its new name, and is used in {other} as well: write it by hand",
            )
        edits = {edit for one in ranges for wanted in one.edits for edit in wanted}
        statement = Statement(
            literal.shown,
            source.table.span(literal.start, literal.end),
            literal.text,
            tuple(sorted({name for one in ranges for name in one.databases})),
            Bound.CONNECTION,
            sites=tuple(sorted({site for one in ranges for site in one.sites})),
            in_policy=literal.file,
            pieces=tuple(_between_holes(literal.text)),
            literals=((literal.start, literal.end),),
        )
        return Apart(statement, tuple(sorted(edits, key=lambda edit: edit.start)))

    def _other_use(self, ways: Iterable[Carrier]) -> str | None:
        """Where a name that a text goes through is read for something else than the SQL."""
        for carrier in ways:
            for source in self.speller.sources.naming(carrier.name):
                for node in source.reads.get(carrier.name, ()):
                    read = (source.file, node.lineno, node.col_offset) in self.speller.read
                    if not read and self._carries(source, node, carrier):
                        return f"line {node.lineno}" if source.file == carrier.file else f"{source.file}:{node.lineno}"
        return None

    def _carries(self, source: Source, node: ast.Name | ast.Attribute, carrier: Carrier) -> bool:
        """Is it the name, or the attribute, that the text goes through?"""
        if isinstance(node, ast.Attribute):
            same = node.attr == carrier.name
            module = self.speller.sources.module(source, node.value) if same and carrier.file else None
            return same and (not carrier.file or (module is not None and module.file == carrier.file))
        if node.id != carrier.name or not carrier.file:
            return False
        if source.file == carrier.file:
            return id(source.resolved(node)[0]) == carrier.scope
        bindings = source.bindings.get((id(source.tree), node.id), ())
        return any(isinstance(one.node, ast.ImportFrom) for one in bindings)


def _between_holes(text: str) -> Iterator[tuple[int, int]]:
    offset = 0
    for piece in text.split(HOLE):
        if piece:
            yield offset, offset + len(piece)
        offset += len(piece) + 1
