"""The schemas before the move: of the databases where they exist, completed by what the code would create."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dbfold.code.texts import HOLE
from dbfold.datamove.sources.estate import companions
from dbfold.datamove.sources.snapshots import copy_shared, explained, recovered
from dbfold.journey.preparing import Schema
from dbfold.journey.shapes import shape, split, words
from dbfold.policy.model import Policy
from dbfold.sqlite.engine import fetch, folded, open_copy, quoted
from dbfold.statements.model import Statement


@dataclass(frozen=True, slots=True)
class Clash:
    """A table that the code creates for one database in two ways: whichever runs first wins. Columns that only the
    second has are in `columns`."""

    database: str
    table: str
    first: str
    second: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.database}: {self.table} is created without {', '.join(self.columns)} in {self.first}, and with in"
            f" {self.second}; whichever runs first wins"
        )


@dataclass(slots=True)
class Schemas:
    """The schema of every database of the policy that has one. `read` are those that come from a file."""

    schemas: dict[str, Schema] = field(default_factory=dict)
    read: dict[str, Path] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)


def find_schemas(policy: Policy, statements: Iterable[Statement], files: Mapping[str, Path]) -> Schemas:
    """The schemas of the files (database → path), and what the code would create in them and in all others.

    Raises UserError and apsw.Error for a file that SQLite cannot read.
    """
    found = Schemas()
    for name, path in files.items():
        found.schemas[name] = Schema(read_schema(name, path))
        found.read[name] = path
    creating: dict[str, list[_Definition]] = {}
    for statement in statements:
        for definition in _definitions(statement):
            for database in statement.databases:
                creating.setdefault(_named(database, found.read), []).append(definition)
    for database, definitions in creating.items():
        ordered = sorted(definitions, key=lambda one: bool(policy.review_files.matching(one.file)))  # stable
        _complete(found, database, ordered)
    return found


def _named(database: str, files: Mapping[str, Path]) -> str:
    return next((name for name in files if folded(name) == folded(database)), database)


def read_schema(name: str, path: Path) -> list[str]:
    """The statements that create what is in a database file. It is not changed, nor are its `-wal` and `-shm`."""
    if not any(companion.stat().st_size for _, companion in companions(path)):
        return _statements_of(path)
    with tempfile.TemporaryDirectory(prefix="dbfold-") as directory:
        snapshot = copy_shared(name, path, Path(directory) / name)
        return _statements_of(recovered(snapshot, Path(directory) / f"{name}-read"))


def _statements_of(path: Path) -> list[str]:
    if path.stat().st_size == 0:
        return []
    with explained(path.name):
        connection = open_copy(path)
        try:
            rows = fetch(
                connection,
                "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                # Those in which a virtual table keeps what it holds are created with it.
                " AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')"
                " ORDER BY type = 'trigger', type = 'view', rowid",
            )
            return [sql for (sql,) in rows]
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class _Definition:
    """A CREATE or ALTER in the code."""

    sql: str
    verb: str
    kind: str
    name: str
    file: str
    place: str


def _definitions(statement: Statement) -> Iterator[_Definition]:
    """What a statement creates, without temporary tables and those that it renames to something else."""
    if HOLE in statement.text:
        return
    for _, sql in split(statement.text):
        found = shape(sql)
        keys = [word.key for word in words(sql)[:6]]
        if found.name is None or found.verb not in ("create", "alter") or {"temp", "temporary"} & set(keys):
            continue
        place = f"{statement.file}:{statement.span.line}"
        yield _Definition(sql, found.verb, found.kind, found.name, statement.file, place)


def _complete(found: Schemas, database: str, definitions: list[_Definition]) -> None:
    """Create what the database does not have yet: tables first, then added columns, then everything else."""
    schema = found.schemas.setdefault(database, Schema())
    known = dict.fromkeys(schema.objects(), "the database")
    renamed_away = {
        (one.file, folded(one.name)) for one in definitions if one.verb == "alter" and _renames_table(one.sql)
    }
    for one in definitions:
        if one.verb != "create" or one.kind != "table" or (one.file, folded(one.name)) in renamed_away:
            continue
        if folded(one.name) not in known:
            if schema.execute(one.sql) is None:
                known[folded(one.name)] = one.place
        elif known[folded(one.name)] != "the database":
            _add_columns(found, database, schema, one, known[folded(one.name)])
    for one in definitions:
        adds = one.verb == "alter" and "add" in [word.key for word in words(one.sql)]
        if adds and known.get(folded(one.name)) != "the database":
            schema.execute(one.sql)
    for one in definitions:
        if one.verb == "create" and one.kind != "table" and folded(one.name) not in schema.objects():
            schema.execute(one.sql)


def _renames_table(sql: str) -> bool:
    keys = [word.key for word in words(sql)]
    return "rename" in keys and keys[keys.index("rename") + 1 : keys.index("rename") + 2] == ["to"]


def _add_columns(found: Schemas, database: str, schema: Schema, one: _Definition, first: str) -> None:
    """Columns that only a later definition has. Which runs first is not known, so statements for either are right."""
    other = Schema([one.sql])
    have = {folded(column) for column in schema.columns(one.name)}
    lacking = [column for column in other.columns(one.name) if folded(column) not in have]
    for column in lacking:
        schema.execute(f"ALTER TABLE {quoted(one.name)} ADD COLUMN {quoted(column)}")
    if lacking:
        found.clashes.append(Clash(database, one.name, first, one.place, tuple(lacking)))
