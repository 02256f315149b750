"""What f-strings and templates are made of: texts, and the expressions in their fields."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

_PERCENT = re.compile(r"%(?:\((?P<name>\w+)\))?(?P<form>[-#0 +]*\d*(?:\.\d+)?)(?P<type>[a-zA-Z%])")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a template; of an f-string, with its braces. `as_it_is`: the text of its value, in no other form."""

    value: ast.expr
    as_it_is: bool


Part = str | Field
_UNKNOWN = Field(ast.Constant(None), False)


def string_parts(node: ast.JoinedStr) -> Iterator[Part]:
    """The parts of an f-string."""
    for value in node.values:
        if isinstance(value, ast.Constant):
            yield str(value.value)
        elif isinstance(value, ast.FormattedValue):
            yield Field(value, value.conversion in (-1, ord("s")) and value.format_spec is None)


def percent_parts(template: str, value: ast.expr) -> Iterator[Part]:
    """The parts of `template % value`; fields without a value that is written down are unknown."""
    offset = number = 0
    for match in _PERCENT.finditer(template):
        yield template[offset : match.start()]
        offset = match.end()
        if match["type"] == "%":
            yield "%"
            continue
        given = _of_mapping(value, match["name"]) if match["name"] else _of_tuple(value, number)
        number += 1
        yield Field(given, match["type"] == "s" and not match["form"]) if given is not None else _UNKNOWN
    yield template[offset:]


def brace_parts(template: str, call: ast.Call) -> list[Part]:
    """The parts of `template.format(…)`; fields without an argument that is written down are unknown."""
    try:
        found = list(string.Formatter().parse(template))
    except ValueError:
        return [_UNKNOWN]  # as it would be at run time, where it fails
    parts: list[Part] = []
    number = 0
    for text, name, form, conversion in found:
        parts.append(text)
        if name is None:
            continue
        given = _argument(call, name or str(number))
        number += not name
        plain = not form and conversion in (None, "s")
        parts.append(Field(given, plain) if given is not None else _UNKNOWN)
    return parts


def _argument(call: ast.Call, name: str) -> ast.expr | None:
    if any(isinstance(one, ast.Starred) for one in call.args):
        return None
    if name.isdecimal():
        return call.args[int(name)] if int(name) < len(call.args) else None
    return next((one.value for one in call.keywords if one.arg == name), None)


def _of_tuple(value: ast.expr, number: int) -> ast.expr | None:
    if not isinstance(value, ast.Tuple):
        return value if not number else None
    if any(isinstance(one, ast.Starred) for one in value.elts):
        return None
    return value.elts[number] if number < len(value.elts) else None


def _of_mapping(value: ast.expr, name: str) -> ast.expr | None:
    if not isinstance(value, ast.Dict):
        return None
    pairs = zip(value.keys, value.values, strict=True)
    return next((one for key, one in pairs if isinstance(key, ast.Constant) and key.value == name), None)
