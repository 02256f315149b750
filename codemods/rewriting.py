"""One module's rewrite: from its references to its new text, or to the reason why it must stay as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from codemods import imports
from codemods.bindings import Bindings, top_level_imports, unused_imports
from codemods.errors import RewriteError
from codemods.fragments import Change, Edit, apply, edits_for, expression_at
from codemods.proof import Intent, Parsed, ProofError, prove
from dbpolicy.accessor import accessor_import, accessor_name
from dbpolicy.model import AccessorStyle, Database, Policy
from references.model import Action, Reference, Replacement
from references.python.parsing import Position, offsets_of, parse, position
from references.text import LineTable, split_lines


@dataclass(frozen=True, slots=True)
class Accessors:
    """What the accessor is for one run: the policy, the style, and the modules that a root holds."""

    policy: Policy
    style: AccessorStyle
    local_modules: AbstractSet[str] = frozenset()


@dataclass(slots=True)
class _Plan:
    """The parts of a rewrite while it is worked out."""

    changes: list[Change] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    added: set[tuple[str | None, str, str | None]] = field(default_factory=set)
    became_import: set[int] = field(default_factory=set)


def rewrite_module(text: str, tree: ast.Module, references: Sequence[Reference], accessors: Accessors) -> str:
    """The text of a module with its `rewrite` references replaced, proven equal in all else.

    `tree` is `parse(text)`. Raises RewriteError; the message names the reason.
    """
    wanted = [found for found in references if found.verdict.action is Action.REWRITE and found.replacement]
    if not wanted:
        return text
    try:
        return _Rewrite(text, tree, accessors).run(wanted)
    except (ProofError, ValueError, RecursionError) as error:
        raise RewriteError(f"the rewrite could not be proven to keep the program as it is: {error}") from error


# What the compiler still rejects after parsing, as far as a name or an import more can matter.
_COMPILER_RULES = re.compile(r"\b(?:global|nonlocal|__future__)\b")


class _Rewrite:
    def __init__(self, text: str, tree: ast.Module, accessors: Accessors) -> None:
        self.text = text
        self.tree = tree
        self.table = LineTable(text)
        self.accessors = accessors
        self.bindings = Bindings.of([tree])
        self.plan = _Plan()

    def run(self, references: Sequence[Reference]) -> str:
        by_target: dict[str, list[Replacement]] = {}
        for reference in references:
            assert reference.replacement is not None and reference.verdict.target is not None
            by_target.setdefault(reference.verdict.target, []).append(reference.replacement)
        for name, replacements in by_target.items():
            self._replace_all(self.accessors.policy.databases[name], replacements)
        old = self._replaced_nodes()
        new = [ast.parse(change.code, mode="eval").body for change in self.plan.changes]
        unused = unused_imports(self.tree, self.bindings, list(old.values()), new)
        removals = imports.removals(unused, self.table)
        additions = [imports.without_gap(edit, removals, self.text) for edit in self.plan.edits]
        edits = [*edits_for(self.tree, self.table, self.plan.changes), *additions, *removals]
        new_text = apply(self.text, edits)
        removed_ranges = {(edit.start) for edit in removals}
        removed = frozenset(
            id(found.alias) for found in unused if offsets_of(found.statement, self.table)[0] in removed_ranges
        )
        self._prove(new_text, old, removed)
        return new_text

    def _replace_all(self, database: Database, replacements: Sequence[Replacement]) -> None:
        style = self.accessors.style
        imported = accessor_import(database, style)
        first = min(replacement.start for replacement in replacements)
        if imported is None:
            self._ensure_os(first)
            accessor = accessor_name(database, style)
        else:
            replacements, local = self._ensure_import(imported, list(replacements), first)
            accessor = accessor_name(database, style).replace(imported, local)
        self.plan.changes += [
            Change(replacement.start, replacement.end, _filled(replacement.template, accessor))
            for replacement in replacements
        ]

    def _ensure_os(self, first: int) -> None:
        if self.bindings.bound["os"] == 0:
            self._insert("import os", first)
            self.plan.added.add((None, "os", None))
        elif not any(
            found.name == "os" and offsets_of(found.statement, self.table)[1] <= first
            for found in top_level_imports(self.tree)
        ):
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
        local = name if self.bindings.bound[name] == 0 else self._free_name(name)
        self._add_import(name, None if local == name else local, first)
        return replacements, local

    def _existing_import(self, name: str, first: int) -> str | None:
        for found in top_level_imports(self.tree):
            statement = found.statement
            if (
                isinstance(statement, ast.ImportFrom)
                and statement.module == self.accessors.policy.accessor.module
                and not statement.level
                and found.alias.name == name
                and self.bindings.bound[found.name] == 1
                and offsets_of(statement, self.table)[1] <= first
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
            code = f"from {self.accessors.policy.accessor.module} import {name}"
            self.plan.edits.append(Edit(start, end, code))
            self.plan.added.add((self.accessors.policy.accessor.module, name, None))
        elif alone:
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
        module = self.accessors.policy.accessor.module
        self.plan.added.add((module, name, local))
        if local is None and self._extend_import(module, name, first):
            return
        self._insert(f"from {module} import {name}" + (f" as {local}" if local else ""), first)

    def _extend_import(self, module: str, name: str, first: int) -> bool:
        """Add `name` to an import of the accessor: one in the file, or one that this rewrite inserts."""
        prefix = f"from {module} import "
        for index, edit in enumerate(self.plan.edits):
            if prefix in edit.text and " as " not in edit.text and edit.start <= first:
                before, _, rest = edit.text.partition(prefix)
                names, newline, after = _partition_line(rest)
                merged = ", ".join(sorted({*names.split(", "), name}))
                self.plan.edits[index] = Edit(edit.start, edit.end, before + prefix + merged + newline + after)
                return True
        for statement in self.tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.module == module and not statement.level:
                start, end = offsets_of(statement, self.table)
                if end <= first and statement.names[0].name != "*":
                    self.plan.edits.append(Edit(start, end, imports.extended(self.text[start:end], name)))
                    return True
        return False

    def _insert(self, code: str, first: int) -> None:
        self.plan.edits.append(imports.insertion(self.tree, self.table, code, first, self.accessors.local_modules))

    def _replaced_nodes(self) -> dict[Position, ast.expr]:
        """The expressions of the old tree that are to be replaced."""
        found: dict[Position, ast.expr] = {}
        for change in self.plan.changes:
            node = expression_at(self.tree, self.table, change.start, change.end)
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


def _partition_line(text: str) -> tuple[str, str, str]:
    for newline in ("\r\n", "\n", "\r"):
        before, found, after = text.partition(newline)
        if found:
            return before, found, after
    return text, "", ""
