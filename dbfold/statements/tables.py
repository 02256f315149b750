"""Tables that are named without SQL: in calls and items of libraries, and by models of object-relational mappers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from dbfold.code.expressions import dotted_expression
from dbfold.code.facts import CallSite, ModuleFacts
from dbfold.code.libraries import ITEM_LIBRARIES, TABLE_CALLS, TABLE_LIBRARIES, TABLE_LISTS, TABLE_NAMES
from dbfold.code.names import dotted
from dbfold.code.project import Project
from dbfold.code.values import Database, External, Frame
from dbfold.statements.arguments import argument_of, last_name
from dbfold.statements.sources import Source, Sources

_LIBRARIES = b"|".join(name.encode() for name in sorted(TABLE_LIBRARIES))
_CALLS = re.compile(rb"\b(?:" + b"|".join(name.encode() for name in sorted(TABLE_CALLS)) + rb")[\s\\]*\(")
_MAY_MAP = re.compile(
    rb"\b(?:from|import)\b[^\n]*\b(?:" + _LIBRARIES + rb")\b|\bimport\b[^\n]*\\|\bclass\s[^:(\n]*\([^)]*\."
)
_LISTS = re.compile(rb"\b(?:" + b"|".join(name.encode() for name in sorted(TABLE_LISTS)) + rb")\(")
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


@dataclass(frozen=True, slots=True)
class TableList:
    """A call that gives all tables of `databases`, or does something with them."""

    source: Source
    call: ast.Call
    databases: tuple[str, ...]


def table_lists(project: Project, sources: Sources) -> Iterator[TableList]:
    """Calls such as `connection.iterdump()` and `inspect(engine).get_table_names()`."""
    for source in sources.holding(_LISTS.search):
        for call in (one for name in TABLE_LISTS for one in source.calls.get(name, ())):
            given = [node for node in ast.walk(call) if isinstance(node, (ast.Name, ast.Attribute))]
            found = {value.name for one in given for value in _databases(project, source, one)}
            if found and source.file in project.modules:
                yield TableList(source, call, tuple(sorted(found)))


def table_uses(project: Project, sources: Sources) -> Iterator[TableUse]:
    """Calls (`frame.to_sql("users", connection)`) and items (`db["users"]`) on connections to databases."""
    has_items = any(_imports(facts, ITEM_LIBRARIES) for facts in project.modules.values())
    mentioning = [file for file in _mentioning(sources) if file in project.modules]
    for source in sources.holding(lambda data: has_items or _CALLS.search(data), mentioning):
        for use in _uses(source, has_items):
            on = {value for one in use.on for value in _databases(project, source, one)}
            if on:
                names = tuple(sorted({one.name for one in on}))
                yield TableUse(
                    source, use.table, names, tuple(sorted({one.site for one in on if one.site})), use.replaces
                )


def _mentioning(sources: Sources) -> list[str]:
    """The files of modules that mention such a library, in their order."""
    found = {file for name in (*TABLE_LIBRARIES, "to_sql") for file in sources.files_naming(name)}
    return [file for file in sources.files if file in found]


class _Named(NamedTuple):
    """An expression that names a table, and those that may be the connection."""

    table: ast.expr
    on: Sequence[ast.expr]
    replaces: bool = False


def _uses(source: Source, has_items: bool) -> Iterator[_Named]:
    for node in source.nodes:
        if isinstance(node, ast.Call) and (name := last_name(node.func)) in TABLE_CALLS:
            table = argument_of(node, "name", 0) or argument_of(node, "table_name", None)
            on = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
            if isinstance(node.func, ast.Attribute):
                on.append(node.func.value)
            if table is not None:
                yield _Named(table, on, name == "to_sql" and any(map(_is_to_replace, node.keywords)))
        elif has_items and isinstance(node, ast.Subscript):
            yield _Named(node.slice, [node.value])


def _is_to_replace(keyword: ast.keyword) -> bool:
    value = keyword.value
    return keyword.arg == "if_exists" and isinstance(value, ast.Constant) and value.value == "replace"


def mapped(project: Project) -> dict[str, set[tuple[str, int, int]]]:
    """The databases that are given to an object-relational mapper, with the places that name them."""
    found: dict[str, set[tuple[str, int, int]]] = {}
    libraries = project.reach.of_libraries(TABLE_LIBRARIES)
    for facts in list(project.modules.values()):
        for site in facts.calls:
            if project.reach.is_one_of(libraries, site.call.function, facts, site.scope):
                for one in _given_to_mapper(project, facts, site):
                    found.setdefault(one.name, set()).update({one.site} if one.site else ())
        for place in facts.sites if _imports(facts, TABLE_LIBRARIES) else ():
            if place.database and not place.is_temporary:
                found.setdefault(place.database, set()).add((facts.file, place.line, place.column))
    return found


def _given_to_mapper(project: Project, facts: ModuleFacts, site: CallSite) -> Iterator[Database]:
    frame, line = Frame(facts.file, site.scope), site.call.line
    called = project.evaluate(site.call.function, frame, line, site.branches)
    if any(isinstance(one, External) and one.name.partition(".")[0] in TABLE_LIBRARIES for one in called):
        for given in (*site.call.arguments, *(value for _, value in site.call.keywords)):
            yield from (one for one in project.evaluate(given, frame, line) if isinstance(one, Database))


def _imports(facts: ModuleFacts, libraries: AbstractSet[str]) -> bool:
    """Does a module import one of `libraries`, or something of one?"""
    imported = (*facts.imports.values(), *facts.stars)
    return any(not one.level and one.module.partition(".")[0] in libraries for one in imported)


def mappers(sources: Sources) -> Iterator[Source]:
    """The modules that import a library of models, and those with classes of its modules: `class User(db.Model)`."""
    for source in sources.holding(_MAY_MAP.search, _mentioning(sources)):
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
    frame = Frame(source.file, source.name_of_scope(node))
    for value in project.evaluate(dotted_expression(name), frame, node.lineno):
        if isinstance(value, Database):
            yield value
