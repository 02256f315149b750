"""Scopes by their dotted names, and blocks by their numbers."""

from __future__ import annotations

from collections.abc import Iterator

Scope = str
"""The dotted name of a function or class in its module; "" is the module itself."""

Branches = tuple[int, ...]
"""The blocks of compound statements around a place, the outermost first."""


def inner(scope: Scope, name: str) -> Scope:
    """The scope of what is called `name` in `scope`."""
    return f"{scope}.{name}" if scope else name


def outer(scope: Scope) -> Scope:
    """The scope around a scope."""
    return scope.rpartition(".")[0]


def last(scope: Scope) -> str:
    """How a function or class is called where it is defined."""
    return scope.rpartition(".")[2]


def from_inside(scope: Scope) -> Iterator[Scope]:
    """A scope and those around it, the module last."""
    while scope:
        yield scope
        scope = outer(scope)
    yield ""
