"""What the code around the statements of a database does that new names depend on, over the whole project."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass

from dbfold.base.text import UndecodableError, decode_python
from dbfold.code.parsing import UnparsableError, parse
from dbfold.code.texts import HOLE, is_sql
from dbfold.journey.preparing import Schema
from dbfold.journey.shapes import shape, split, words
from dbfold.references.contents import read
from dbfold.references.discovery import SourceFile
from dbfold.sqlite.engine import folded
from dbfold.statements.model import Statement

_FULL_NAMES = frozenset({"full_column_names", "short_column_names"})
_NAMED = re.compile(rb"row_factory|\.description\b|read_sql|\.mappings\(|\b_mapping\b|sqlite_utils|\bdataset\b")
_UNKNOWN = ("dbfold_unknown",)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What names in the statements of one database meet.

    temporary  the tables that the code creates for a connection alone: name → columns
    computed   it creates temporary tables under names that are put together at run time
    loose      names of tables that qualify columns in texts of their own (`"users.id = ?"`)
    full_names  the names of results have the table's name in them (PRAGMA full_column_names)
    named      results are asked for by their names somewhere
    """

    temporary: Mapping[str, Sequence[str]]
    computed: bool = False
    loose: AbstractSet[str] = frozenset()
    full_names: bool = False
    named: bool = False


NOTHING_AROUND = Surroundings({})


def surroundings(
    statements: Sequence[Statement], schemas: Mapping[str, Schema], loose: AbstractSet[str], *, named: bool = False
) -> dict[str, Surroundings]:
    """By database: what the statements on it do, and those of its files that are bound to no database."""
    of_file: dict[str, set[str]] = defaultdict(set)
    for one in statements:
        of_file[one.file].update(one.databases)
    creating: dict[str, list[str]] = defaultdict(list)
    full_names: set[str] = set()
    for one in statements:
        databases = one.databases or of_file[one.file]
        for _, sql in split(one.text) if databases else ():
            if _is_temporary(sql):
                for database in databases:
                    creating[database].append(sql)
            if any(word.key in _FULL_NAMES for word in words(sql)):
                full_names.update(databases)
    found = {}
    for database in {name for names in of_file.values() for name in names}:
        temporary = _created(creating[database], schemas.get(database))
        computed = any(shape(sql).name is None for sql in creating[database])
        found[database] = Surroundings(temporary, computed, loose, database in full_names, named)
    return found


def _is_temporary(sql: str) -> bool:
    keys = [word.key for word in words(sql)[:2]]
    return keys[:1] == ["create"] and bool({"temp", "temporary"} & set(keys))


def _created(statements: Iterable[str], schema: Schema | None) -> dict[str, Sequence[str]]:
    """The temporary tables and their columns, as SQLite gives them on the schema."""
    statements = list(statements)
    scratch = Schema(text for _, _, text in schema.objects().values()) if schema and statements else Schema()
    found: dict[str, Sequence[str]] = {}
    for sql in statements:
        name = shape(sql).name
        if name is not None:
            scratch.execute(sql) if HOLE not in sql else None
            found[folded(name)] = scratch.columns(name) or _UNKNOWN
    return found


def names_results(files: Iterable[SourceFile]) -> bool:
    """Does any module of Python ask for results by their names, or show these? As far as words tell."""
    with suppress(OSError):
        return any(_NAMED.search(read(file)) for file in files if file.path.endswith((".py", ".pyw")))
    return True  # one that cannot be read is reported elsewhere


def loose_names(files: Iterable[SourceFile], columns: Mapping[str, AbstractSet[str]]) -> frozenset[str]:
    """The tables of `columns` (name → its columns) that qualify one of these in a text that is no whole statement.

    Nobody can tell of which statement it will be a part. Python files that cannot be read or parsed are reported
    elsewhere.
    """
    if not columns:
        return frozenset()
    one_of = "|".join(map(re.escape, columns))
    qualifier = re.compile(
        rf"(?i)(?<![\w./\\])[\"'`\[]?({one_of})[\"'`\]]?(?:\.(\w+|\*|$)|\s*\.\s*[\"'`\[]([^\"'`\]]*)[\"'`\]])"
    )
    found: set[str] = set()
    for file in files:
        for text in _loose_texts(file, columns) if file.path.endswith((".py", ".pyw")) else ():
            for match in qualifier.finditer(text):
                name, column = folded(match[1]), folded(match[2] or match[3] or "")
                if column in ("", "*", "rowid") or column in columns[name]:
                    found.add(name)
    return frozenset(found)


def _loose_texts(file: SourceFile, names: Iterable[str]) -> Iterator[str]:
    with suppress(OSError, UndecodableError, UnparsableError, RecursionError):
        data = read(file)
        lowered = data.lower()
        if any(not name.isascii() or name.encode() in lowered for name in names):
            for node in ast.walk(parse(decode_python(data).text)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and not is_sql(node.value):
                    yield node.value
