"""New names of tables and indexes in the SQL of one module, in the same write as its paths.

Only the words themselves change, in place. The proof is that of the paths: old and new syntax trees are equal, but for
the texts that were to change, and those say what was intended.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dbfold.code.parsing import UnparsableError, parse
from dbfold.code.texts import template_parts
from dbfold.codemods.errors import RewriteError
from dbfold.codemods.fragments import Edit, apply
from dbfold.codemods.proof import ProofError
from dbfold.journey import renaming
from dbfold.journey.guidance import Change
from dbfold.journey.placing import UnplacedError, placed


def with_new_names(text: str, tree: ast.Module, changes: Sequence[Change]) -> str:
    """The text of a module with `changes` made, proven equal in all else. `tree` is `parse(text)`.

    Raises RewriteError.
    """
    edits = [Edit(one.start, one.end, one.text) for change in changes for one in _placed(text, change)]
    try:
        new = apply(text, edits)
        _prove(tree, parse(new), changes)
    except (ProofError, UnparsableError, ValueError, RecursionError) as error:
        raise RewriteError(f"the new names in its SQL could not be proven to change nothing else: {error}") from error
    return new


def _placed(text: str, change: Change) -> list[renaming.Edit]:
    try:
        return placed(text, change.statement, change.edits)
    except (UnplacedError, ValueError) as error:
        line = change.statement.span.line
        raise RewriteError(f"the SQL in line {line} needs new names, and {error}: write them by hand") from error


def _prove(old: ast.Module, new: ast.Module, changes: Sequence[Change]) -> None:
    """Raises ProofError unless the trees are equal but for the texts of SQL that `changes` name."""
    expected = Counter(pair for change in changes for pair in _pieces(change))
    found: Counter[tuple[str, str]] = Counter()
    for before, after in _different_texts(old, new):
        if (before, after) in expected:
            found[before, after] += 1
        else:
            found.update(_as_meant(pair, expected) for pair in _between_fields(before, after))
    if found != expected:
        raise ProofError("the texts that would change are not those that were meant")


def _pieces(change: Change) -> Iterator[tuple[str, str]]:
    """The literal parts of a statement that change, old and new."""
    text = change.statement.text
    for start, end in change.statement.pieces:
        inside = [one for one in change.edits if start <= one.start and one.end <= end]
        if inside:
            moved = tuple(replace(one, start=one.start - start, end=one.end - start) for one in inside)
            yield text[start:end], renaming.apply(text[start:end], moved)


def _different_texts(old: ast.AST, new: ast.AST) -> Iterator[tuple[str, str]]:
    """The texts in which two syntax trees differ. Raises ProofError if they differ in anything else."""
    pending: list[tuple[object, object]] = [(old, new)]
    while pending:
        before, after = pending.pop()
        if type(before) is not type(after):
            raise ProofError("something else than SQL would change")
        if isinstance(before, ast.Constant) and isinstance(after, ast.Constant):
            one, other = before.value, after.value
            if isinstance(one, str) and isinstance(other, str) and one != other:
                yield one, other
                continue
        if isinstance(before, ast.AST):
            pending.extend((getattr(before, name, None), getattr(after, name, None)) for name in before._fields)
        elif isinstance(before, list) and isinstance(after, list):
            if len(before) != len(after):
                raise ProofError("something else than SQL would change")
            pending.extend(zip(before, after, strict=True))
        elif before != after and not (before != before and after != after):  # NaN is equal to itself here
            raise ProofError(f"{before!r} became {after!r}")


def _between_fields(before: str, after: str) -> Iterator[tuple[str, str]]:
    """A template of `%` or `format`: the texts between its fields."""
    for percent in (True, False):
        parts = template_parts(before, percent=percent), template_parts(after, percent=percent)
        if len(parts[0]) == len(parts[1]) > 1:
            pairs = zip(*parts, strict=True)
            yield from ((str(one), str(other)) for one, other in pairs if one != other)
            return
    yield before, after


def _as_meant(pair: tuple[str, str], expected: Counter[tuple[str, str]]) -> tuple[str, str]:
    """A pair of texts of a template, whose new one may hold the signs of fields doubled."""
    before, after = pair
    for sign in ("%", "{", "}"):
        after = after.replace(sign * 2, sign)
    return pair if pair in expected or (before, after) not in expected else (before, after)
