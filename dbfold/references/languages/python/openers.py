"""What a call, or a framework's setting, opens as a file: by the table of libraries, by ATTACH, by SQLite's shell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dbfold.code.libraries import EXECUTORS, FILE_OPENERS, SHELL_FUNCTIONS
from dbfold.code.names import ModuleNames

_ATTACH = r"\bATTACH\s+(?:DATABASE\s+)?"
_TAKES_PARAMETER = re.compile(_ATTACH + r"(?:\?|[:@$]\w)", re.IGNORECASE)
_ENDS_BEFORE_PATH = re.compile(_ATTACH + r"['\"]?\Z", re.IGNORECASE)
_TAKES_FIELD = re.compile(_ATTACH + r"['\"]?[%{]", re.IGNORECASE)
_MOST_OPERANDS = 12  # a longer sum is no SQL


def opened_by_call(call: ast.Call, names: ModuleNames) -> Iterator[tuple[ast.expr, str]]:
    """The arguments that `call` opens, each with what the library adds to it to name the file."""
    function = names.qualified(call.func) or ""
    last = call.func.attr if isinstance(call.func, ast.Attribute) else function.rpartition(".")[2]
    if (opener := FILE_OPENERS.get(function)) is not None:
        file = argument(call, opener.position, opener.keywords)
        if file is not None:
            yield file, opener.adds
    elif last in EXECUTORS and call.args:
        yield from ((file, "") for file in _attached(call, names))
    elif function in SHELL_FUNCTIONS:
        yield from ((file, "") for file in _of_shell(call))
    elif last in ("bind", "Database"):
        yield from ((file, "") for file in _of_provider(call))


def opened_by_settings(mapping: ast.Dict) -> Iterator[ast.expr]:
    """Django: `{"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "data" / "notes"}`."""
    pairs = zip(mapping.keys, mapping.values, strict=True)
    items = {key.value: value for key, value in pairs if isinstance(key, ast.Constant)}
    engine = items.get("ENGINE")
    if isinstance(engine, ast.Constant) and "sqlite" in str(engine.value).lower() and "NAME" in items:
        yield items["NAME"]


def argument(call: ast.Call, position: int, keywords: Sequence[str]) -> ast.expr | None:
    """What a call gives for a parameter; None where that is nothing, or cannot be told from `*args`."""
    if 0 <= position < len(call.args):
        starred = any(isinstance(one, ast.Starred) for one in call.args[: position + 1])
        return None if starred else call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg in keywords), None)


def _of_shell(call: ast.Call) -> Iterator[ast.expr]:
    """`run(["sqlite3", "-readonly", "data/notes", ".dump"])`."""
    words = call.args[0].elts if call.args and isinstance(call.args[0], (ast.List, ast.Tuple)) else []
    if words and _text(words[0]).rpartition("/")[2] == "sqlite3":
        yield from [word for word in words[1:] if not _text(word).startswith("-")][:1]


def _of_provider(call: ast.Call) -> Iterator[ast.expr]:
    """Pony: `Database("sqlite", "data/notes")`, `db.bind(provider="sqlite", filename="data/notes")`."""
    provider, file = argument(call, 0, ("provider",)), argument(call, 1, ("filename",))
    if provider is not None and file is not None and _text(provider) == "sqlite":
        yield file


def _attached(call: ast.Call, names: ModuleNames) -> Iterator[ast.expr]:
    """What an ATTACH is given: parameters of `ATTACH ? AS n`, and what is put into its text."""
    sql: ast.expr = call.args[0]
    if isinstance(sql, ast.Name):
        sql = names.constant(sql.id) or sql
    if _TAKES_PARAMETER.search(_text(sql)):
        yield from _values(call.args[1]) if len(call.args) > 1 else ()
    elif isinstance(sql, ast.JoinedStr):
        yield from _after_attach([part.value if isinstance(part, ast.FormattedValue) else part for part in sql.values])
    elif isinstance(sql, ast.BinOp) and isinstance(sql.op, ast.Add):
        yield from _after_attach(_operands(sql))
    elif isinstance(sql, ast.BinOp) and isinstance(sql.op, ast.Mod) and _TAKES_FIELD.search(_text(sql.left)):
        yield from _values(sql.right)
    elif (
        isinstance(sql, ast.Call) and isinstance(sql.func, ast.Attribute) and _TAKES_FIELD.search(_text(sql.func.value))
    ):
        yield from (*sql.args, *(keyword.value for keyword in sql.keywords))


def _is_template(function: ast.expr) -> bool:
    """`"ATTACH '{}' AS n".format`."""
    return isinstance(function, ast.Attribute) and _TAKES_FIELD.search(_text(function.value)) is not None


def _text(node: ast.expr) -> str:
    """A literal's text; empty for what is none."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _values(node: ast.expr) -> Sequence[ast.expr]:
    if isinstance(node, (ast.Tuple, ast.List)):
        return node.elts
    return node.values if isinstance(node, ast.Dict) else [node]


def _operands(node: ast.expr) -> list[ast.expr]:
    """The parts of a sum, from the left."""
    parts: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and len(parts) < _MOST_OPERANDS:
        parts.insert(0, node.right)
        node = node.left
    return [node, *parts]


def _after_attach(parts: Sequence[ast.expr]) -> Iterator[ast.expr]:
    return (part for before, part in pairwise(parts) if _ENDS_BEFORE_PATH.search(_text(before)))
