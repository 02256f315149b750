"""Tables that are named without SQL: in calls and items of libraries, and by models of object-relational mappers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from dbfold.code.expressions import Attribute, Expression, Name
from dbfold.code.libraries import TABLE_CALLS, TABLE_LIBRARIES, TABLE_NAMES
from dbfold.code.names import dotted
from dbfold.code.project import Project
from dbfold.code.values import Database, Frame
from dbfold.statements.arguments import argument_of, last_name
from dbfold.statements.sources import Source, Sources

_MENTIONS = re.compile(rb"\b(?:" + b"|".join(name.encode() for name in sorted(TABLE_LIBRARIES)) + rb")\b|to_sql")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class TableUse:
    """A place that names a table of `databases` by the value of `name`. It `replaces` the table, or only uses it."""

    source: Source
    name: ast.expr
    databases: tuple[str, ...]
    sites: tuple[tuple[str, int, int], ...]
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """A table of a model: the literal that names it, from its character `at` on; else by the name of the class."""

    source: Source
    names: frozenset[str]
    line: int
    literal: ast.Constant | None = None


def table_uses(project: Project, sources: Sources) -> Iterator[TableUse]:
    """Calls (`frame.to_sql("users", connection)`) and items (`db["users"]`) on connections to databases."""
    for source in sources.holding(_MENTIONS.search):
        if source.file not in project.modules:
            continue
        for node in source.nodes:
            if isinstance(node, ast.Call) and (name := last_name(node.func)) in TABLE_CALLS:
                table = argument_of(node, "name", 0) or argument_of(node, "table_name", None)
                on = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
                if isinstance(node.func, ast.Attribute):
                    on.append(node.func.value)
                replaces = name == "to_sql" and any(
                    keyword.arg == "if_exists"
                    and isinstance(keyword.value, ast.Constant)
                    and keyword.value.value == "replace"
                    for keyword in node.keywords
                )
            elif isinstance(node, ast.Subscript):
                table, on, replaces = node.slice, [node.value], False
            else:
                continue
            databases = {value for one in on for value in _databases(project, source, one)}
            if table is not None and databases:
                yield TableUse(
                    source,
                    table,
                    tuple(sorted({one.name for one in databases})),
                    tuple(sorted({one.site for one in databases if one.site})),
                    replaces,
                )


def mapped(project: Project, sources: Sources) -> dict[str, set[tuple[str, int, int]]]:
    """The databases that are given to an object-relational mapper, with the places that name them."""
    found: dict[str, set[tuple[str, int, int]]] = {}
    for facts in list(project.modules.values()):
        for site in facts.calls:
            frame = Frame(facts.file, site.scope)
            called = project.evaluate(site.call.function, frame, site.call.line, site.branches)
            if any(getattr(value, "name", "").partition(".")[0] in TABLE_LIBRARIES for value in called):
                given = (*site.call.arguments, *(value for _, value in site.call.keywords))
                for value in (v for one in given if one for v in project.evaluate(one, frame, site.call.line)):
                    if isinstance(value, Database):
                        found.setdefault(value.name, set()).update({value.site} if value.site else ())
    for source in sources.holding(_MENTIONS.search):
        facts_here = project.modules.get(source.file)
        if facts_here is not None and _imports_mapper(source):
            for place in facts_here.sites:
                if place.database and not place.is_temporary:
                    found.setdefault(place.database, set()).add((source.file, place.line, place.column))
    return found


def mappers(sources: Sources) -> Iterator[Source]:
    """The modules that import a library of models, and those with classes of its modules: `class User(db.Model)`."""
    for source in sources.holding(_MENTIONS.search):
        if _imports_mapper(source) or any("." in base for base in _bases(source)):
            yield source


def declarations(source: Source) -> Iterator[Declaration]:
    """The tables of the models in a module, and the texts that name them: `ForeignKey("users.id")`."""
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and source.class_of(node) is None:
            yield from _of_class(source, node)
        elif isinstance(node, ast.Call):
            yield from _of_call(source, node)


def _of_class(source: Source, node: ast.ClassDef) -> Iterator[Declaration]:
    named = False
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign) and any(last_name(target) in TABLE_NAMES for target in inner.targets):
            named = True
            if isinstance(inner.value, ast.Constant) and isinstance(inner.value.value, str):
                yield Declaration(source, frozenset({inner.value.value.casefold()}), inner.lineno, inner.value)
    if not named and node.bases:
        snake = "_".join(_CAPITAL.split(node.name))
        names = {node.name, snake, f"{source.file.split('/')[-2] if '/' in source.file else ''}_{node.name}"}
        yield Declaration(source, frozenset(name.casefold() for name in names), node.lineno)


def _of_call(source: Source, node: ast.Call) -> Iterator[Declaration]:
    for inner in _referring(node, last_name(node.func) or ""):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            name = inner.value.partition(".")[0]
            yield Declaration(source, frozenset({name.casefold()}), inner.lineno, inner)


_REFERRING_KEYWORDS = frozenset(
    {("relationship", "secondary"), ("ManyToManyField", "db_table"), ("Field", "foreign_key")}
)


def _referring(node: ast.Call, name: str) -> Iterator[ast.expr]:
    """The arguments of a call that name tables, or columns with their tables."""
    if name in ("Table", "ForeignKey"):
        yield from node.args[:1]
    elif name == "ForeignKeyConstraint":
        yield from (
            one for listed in node.args[1:2] if isinstance(listed, (ast.List, ast.Tuple)) for one in listed.elts
        )
    for keyword in node.keywords:
        if (name, keyword.arg) in _REFERRING_KEYWORDS:
            yield keyword.value


def _bases(source: Source) -> Iterator[str]:
    for node in source.nodes:
        if isinstance(node, ast.ClassDef):
            yield from (dotted(base) or "" for base in node.bases)


def _imports_mapper(source: Source) -> bool:
    for node in source.nodes:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        if any(name.partition(".")[0] in TABLE_LIBRARIES for name in names):
            return True
    return False


def _databases(project: Project, source: Source, node: ast.expr) -> Iterator[Database]:
    """The databases that a name or an attribute of one leads to."""
    name = dotted(node)
    if name is None:
        return
    scopes: list[str] = []
    scope = source.scope_of(node)
    while not isinstance(scope, ast.Module):
        scopes.append(scope.name)
        scope = source.scope_of(scope)
    frame = Frame(source.file, ".".join(reversed(scopes)))
    for value in project.evaluate(_chain(name), frame, node.lineno):
        if isinstance(value, Database):
            yield value


@cache
def _chain(name: str) -> Expression:
    """`a.b` as an expression, the same one each time: a project remembers values by the identity of expressions."""
    first, *others = name.split(".")
    held: Expression = Name(first)
    for one in others:
        held = Attribute(held, one)
    return held
