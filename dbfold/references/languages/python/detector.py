"""Every place in a Python module that names a database file, from one pass over its `ast`.

Only the branches that hold a candidate line are visited: the cost is that of the candidates, not of the module.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from dbfold.base.spans import Span
from dbfold.base.text import LineTable
from dbfold.code.lexer import Hits
from dbfold.code.libraries import HOMES, SCRATCH
from dbfold.code.names import ModuleNames, assigned
from dbfold.code.parsing import Position, offsets_of, position
from dbfold.references.candidates import SQLITE_URL, WHOLE_SUFFIX, is_module_name, path_spans
from dbfold.references.languages.python import embedded
from dbfold.references.languages.python.anchors import anchored, is_made_by
from dbfold.references.languages.python.composition import Composition, compose
from dbfold.references.languages.python.connections import Opened, is_derived, may_open, opened_texts
from dbfold.references.languages.python.context import Context, classify, is_constructed
from dbfold.references.languages.python.templates import Form, path_form
from dbfold.references.model import Kind, Replacement, Site

_NAMED_BY_LIBRARY = "the library makes the file's name of it"
_FLASK_SETTING = re.compile(r"SQLALCHEMY_(?:DATABASE_URI|BINDS)")
_PLACEHOLDER = re.compile(r"\{([\w.]+)\}")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class Detector:
    """Finds the sites of one module. `table` is of the text that `tree` was parsed from."""

    def __init__(self, tree: ast.Module, table: LineTable, hits: Hits) -> None:
        self.tree = tree
        self.table = table
        self.names = ModuleNames(tree)
        self.opened: Mapping[int, Opened] = opened_texts(tree, self.names) if may_open(table.text) else {}
        lines = {table.line_of(offset) for offset in hits.in_strings}
        self.constants = _database_constants(tree, lines)
        lines |= {one.node.lineno for one in self.opened.values()}
        self.lines = sorted(lines | _lines_with(self.constants, table))
        self.sites: list[Site] = []
        self.numbers: dict[Position, int] = {}

    def run(self) -> list[Site]:
        """All sites in strings, in source order."""
        pending: list[tuple[ast.AST, list[ast.AST]]] = [(self.tree, [])]
        while pending:
            node, ancestors = pending.pop()
            self.names.enclosing = [ancestor for ancestor in ancestors if isinstance(ancestor, _SCOPES)]
            children = self._visit(node, ancestors)
            below = [*ancestors, node]
            pending.extend((child, below) for child in reversed(children) if self._holds_candidate(child))
        self._mark_joined()
        return self.sites

    def _mark_joined(self) -> None:
        """Which constants are used for nothing but paths that were found."""
        joined = Counter(site.through for site in self.sites if site.through)
        if not joined:
            return
        loaded = Counter(
            node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        )
        for name, count in joined.items():
            number = self.numbers.get(position(self.constants[name])) if name in self.constants else None
            if number is not None and loaded[name] == count:
                self.sites[number] = replace(self.sites[number], only_joined=True)

    def _visit(self, node: ast.AST, ancestors: list[ast.AST]) -> list[ast.AST]:
        """Record the site at `node`, if it is one; returns the children that may hold further ones."""
        if isinstance(node, ast.Constant):
            self._constant(node, ancestors)
            return []
        if isinstance(node, ast.Call) and id(node) in self.opened and is_derived(node):
            text = "{" + ast.unparse(node) + "}"
            self._record(node, node, Form(text), classify(node, ancestors, self.names), ancestors)
            return []
        if isinstance(node, (ast.JoinedStr, ast.BinOp, ast.Call)):
            composition = compose(node, self.names)
            if composition is not None and self._composed(node, composition, ancestors):
                return list(composition.computed)
        if isinstance(node, ast.JoinedStr):
            self._embedded(node, compose(node, self.names), ancestors)
            return [value for value in node.values if isinstance(value, ast.FormattedValue)]
        return list(ast.iter_child_nodes(node))

    def _holds_candidate(self, node: ast.AST) -> bool:
        first = getattr(node, "lineno", None)
        if first is None:
            return True  # `arguments`, operators: no position of their own
        for decorator in getattr(node, "decorator_list", ()):
            first = min(first, decorator.lineno)
        index = bisect_left(self.lines, first)
        # A triple-quoted string's candidate lines lie within; an f-string's fields have no exact lines before 3.12.
        return index < len(self.lines) and self.lines[index] <= (node.end_lineno or first)  # type: ignore[attr-defined]

    def _constant(self, node: ast.Constant, ancestors: list[ast.AST]) -> None:
        value = node.value
        if isinstance(value, bytes):
            self._bytes(node, value, ancestors)
        elif isinstance(value, str):
            composition = Composition(value, node)
            if not self._composed(node, composition, ancestors):
                self._embedded(node, composition, ancestors)

    def _bytes(self, node: ast.Constant, value: bytes, ancestors: list[ast.AST]) -> None:
        text = value.decode("latin-1")
        form = path_form(Composition(text, node), False, self.names)
        if form is not None:
            context = classify(node, ancestors, self.names)
            self._record(node, node, form, replace(context, obstacle=context.obstacle or "a bytes literal"), ancestors)

    def _composed(self, node: ast.expr, composition: Composition, ancestors: list[ast.AST]) -> bool:
        """Record `node` if all of it is one path, URL or suffix."""
        context = classify(node, ancestors, self.names)
        if (
            context.kind is Kind.TEMPORARY
            and composition.text.startswith(".")
            and list(path_spans("x" + composition.text))
        ):
            self._record(node, composition.literal, Form(composition.text), context, ancestors)
            return True
        constructed = is_constructed(node, ancestors[-1:], self.names)
        opened = self.opened.get(id(node))
        connected = context.kind is Kind.CONNECT_LITERAL or opened is not None
        form = path_form(composition, connected, self.names, constructed, self._is_for_tortoise(ancestors))
        if form is None:
            return False
        if opened is not None and opened.adds and not WHOLE_SUFFIX.search(form.text):
            form = replace(form, text=form.text.rstrip("/") + opened.adds, obstacle=_NAMED_BY_LIBRARY)
        if _is_statement(ancestors):
            context = Context(Kind.DOCSTRING, prose="a string that is only documentation")
        if context.shell and not isinstance(composition.literal, ast.JoinedStr) and " " in form.text:
            return False
        if is_made_by(SCRATCH, composition.computed, self.names):
            context = Context(Kind.TEMPORARY, prose="a temporary file")
        if is_made_by(HOMES, composition.computed, self.names):
            context = replace(context, obstacle=context.obstacle or "in the user's home directory")
        if form.kind is Kind.URL and self._is_below_instance(form.text, node, ancestors):
            context = replace(context, obstacle=context.obstacle or "Flask-SQLAlchemy looks for it below instance/")
        self._record(node, composition.literal, form, context, ancestors, composition.through)
        return True

    def _is_for_tortoise(self, ancestors: list[ast.AST]) -> bool:
        """In a module that uses Tortoise, or in its setting, `TORTOISE_ORM`."""
        if any(source.partition(".")[0] in ("tortoise", "aerich") for source in self.names.imports.values()):
            return True
        names = (name for one in ancestors if isinstance(one, ast.stmt) for name in assigned(one))
        return any("tortoise" in name.lower() for name in names)

    def _is_below_instance(self, text: str, node: ast.expr, ancestors: list[ast.AST]) -> bool:
        """A relative path in the setting of Flask-SQLAlchemy (https://flask-sqlalchemy.palletsprojects.com/config/)."""
        url = SQLITE_URL.fullmatch(text)
        if url is None or url["path"].startswith(("/", "{")) or "SQLALCHEMY_" not in self.table.text:
            return False
        statement = next((one for one in reversed(ancestors) if isinstance(one, ast.stmt)), node)
        start, end = offsets_of(statement, self.table)
        return _FLASK_SETTING.search(self.table.text, start, end) is not None

    def _record(
        self,
        node: ast.expr,
        literal: ast.expr,
        form: Form,
        context: Context,
        ancestors: list[ast.AST],
        through: str | None = None,
    ) -> None:
        start, end = offsets_of(node, self.table)
        in_field = any(isinstance(ancestor, ast.FormattedValue) for ancestor in ancestors)
        if in_field:
            literal = next(ancestor for ancestor in ancestors if isinstance(ancestor, ast.JoinedStr))
        obstacle = "inside the field of an f-string" if in_field else context.obstacle or form.obstacle
        whole = None
        if context.whole is not None and form.template == "@" and not in_field:
            whole = Replacement(*offsets_of(context.whole, self.table), at_call=_runs_at_call(ancestors))
        self.numbers[position(node)] = len(self.sites)
        imported = tuple(self._imported(form.text))
        self.sites.append(
            Site(
                text=form.text,
                kind=form.kind or _joined_kind(node, context.kind),
                span=self._literal_span(literal, form),
                replacement=None if in_field else Replacement(start, end, form.template),
                environment=context.environment,
                whole=whole,
                obstacle=None if context.prose else obstacle,
                prose=context.prose,
                callee=context.callee,
                inside=_scopes(ancestors),
                anchor=None if isinstance(node, ast.Constant) else anchored(node, self.names),
                imported=imported,
                made_of=tuple(dict.fromkeys(self._made_of(node, imported, ancestors))),
                through=through,
                only_if_declared=_is_doubtful(form.text, context),
            )
        )

    def _made_of(self, node: ast.expr, imported: Sequence[tuple[str, str]], ancestors: list[ast.AST]) -> Iterator[str]:
        for _, source in imported:
            yield source.rpartition(".")[2]
        for one in ast.walk(node) if _runs_at_call(ancestors) and not isinstance(node, ast.Constant) else ():
            if isinstance(one, ast.Name) and self.names.is_of_module(one.id):
                yield one.id

    def _imported(self, text: str) -> Iterator[tuple[str, str]]:
        for name in dict.fromkeys(_PLACEHOLDER.findall(text)):
            if (source := self.names.imported(name)) is not None:
                yield name, source

    def _embedded(self, node: ast.expr, composition: Composition | None, ancestors: list[ast.AST]) -> None:
        """Record the paths inside a longer text: prose, shell, source, SQL."""
        if composition is None or not any(True for _ in path_spans(composition.text)):
            return
        context = classify(node, ancestors, self.names)
        if _is_statement(ancestors):
            context = Context(Kind.DOCSTRING, prose="documentation")
        start, end = offsets_of(node, self.table)
        places = self._places_in_token(node, start, end) if self._is_multi_line(start, end) else None
        for index, found in enumerate(embedded.paths_in(composition.text, context)):
            place = places[index] if places and index < len(places) else (start, end)
            replacement = None
            if found.kind is Kind.EMBEDDED_SHELL and context.shell:
                replacement = embedded.shell_word(self.table.text[start:end], start, end, found.text)
            is_prose = found.kind in (Kind.MESSAGE, Kind.DOCSTRING, Kind.GLOB)
            self.sites.append(
                Site(
                    text=found.text,
                    kind=found.kind,
                    span=self.table.span(*place),
                    replacement=replacement,
                    obstacle=None if is_prose or replacement else found.why,
                    prose=found.why if is_prose else None,
                    inside=_scopes(ancestors),
                    only_if_declared=found.only_if_declared,
                )
            )

    def _places_in_token(self, node: ast.expr, start: int, end: int) -> list[tuple[int, int]]:
        source = self.table.text[start:end]
        return [(start + first, start + last) for first, last in path_spans(source)]

    def _is_multi_line(self, start: int, end: int) -> bool:
        return self.table.line_of(start) != self.table.line_of(end)

    def _literal_span(self, literal: ast.expr, form: Form) -> Span:
        start, end = offsets_of(literal, self.table)
        if self._is_multi_line(start, end):
            name = re.split(r"[/\\]", form.text)[-1]
            for place in self._places_in_token(literal, start, end):
                if self.table.text[slice(*place)].endswith(name):
                    return self.table.span(*place)
        return self.table.span(start, end)


def _database_constants(tree: ast.Module, lines: Set[int]) -> dict[str, ast.expr]:
    """The constants of the module that name a database, or its suffix, by their names; they are written in `lines`."""
    found: dict[str, ast.expr] = {}
    for statement in tree.body:
        value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
        if statement.lineno not in lines or not isinstance(value, ast.Constant) or not isinstance(value.value, str):
            continue
        if WHOLE_SUFFIX.search(value.value):
            found.update((name, value) for name in assigned(statement))
    return found


def _lines_with(names: Iterable[str], table: LineTable) -> set[int]:
    words = "|".join(map(re.escape, names))
    return {table.line_of(one.start()) for one in re.finditer(rf"\b(?:{words})\b", table.text)} if words else set()


def _is_doubtful(text: str, context: Context) -> bool:
    """True for a bare name that only the policy can tell from a key, from a part of a text, or from a module's name."""
    if "/" in text or context.kind is Kind.CONNECT_LITERAL:
        return False
    return context.key or context.kind is Kind.COMPARISON or is_module_name(text)


def _runs_at_call(ancestors: list[ast.AST]) -> bool:
    """True inside the body of a function, which runs when it is called; its defaults and decorators do not."""
    for number, ancestor in enumerate(ancestors):
        below = ancestors[number + 1] if number + 1 < len(ancestors) else None
        if isinstance(ancestor, ast.Lambda) and not isinstance(below, ast.arguments):
            return True
        if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef)) and below in ancestor.body:
            return True
    return False


def _is_statement(ancestors: list[ast.AST]) -> bool:
    return bool(ancestors) and isinstance(ancestors[-1], ast.Expr)


def _scopes(ancestors: list[ast.AST]) -> tuple[str, ...]:
    """The dotted names of the functions and classes around a node, the outermost first."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [ancestor.name for ancestor in ancestors if isinstance(ancestor, definitions)]
    return tuple(".".join(names[: index + 1]) for index in range(len(names)))


def _joined_kind(node: ast.expr, kind: Kind) -> Kind:
    """A path put together is `path-join`, unless the code around it says something more exact."""
    joined = not isinstance(node, ast.Constant)
    return Kind.PATH_JOIN if joined and kind in (Kind.CONSTANT, Kind.LOCAL, Kind.ATTRIBUTE, Kind.CALL_ARG) else kind
