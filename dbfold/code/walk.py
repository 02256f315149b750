"""One pass over the statements of a module, for its facts."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from dbfold.base.text import LineTable
from dbfold.code.expressions import Attribute, Call, Either, Expression, Item, Name, Operation, Text, last_name
from dbfold.code.facts import Assignment, CallSite, Class, Function, Import, ModuleFacts, OperationSite
from dbfold.code.hints import promised
from dbfold.code.libraries import DESTRUCTIVE_METHODS, EXECUTORS, OPENING_NAMES
from dbfold.code.names import dotted
from dbfold.code.parsing import Position
from dbfold.code.reading import Reader
from dbfold.code.scopes import Branches, Scope, from_inside, inner, outer


def module_facts(text: str, tree: ast.Module, facts: ModuleFacts, sites: Mapping[Position, int]) -> ModuleFacts:
    """Fill `facts` from the module's text and syntax tree. `sites` gives the number of the site at a position."""
    walk = _Walk(facts, sites)
    walk.block(tree.body, "", None, ())
    facts.texts = tuple(walk.reader.texts)
    facts.telling = frozenset(walk.telling)
    facts.displays = frozenset(walk.displays)
    if facts.texts:
        table = LineTable(text)
        facts.spans = tuple(
            (table.span(*_offsets(one.position, table)), tuple(_offsets(place, table) for place in one.literals))
            for one in facts.texts
        )
    return facts


def _offsets(place: Position, table: LineTable) -> tuple[int, int]:
    line, column, end_line, end_column = place
    return table.offset(line, column), table.offset(end_line or line, end_column or column)


class _Walk:
    """One pass over the statements of a module."""

    def __init__(self, facts: ModuleFacts, sites: Mapping[Position, int]) -> None:
        self.facts = facts
        self.reader = Reader(sites, self._called, self._bound, self._operated, self._found)
        self.scope: Scope = ""
        self.branches: Branches = ()
        self.globals: dict[Scope, set[str]] = {}
        self.returns: dict[Scope, list[tuple[int, Branches, Expression]]] = {}
        self._blocks = 0
        self.telling: set[Scope] = set()
        self.displays: set[str] = set()

    def block(self, body: Iterable[ast.stmt], scope: Scope, in_class: Scope | None, branches: Branches) -> None:
        for statement in body:
            self.scope, self.branches = scope, branches
            self._statement(statement, scope, in_class, branches)

    def _branch(
        self,
        body: list[ast.stmt],
        scope: Scope,
        in_class: Scope | None,
        branches: Branches,
        test: ast.expr | None = None,
    ) -> None:
        if body:
            self._blocks += 1
            if test is not None and (guards := list(self._guards(test))):
                self.facts.guards[self._blocks] = guards
            self.block(body, scope, in_class, (*branches, self._blocks))

    def _guards(self, test: ast.expr) -> Iterator[tuple[Expression, str]]:
        """What `test` compares with a text, if it holds only where they are equal."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            for part in test.values:
                yield from self._guards(part)
        match test:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=str() as text)]):
                if (held := Reader({}, _ignored, _ignored, _ignored, _ignored).read(left)) is not None:
                    yield held, text

    def _statement(self, node: ast.stmt, scope: Scope, in_class: Scope | None, branches: Branches) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, scope, in_class, branches)
            case ast.ClassDef():
                self._class(node, scope, branches)
            case ast.Import():
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    self.facts.imports[alias.asname or top] = Import(0, alias.name if alias.asname else top, None)
            case ast.ImportFrom():
                for alias in node.names:
                    found = Import(node.level, node.module or "", alias.name)
                    if alias.name == "*":
                        self.facts.stars.append(found)
                    else:
                        self.facts.imports[alias.asname or alias.name] = found
            case ast.Global():
                self.globals.setdefault(scope, set()).update(node.names)
            case ast.If() | ast.While():
                self.reader.read(node.test)
                self._branch(node.body, scope, in_class, branches, node.test)
                self._branch(node.orelse, scope, in_class, branches)
            case ast.For() | ast.AsyncFor():
                if (held := self.reader.loop(node.iter)) is not None:
                    self._bind(node.target, Item(held, None), node.lineno, scope, branches)
                self._branch(node.body, scope, in_class, branches)
                self._branch(node.orelse, scope, in_class, branches)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    held = self.reader.read(item.context_expr)
                    if item.optional_vars is not None and held is not None:
                        entered = Call(Attribute(held, "__enter__"), (), (), node.lineno)
                        self._bind(item.optional_vars, entered, node.lineno, scope, branches)
                self.block(node.body, scope, in_class, branches)
            case ast.Try() | ast.TryStar():
                self._branch(node.body, scope, in_class, branches)
                for handler in node.handlers:
                    self._branch(handler.body, scope, in_class, branches)
                self._branch(node.orelse, scope, in_class, branches)
                self.block(node.finalbody, scope, in_class, branches)
            case ast.Match():
                subject = self.reader.read(node.subject)
                for case in node.cases:
                    self._pattern(case.pattern, subject)
                    self._branch(case.body, scope, in_class, branches)
            case _:
                self._simple(node, scope, branches)

    def _pattern(self, pattern: ast.pattern, subject: Expression | None) -> None:
        for part in ast.walk(pattern):
            if isinstance(part, ast.MatchValue) and not isinstance(part.value, ast.Constant):
                self._operated(Operation("==", (subject, self.reader.read(part.value)), part.lineno))

    def _simple(self, node: ast.stmt, scope: Scope, branches: Branches) -> None:
        match node:
            case ast.Assign():
                for target in node.targets:
                    self._read_target(target)
                self._assign(node.targets, node.value, node.lineno, scope, branches)
            case ast.AnnAssign():
                self._read_target(node.target)
                held = self.reader.read(node.value) if node.value else promised(node.annotation)
                if held is not None:
                    self._bind(node.target, held, node.lineno, scope, branches)
                    self._display(node.target, node.value)
            case ast.AugAssign():
                if (held := self.reader.read(node.value)) is not None:
                    self._bind(node.target, held, node.lineno, scope, branches, adds=True)
            case ast.Return():
                self._returned(node.value, node.lineno, scope, branches)
            case ast.Expr(value=ast.Yield() | ast.YieldFrom() as yielded):
                self._returned(yielded.value, node.lineno, scope, branches)
            case ast.Expr(value=ast.Constant()):
                return  # documentation
            case ast.Raise() | ast.Assert():
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.reader.show(child)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.reader.read(child)

    def _read_target(self, target: ast.expr) -> None:
        if isinstance(target, ast.Subscript):
            self.reader.key(target)

    def _returned(self, value: ast.expr | None, line: int, scope: Scope, branches: Branches) -> None:
        if (held := self.reader.read(value)) is not None:
            self.returns.setdefault(scope, []).append((line, branches, held))

    def _found(self) -> None:
        self.telling.add(self.scope)

    def _called(self, call: Call) -> None:
        if last_name(call.function) in _TELLING_CALLS:
            self.telling.add(self.scope)
        if _leads_somewhere(call):
            self.facts.calls.append(CallSite(self.scope, self.branches, call))

    def _operated(self, operation: Operation) -> None:
        self.facts.operations.append(OperationSite(self.scope, self.branches, operation))

    def _bound(self, target: ast.expr, held: Expression) -> None:
        self._bind(target, held, target.lineno, self.scope, self.branches)

    def _assign(self, targets: list[ast.expr], value: ast.expr, line: int, scope: Scope, branches: Branches) -> None:
        first = targets[0]
        if (
            len(targets) == 1
            and isinstance(first, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(first.elts) == len(value.elts)
        ):
            for one, item in zip(first.elts, value.elts, strict=True):
                self._assign([one], item, line, scope, branches)
            return
        held = self.reader.read(value)
        for target in targets:
            if held is not None:
                self._bind(target, held, line, scope, branches)
                self._display(target, value)
            elif isinstance(target, ast.Name):
                # What leads nowhere still ends what the name held before.
                home = self._home(target.id, scope)
                self._record(home, target.id, Assignment(line, scope, branches, Either(())))

    def _bind(
        self,
        target: ast.expr,
        held: Expression,
        line: int,
        scope: Scope,
        branches: Branches,
        *,
        adds: bool = False,
    ) -> None:
        match target:
            case ast.Name():
                self._record(self._home(target.id, scope), target.id, Assignment(line, scope, branches, held, adds))
            case ast.Tuple() | ast.List():
                for item in target.elts:
                    self._bind(item, Item(held, None), line, scope, branches, adds=adds)
            case ast.Subscript():
                self._bind(target.value, held, line, scope, branches, adds=True)
            case ast.Attribute():
                name = dotted(target)
                if name is not None:
                    home, name = self._attribute_home(name, scope)
                    self._record(home, name, Assignment(line, scope, branches, held, adds))

    def _display(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(value, (ast.List, ast.Tuple, ast.Dict)) and isinstance(target, (ast.Name, ast.Attribute)):
            self.displays.add(target.id if isinstance(target, ast.Name) else target.attr)

    def _home(self, name: str, scope: Scope) -> Scope:
        return "" if name in self.globals.get(scope, ()) else scope

    def _attribute_home(self, name: str, scope: Scope) -> tuple[Scope, str]:
        """`self.conn = …` belongs to the class, as `.conn`; `other.conn = …` to the scope that holds `other`."""
        function = self.facts.functions.get(scope)
        head, _, rest = name.partition(".")
        if function is not None and function.in_class is not None and function.parameters[:1] == (head,):
            return function.in_class, f".{rest}"
        if scope in self.facts.classes or head not in ("self", "cls"):
            return scope, name
        for owner in from_inside(outer(scope)):  # a function inside a method
            method = self.facts.functions.get(owner)
            if method is not None and method.in_class is not None:
                return method.in_class, f".{rest}"
        return scope, name

    def _record(self, scope: Scope, name: str, assignment: Assignment) -> None:
        self.facts.assignments.setdefault((scope, name), []).append(assignment)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, in_class: Scope | None, branches: Branches
    ) -> None:
        name = inner(scope, node.name)
        arguments = node.args
        parameters = [*arguments.posonlyargs, *arguments.args]
        pairs = list(zip(reversed(parameters), reversed(arguments.defaults), strict=False))
        pairs += [(one, value) for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value]
        everything = [*parameters, *arguments.kwonlyargs]
        returns = self.returns[name] = []
        function = Function(
            name,
            tuple(one.arg for one in everything),
            {one.arg: held for one, value in pairs if (held := self.reader.read(value)) is not None},
            {one.arg: held for one in everything if (held := promised(one.annotation)) is not None},
            (),
            in_class,
            tuple(decorator for one in node.decorator_list if (decorator := dotted(_called(one)))),
        )
        self.facts.functions[name] = function
        for decoration in node.decorator_list:
            self.reader.read(decoration)
        self.block(node.body, name, None, ())
        if not returns and (hint := promised(node.returns)) is not None:
            returns.append((node.lineno, (), hint))
        self.facts.functions[name] = function._replace(returns=tuple(returns))

    def _class(self, node: ast.ClassDef, scope: Scope, branches: Branches) -> None:
        name = inner(scope, node.name)
        bases = tuple(held for base in node.bases if (held := self.reader.read(base)) is not None)
        hinted = [one.target for one in node.body if isinstance(one, ast.AnnAssign)]
        fields = tuple(target.id for target in hinted if isinstance(target, ast.Name))
        self.facts.classes[name] = Class(name, bases, fields)
        self.block(node.body, name, name, ())


_TELLING_CALLS = OPENING_NAMES | EXECUTORS

# Methods of texts, lists, loggers and mappings: half of all calls, and none of them leads to a database.
_PLAIN_CALLS = frozenset(
    "append add extend info debug warning warn error exception critical log join split strip startswith endswith lower"
    " upper isoformat dumps loads items keys update print len int float bool str isinstance hasattr sorted range min"
    " max sum round any all abs repr sleep mkdir exists strftime fromisoformat match search sub HTTPException Query"
    " Field get_logger getLogger commit rollback close".split()
)
_FILE_METHODS = DESTRUCTIVE_METHODS | {"open"}


def _leads_somewhere(call: Call) -> bool:
    function = call.function
    if isinstance(function, (Name, Attribute)) and function.name in _PLAIN_CALLS:
        return False
    if isinstance(function, Attribute) and function.name in _FILE_METHODS:
        return True
    given = (*call.arguments, *(value for _, value in call.keywords))
    return not given or any(value is not None and not isinstance(value, Text) for value in given)


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _ignored(*_: object) -> None:
    """For a reader of an expression that has been read before."""
