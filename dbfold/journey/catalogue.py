"""What asks a database for all of its tables, and would be told of those that it takes in as well.

A list of tables is printed, exported, emptied or dropped: afterwards it has the tables of another application in it.
Whoever asks for one name, or whether a name is among them, gets the same answer as before.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import apsw

from dbfold.code.libraries import EXECUTORS
from dbfold.journey.answers import is_only_searched, passes_on_to
from dbfold.journey.concerns import Concern, entry_names
from dbfold.journey.filling import fill
from dbfold.journey.judging import Judge
from dbfold.journey.outlook import Merged
from dbfold.journey.preparing import Schema
from dbfold.journey.shapes import split, words
from dbfold.sqlite.engine import folded
from dbfold.statements.model import Statement
from dbfold.statements.scan import CodeScan
from dbfold.statements.sources import Source, Sources
from dbfold.statements.tables import table_lists

_CATALOGUES = frozenset({"sqlite_master", "sqlite_schema", "pragma_table_list"})
_NAMES = frozenset({"name", "tbl_name"})
_COMPARISONS = frozenset({"=", "==", "is", "in", "like", "glob"})


def catalogue_concerns(code: CodeScan, judge: Judge, sources: Sources) -> Iterator[Concern]:
    """Statements and calls that list the tables of a database which becomes one with others."""
    outlook = judge.outlook
    for statement in code.statements.statements:
        for database in statement.databases:
            merged = outlook.merged.get(database)
            if merged is not None and _lists(statement, database, judge):
                source = sources.source(statement.in_policy)
                call = _call_of(source, statement) if source is not None else None
                if source is None or call is None or _matters(source, call, database == merged.target):
                    yield _concern(judge, database, merged, statement.in_policy, statement.span.line)
    for one in table_lists(code.project, sources) if code.project is not None else ():
        for database in one.databases:
            merged = outlook.merged.get(database)
            if merged is not None and _matters(one.source, one.call, database == merged.target):
                yield _concern(judge, database, merged, one.source.file, one.call.lineno)


def _concern(judge: Judge, database: str, merged: Merged, file: str, line: int) -> Concern:
    others = [name for name in merged.inventories if name != database]
    waiting = [name for name in others if name != merged.target] if database == merged.target else [database]
    reason = f"lists the tables of {database}, and would list those of {' and '.join(others)} as well"
    return Concern(entry_names(judge.outlook.policy, waiting), file, line, reason)


def _matters(source: Source, call: ast.Call, is_target: bool) -> bool:
    """Does another list do another thing? What is kept may show more tables, if nothing is done to them."""
    return passes_on_to(source, call, EXECUTORS) if is_target else not is_only_searched(source, call)


def _lists(statement: Statement, database: str, judge: Judge) -> bool:
    return any(_answers_differ(sql, database, judge) for _, sql in split(statement.text))


def _answers_differ(sql: str, database: str, judge: Judge) -> bool:
    """Is the answer of the catalogue another one afterwards, new names aside?"""
    keys = [word.key for word in words(sql)]
    schema = judge.outlook.before.schemas.get(database)
    if keys[:2] == ["pragma", "table_list"]:
        return "(" not in keys and "=" not in keys
    if schema is None or _CATALOGUES.isdisjoint(keys) or keys[:1] not in (["select"], ["with"]):
        return False
    filled = fill(schema, sql)
    prepared = schema.prepare(filled.text) if filled is not None else None
    if filled is None or prepared is None or prepared.error is not None:
        return False
    if filled.fillers or prepared.tables or any(word.written[:1] in "?:@$" for word in words(sql)):
        return not _asks_for_names(keys)
    renamer = judge.renamer(database)
    renamed = renamer.rename(sql) if renamer else None
    if renamed is not None and renamed.problem:
        return False  # which holds it already
    merged = judge.outlook.merged[database]
    before = _answer(schema, sql, merged.names.get(database, {}))
    merged.schema.connection.execute("SAVEPOINT asked; CREATE TABLE _dbfold_asked (x)")  # the move leaves tables, too
    try:
        return before != _answer(merged.schema, renamed.text if renamed else sql, {})
    finally:
        merged.schema.connection.execute("ROLLBACK TO asked; RELEASE asked")


def _asks_for_names(keys: Sequence[str]) -> bool:
    return any(key in _NAMES and sign in _COMPARISONS for key, sign in pairwise(keys))


def _answer(schema: Schema, sql: str, names: Mapping[str, str]) -> Counter[tuple[object, ...]]:
    """What a question about the schema gives, with new names, and without where and how the objects are written."""

    def plain(value: object) -> object:
        if not isinstance(value, str):
            return value
        return "CREATE" if value.upper().startswith("CREATE ") else names.get(folded(value), value)

    kept = [number for number, name in enumerate(schema.prepare(sql).columns) if name != "rootpage"]
    try:
        return Counter(tuple(plain(row[number]) for number in kept) for row in schema.connection.execute(sql))
    except (apsw.Error, ValueError):
        return Counter()


def _call_of(source: Source, statement: Statement) -> ast.Call | None:
    """The call that executes a statement which is written in it."""
    for name in EXECUTORS:
        for call in source.calls.get(name, ()):
            first = call.args[0] if call.args else None
            if first is not None and (first.lineno, first.end_lineno) == _lines(statement):
                return call
    return None


def _lines(statement: Statement) -> tuple[int, int]:
    return statement.span.line, statement.span.end_line
