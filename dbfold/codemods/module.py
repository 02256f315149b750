"""One module's rewrite: from its references to its new text, or to the reason why it must stay as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise

from dbfold.base.text import LineTable, split_lines
from dbfold.code.names import dotted, statements
from dbfold.code.parsing import Position, offsets_of, parse, position
from dbfold.codemods import imports
from dbfold.codemods.bindings import (
    Bindings,
    ImportedName,
    in_comment_or_example,
    looks_up_names,
    top_level_imports,
    unused_imports,
)
from dbfold.codemods.errors import RewriteError
from dbfold.codemods.fragments import Change, Edit, Statements, apply, edits_for
from dbfold.codemods.proof import Intent, Parsed, ProofError, prove, prove_text
from dbfold.policy.accessor import accessor_import, accessor_name
from dbfold.policy.model import AccessorStyle, Database, Policy
from dbfold.references.model import Action, Reference, Replacement


@dataclass(frozen=True, slots=True)
class Accessors:
    """What the accessor is for one file: the policy, the style, and the modules that a root holds.

    `source` is the module to import it from, perhaps with dots before it.
    `keeps_imports` is for modules whose imports are for others; `taken` are names that other files may take.
    """

    policy: Policy
    style: AccessorStyle
    source: str = "database_config"
    local_modules: AbstractSet[str] = frozenset()
    keeps_imports: bool = False
    taken: AbstractSet[str] = frozenset()

    def style_of(self, replacement: Replacement) -> AccessorStyle:
        """What asks the environment at each call goes on doing so: a constant is read once."""
        at_call = self.style is AccessorStyle.CONSTANT and replacement.at_call
        return AccessorStyle.FUNCTION if at_call else self.style


@dataclass(slots=True)
class _Plan:
    """The parts of a rewrite while it is worked out."""

    changes: list[Change] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    added: set[tuple[str | None, str, str | None]] = field(default_factory=set)
    became_import: set[int] = field(default_factory=set)
    own: set[str] = field(default_factory=set)  # local names of accessors


def rewrite_module(text: str, tree: ast.Module, references: Sequence[Reference], accessors: Accessors) -> str:
    """The text of a module with its `rewrite` references replaced, proven equal in all else.

    `tree` is `parse(text)`. Raises RewriteError; the message names the reason.
    """
    wanted = [found for found in references if found.verdict.action is Action.REWRITE and found.replacement]
    if not wanted:
        return text
    try:
        return _Rewrite(text, tree, accessors).run(wanted)
    except (ProofError, ValueError, SyntaxError, RecursionError) as error:
        raise RewriteError(f"the rewrite could not be proven to keep the program as it is: {error}") from error


# What the compiler still rejects after parsing, as far as a name or an import more can matter.
_COMPILER_RULES = re.compile(r"\b(?:global|nonlocal|__future__)\b")


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _require_apart(replacements: Sequence[Replacement]) -> None:
    """Raises ValueError for two that share a place: one of them would be lost."""
    for one, other in pairwise(sorted(replacements, key=lambda item: (item.start, item.end))):
        if other.start < one.end:
            raise ValueError(f"two replacements overlap at offset {other.start}")


class _Rewrite:
    def __init__(self, text: str, tree: ast.Module, accessors: Accessors) -> None:
        self.text = text
        self.tree = tree
        self.table = LineTable(text)
        self.accessors = accessors
        self.statements = Statements(tree, self.table)
        self.bindings = Bindings.of([tree])
        self.imported = top_level_imports(tree)
        self.stars = [
            offsets_of(statement, self.table)[0]
            for statement in statements(tree.body, definitions=False)
            if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"
        ]
        self.plan = _Plan()
        self._bound: dict[int, Bindings] = {}

    def run(self, references: Sequence[Reference]) -> str:
        by_target: dict[tuple[str, AccessorStyle], list[Replacement]] = {}
        paths: dict[tuple[int, int], str] = {}
        for reference in references:
            assert reference.replacement is not None and reference.verdict.target is not None
            style = self.accessors.style_of(reference.replacement)
            by_target.setdefault((reference.verdict.target, style), []).append(reference.replacement)
            paths[reference.replacement.start, reference.replacement.end] = reference.text
        _require_apart([replacement for replacements in by_target.values() for replacement in replacements])
        if self.accessors.style is AccessorStyle.INLINE:
            self._ensure_os(min(start for start, _ in paths))
        for (name, style), replacements in by_target.items():
            self._replace_all(self.accessors.policy.databases[name], replacements, style)
        old = self._replaced_nodes()
        new = [self._checked(change, paths[change.start, change.end]) for change in self.plan.changes]
        unused = self._unused_imports(list(old.values()), new)
        removals = imports.removals(unused, self.table)
        additions = [imports.without_gap(edit, removals, self.text) for edit in self.plan.edits]
        edits = [*edits_for(self.statements, self.plan.changes), *additions, *removals]
        new_text = apply(self.text, edits)
        self._prove(new_text, old, frozenset(id(found.alias) for found in unused))
        return new_text

    def _unused_imports(self, old: Sequence[ast.expr], new: Sequence[ast.expr]) -> list[ImportedName]:
        if self.accessors.keeps_imports or looks_up_names(self.text):
            return []
        unused = unused_imports(self.tree, self.bindings, old, new, self.accessors.local_modules)
        named = [
            found
            for found in unused
            if found.name not in self.accessors.taken and not in_comment_or_example(self.text, found.name)
        ]
        return imports.removable(named, self.table)

    def _checked(self, change: Change, path: str) -> ast.expr:
        """The change's new expression, if it fits its place. Raises ProofError and ValueError."""
        new = ast.parse(change.code, mode="eval").body
        old = self.statements.expression_at(change.start, change.end)
        prove_text(old, new, path)
        if isinstance(new, ast.Call):
            self._require_constructor(new.func, old, change)
        return new

    def _require_constructor(self, function: ast.expr, old: ast.expr, change: Change) -> None:
        """`Path` in a replacement is the one that the module imports, unless the old expression used it as well."""
        name = (dotted(function) or "").partition(".")[0]
        if name in self.plan.own or any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(old)):
            return
        if not any(
            found.name == name and offsets_of(found.statement, self.table)[1] <= change.start for found in self.imported
        ):
            raise ValueError(f"`{name}` is not imported before its use")
        fragment = self.statements.enclosing(change.start, change.end)
        scopes = [node for node in fragment.around if isinstance(node, _SCOPES)]
        if any(self._bindings_of(node).bound[name] for node in (*scopes, fragment.node)):
            raise ValueError(f"`{name}` means something else at its use")

    def _bindings_of(self, node: ast.AST) -> Bindings:
        if id(node) not in self._bound:
            self._bound[id(node)] = Bindings.of([node])
        return self._bound[id(node)]

    def _replace_all(self, database: Database, replacements: Sequence[Replacement], style: AccessorStyle) -> None:
        imported = accessor_import(database, style)
        first = min(replacement.start for replacement in replacements)
        accessor = accessor_name(database, style)
        if imported is not None:
            replacements, local = self._ensure_import(imported, list(replacements), first)
            accessor = accessor.replace(imported, local)
            self.plan.own.add(local)
        self.plan.changes += [
            Change(replacement.start, replacement.end, _filled(replacement.template, accessor))
            for replacement in replacements
        ]

    def _ensure_os(self, first: int) -> None:
        if self.bindings.bound["os"] == 0:
            self._insert("import os", first)
            self.plan.added.add((None, "os", None))
            return
        found = [one for one in self.imported if one.name == "os" and not (one.alias.asname and one.alias.name != "os")]
        in_time = any(offsets_of(one.statement, self.table)[1] <= first for one in found)
        if not in_time or self.bindings.bound["os"] != len(found):
            raise ValueError("the module binds `os` to something else, or too late")

    def _ensure_import(self, name: str, replacements: list[Replacement], first: int) -> tuple[list[Replacement], str]:
        """Make `name` importable at `first`; returns the replacements still to be made and the local name to use."""
        existing = self._existing_import(name, first)
        if existing is not None:
            return replacements, existing
        if self.accessors.style is AccessorStyle.CONSTANT and self.bindings.bound[name] == 1:
            assignment = self._assignment_of(name, replacements)
            if assignment is not None and self._assignment_to_import(assignment, name, first):
                value = offsets_of(assignment.value, self.table)  # type: ignore[arg-type]
                return [other for other in replacements if (other.start, other.end) != value], name
        local = name if self._is_free(name, first) else self._free_name(name)
        self._add_import(name, None if local == name else local, first)
        return replacements, local

    def _is_free(self, name: str, first: int) -> bool:
        """True if nothing else binds `name`: no statement, and no `from … import *` that comes after our import."""
        if self.bindings.bound[name] or self.bindings.used[name]:
            return False
        code = f"from {self.accessors.source} import {name}"
        return not self._stars_after(self._insertion(code, first).start)

    def _stars_after(self, offset: int) -> bool:
        return any(star >= offset for star in self.stars)

    def _existing_import(self, name: str, first: int) -> str | None:
        for found in self.imported:
            statement = found.statement
            if (
                isinstance(statement, ast.ImportFrom)
                and imports.module_of(statement) == self.accessors.source
                and found.alias.name == name
                and self.bindings.bound[found.name] == 1
                and offsets_of(statement, self.table)[1] <= first
                and not self._stars_after(offsets_of(statement, self.table)[1])
            ):
                return found.name
        return None

    def _assignment_of(self, name: str, replacements: Sequence[Replacement]) -> ast.Assign | ast.AnnAssign | None:
        """The top-level `NAME = <a path to be replaced>`, if there is one."""
        values = {(item.start, item.end) for item in replacements if item.template == "@"}
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                target: ast.expr = statement.targets[0]
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                target = statement.target
            else:
                continue
            is_name = isinstance(target, ast.Name) and target.id == name
            if is_name and offsets_of(statement.value, self.table) in values:  # type: ignore[arg-type]
                return statement
        return None

    def _assignment_to_import(self, assignment: ast.stmt, name: str, first: int) -> bool:
        """Turn `DATABASE_PATH = "…"` into the import of that name; False if that is not possible as it stands."""
        start, end = offsets_of(assignment, self.table)
        line_start, line_end = (
            self.table.starts[assignment.lineno - 1],
            self.table.line_end(assignment.end_lineno or 0),
        )
        alone = not self.text[line_start:start].strip() and not self.text[end:line_end].strip()
        if start < first and self._only_imports_before(assignment):
            code = f"from {self.accessors.source} import {name}"
            self.plan.edits.append(Edit(start, end, code))
            self.plan.added.add((self.accessors.source, name, None))
        elif alone and not self._stars_after(0):
            self.plan.edits.append(Edit(line_start, line_end, ""))
            self._add_import(name, None, min(first, line_start))
        else:
            return False
        self.plan.became_import.add(id(assignment))
        return True

    def _only_imports_before(self, statement: ast.stmt) -> bool:
        before = self.tree.body[: self.tree.body.index(statement)]
        return all(isinstance(other, (ast.Import, ast.ImportFrom)) or _is_docstring(other) for other in before)

    def _free_name(self, name: str) -> str:
        candidate = f"CONFIGURED_{name}" if name.isupper() else f"configured_{name}"
        while self.bindings.bound[candidate] or self.bindings.used[candidate]:
            candidate += "_"
        return candidate

    def _add_import(self, name: str, local: str | None, first: int) -> None:
        module = self.accessors.source
        self.plan.added.add((module, name, local))
        if local is None and self._extend_import(module, name, first):
            return
        self._insert(f"from {module} import {name}" + (f" as {local}" if local else ""), first)

    def _extend_import(self, module: str, name: str, first: int) -> bool:
        """Add `name` to an import of the accessor: one in the file, or one that this rewrite inserts."""
        start = f"from {module} import "
        for index, edit in enumerate(self.plan.edits):
            code = edit.text.strip("\r\n")
            is_existing = edit.start < edit.end
            if code.startswith(start) and edit.start <= first and (is_existing or " as " not in code):
                before, _, after = edit.text.partition(code)
                self.plan.edits[index] = Edit(edit.start, edit.end, before + imports.extended(code, name) + after)
                return True
        for statement in self.tree.body:
            if isinstance(statement, ast.ImportFrom) and imports.module_of(statement) == module:
                begin, end = offsets_of(statement, self.table)
                if end <= first and statement.names[0].name != "*" and not self._stars_after(end):
                    self.plan.edits.append(Edit(begin, end, imports.extended(self.text[begin:end], name)))
                    return True
        return False

    def _insert(self, code: str, first: int) -> None:
        self.plan.edits.append(self._insertion(code, first))

    def _insertion(self, code: str, first: int) -> Edit:
        return imports.insertion(self.tree, self.table, code, first, self.accessors.local_modules)

    def _replaced_nodes(self) -> dict[Position, ast.expr]:
        """The expressions of the old tree that are to be replaced."""
        found: dict[Position, ast.expr] = {}
        for change in self.plan.changes:
            node = self.statements.expression_at(change.start, change.end)
            found[position(node)] = node
        for statement in self.tree.body:
            if id(statement) in self.plan.became_import:
                value: ast.expr = statement.value  # type: ignore[attr-defined]
                found[position(value)] = value
        return found

    def _prove(self, new_text: str, old: dict[Position, ast.expr], removed: frozenset[int]) -> None:
        codes = {(change.start, change.end): change.code for change in self.plan.changes}
        found = {place: codes.get(offsets_of(node, self.table)) for place, node in old.items()}
        replaced = {place: code for place, code in found.items() if code is not None}
        intent = Intent(replaced, frozenset(self.plan.added), removed, frozenset(self.plan.became_import))
        new_tree = parse(new_text)
        prove(Parsed(self.tree, split_lines(self.text)), Parsed(new_tree, split_lines(new_text)), intent)
        if _COMPILER_RULES.search(new_text):
            _compiles_as_before(self.tree, new_tree)


def _compiles_as_before(old: ast.Module, new: ast.Module) -> None:
    """Some errors come after parsing (`global` after a use, `__future__` too late): a rewrite must add none."""
    try:
        compile(new, "<new>", "exec", dont_inherit=True)
    except SyntaxError as error:
        try:
            compile(old, "<old>", "exec", dont_inherit=True)
        except SyntaxError:
            return
        raise ProofError(f"the new module does not compile: {error.msg}") from error


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _filled(template: str, accessor: str) -> str:
    """The template with the accessor; inside an f-string in double quotes, an accessor uses single ones."""
    if template.startswith('f"'):
        accessor = accessor.replace('"', "'")
    return template.replace("@", accessor)
