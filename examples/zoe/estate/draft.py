"""A Python module of the estate while it is being written: imports, constants, functions and classes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from estate.operations import OPERATIONS, Operation
from estate.plan import EstateError

_CLAUSES = ("FROM", "JOIN", "WHERE", "SET", "VALUES", "GROUP BY", "ORDER BY")
_FETCH = {"rows": ".fetchall()", "row": ".fetchone()", "value": ".fetchone()[0]", "write": ""}


class Draft:
    """Collects what the styles write; `render` puts it in the order of a real module."""

    def __init__(self, path: str, title: str, subjects: Iterable[str]) -> None:
        self.path = path
        self.title = title
        self.subjects = tuple(subjects)
        self._imports = {"import sqlite3"}
        self._constants: dict[str, str] = {}
        self._blocks: list[str] = []
        self._names: set[str] = set()
        self._operations: dict[str, Iterator[Operation]] = {}
        self._has_main = False

    def require(self, *lines: str) -> None:
        """Have import statements at the top."""
        self._imports.update(lines)

    def constant(self, name: str, value: str, annotation: str = "") -> str:
        """Bind a module constant; binding it again to the same value is no second constant."""
        line = f"{name}{annotation} = {value}"
        if self._constants.setdefault(name, line) != line:
            raise EstateError(f"{self.path}: {name} has two values")
        return name

    def new_constant(self, database: str, value: str, annotation: str = "") -> str:
        """Bind a database path: the first one in a module is DB_PATH."""
        name = f"{database.removesuffix('.db').upper()}_DB" if "DB_PATH" in self._constants else "DB_PATH"
        if name in self._constants:
            raise EstateError(f"{self.path}: two constants for {database}")
        return self.constant(name, value, annotation)

    def claim(self, name: str) -> str:
        """Reserve a name that must be new in the module."""
        if name in self._names:
            raise EstateError(f"{self.path} defines {name} twice")
        self._names.add(name)
        return name

    def defines(self, name: str) -> bool:
        return name in self._names

    def take(self, database: str, reading: bool = False) -> Operation:
        """The next thing to do with a database, from the subjects of this module."""
        stream = self._operations.setdefault(database, self._about(database))
        for operation in stream:
            if not reading or operation.result != "write":
                return operation
        raise EstateError(f"{self.path} has more places than operations on {database}")

    def _about(self, database: str) -> Iterator[Operation]:
        known = OPERATIONS[database]
        chosen = [known[subject] for subject in self.subjects if subject in known] or list(known.values())
        return (operation for operations in chosen for operation in operations)

    def add(self, block: str) -> None:
        """Add a function or a class, given with any indentation."""
        self._blocks.append(textwrap.dedent(block).strip())

    def add_function(self, operation: Operation, opener: str, *before: str) -> None:
        """Add the function of an operation that opens its database with the expression `opener`."""
        keyword = "async def" if "/routers/" in self.path and len(self._blocks) % 3 == 1 else "def"
        head = f"{keyword} {self.claim(operation.name)}({', '.join(operation.parameters)}):"
        body = _body(operation, opener, before, len(self._blocks))
        self._blocks.append("\n".join([head, *_indent([f'"""{operation.summary}"""', *body])]))

    def add_class(self, head: str, setup: str, database: str, path: str = "self.db_path", decorator: str = "") -> None:
        """Add a class with a constructor (or fields) and one method, which opens the database at `path`."""
        operation = self.take(database)
        self.claim(head.split("(")[0])
        method = [f"def {operation.name}({', '.join(('self', *operation.parameters))}):"]
        method += _indent([f'"""{operation.summary}"""', *_body(operation, f"sqlite3.connect({path})", (), 1)])
        summary = f'"""{self.title.split(",")[0].rstrip(".")}: what is stored."""'
        body = [summary, "", *textwrap.dedent(setup).strip().splitlines(), "", *method]
        self._blocks.append("\n".join([*filter(None, [decorator]), f"class {head}:", *_indent(body)]))

    def add_main(self, block: str) -> None:
        """Add `main`, which is called when the module is run."""
        self.claim("main")
        self._has_main = True
        self.add(block)

    def render(self) -> str:
        """The whole module."""
        parts = [f'"""{self.title}"""\n\n' + "\n".join(sorted(self._imports, key=_import_order))]
        if self._constants:
            parts[0] += "\n\n" + "\n".join(self._constants.values())
        parts += self._blocks
        if self._has_main:
            parts.append('if __name__ == "__main__":\n    raise SystemExit(main())')
        return "\n\n\n".join(parts) + "\n"


def statement(operation: Operation, connection: str = "connection") -> list[str]:
    """The lines of `connection.execute(sql, parameters)` with what fetches the result."""
    values = ", ".join(operation.parameters) + ("," if len(operation.parameters) == 1 else "")
    arguments = f", ({values})" if values else ""
    fetch = _FETCH[operation.result]
    if len(operation.sql) < 64:
        return [f'{connection}.execute("{operation.sql}"{arguments}){fetch}']
    sql = operation.sql
    for clause in _CLAUSES:
        sql = sql.replace(f" {clause} ", f"\n{clause} ")
    last = [f"({values}),"] if values else []
    return [
        f"{connection}.execute(",
        *_indent(['"""', *_indent(sql.splitlines()), '""",', *last]),
        f"){fetch}",
    ]


def finish(operation: Operation, connection: str = "connection") -> list[str]:
    """Execute an operation and return its result."""
    first, *rest = statement(operation, connection)
    if operation.result != "write":
        return [f"return {first}", *rest]
    return [f"cursor = {first}", *rest, f"{connection}.commit()", "return cursor.rowcount"]


def _body(operation: Operation, opener: str, before: Iterable[str], variant: int) -> list[str]:
    """Three ways in which people write the same function."""
    if variant % 3 == 0:
        work = _indent(finish(operation))
        return [*before, f"connection = {opener}", "try:", *work, "finally:", "    connection.close()"]
    if variant % 3 == 1:
        first, *rest = statement(operation, "conn")
        commit = ["conn.commit()"] if operation.result == "write" else []
        result = "result.rowcount" if operation.result == "write" else "result"
        return [
            *before,
            f"conn = {opener}",
            f"result = {first}",
            *rest,
            *commit,
            "conn.close()",
            f"return {result}",
        ]
    opening = ["connection.row_factory = sqlite3.Row"] if operation.result == "row" else []
    return [*before, f"connection = {opener}", "with connection:", *_indent([*opening, *finish(operation)])]


def _indent(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line
