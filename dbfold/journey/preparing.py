"""SQLite as the judge: a schema in memory, and what SQLite says about a statement on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import apsw

from dbfold.sqlite.affinity import accept_collations
from dbfold.sqlite.engine import fetch, folded, text_literal

# What `apsw.ext.query_info` binds as well: any number of parameters, all NULL.
_ANY_BINDINGS: Any = apsw._null_bindings  # type: ignore[attr-defined]

_TABLE_ACTIONS = frozenset({apsw.SQLITE_READ, apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE})
_OWN_TABLES = frozenset(
    {"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema", "sqlite_sequence", "sqlite_stat1"}
)

Action = tuple[int, str | None, str | None]
"""An action of SQLite's authorizer and its two arguments (https://www.sqlite.org/c3ref/c_alter_table.html)."""


Instruction = tuple[str, int, int, int, int]
"""An instruction of SQLite's virtual machine and its numbers (https://www.sqlite.org/opcode.html)."""

_NO_INSTRUCTIONS = frozenset({"Explain", "Noop"})


def _instruction(address: int, code: str, p1: int, p2: int, p3: int, p4: object, p5: int, *_: object) -> Instruction:
    """Without what tells versions of a schema apart."""
    return (code, p1, p2, 0 if code == "Transaction" else p3, p5)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What SQLite says: an error, or what the statement touches and returns.

    places  for each action on a column: the schema that it is in, "main" or "temp"
    """

    error: str | None = None
    actions: tuple[Action, ...] = ()
    columns: tuple[str, ...] = ()
    places: tuple[str | None, ...] = ()

    @property
    def tables(self) -> frozenset[str]:
        """The tables and views that it reads or writes, as SQLite compares names."""
        return frozenset(
            folded(first)
            for action, first, _ in self.actions
            if action in _TABLE_ACTIONS and first and folded(first) not in _OWN_TABLES
        )

    @property
    def reads_schema(self) -> bool:
        """Does it ask which tables there are, so that a text may be a table's name?"""
        return any(
            action == apsw.SQLITE_READ
            and (folded(first or "") in _OWN_TABLES or folded(first or "").startswith("pragma_"))
            for action, first, _ in self.actions
        )


class Schema:
    """A database in memory that has a schema and no rows."""

    def __init__(self, statements: Iterable[str] = (), functions: Iterable[str] = ()) -> None:
        self.failed: list[tuple[str, str]] = []
        """Statements of the schema that SQLite rejected, with its message."""
        self._prepared: dict[str, Prepared] = {}
        self._objects: Mapping[str, tuple[str, str, str]] | None = None
        self._virtual: frozenset[str] | None = None
        self._actions: list[Action] = []
        self._places: list[str | None] = []
        self._columns: tuple[str, ...] = ()
        self.connection = apsw.Connection(":memory:", statementcachesize=0)
        for option in (apsw.SQLITE_DBCONFIG_DQS_DDL, apsw.SQLITE_DBCONFIG_DQS_DML):
            self.connection.config(option, 1)  # as Python's own sqlite3 is built
        accept_collations(self.connection)
        self.functions: list[str] = []
        """Functions of the application that are accepted, with any arguments."""
        for function in functions:
            self.accept_function(function)
        for sql in statements:
            self.execute(sql)

    def copied(self) -> Schema:
        """Another one with the same tables, indexes, views and triggers, without temporary ones."""
        ranks = {"table": 0, "index": 1, "view": 2, "trigger": 3}
        ordered = sorted(self.objects().values(), key=lambda one: ranks.get(one[0], 4))
        return Schema((sql for _, _, sql in ordered), self.functions)

    def accept_function(self, name: str) -> None:
        """Take a function that only the application has for one that exists."""
        self._prepared.clear()
        if name not in self.functions:
            self.functions.append(name)
            self.connection.create_scalar_function(name, lambda *_: None)

    def execute(self, sql: str) -> str | None:
        """Change the schema; returns SQLite's message if it would not."""
        self._prepared.clear()
        self._objects = self._virtual = None
        try:
            self.connection.execute(sql)
        except (apsw.Error, ValueError) as error:  # ValueError: a text that is no Unicode
            self.failed.append((sql, str(error)))
            return str(error)
        return None

    def prepare(self, sql: str) -> Prepared:
        """What SQLite says about one statement."""
        if sql not in self._prepared:
            if self.virtual:
                self._prepare(sql)  # which reads what those tables keep for themselves, the first time
            self._prepared[sql] = self._prepare(sql)
        return self._prepared[sql]

    @property
    def virtual(self) -> frozenset[str]:
        """The virtual tables, as SQLite compares names."""
        if self._virtual is None:
            found = self.objects().items()
            self._virtual = frozenset(
                name for name, (_, _, sql) in found if sql[:16].upper().split()[1:2] == ["VIRTUAL"]
            )
        return self._virtual

    def _prepare(self, sql: str) -> Prepared:
        self._actions, self._places, self._columns = [], [], ()
        cursor = self.connection.cursor()
        cursor.exec_trace = self._trace
        self.connection.authorizer = self._authorize
        error: str | None = None
        try:
            cursor.execute(sql, _ANY_BINDINGS)
        except apsw.ExecTraceAbort:
            error = None
        except (apsw.Error, ValueError) as problem:
            error = str(problem)
        finally:
            self.connection.authorizer = None
            cursor.close(True)
        if error is not None:
            return Prepared(error)
        return Prepared(None, tuple(self._actions), self._columns, tuple(self._places))

    def _trace(self, cursor: apsw.Cursor, sql: str, bindings: object) -> bool:
        try:
            self._columns = tuple(name for name, *_ in cursor.get_description())
        except apsw.ExecutionCompleteError:
            self._columns = ()
        return False  # prepared; never executed

    def _authorize(self, action: int, first: str | None, second: str | None, place: str | None, *_: str | None) -> int:
        self._actions.append((action, first, second))
        self._places.append(place if second else None)  # of a table without a column: as it is written, not as it is
        return apsw.SQLITE_OK

    def program(self, sql: str) -> tuple[Instruction, ...]:
        """What SQLite compiles a statement to, without names and texts; empty for what it does not accept.

        Two statements on two schemas of one layout do the same if their programs are equal.
        """
        try:
            rows = list(self.connection.execute(f"EXPLAIN {sql}", _ANY_BINDINGS))
        except (apsw.Error, ValueError):
            return ()
        return tuple(_instruction(*row) for row in rows if row[1] not in _NO_INSTRUCTIONS)

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table or view that `SELECT *` gives, in order; empty if there is none that works."""
        try:
            rows = fetch(self.connection, f"PRAGMA table_info({text_literal(table)})")
        except apsw.Error:
            return ()  # a view of what is not there
        return tuple(row[1] for row in rows)

    def hidden_columns(self, table: str) -> frozenset[str]:
        """The columns of a virtual table that `SELECT *` does not give, as SQLite compares names."""
        rows = fetch(self.connection, f"PRAGMA table_xinfo({text_literal(table)})")
        return frozenset(folded(row[1]) for row in rows if row[6] == 1)

    def unique_keys(self, table: str) -> frozenset[tuple[str, ...]]:
        """What `OR REPLACE` and `OR IGNORE` compare rows by: the primary key, and the columns of unique indexes."""
        name = text_literal(table)
        primary = sorted(
            (row[5], folded(row[1])) for row in fetch(self.connection, f"PRAGMA table_info({name})") if row[5]
        )
        keys = {tuple(column for _, column in primary)} if primary else set()
        for _, index, unique, *_ in fetch(self.connection, f"PRAGMA index_list({name})"):
            if unique:
                rows = fetch(self.connection, f"PRAGMA index_info({text_literal(index)})")
                keys.add(tuple(sorted(folded(row[2] or "an expression") for row in rows)))
        return frozenset(tuple(sorted(key)) for key in keys)

    def objects(self) -> Mapping[str, tuple[str, str, str]]:
        """Type, table and text of everything in the schema, by its name as SQLite compares names."""
        if self._objects is None:
            self._objects = self._read_objects()
        return self._objects

    def _read_objects(self) -> dict[str, tuple[str, str, str]]:
        rows = fetch(
            self.connection,
            "SELECT name, type, tbl_name, sql FROM sqlite_schema"
            " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        )
        return {folded(name): (type, table, sql) for name, type, table, sql in rows}
