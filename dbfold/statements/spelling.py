"""How a text may be spelled: every value that an expression may have, piece by piece, each with the literal it is from.

`f"SELECT * FROM {table}"` is known once it is known what `table` may be: the arguments of all calls, the items of a
loop, the attributes of subclasses. What may have any other value is a hole. Nothing is left out: where a value cannot
be followed there is a hole, and a parameter is known only if every use of its function is a call that is seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from dbfold.code.parsing import offsets_of
from dbfold.code.texts import HOLE
from dbfold.statements.arguments import Function, argument_of, decorators, default_of, is_starred
from dbfold.statements.family import Family
from dbfold.statements.items import DEEPEST, Item, Items
from dbfold.statements.sources import Binding, Source, Sources
from dbfold.statements.spellings import (
    ASKED,
    MOST,
    UNKNOWN,
    Carrier,
    Literal,
    Segment,
    Spellings,
    gathered,
    is_known,
    is_unknown,
    plain,
    products,
    spelled,
    template_parts,
    through,
)

_MOST_STEPS = 20_000
_SAME = frozenset({"str", "text", "dedent", "cleandoc", "TextClause", "SQL", "Composed"})
_HARMLESS = frozenset(
    "staticmethod classmethod property cached_property contextmanager asynccontextmanager cache lru_cache wraps"
    " override abstractmethod".split()
)


class Speller(Items):
    """Spells expressions."""

    def __init__(self, sources: Sources, family: Family) -> None:
        super().__init__(sources, family)
        self._known: dict[tuple[str, int], Spellings] = {}
        self._steps = 0

    def spell(self, source: Source, node: ast.expr, depth: int = 0) -> Spellings:
        """Every text that `node` may be."""
        key = (source.file, id(node))
        if key in self._known:
            return self._known[key]
        if key in self.pending:
            self.cut = True
            return []  # what is asked for adds nothing to itself
        self._steps += 1
        if depth > DEEPEST or self._steps > _MOST_STEPS:
            return [UNKNOWN]
        outer, self.cut = self.cut, False
        self.pending.add(key)
        try:
            found = list(dict.fromkeys(self._spell(source, node, depth + 1)))
        finally:
            self.pending.discard(key)
        if len(found) > MOST or any(map(is_unknown, found)):
            found = [UNKNOWN]
        if not self.cut:
            self._known[key] = found
        self.cut = self.cut or outer
        return found

    def _spell(self, source: Source, node: ast.expr, depth: int) -> Spellings:
        match node:
            case ast.Constant(value=str() as text):
                return [(Segment(text, self._literal(source, node, text)),)]
            case ast.Constant(value=None):
                return []
            case ast.Constant(value=int() | float() as number):
                return [(Segment(str(number)),)]
            case ast.JoinedStr():
                return self._joined(source, node, depth)
            case ast.BinOp(op=ast.Add()):
                return products([self.spell(source, node.left, depth), self.spell(source, node.right, depth)])
            case ast.BinOp(op=ast.Mod()):
                values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
                return self._template(source, node.left, values, {}, True, depth)
            case ast.IfExp():
                return [*self.spell(source, node.body, depth), *self.spell(source, node.orelse, depth)]
            case ast.BoolOp():
                return [one for value in node.values for one in self.spell(source, value, depth)]
            case ast.NamedExpr() | ast.Await() | ast.Starred():
                return self.spell(source, node.value, depth)
            case ast.Name():
                return self._name(source, node, depth)
            case ast.Attribute():
                return self._attribute(source, node, depth)
            case ast.Subscript():
                return self.spell_items(self.entries(source, node, depth), depth) or self.unknown(source, node)
            case ast.Call():
                return self._call(source, node, depth)
        return self.unknown(source, node)

    def _literal(self, source: Source, node: ast.expr, text: str) -> Literal:
        return Literal(source.file, source.shown, *offsets_of(node, source.table), text)

    def _joined(self, source: Source, node: ast.JoinedStr, depth: int) -> Spellings:
        whole = "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)
        literal = self._literal(source, node, whole)
        parts: list[Spellings] = []
        at = 0
        for part in node.values:
            if isinstance(part, ast.Constant):
                text = str(part.value)
                parts.append([(Segment(text, literal, at),)])
                at += len(text)
                continue
            assert isinstance(part, ast.FormattedValue)
            plain = part.conversion in (-1, 115) and part.format_spec is None
            parts.append(self.spell(source, part.value, depth) if plain else [UNKNOWN])
            at += 1
        return products(parts)

    def _template(
        self,
        source: Source,
        template: ast.expr,
        values: Sequence[ast.expr],
        named: dict[str, ast.expr],
        percent: bool,
        depth: int,
    ) -> Spellings:
        found: Spellings = []
        for spelling in self.spell(source, template, depth):
            fields = iter(range(len(values)))
            parts: list[Spellings] = []
            for segment in spelling:
                pieces = list(template_parts(segment.text, percent=percent))
                if segment.literal is None or segment.literal.text != segment.text:
                    parts.append([(segment,)] if len(pieces) == 1 else [UNKNOWN])
                    continue
                holes = "".join(piece if isinstance(piece, str) else HOLE for piece in pieces)
                literal = segment.literal._replace(text=holes)
                at = 0
                for piece in pieces:
                    if isinstance(piece, str):
                        parts.append([(segment._replace(text=piece, literal=literal, at=at),)])
                        at += len(piece)
                        continue
                    at += 1
                    parts.append(self._field(source, piece[0], fields, values, named, depth))
            found += products(parts)
        return found

    def _field(
        self,
        source: Source,
        name: str,
        fields: Iterator[int],
        values: Sequence[ast.expr],
        named: dict[str, ast.expr],
        depth: int,
    ) -> Spellings:
        if name and not name.isdigit():
            entries = values[0] if len(values) == 1 and isinstance(values[0], ast.Dict) else None
            if entries is not None:
                named = {
                    key.value: value
                    for key, value in zip(entries.keys, entries.values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
            return self.spell(source, named[name], depth) if name in named else [UNKNOWN]
        number = int(name) if name else next(fields, None)
        if number is None or number >= len(values) or isinstance(values[number], ast.Starred):
            return [UNKNOWN]
        return self.spell(source, values[number], depth)

    def _built(self, source: Source, bindings: Sequence[Binding], depth: int) -> Spellings:
        """What `text = …; text += …` builds: with all that is added, and with each choice of the arms of `if`."""
        ordered = sorted(bindings, key=lambda one: one.position)
        found: Spellings = []
        starts = [number for number, one in enumerate(ordered) if one.kind != "adds"]
        for start, end in zip(starts, [*starts[1:], len(ordered)], strict=True):
            base = self._binding(source, ordered[start], depth)
            adds = [one for one in ordered[start + 1 : end] if one.kind == "adds"]
            outer = ordered[start].branches
            for chosen in (
                [one for one in adds if all(arm == 0 for _, arm in one.branches)],
                [one for one in adds if all(arm == 1 for _, arm in one.branches[len(outer) :])],
                [one for one in adds if one.branches == outer],
            ):
                found += products([base, *(self.spell(source, one.node, depth) for one in chosen)])  # type: ignore[arg-type]
            for one in adds:  # each at least once, whatever the others are
                if one.branches[len(outer) :]:
                    before = [other for other in adds if other.branches == outer and other.position < one.position]
                    after = [other for other in adds if other.branches == outer and other.position > one.position]
                    parts = [self.spell(source, other.node, depth) for other in (*before, one, *after)]  # type: ignore[arg-type]
                    found += products([base, *parts])
        if not starts:
            found += [UNKNOWN]
        return found

    def _name(self, source: Source, node: ast.Name, depth: int) -> Spellings:
        self.read.add((source.file, node.lineno, node.col_offset))
        scope, bindings = source.resolved(node)
        if not bindings:
            return self.unknown(source, node)
        found = self._bound(source, bindings, depth)
        if any(HOLE in spelled(one) for one in found) and self.asks(source, node):
            found = [ASKED if one == UNKNOWN else one for one in found]
        return through(found, Carrier(source.file, id(scope), node.id))

    def _bound(self, source: Source, bindings: Sequence[Binding], depth: int) -> Spellings:
        texts = [one for one in bindings if one.kind != "item"]
        if any(one.kind == "adds" for one in texts):
            return self._built(source, texts, depth)
        return gathered(self._binding(source, one, depth) for one in texts)

    def _binding(self, source: Source, one: Binding, depth: int) -> Spellings:
        match one:
            case Binding("value" | "adds", ast.expr() as value, ()):
                return self.spell(source, value, depth)
            case Binding("value", ast.expr() as value, path):
                return self.selected(Item(source, value), path, depth)
            case Binding("each", ast.expr() as value, path):
                return self.spell_each(source, value, path, depth)
            case Binding("parameter", ast.FunctionDef() | ast.AsyncFunctionDef() as function):
                return self._parameter(source, function, one.position, depth)
            case Binding("import", ast.ImportFrom() as node):
                return self._imported(source, node, one, depth)
        return [UNKNOWN]

    def _imported(self, source: Source, node: ast.ImportFrom, one: Binding, depth: int) -> Spellings:
        other = self.sources.imported(source.file, node.level, node.module or "")
        name = next(alias.name for alias in node.names if (alias.lineno, alias.col_offset) == one.position)
        bindings = other.bindings.get((id(other.tree), name)) if other else None
        if other is None or not bindings:
            return [UNKNOWN]
        return through(self._bound(other, bindings, depth), Carrier(other.file, id(other.tree), name))

    def _attribute(self, source: Source, node: ast.Attribute, depth: int) -> Spellings:
        self.read.add((source.file, node.lineno, node.col_offset))
        if (module := self.sources.module(source, node.value)) is not None:
            bindings = module.bindings.get((id(module.tree), node.attr), ())
            found = self._bound(module, bindings, depth) if bindings else [UNKNOWN]
            return through(found, Carrier(module.file, id(module.tree), node.attr))
        if node.attr == "value" and isinstance(node.value, (ast.Attribute, ast.Name, ast.Subscript)):
            found = self.spell(source, node.value, depth)
            if found and not any(HOLE in spelled(one) for one in found):
                return found  # a member of an Enum
        found = gathered(
            self._member(other, owner, node.attr, one, depth) for other, owner, one in self.members(source, node)
        )
        return through(found, Carrier("", 0, node.attr)) if found else self.unknown(source, node)

    def _member(self, source: Source, owner: ast.ClassDef | None, name: str, one: Binding, depth: int) -> Spellings:
        if isinstance(one.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            is_property = {"property", "cached_property"} & set(decorators(one.node))
            return self._returned(source, one.node, depth) if is_property else [UNKNOWN]
        found = [] if one.kind == "opaque" else self._bound(source, [one], depth)
        if owner is not None and not self.family.has_constructor(owner):
            given = self._fields(owner, name, depth)
            if one.kind == "opaque":
                return given or [UNKNOWN]
            found += given
        return found or ([] if one.kind == "value" else [UNKNOWN])

    def _fields(self, owner: ast.ClassDef, name: str, depth: int) -> Spellings:
        """What is given for a field where objects of a class are made."""
        fields = [
            one.target.id for one in owner.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        ]
        number = fields.index(name) if name in fields else None
        calls = (
            (source, call)
            for cls in sorted(self.family.heirs(owner.name))
            for source in self.sources.naming(cls)
            for call in source.calls.get(cls, ())
        )
        return gathered(self._given(source, call, name, number, depth) for source, call in calls)

    def _given(self, source: Source, call: ast.Call, name: str, number: int | None, depth: int) -> Spellings:
        """What a call gives for a parameter; nothing if it gives nothing."""
        argument = argument_of(call, name, number)
        if argument is not None:
            return self.spell(source, argument, depth)
        return [UNKNOWN] if is_starred(call) else []

    def _parameter(self, source: Source, function: Function, place: tuple[int, int], depth: int) -> Spellings:
        arguments = function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        one = next(a for a in (*positional, *arguments.kwonlyargs) if (a.lineno, a.col_offset) == place)
        owner = source.class_of(function)
        is_static = "staticmethod" in decorators(function)
        if owner is not None and not is_static and positional[:1] == [one]:
            return [UNKNOWN]
        number = positional.index(one) - (owner is not None and not is_static) if one in positional else None
        default = default_of(arguments, one)
        uses = self.family.uses_of(source, function, owner)
        calls = [(use.source, use.node, use.sure) for use in uses if isinstance(use.node, ast.Call)]
        if len(calls) < len(uses) or set(decorators(function)) - _HARMLESS:
            return [UNKNOWN]  # whoever has it, a framework perhaps, passes what it likes
        found: Spellings = self.spell(source, default, depth) if default is not None else []
        for other, call, sure in calls:
            given = self._given(other, call, one.arg, number, depth)
            if sure or all(map(is_known, given)):
                found += given
            if any(map(is_unknown, found)):
                break
        return found or [UNKNOWN]

    def _call(self, source: Source, node: ast.Call, depth: int) -> Spellings:
        function = node.func
        last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        first = node.args[0] if node.args else None
        if isinstance(function, ast.Attribute):
            if last == "format":
                named = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                return self._template(source, function.value, node.args, named, False, depth)
            if last == "join" and first is not None:
                return self._joining(source, function.value, first, depth)
            if last in ("strip", "lstrip", "rstrip", "removesuffix", "rstrip"):
                return self.spell(source, function.value, depth)
            if last in ("lower", "upper", "casefold"):
                return [plain(getattr(spelled(one), last)()) for one in self.spell(source, function.value, depth)]
            if last == "replace" and len(node.args) == 2:
                return self._replaced(source, function.value, node.args[0], node.args[1], depth)
            if last in ("get", "pop", "setdefault") and first is not None:
                items = self.entries(source, ast.Subscript(function.value, first, ast.Load()), depth)
                default = self.spell(source, node.args[1], depth) if len(node.args) > 1 else []
                if items:
                    return [*self.spell_items(items, depth), *default]
        if last in _SAME and first is not None and not self.functions(source, function):
            return self.spell(source, first, depth)
        if last == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            read = ast.Attribute(node.args[0], str(node.args[1].value), ast.Load())
            return self._attribute(source, ast.copy_location(read, node), depth)
        found: Spellings = []
        for other, definition in self.functions(source, function):
            found += self._returned(other, definition, depth)
        return found or self.unknown(source, node)

    def _returned(self, source: Source, function: Function, depth: int) -> Spellings:
        found: Spellings = []
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None and source.scope_of(node) is function:
                value = node.value.elts[0] if isinstance(node.value, ast.Tuple) and node.value.elts else node.value
                found += self.spell(source, value, depth)
        return found or [UNKNOWN]

    def _joining(self, source: Source, between: ast.expr, parts: ast.expr, depth: int) -> Spellings:
        items = self.items(source, parts, depth)
        separators = self.spell(source, between, depth)
        pieces: list[Spellings] = []
        for item in items:
            pieces += [separators] if pieces else []
            pieces.append(self.spell_items([item], depth))
        return products(pieces) if items else [UNKNOWN]

    def _replaced(self, source: Source, text: ast.expr, old: ast.expr, new: ast.expr, depth: int) -> Spellings:
        """`TEMPLATE.replace("{table}", name)`."""
        olds = {spelled(one) for one in self.spell(source, old, depth)}
        news = self.spell(source, new, depth)
        if len(olds) != 1 or HOLE in (mark := olds.pop()) or not mark:
            return [UNKNOWN]
        found: Spellings = []
        for spelling in self.spell(source, text, depth):
            parts: list[Spellings] = []
            for segment in spelling:
                at = segment.at
                for number, piece in enumerate(segment.text.split(mark)):
                    parts += [news] if number else []
                    parts.append([(segment._replace(text=piece, at=at),)])
                    at += len(piece) + len(mark)
            found += products(parts)
        return found
