"""From the syntax tree of an expression to what it may hold: names, attributes, calls, displays, and the literals."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping

from dbfold.code.expressions import (
    Attribute,
    Call,
    Deferred,
    Either,
    Entries,
    Expression,
    Item,
    Name,
    Operation,
    Site,
    Sql,
    SqlText,
    Text,
    either,
    last_name,
)
from dbfold.code.libraries import DERIVING_METHODS, DIRECTORY_MAKERS, EXECUTE_METHODS, TEXT_FUNCTIONS
from dbfold.code.operations import compared, derived, in_directory, joined, keyed, looped, sliced
from dbfold.code.parsing import Position, position
from dbfold.code.texts import HOLE, is_sql, template_parts

_LONGEST_TEXT = 200
_ONLY_SHOW = TEXT_FUNCTIONS | DIRECTORY_MAKERS
_ONLY_PASS = DERIVING_METHODS | frozenset(
    "str repr format join len Path PurePath basename dirname abspath resolve absolute relpath as_posix strip".split()
)
"""What makes another text, which is shown where the call is."""
_DEEPEST = 40


class Reader:
    """Turns expressions of one module into `Expression`, each once.

    It collects the texts of SQL that it meets, hands every call to `called`, to `bound` what comprehensions and `:=`
    give a name, and to `operated` what is done with values that may be paths; `found` is told of each site and each
    text of SQL.
    """

    def __init__(
        self,
        sites: Mapping[Position, int],
        called: Callable[[Call], None],
        bound: Callable[[ast.expr, Expression], None],
        operated: Callable[[Operation], None],
        found: Callable[[], None],
    ) -> None:
        self.sites = sites
        self.texts: list[SqlText] = []
        self._lines = {place[0] for place in sites}
        self._called = called
        self._bound = bound
        self._operated = operated
        self._shown = 0  # inside of how many texts for people
        self._found = found

    def read(self, node: ast.expr | None, depth: int = 0) -> Expression | None:
        """What `node` may hold; None if that leads nowhere."""
        if node is None:
            return None
        if node.lineno in self._lines and (index := self.sites.get(position(node))) is not None:
            if not isinstance(node, ast.Constant) and type(node) in _READERS and depth <= _DEEPEST:
                _READERS[type(node)](self, node, depth + 1)  # a name that is put together from others uses them
            self._found()
            return Site(index)
        reader = _READERS.get(type(node))
        if reader is None or depth > _DEEPEST:
            self._pass_over(node, depth + 1)
            return None
        return reader(self, node, depth + 1)

    def show(self, node: ast.expr | None) -> None:
        """Read what is only shown to people."""
        self._shown += 1
        self.read(node)
        self._shown -= 1

    def key(self, node: ast.Subscript, depth: int = 0) -> Expression | None:
        """What is between the brackets of `mapping[key]`."""
        key = self.read(node.slice, depth)
        if isinstance(node.value, (ast.Name, ast.Attribute)):
            self._operate(keyed((key,), node.lineno))
        return key

    def loop(self, node: ast.expr, depth: int = 0) -> Expression | None:
        """What a loop goes through."""
        held = self.read(node, depth)
        if held is not None:
            self._operate(looped(held, node.lineno))
        return held

    def _shown_in(self, function: ast.expr) -> int:
        """Inside of how many texts for people the arguments of a call of `function` are."""
        name = getattr(function, "attr", getattr(function, "id", ""))
        if name in _ONLY_SHOW or name.endswith(("Error", "Exception", "Exit", "Warning")):
            return self._shown + 1
        return self._shown if name in _ONLY_PASS else 0

    def _operate(self, operation: Operation | None) -> None:
        if operation is not None and not self._shown:
            self._operated(operation)

    def _pass_over(self, node: ast.AST, depth: int) -> None:
        """Read what is inside of something that holds nothing itself, for the calls and the texts."""
        for name in node._fields:
            value = getattr(node, name, None)
            for child in value if isinstance(value, list) else (value,):
                if isinstance(child, ast.expr):
                    self.read(child, depth)
                elif isinstance(child, ast.AST):
                    self._pass_over(child, depth)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, depth: int
    ) -> Expression | None:
        for generator in node.generators:
            if (held := self.loop(generator.iter, depth)) is not None:
                self._bound(generator.target, Item(held, None))
            for condition in generator.ifs:
                self.read(condition, depth)
        if isinstance(node, ast.DictComp):
            self._operate(keyed((self.read(node.key, depth),), node.lineno))
            return self.read(node.value, depth)
        return self.read(node.elt, depth)

    def _constant(self, node: ast.Constant, depth: int) -> Expression | None:
        if not isinstance(node.value, str):
            return None
        if is_sql(node.value):
            return self._sql(node, (node.value,), [node])
        return Text(node.value) if len(node.value) <= _LONGEST_TEXT else None

    def _sql(self, node: ast.expr, parts: tuple[str | Expression | None, ...], literals: Iterable[ast.expr]) -> Sql:
        self._found()
        self.texts.append(SqlText(position(node), parts, tuple(map(position, literals))))
        return Sql(len(self.texts) - 1)

    def _joined(self, node: ast.JoinedStr, depth: int) -> Expression | None:
        parts = tuple(self._parts(node, depth))
        text = "".join(part if isinstance(part, str) else HOLE for part in parts)
        if is_sql(text):
            return self._sql(node, parts, [node])
        self._operate(joined(parts, node.lineno))
        if "://" in text or text.startswith("file:"):  # a URL of a path that is held elsewhere
            if scheme := _scheme(text):
                return Text(scheme)
            return either([part for part in parts if part is not None and not isinstance(part, str)])
        fields = [part for part in parts if not isinstance(part, str)]
        if len(fields) == 1 and fields[0] is not None and len(parts) == 1:
            return fields[0]
        return None

    def _parts(self, node: ast.expr, depth: int) -> list[str | Expression | None]:
        """What a text is put together from."""
        match node:
            case ast.Constant(value=str() as text):
                return [text]
            case ast.JoinedStr():
                parts: list[str | Expression | None] = []
                for value in node.values:
                    inner = value.value if isinstance(value, ast.FormattedValue) else value
                    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
                    parts += [value.value] if is_text else [self.read(inner, depth)]  # type: ignore[attr-defined]
                return parts
            case ast.BinOp(op=ast.Add()):
                operands = [node.right]
                left = node.left
                while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
                    operands.append(left.right)
                    left = left.left
                operands.append(left)
                return [part for operand in reversed(operands) for part in self._parts(operand, depth + 1)]
        return [self.read(node, depth)]

    def _binary(self, node: ast.BinOp, depth: int) -> Expression | None:
        if isinstance(node.op, ast.Add):
            parts = tuple(self._parts(node, depth))
            if is_sql("".join(part if isinstance(part, str) else HOLE for part in parts)):
                return self._sql(node, parts, _literals(node))
            if any(isinstance(part, str) for part in parts):  # else it adds numbers, as a rule
                self._operate(joined(parts, node.lineno))
            return either([part for part in parts if part is not None and not isinstance(part, str)])
        if isinstance(node.op, ast.Mod) and (found := self._formatted(node, node.left, depth)) is not None:
            return found
        if isinstance(node.op, ast.BitOr):  # `a | b` of types
            return either([self.read(node.left, depth), self.read(node.right, depth)])
        directory = self.read(node.left, depth)
        last = self.read(node.right, depth)
        if isinstance(node.op, ast.Div):  # `directory / name`: the name says which file
            self._operate(in_directory(directory, last, node.lineno))
            return last
        if isinstance(node.op, ast.Mod) and isinstance(directory, Text):
            self._operate(_filled(directory.value, last, node))
        return None

    def _compare(self, node: ast.Compare, depth: int) -> Expression | None:
        operands = [self.read(one, depth) for one in (node.left, *node.comparators)]
        self._operate(compared(node, operands))
        return None

    def _formatted(self, node: ast.expr, template: ast.expr, depth: int) -> Expression | None:
        """`"… %s" % x` and `"… {}".format(x)`: SQL whose fields are computed."""
        if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
            return None
        if not is_sql(template.value):
            return None
        self._pass_over(node.right if isinstance(node, ast.BinOp) else ast.Tuple(node.args), depth)  # type: ignore[attr-defined]
        parts = tuple(template_parts(template.value, percent=isinstance(node, ast.BinOp)))
        return self._sql(node, parts, [template])

    def _name(self, node: ast.Name, depth: int) -> Expression:
        return Name(node.id)

    def _attribute(self, node: ast.Attribute, depth: int) -> Expression | None:
        base = self.read(node.value, depth)
        if base is None:
            return None
        held = Attribute(base, node.attr)
        self._operate(derived(held, node.lineno))
        return held

    def _call(self, node: ast.Call, depth: int) -> Expression | None:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            found = self._formatted(node, node.func.value, depth)
            if found is not None:
                return found
        around = self._shown
        self._shown = self._shown_in(node.func)
        function = self.read(node.func, depth)
        executes = isinstance(function, Attribute) and function.name in EXECUTE_METHODS
        arguments = [
            self._executed(argument, depth) if executes and not number else self.read(argument, depth)
            for number, argument in enumerate(node.args)
        ]
        keywords = [(keyword.arg, self.read(keyword.value, depth)) for keyword in node.keywords]
        self._shown = around
        if function is None:
            return None
        if isinstance(function, Attribute) and isinstance(function.base, Sql):
            return function.base  # `"""…""".strip()`
        given = tuple((name, value) for name, value in keywords if name and value is not None)
        call = Call(function, tuple(arguments), given, node.lineno)
        self._called(call)
        self._operate(_join(call) or derived(call, node.lineno))
        return call

    def _executed(self, node: ast.expr, depth: int) -> Expression | None:
        """The first argument of `execute`: SQL, however it begins."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
            return self._sql(node, (node.value,), [node])
        if isinstance(node, ast.JoinedStr):
            return self._sql(node, tuple(self._parts(node, depth)), [node])
        return self.read(node, depth)

    def _wrapped(self, node: ast.Await | ast.Starred, depth: int) -> Expression | None:
        return self.read(node.value, depth)

    def _named(self, node: ast.NamedExpr, depth: int) -> Expression | None:
        held = self.read(node.value, depth)
        if held is not None:
            self._bound(node.target, held)
        return held

    def _alternatives(self, node: ast.BoolOp, depth: int) -> Expression | None:
        return either([self.read(value, depth) for value in node.values])

    def _conditional(self, node: ast.IfExp, depth: int) -> Expression | None:
        self.read(node.test, depth)
        return either([self.read(node.body, depth), self.read(node.orelse, depth)])

    def _display(self, node: ast.List | ast.Tuple | ast.Set, depth: int) -> Expression | None:
        return either([self.read(item, depth) for item in node.elts])

    def _mapping(self, node: ast.Dict, depth: int) -> Expression | None:
        keys = [self.read(key, depth) for key in node.keys if not isinstance(key, ast.Constant)]
        self._operate(keyed(keys, node.lineno))
        entries = tuple(
            (key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None, held)
            for key, value in zip(node.keys, node.values, strict=True)
            if (held := self.read(value, depth)) is not None
        )
        return Entries(entries) if entries else None

    def _subscript(self, node: ast.Subscript, depth: int) -> Expression | None:
        base = self.read(node.value, depth)
        key = self.key(node, depth)
        if isinstance(node.slice, ast.Slice):
            self._operate(sliced(base, node.lineno))
        return None if base is None else Item(base, key)

    def _lambda(self, node: ast.Lambda, depth: int) -> Expression | None:
        body = self.read(node.body, depth)
        return None if body is None else Deferred(body)


_READERS: dict[type[ast.expr], Callable[[Reader, ast.expr, int], Expression | None]] = {
    ast.Constant: Reader._constant,  # type: ignore[dict-item]
    ast.JoinedStr: Reader._joined,  # type: ignore[dict-item]
    ast.BinOp: Reader._binary,  # type: ignore[dict-item]
    ast.Name: Reader._name,  # type: ignore[dict-item]
    ast.Attribute: Reader._attribute,  # type: ignore[dict-item]
    ast.Call: Reader._call,  # type: ignore[dict-item]
    ast.Compare: Reader._compare,  # type: ignore[dict-item]
    ast.Await: Reader._wrapped,  # type: ignore[dict-item]
    ast.NamedExpr: Reader._named,  # type: ignore[dict-item]
    ast.ListComp: Reader._comprehension,  # type: ignore[dict-item]
    ast.SetComp: Reader._comprehension,  # type: ignore[dict-item]
    ast.GeneratorExp: Reader._comprehension,  # type: ignore[dict-item]
    ast.DictComp: Reader._comprehension,  # type: ignore[dict-item]
    ast.Starred: Reader._wrapped,  # type: ignore[dict-item]
    ast.BoolOp: Reader._alternatives,  # type: ignore[dict-item]
    ast.IfExp: Reader._conditional,  # type: ignore[dict-item]
    ast.List: Reader._display,  # type: ignore[dict-item]
    ast.Tuple: Reader._display,  # type: ignore[dict-item]
    ast.Set: Reader._display,  # type: ignore[dict-item]
    ast.Dict: Reader._mapping,  # type: ignore[dict-item]
    ast.Subscript: Reader._subscript,  # type: ignore[dict-item]
    ast.Lambda: Reader._lambda,  # type: ignore[dict-item]
}


def _scheme(text: str) -> str | None:
    """The beginning of a URL of another engine."""
    scheme = text.partition("://")[0]
    return None if scheme.startswith(("sqlite", HOLE, "file")) else f"{scheme}://"


def _literals(node: ast.BinOp) -> list[ast.expr]:
    """The string literals that are put together with `+`, in order."""
    operands: list[ast.expr] = []
    pending: list[ast.expr] = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add):
            pending += [one.right, one.left]
        elif isinstance(one, ast.JoinedStr) or (isinstance(one, ast.Constant) and isinstance(one.value, str)):
            operands.append(one)
    return operands


def _join(call: Call) -> Operation | None:
    """The operation of `os.path.join(directory, name)` and `directory.joinpath(name)`; None for other calls."""
    name = last_name(call.function)
    if name not in ("join", "joinpath") or not call.arguments or not isinstance(call.function, Attribute):
        return None
    directory = call.function.base if name == "joinpath" else call.arguments[0]
    is_text = name == "join" and len(call.arguments) < 2  # `", ".join(names)`
    return None if is_text else in_directory(directory, call.arguments[-1], call.line)


def _filled(template: str, value: Expression | None, node: ast.BinOp) -> Operation | None:
    """The operation of `"%s.bak" % path`."""
    fields = iter(value.options if isinstance(node.right, ast.Tuple) and isinstance(value, Either) else (value,))
    parts = [part or next(fields, None) for part in template_parts(template, percent=True) if part != ""]
    return joined(parts, node.lineno)
