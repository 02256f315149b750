"""SQL that changes with its path: the new names in a module, and texts in which nobody can write them."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from dbfold.base.text import LineTable, SourceText
from dbfold.code.parsing import offsets_of
from dbfold.codemods.errors import RewriteError
from dbfold.journey.guidance import Change
from dbfold.references.detection import detect_module
from dbfold.references.discovery import SourceFile
from dbfold.references.model import Action, Reference
from dbfold.references.verdicts import NO_HOLDS, Judge

# What stands before the name of a table in SQL.
_BEFORE_NAMES = "from|join|into|update|table|exists|references|on"
# What stands behind it where a text begins with the name; words of English only as people write SQL.
_BEHIND_NAMES = (
    r"(?i:where|order\s+by|group\s+by|(?:left |right |inner |cross |natural |outer )*join|limit\s+[?:\d]|using\s*\()"
    r"|(?:AS|ON|SET|VALUES|UNION|HAVING|INDEXED)\b|(?i:set\s+\w+\s*=|values\s*\()|\([\w\s,]+\)\s*(?i:values|select)"
)


def require_whole(
    text: str,
    tree: ast.Module,
    references: Sequence[Reference],
    names: AbstractSet[str],
    known: AbstractSet[tuple[int, int]],
) -> None:
    """Raises RewriteError if a text outside of the `known` statements names one of `names` as SQL does.

    `query += " JOIN sessions …"` is a piece of a statement, and nobody sees of which. A file with nothing to rewrite is
    not asked. `tree` is `parse(text)`.
    """
    if not any(found.verdict.action is Action.REWRITE for found in references):
        return
    alternatives = f"[\"'`\\[]?(?:{'|'.join(map(re.escape, names))})(?!\\w)[\"'`\\]]?"
    piece = re.compile(rf"(?i:\b(?:{_BEFORE_NAMES})\s+{alternatives})")
    beginning = re.compile(rf"\s*(?i:{alternatives})\s+(?:{_BEHIND_NAMES})")
    if not piece.search(text) and not beginning.search(text):
        return
    table = LineTable(text)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Constant, ast.JoinedStr)) or id(node) in documentation:
            continue
        start, end = offsets_of(node, table)
        found = piece.search(text, start, end)
        if not found and isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = beginning.match(node.value)
        if found and not any(first <= start and end <= last for first, last in known):
            raise RewriteError(
                f"line {node.lineno} has a piece of SQL that names what gets another name ({_named(found[0], names)}):"
                " write it and the path by hand"
            )


def _named(piece: str, names: AbstractSet[str]) -> str:
    """What of a piece is one of `names`."""
    return next((word for word in re.findall(r"\w+", piece) if word.lower() in names), piece)


def with_sql_names(
    source: SourceText,
    tree: ast.Module,
    references: Sequence[Reference],
    changes: Sequence[Change],
    file: SourceFile,
    judge: Judge,
) -> tuple[str, list[Reference]]:
    """The text with its statements under their new names, and the references where they are in it.

    `tree` is that of the source. Raises RewriteError.
    """
    from dbfold.codemods.sql_names import with_new_names

    text = with_new_names(source.text, tree, changes)
    detected, _ = detect_module(replace(source, text=text))
    moved = replace(judge, holds=NO_HOLDS).examine(file, detected).references
    return text, [
        replace(found, verdict=old.verdict, replacement=found.replacement if old.replacement else None)
        for found, old in zip(moved, references, strict=True)
    ]
