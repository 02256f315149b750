"""What one module says about connections and SQL: which names hold what, what functions return, and what is called.

The facts need no syntax tree and no other module, so that modules can be read in several processes; what they mean
together is worked out in `project`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dbfold.base.spans import Span
from dbfold.code.expressions import Call, Expression, Operation, SqlText
from dbfold.code.scopes import Branches, Scope


class SiteFact(NamedTuple):
    """A place that names a database file, as a statement's origin: the policy's name for it, and where it stands."""

    database: str
    line: int
    column: int
    is_temporary: bool = False


class Assignment(NamedTuple):
    """A name gets a value in `scope`. `adds`: it is added to what the name holds (`+=`, `names[key] = …`)."""

    line: int
    scope: Scope
    branches: Branches
    value: Expression
    adds: bool = False


class CallSite(NamedTuple):
    """A call, and where it is."""

    scope: Scope
    branches: Branches
    call: Call


class OperationSite(NamedTuple):
    """An operation, and where it is."""

    scope: Scope
    branches: Branches
    operation: Operation


class Function(NamedTuple):
    """A function: its parameters with defaults and type hints, and what it returns or yields."""

    name: Scope
    parameters: tuple[str, ...]
    defaults: Mapping[str, Expression]
    hints: Mapping[str, Expression]
    returns: tuple[tuple[int, Branches, Expression], ...]
    in_class: Scope | None
    decorators: tuple[str, ...] = ()


class Class(NamedTuple):
    """A class, what it inherits from, and the names that have type hints in it, in order."""

    name: Scope
    bases: tuple[Expression, ...]
    fields: tuple[str, ...] = ()


class Import(NamedTuple):
    """What an imported name stands for: `from ..module import name`; `name` is None for `import module`."""

    level: int
    module: str
    name: str | None


@dataclass(slots=True)
class ModuleFacts:
    """The facts of one module. `file` is its path relative to the policy, `shown` as it is reported.

    `spans` are those of `texts`, each with the offsets of its string literals. `guards` are what has to equal which
    text in a block (`if self.kind == "log":`). `displays` are the names of lists and mappings that are written down.
    `telling` are the scopes that hold SQL, name a database file, open one,
    or execute something.
    """

    file: str
    shown: str
    sites: tuple[SiteFact, ...] = ()
    texts: tuple[SqlText, ...] = ()
    spans: tuple[tuple[Span, tuple[tuple[int, int], ...]], ...] = ()
    imports: dict[str, Import] = field(default_factory=dict)
    stars: list[Import] = field(default_factory=list)
    assignments: dict[tuple[Scope, str], list[Assignment]] = field(default_factory=dict)
    functions: dict[Scope, Function] = field(default_factory=dict)
    classes: dict[Scope, Class] = field(default_factory=dict)
    calls: list[CallSite] = field(default_factory=list)
    operations: list[OperationSite] = field(default_factory=list)
    guards: dict[int, list[tuple[Expression, str]]] = field(default_factory=dict)
    displays: frozenset[str] = frozenset()
    telling: frozenset[Scope] = frozenset()
    is_accessor: bool = False
