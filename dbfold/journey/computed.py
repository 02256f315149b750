"""SQL whose tables are named by values: `f"SELECT … FROM {table}"`, with every table that it may be.

Where all values are texts in the code, the statement is judged with each of them, and a new name is written where the
text is. Where they are not known, the database waits.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from dbfold.base.spans import Span
from dbfold.code.texts import HOLE
from dbfold.journey.apart import NotApartError, Place, Texts, place_of
from dbfold.journey.concerns import Apart, Concern, entry_names
from dbfold.journey.judging import Effect, Judge, Judgement
from dbfold.journey.near import near_files
from dbfold.journey.outlook import Outlook
from dbfold.journey.renaming import Edit
from dbfold.journey.shapes import names_a_hole, words
from dbfold.sqlite.engine import folded
from dbfold.statements.arguments import last_name
from dbfold.statements.executions import Execution
from dbfold.statements.family import Family
from dbfold.statements.model import Bound, Statement
from dbfold.statements.scan import CodeScan
from dbfold.statements.sources import Source, Sources
from dbfold.statements.spelling import Speller
from dbfold.statements.spellings import Spelling, Spellings, spelled

_SQL_KEYWORDS = frozenset({"sql", "query", "statement", "stmt", "sql_script", "script"})
_CONSTRUCTS = frozenset({"select", "insert", "update", "delete", "union", "exists", "func"})
_ASKS_BY_VALUE = re.compile(r"(?is)(?=.*(?:sqlite_(?:master|schema|sequence)|\bpragma_\w+))(?=.*(?:\?|[:@$]\w))")
_VERBS = {Effect.BREAKS: "would break", Effect.CHANGES: "would change its meaning"}


@dataclass(slots=True)
class Computed:
    """What was found: what stands against a move, names that are written apart, and the judgements that follow."""

    concerns: dict[Concern, None] = field(default_factory=dict)
    apart: list[Apart] = field(default_factory=list)
    judgements: tuple[Judgement, ...] = ()


def look_at_computed(
    code: CodeScan, outlook: Outlook, judge: Judge, judged: Sequence[Judgement], sources: Sources
) -> Computed:
    """Look at what is executed on each database of which a table gets another name."""
    found = Computed(judgements=tuple(judged))
    by_file: dict[str, list[Statement]] = defaultdict(list)
    for statement in code.statements.statements:
        by_file[statement.in_policy].append(statement)
    for database in sorted(outlook.merged):
        if outlook.merged[database].names.get(database):
            _OneDatabase(database, code, outlook, judge, sources, by_file, found).run()
    return found


@dataclass(slots=True)
class _OneDatabase:
    """What is executed on one database."""

    database: str
    code: CodeScan
    outlook: Outlook
    judge: Judge
    sources: Sources
    statements: dict[str, list[Statement]]
    found: Computed
    texts: Texts = field(init=False)
    failed: set[Place] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.texts = Texts(Speller(self.sources, Family(self.sources, self.names)))

    @property
    def names(self) -> AbstractSet[str]:
        """The names that change."""
        return self.outlook.merged[self.database].names.get(self.database, {}).keys()

    def run(self) -> None:
        near = near_files(self.code, self.outlook, self.sources, self.database)
        has_holes = False
        for execution in self.code.executions:
            bound = self.database in execution.databases
            if not bound and (execution.databases or execution.file not in near):
                continue
            if bound and self.names:
                self._parameters(execution)
            for source, argument in self._arguments(execution):
                for spelling in self.texts.speller.spell(source, argument):
                    has_holes = has_holes or HOLE in spelled(spelling)
                    if not self._is_statement(spelling):
                        self._one(execution, spelling, bound)
        if self.names:
            self._write()
        if self.names and has_holes:
            for file in sorted(near):
                self._pieces(file)

    def _calls(self, execution: Execution) -> Iterator[tuple[Source, ast.Call]]:
        source = self.sources.source(execution.file)
        for node in source.calls.get(execution.name, ()) if source else ():
            if node.lineno == execution.line:
                assert source is not None
                yield source, node

    def _arguments(self, execution: Execution) -> Iterator[tuple[Source, ast.expr]]:
        """What a call executes, where that is more than a literal."""
        for source, node in self._calls(execution):
            given = [keyword.value for keyword in node.keywords if keyword.arg in _SQL_KEYWORDS]
            argument = node.args[0] if node.args else given[0] if given else None
            if argument is not None and not isinstance(argument, ast.Constant) and not _is_construct(argument):
                yield source, argument

    def _parameters(self, execution: Execution) -> None:
        """The names of tables that a statement is given as values: `… FROM sqlite_master WHERE name = ?`."""
        for source, node in self._calls(execution):
            texts = self.texts.speller.spell(source, node.args[0]) if len(node.args) > 1 else []
            if not any(_ASKS_BY_VALUE.search(spelled(text)) for text in texts):
                continue
            for spelling in self._values(source, node.args[1]):
                text = spelled(spelling)
                new = self.outlook.merged[self.database].names[self.database].get(folded(text))
                if HOLE in text:
                    self._concern(execution.file, execution.line, "asks for a table by a name that is not known here")
                elif new is not None:
                    edits = (Edit(0, len(text), new),)
                    self.texts.add(
                        execution, spelling, Judgement(_statement(execution, text), Effect.SAME, edits=edits)
                    )

    def _values(self, source: Source, node: ast.expr) -> Spellings:
        """The texts of a sequence or mapping of parameters."""
        if isinstance(node, ast.Dict):
            return [one for value in node.values for one in self.texts.speller.spell(source, value)]
        return self.texts.speller.spell_items(self.texts.speller.items(source, node, 0), 0)

    def _is_statement(self, spelling: Spelling) -> bool:
        """Is it one literal that is a statement by itself, and judged as that?"""
        written = [segment for segment in spelling if segment.text]
        if len(written) != 1 or written[0].literal is None or written[0].text != written[0].literal.text:
            return False
        literal = written[0].literal
        return any(one.literals == ((literal.start, literal.end),) for one in self.statements.get(literal.file, ()))

    def _one(self, execution: Execution, spelling: Spelling, bound: bool) -> None:
        text = spelled(spelling)
        place = (execution.file, execution.line)
        if names_a_hole(text):
            if self.names:
                self._concern(*place, "the SQL names a table that is put together at run time from what is not known")
            return
        named = next((word.text for word in words(text) if word.key in self.names), None)
        if not bound:
            if named is not None:
                self._concern(*place, f"the SQL names {named}, and cannot be bound to a database")
            return
        judged = self.judge.of_statement(_statement(execution, text))
        if judged.effect in _VERBS or judged.review:
            self._concern(*place, judged.review or f"the SQL {_VERBS[judged.effect]}: {judged.message}")
            self.failed |= {place_of(segment.literal) for segment in spelling if segment.literal}
        elif self.texts.add(execution, spelling, judged):
            self._concern(*place, f"{named} is put together from pieces: write its new name by hand")

    def _write(self) -> None:
        changes = list(self.texts.changes())
        covered = self.texts.judged.keys() - self.failed
        self.found.judgements = tuple(self._settled(one, covered) for one in self.found.judgements)
        written = {
            (one.statement.in_policy, *place)
            for one in self.found.judgements
            if one.edits
            for place in one.statement.literals
        }
        for change in changes:
            if isinstance(change, NotApartError):
                self._concern(change.file, change.line, str(change))
            elif (change.statement.in_policy, *change.statement.literals[0]) not in written:
                self.found.apart.append(change)

    def _settled(self, one: Judgement, covered: AbstractSet[Place]) -> Judgement:
        """The judgement of a text with holes, where it is known what may be in them: its names are written apart."""
        statement = one.statement
        places = {(statement.in_policy, *place) for place in statement.literals}
        if self.database not in statement.databases or not places or not places <= covered:
            return one
        placed = all(
            any(start <= edit.start and edit.end <= end for start, end in statement.pieces) for edit in one.edits
        )
        if statement.is_static and placed and not one.review:
            return one
        judged = self.texts.judged[min(places)]
        return replace(one, effect=judged.effect, message=judged.message, review="", edits=())

    def _pieces(self, file: str) -> None:
        """Texts that name what gets another name as SQL does, and that nobody has put into a statement."""
        source = self.sources.source(file)
        if source is None:
            return
        known = [place for one in self.statements.get(file, ()) for place in one.literals]
        known += [(start, end) for name, start, end in self.texts.judged if name == file]
        piece = self._piece()
        for node in source.nodes:
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if not is_text or isinstance(source.parents.get(id(node)), ast.Expr):
                continue
            assert isinstance(node, ast.Constant)
            found = piece.search(str(node.value))
            at = source.table.offset(node.lineno, node.col_offset)
            if found and not any(start <= at < end for start, end in known):
                name = found[0].split()[-1]
                self._concern(file, node.lineno, f"a piece of SQL names {name}, and nobody sees of which statement")

    def _piece(self) -> re.Pattern[str]:
        every = "|".join(map(re.escape, self.names))
        return re.compile(rf"(?i)\b(?:from|join|into|update|table|references)\s+[\"'`\[]?(?:{every})(?![\w.])")

    def _concern(self, file: str, line: int, reason: str) -> None:
        self.found.concerns[Concern(entry_names(self.outlook.policy, [self.database]), file, line, reason)] = None


def _statement(execution: Execution, text: str) -> Statement:
    span = Span(execution.line, 1, execution.line, 1)
    return Statement(
        execution.file,
        span,
        text,
        execution.databases,
        Bound.CONNECTION,
        sites=execution.sites,
        in_policy=execution.file,
    )


def _is_construct(node: ast.expr) -> bool:
    """SQLAlchemy's `select(User).where(…)`: the tables are those of models."""
    while isinstance(node, (ast.Call, ast.Attribute)):
        if isinstance(node, ast.Call) and last_name(node.func) in _CONSTRUCTS:
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False
