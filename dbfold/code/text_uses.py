"""What operations do with the text of a path: other texts and paths that are made of it, comparisons, keys, loops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbfold.code.derivations import Step
from dbfold.code.expressions import Attribute, Call, Either, Entries, Expression, Item, Name, Text, last_name
from dbfold.code.facts import ModuleFacts, OperationSite
from dbfold.code.file_uses import given
from dbfold.code.flows import Flows
from dbfold.code.libraries import DERIVING_FUNCTIONS
from dbfold.code.operations import starts_program
from dbfold.code.project import Project
from dbfold.code.scopes import from_inside
from dbfold.code.uses import Doing, Place, Use, of
from dbfold.code.values import External, Frame


class TextUses:
    """Finds them in the operations of a project, of each that a path may get to."""

    def __init__(self, project: Project, flows: Flows) -> None:
        self._project = project
        self._flows = flows

    def of_operation(self, facts: ModuleFacts, site: OperationSite) -> Iterator[Use]:
        """What one operation does with paths."""
        operands = site.operation.operands
        match site.operation.what:
            case "derive":
                yield from self._derived(facts, site, operands[0])
            case "+":
                yield from self._text(facts, site)
            case "/":
                yield from self._used(Doing.JOINED, facts, site, operands[-1:], by="/")
            case "==" | "in":
                yield from self._compared(facts, site)
            case "key":
                yield from self._used(Doing.KEYED, facts, site, operands)
            case "[:]" if not _is_display(facts, site, operands[0]):
                yield from self._used(Doing.DERIVED, facts, site, operands, step=Step("[:]", (None,)))
            case "for":
                own = self._flows.own_frame(facts, site.scope)
                found = self._flows.paths(operands, [own], site.operation.line, site.branches)
                if len(found) > 1 and not _is_looked_up(facts, site, operands[0]):
                    yield Use(Doing.LOOPED, of(found), facts.file, site.operation.line)

    def _at(self, expressions: Iterable[Expression | None], facts: ModuleFacts, site: OperationSite) -> set[Place]:
        frames = self._flows.frames(facts, site.scope)
        return self._flows.paths(expressions, frames, site.operation.line, site.branches)

    def _used(
        self,
        doing: Doing,
        facts: ModuleFacts,
        site: OperationSite,
        expressions: Iterable[Expression | None],
        *,
        by: str = "",
        step: Step | None = None,
    ) -> Iterator[Use]:
        if found := self._at(expressions, facts, site):
            yield Use(doing, of(found), facts.file, site.operation.line, by, step=step)

    def _derived(self, facts: ModuleFacts, site: OperationSite, expression: Expression | None) -> Iterator[Use]:
        if isinstance(expression, Attribute):
            yield from self._used(Doing.DERIVED, facts, site, [expression.base], step=Step(expression.name))
        elif isinstance(expression, Call):
            yield from self._made_by_call(facts, site, expression)

    def _made_by_call(self, facts: ModuleFacts, site: OperationSite, call: Call) -> Iterator[Use]:
        arguments = given(call)
        frame = Frame(facts.file, site.scope)
        called = self._project.evaluate(call.function, frame, call.line, site.branches)
        functions = sorted({one.name for one in called if isinstance(one, External)} & DERIVING_FUNCTIONS)
        if functions:
            for number, one in enumerate(arguments):
                step = Step(functions[0], _literals([*arguments[:number], *arguments[number + 1 :]]))
                yield from self._used(Doing.DERIVED, facts, site, [one], step=step)
        elif isinstance(call.function, Attribute):
            name = last_name(call.function) or ""
            if name != "replace" or len(arguments) > 1:  # with one argument it moves a file
                step = Step(name, _literals(arguments))
                yield from self._used(Doing.DERIVED, facts, site, [call.function.base], step=step)

    def _text(self, facts: ModuleFacts, site: OperationSite) -> Iterator[Use]:
        """What is before and after a path in a text; the beginning of a URL and its query are no part of the path."""
        parts = list(site.operation.operands)
        first = parts[0]
        if isinstance(first, Text) and starts_program(first.value):
            program = first.value.split()[0].rpartition("/")[2]
            yield from self._used(Doing.DESTROYED, facts, site, parts[1:], by=program)
            return
        is_url = isinstance(first, Text) and first.value.endswith(("://", ":///", "file:"))
        parts = parts[1:] if is_url else parts
        for number, part in enumerate(parts):
            if part is None or isinstance(part, Text):
                continue
            before, after = parts[:number], parts[number + 1 :]
            if before and not _is_option(before[-1]):
                yield from self._used(Doing.JOINED, facts, site, [part], by="+")
            if after and not (is_url and isinstance(after[0], Text) and after[0].value.startswith("?")):
                known = after[0].value if len(after) == 1 and isinstance(after[0], Text) else None
                yield from self._used(Doing.DERIVED, facts, site, [part], step=Step("+", (known,)))

    def _compared(self, facts: ModuleFacts, site: OperationSite) -> Iterator[Use]:
        left, right = site.operation.operands
        what, line = site.operation.what, site.operation.line
        if what == "in" and isinstance(left, Text):
            if not _is_display(facts, site, right):
                yield from self._used(Doing.DERIVED, facts, site, [right], step=Step("in", (left.value,)))
            return
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Text):
                yield from self._used(Doing.DERIVED, facts, site, [other], step=Step("==", (one.value,)))
                return
        ours, theirs = self._at([left], facts, site), self._at([right], facts, site)
        if ours and theirs:
            yield Use(Doing.COMPARED, of(ours), facts.file, line, others=of(theirs))
        elif (ours or theirs) and what == "==":
            yield Use(Doing.COMPARED, of(ours or theirs), facts.file, line, unknown=True)


def _literals(arguments: Iterable[Expression | None]) -> tuple[str | None, ...]:
    return tuple(one.value if isinstance(one, Text) else None for one in arguments)


def _is_option(before: Expression | None) -> bool:
    """`--db=` before a path: it ends where the path begins."""
    return isinstance(before, Text) and before.value.endswith("=")


def _is_looked_up(facts: ModuleFacts, site: OperationSite, expression: Expression | None) -> bool:
    """Is it one value of a mapping that is not written down here, and may hold any of its values?"""
    while isinstance(expression, Call):
        function = expression.function
        is_get = isinstance(function, Attribute) and function.name == "get"
        if not is_get or not isinstance(function, Attribute):
            expression = expression.arguments[0] if expression.arguments else getattr(function, "base", None)
            continue
        expression = Item(function.base, expression.arguments[0] if expression.arguments else None)
    return isinstance(expression, Item) and expression.key is not None and not _is_display(facts, site, expression.base)


def _is_display(facts: ModuleFacts, site: OperationSite, expression: Expression | None) -> bool:
    """Is it a name for a list or a mapping that the module writes down?"""
    if not isinstance(expression, (Name, Attribute)):
        return isinstance(expression, (Either, Entries))
    names = (expression.name, f".{expression.name}")
    places = [(scope, name) for scope in from_inside(site.scope) for name in names]
    held = [one.value for place in places for one in facts.assignments.get(place, ())]
    return any(isinstance(value, (Either, Entries)) for value in held)
