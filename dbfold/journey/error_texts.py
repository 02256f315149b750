"""Texts that code looks for in SQLite's messages, and that name what gets another name.

"UNIQUE constraint failed: users.email" says `people.email` after the move. Such a text may be compared anywhere, so it
holds the database wherever it stands; a name alone, where it is looked for in what an exception says.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from dbfold.code.texts import is_sql
from dbfold.journey.concerns import Concern, entry_names
from dbfold.journey.outlook import Outlook
from dbfold.sqlite.engine import folded
from dbfold.statements.arguments import last_name
from dbfold.statements.sources import Source, Sources

_SHOWS = frozenset(
    "print debug info warning warn error exception critical log fatal echo write add_argument fail skip".split()
)
_LOOKS = frozenset("startswith endswith find rfind index rindex count search match fullmatch findall split".split())
_AS_TEXT = frozenset({"str", "repr", "format", "ascii", "text"})
_ERRORS = re.compile(r"(?i)(?:e|ex|exc|err|error|exception|cause|\w+_(?:e|exc|err|error|exception))\d?\Z")
_DEEPEST = 6


def error_text_concerns(outlook: Outlook, sources: Sources) -> Iterator[Concern]:
    """What would not be found any more, for each database of which something gets another name."""
    for database, merged in outlook.merged.items():
        names = merged.names.get(database, {})
        if names:
            schema = outlook.before.schemas[database]
            columns = {name: frozenset(map(folded, schema.columns(name))) for name in names}
            messages = _Messages(columns)
            among = list(sources.holding(messages.may_be_in))
            is_open = any(_looks_for_any(source) for source in sources.holding(lambda data: b"except" in data))
            for source in among:
                for node, text in messages.found(source, is_open):
                    reason = f"{text!r} is looked for in a message of SQLite, which will have the new name"
                    yield Concern(entry_names(outlook.policy, [database]), source.file, node.lineno, reason)


@dataclass(frozen=True, slots=True)
class _Messages:
    """Finds texts of messages. `columns` are those of the tables that get other names; indexes have none."""

    columns: Mapping[str, frozenset[str]]

    def may_be_in(self, data: bytes) -> bool:
        lower = data.lower()
        return any(name.encode() in lower for name in self.columns) and any(
            word in lower for word in (b"except", b"failed", b"no such", b"raises", b"error")
        )

    def found(self, source: Source, is_open: bool) -> Iterator[tuple[ast.Constant, str]]:
        """The texts of a module. `is_open`: messages are searched for texts that are not written there."""
        handled = _handled(source)
        for node in source.nodes:
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or is_sql(node.value):
                continue
            if self._names_one(node.value) and (
                (self._is_message(node.value, is_open) and not _is_shown(source, node))
                or _is_looked_for(source, node, handled)
            ):
                yield node, node.value

    def _names_one(self, text: str) -> bool:
        """Does it name a table, or a column of one?"""
        return any(self._is_meant(match) for match in self._name().finditer(text))

    def _is_meant(self, match: re.Match[str]) -> bool:
        column = folded(match[2] or "")
        return not column or column in self.columns[folded(match[1])] or not self.columns[folded(match[1])]

    def _name(self) -> re.Pattern[str]:
        every = "|".join(map(re.escape, sorted(self.columns, key=len, reverse=True)))
        return re.compile(rf"(?i)(?<![\w./])({every})(?:\\?\.(\w+))?(?!\w)")

    def _is_message(self, text: str, is_open: bool) -> bool:
        """Is it SQLite's own message about it, or a part of one?"""
        if is_open and (match := self._name().fullmatch(text.partition(",")[0].strip())) and match[2]:
            return True
        every = "|".join(map(re.escape, self.columns))
        before = (
            r"(?:failed:\s*(?:[\w.\\]+,\s*)*|no such (?:table|column|index|view|trigger):\s*(?:main\\?\.)?|index\s+'?)"
        )
        behind = r"\s+(?:has\s+(?:no|\d+)\s+column|already exists|may not be)"
        name = rf"[\"'`]?(?:{every})\b"
        return re.search(rf"(?i){before}{name}|\b(?:table|index|view)\s+{name}[\"'`]?{behind}", text) is not None


def _handled(source: Source) -> set[str]:
    return {node.name for node in source.nodes if isinstance(node, ast.ExceptHandler) and node.name}


def _looks_for_any(source: Source) -> bool:
    """Does a module look in a message for what is not written there?"""
    handled = _handled(source)
    for node in source.nodes:
        match node:
            case ast.Compare():
                operands = [node.left, *node.comparators]
            case ast.Call(func=ast.Attribute(value=base, attr=name)) if name in _LOOKS:
                operands = [base, *node.args]
            case _:
                continue
        said = [one for one in operands if _says(source, one, handled, 0)]
        if said and not any(isinstance(one, ast.Constant) for one in operands):
            return True
    return False


def _is_shown(source: Source, node: ast.AST) -> bool:
    """Is a text shown to people, or raised, and nothing else?"""
    parent = source.parents.get(id(node))
    while isinstance(parent, (ast.JoinedStr, ast.BinOp, ast.FormattedValue)):
        parent = source.parents.get(id(parent))
    if isinstance(parent, ast.Call):
        return last_name(parent.func) in _SHOWS or isinstance(source.parents.get(id(parent)), ast.Raise)
    return isinstance(parent, ast.Expr)


def _is_looked_for(source: Source, node: ast.Constant, handled: Container[str]) -> bool:
    """Is a text compared with what an exception says, or searched for in it?"""
    parent = source.parents.get(id(node))
    while isinstance(parent, (ast.Tuple, ast.List, ast.Set)):
        parent = source.parents.get(id(parent))
    match parent:
        case ast.Compare():
            return any(_says(source, one, handled, 0) for one in (parent.left, *parent.comparators))
        case ast.Call(func=ast.Attribute(value=base, attr=name)) if name in _LOOKS:
            return any(_says(source, one, handled, 0) for one in (base, *parent.args))
        case ast.keyword(arg="match"):
            return True  # of pytest.raises
    return False


def _says(source: Source, node: ast.expr, handled: Container[str], depth: int) -> bool:
    """Is it the text of an exception?"""
    if depth > _DEEPEST:
        return False
    match node:
        case ast.Call(func=ast.Name(id=name), args=[value, *_]) if name in _AS_TEXT:
            return _is_error(value, handled) or _says(source, value, handled, depth + 1)
        case ast.Call(func=ast.Attribute(value=base)):
            return _says(source, base, handled, depth + 1)
        case ast.Subscript(value=base):
            return _says(source, base, handled, depth + 1)
        case ast.Attribute(value=base):
            return _is_error(base, handled)
        case ast.JoinedStr():
            return any(isinstance(part, ast.FormattedValue) and _is_error(part.value, handled) for part in node.values)
        case ast.NamedExpr():
            return _says(source, node.value, handled, depth + 1)
        case ast.Name():
            held = (one.node for one in source.resolved(node)[1] if one.kind == "value")
            return any(isinstance(one, ast.expr) and _says(source, one, handled, depth + 1) for one in held)
    return False


def _is_error(node: ast.expr, handled: Container[str]) -> bool:
    """Is it an exception? By the `except` that names it, or by what it is called."""
    name = last_name(node)
    return (
        name in handled
        or (name is not None and _ERRORS.match(name) is not None)
        or (isinstance(node, ast.Attribute) and node.attr in ("orig", "value", "__cause__", "__context__"))
    )
