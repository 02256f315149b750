"""What an expression may be: databases, SQL, and what leads to them; and where an expression stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from dbfold.code.expressions import Expression
from dbfold.code.scopes import Branches, Scope


class Database(NamedTuple):
    """A database by its name, or a connection to it; `site` is the place that names it, as file, line and column.

    `is_open`: it is a connection, or what one gives, and no path.
    """

    name: str
    site: tuple[str, int, int] | None = None
    is_open: bool = False


class Elsewhere(NamedTuple):
    """A connection to what is no file of the application: in memory, temporary, or of another engine."""

    what: str


class SqlValue(NamedTuple):
    """A text of SQL: the module it is in, and its number there."""

    module: str
    number: int


class TextValue(NamedTuple):
    """A string."""

    text: str


class FunctionValue(NamedTuple):
    """A function, or a method of `instance`."""

    module: str
    name: Scope
    instance: Instance | None = None


class ClassValue(NamedTuple):
    """A class."""

    module: str
    name: Scope


class Instance(NamedTuple):
    """An object; `bindings` are its constructor's arguments, None where they are not known."""

    module: str
    name: Scope
    bindings: Bindings | None = None


class ModuleValue(NamedTuple):
    """A module of the project."""

    module: str


class External(NamedTuple):
    """Something of a library, by its dotted name."""

    name: str


Value = Database | Elsewhere | SqlValue | TextValue | FunctionValue | ClassValue | Instance | ModuleValue | External
Values = frozenset[Value]
Bindings = tuple[tuple[str, Values], ...]
NOTHING: Values = frozenset()

MEMORY, TEMPORARY = Elsewhere("in memory"), Elsewhere("temporary")


class Frame(NamedTuple):
    """Where an expression stands: its module and scope, what its parameters are bound to, and `self`.

    `entries` are variables of loops over mappings that the module writes down, each with the number of its entry.
    Without `callers`, parameters that are not bound are nothing; with it, they are what the project's calls pass.
    """

    module: str
    scope: Scope
    bindings: Bindings | None = None
    instance: Instance | None = None
    callers: bool = True
    entries: tuple[tuple[str, int], ...] = ()


class Evaluates(Protocol):
    """Gives what an expression may be that stands in a frame, in a line (0: anywhere) inside of blocks."""

    def __call__(
        self, expression: Expression | None, frame: Frame, line: int = 0, branches: Branches = (), /
    ) -> Values: ...


def union(values: Iterable[Values]) -> Values:
    """All values of several sets."""
    found: set[Value] = set()
    for one in values:
        found |= one
    return frozenset(found)


def nesting(value: Value, depth: int = 0) -> int:
    """How deep objects are inside of the arguments of objects."""
    if not isinstance(value, Instance) or not value.bindings or depth > 4:
        return 0
    return 1 + max((nesting(one, depth + 1) for _, values in value.bindings for one in values), default=0)
