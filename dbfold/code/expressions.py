"""What an expression may hold, without its syntax tree: small values that can be sent between processes.

Only what can lead to a database or to SQL is kept: names, attributes, calls, displays, and the literals themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from dbfold.code.parsing import Position
from dbfold.code.texts import HOLE


class Site(NamedTuple):
    """A place that names a database file: its number among the module's sites."""

    number: int


class Sql(NamedTuple):
    """A text of SQL: its number among the module's."""

    number: int


class Text(NamedTuple):
    """Any other short string."""

    value: str


class Name(NamedTuple):
    """A name."""

    name: str


class Attribute(NamedTuple):
    """`base.name`."""

    base: Expression
    name: str


class Call(NamedTuple):
    """A call. Arguments that lead nowhere are None."""

    function: Expression
    arguments: tuple[Expression | None, ...]
    keywords: tuple[tuple[str, Expression], ...]
    line: int


class Either(NamedTuple):
    """One of several: alternatives, what a text is made of, the items of a list."""

    options: tuple[Expression, ...]


class Entries(NamedTuple):
    """A mapping's values by their keys; None for a key that is computed."""

    entries: tuple[tuple[str | None, Expression], ...]


class Item(NamedTuple):
    """`base[key]`, or what iterating over `base` gives; `key` is None for that, and where it leads nowhere."""

    base: Expression
    key: Expression | None


class Deferred(NamedTuple):
    """A lambda's value."""

    body: Expression


class Annotation(NamedTuple):
    """Something of the type `of`."""

    of: Expression


Expression = Site | Sql | Text | Name | Attribute | Call | Either | Entries | Item | Deferred | Annotation


class SqlText(NamedTuple):
    """A string of SQL as it is written: literal parts and the expressions between them, None for what leads nowhere.

    `position` is that of the whole expression, as `ast` counts; `literals` are those of the string literals in it.
    """

    position: Position
    parts: tuple[str | Expression | None, ...]
    literals: tuple[Position, ...]

    @property
    def text(self) -> str:
        """The text, computed parts as U+FFFC."""
        return "".join(part if isinstance(part, str) else HOLE for part in self.parts)


class Operation(NamedTuple):
    """What is done with values where the result leads nowhere: an operator, or a call that makes another text.

    what      `+` for texts put together, `/` for paths, `==`, `in`, `[:]`, `key` of a mapping, `for`, and `derive` for
              an attribute or a call such as `path.stem`
    operands  None for what leads nowhere
    """

    what: str
    operands: tuple[Expression | None, ...]
    line: int


def last_name(expression: Expression) -> str | None:
    """What a name or an attribute ends with."""
    if isinstance(expression, (Name, Attribute)):
        return expression.name
    return None


def dotted(expression: Expression) -> str | None:
    """`a.b.c` for a chain of attributes on a name, else None."""
    parts: list[str] = []
    while isinstance(expression, Attribute):
        parts.append(expression.name)
        expression = expression.base
    if not isinstance(expression, Name):
        return None
    return ".".join([expression.name, *reversed(parts)])


def either(options: Iterable[Expression | None]) -> Expression | None:
    """One of several, as far as they lead anywhere."""
    known = tuple(option for option in options if option is not None)
    if len(known) < 2:
        return known[0] if known else None
    return Either(known)


@cache
def dotted_expression(name: str) -> Expression:
    """`a.b` as an expression, the same one each time: a project remembers values by the identity of expressions."""
    first, *others = name.split(".")
    held: Expression = Name(first)
    for one in others:
        held = Attribute(held, one)
    return held
