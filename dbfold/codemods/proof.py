"""The proof before a write: the new module is the old one but for the changes that were intended.

Old and new syntax trees are compared node by node. Where an expression was to be replaced, the new tree must hold
exactly the accessor; at the top level the new tree must hold exactly the imports that were to be added, and lack
exactly those that were to go. Anything else, anywhere, is a difference, and the file is not written.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dbfold.code.parsing import Position, position


class ProofError(Exception):
    """The new module differs from the old one where nothing was to change."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a rewrite means to change.

    replaced   position of each replaced expression in the old tree, with its new code
    added      the imports that are new, as (module, name, local name)
    removed    the import names that go, as `id(alias)` in the old tree
    became_import  top-level assignments of the old tree (`id`) in whose stead the name is imported
    """

    replaced: Mapping[Position, str]
    added: frozenset[tuple[str | None, str, str | None]]
    removed: frozenset[int] = field(default_factory=frozenset)
    became_import: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A module's tree and its text by lines."""

    tree: ast.Module
    lines: Sequence[str]

    def text_of(self, statement: ast.stmt) -> Sequence[str]:
        """The lines of a top-level statement, with its decorators."""
        decorators = getattr(statement, "decorator_list", ())
        first = min(statement.lineno, *(node.lineno for node in decorators)) if decorators else statement.lineno
        return self.lines[first - 1 : statement.end_lineno]


def prove(old: Parsed, new: Parsed, intent: Intent) -> None:
    """Raises ProofError unless `new` is `old` with just the changes of `intent`."""
    before = _without_removed(old.tree.body, intent)
    after = _without_added(new.tree.body, intent)
    if len(before) != len(after):
        raise ProofError(f"{len(before)} top-level statements became {len(after)}")
    replaced = {place: ast.parse(code, mode="eval").body for place, code in intent.replaced.items()}
    for one, other in zip(before, after, strict=True):
        if not _same_text(one, other, old, new):
            _compare(one, other, replaced)
    if replaced:
        raise ProofError(f"the expression at line {min(replaced)[0]} was not replaced")


def prove_text(old: ast.expr, new: ast.expr, path: str) -> None:
    """Raises ProofError unless the f-string `new`, with the old path in its field, is the text constant `old`.

    `path` ends with that old path; it may begin with the scheme of a URL. Other expressions are not looked at.
    """
    if not isinstance(new, ast.JoinedStr) or not isinstance(old, ast.Constant):
        return
    texts = ["".join(str(part.value) for part in run if isinstance(part, ast.Constant)) for run in _around_field(new)]
    before, after = texts
    value = str(old.value)
    middle = value[len(before) : len(value) - len(after)]
    if not middle or before + middle + after != value or not path.endswith(middle):
        raise ProofError(f"line {old.lineno}: the new text does not say what the old one said")


def _around_field(text: ast.JoinedStr) -> tuple[Sequence[ast.expr], Sequence[ast.expr]]:
    fields = [number for number, part in enumerate(text.values) if isinstance(part, ast.FormattedValue)]
    if len(fields) != 1:
        raise ProofError(f"{len(fields)} fields in a text that names one path")
    return text.values[: fields[0]], text.values[fields[0] + 1 :]


def _same_text(one: object, other: object, old: Parsed, new: Parsed) -> bool:
    """True for statements of the same type in the same lines: what is written alike means alike."""
    if not isinstance(one, ast.stmt) or type(one) is not type(other):
        return False
    return old.text_of(one) == new.text_of(other)


def _without_removed(body: Sequence[ast.stmt], intent: Intent) -> list[object]:
    """The old statements as they should be found in the new module, import statements as lists of their names."""
    kept: list[object] = []
    for statement in body:
        if id(statement) in intent.became_import:
            continue
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            names = [alias for alias in statement.names if id(alias) not in intent.removed]
            kept.extend(_imports(statement, names))
        else:
            kept.append(statement)
    return kept


def _without_added(body: Sequence[ast.stmt], intent: Intent) -> list[object]:
    missing = set(intent.added)
    kept: list[object] = []
    for statement in body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            names = []
            for alias in statement.names:
                key = (_module_of(statement), alias.name, alias.asname)
                if key in missing:
                    missing.discard(key)
                else:
                    names.append(alias)
            kept.extend(_imports(statement, names))
        else:
            kept.append(statement)
    if missing:
        raise ProofError(f"the import of {sorted(name for _, name, _ in missing)} is not at the top level")
    return kept


def _module_of(statement: ast.Import | ast.ImportFrom) -> str | None:
    return "." * statement.level + (statement.module or "") if isinstance(statement, ast.ImportFrom) else None


def _imports(statement: ast.Import | ast.ImportFrom, names: Sequence[ast.alias]) -> list[object]:
    return [("import", _module_of(statement), alias.name, alias.asname) for alias in names]


def _compare(old: object, new: object, replaced: dict[Position, ast.expr]) -> None:
    """Compare two trees; each entry of `replaced` is taken out when its place is met."""
    pending = [(old, new)]
    while pending:
        before, after = pending.pop()
        if isinstance(before, ast.expr):
            expected = replaced.pop(position(before), None)
            if expected is not None:
                if ast.dump(expected) != ast.dump(after) if isinstance(after, ast.AST) else True:
                    raise ProofError(f"line {before.lineno} does not hold the accessor")
                continue
        if type(before) is not type(after):
            raise ProofError(f"{_place(before)}: {_name(before)} became {_name(after)}")
        if isinstance(before, ast.AST):
            pending.extend((getattr(before, name, None), getattr(after, name, None)) for name in before._fields)
        elif isinstance(before, list) and isinstance(after, list):
            if len(before) != len(after):
                raise ProofError(f"{_place(before[0] if before else None)}: {len(before)} parts became {len(after)}")
            pending.extend(zip(before, after, strict=True))
        elif before != after and not (before != before and after != after):  # NaN is equal to itself here
            raise ProofError(f"{before!r} became {after!r}")


def _place(node: object) -> str:
    return f"line {node.lineno}" if isinstance(node, (ast.stmt, ast.expr)) else "somewhere"


def _name(node: object) -> str:
    return type(node).__name__
