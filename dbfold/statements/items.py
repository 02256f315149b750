"""One of several: what a loop goes through, what a list or a mapping holds."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from dbfold.statements.arguments import Function, argument_of, decorators, default_of, is_none
from dbfold.statements.family import Family
from dbfold.statements.resolving import Resolver
from dbfold.statements.sources import Binding, Source, Sources
from dbfold.statements.spellings import UNKNOWN, Carrier, Spelling, Spellings, marked, plain

DEEPEST = 16
_ITERABLES = frozenset({"list", "tuple", "set", "sorted", "reversed", "iter", "frozenset"})


@dataclass(frozen=True, slots=True)
class Item:
    """One of several values: an expression, or its spellings."""

    source: Source
    node: ast.expr | None
    through: frozenset[Carrier] = frozenset()
    spellings: tuple[Spelling, ...] = ()


class Items(Resolver):
    """Finds the items of what is iterated over."""

    def __init__(self, sources: Sources, family: Family) -> None:
        super().__init__(sources, family)
        self.pending: set[tuple[str, int]] = set()
        self.cut = False
        """Something that is being worked out was asked for: what came of that is not the whole truth."""

    @abstractmethod
    def spell(self, source: Source, node: ast.expr, depth: int = 0) -> Spellings:
        """Every text that `node` may be."""

    def spell_items(self, items: Iterable[Item], depth: int) -> Spellings:
        found: Spellings = []
        for item in items:
            own = self.spell(item.source, item.node, depth) if item.node is not None else list(item.spellings)
            found += [marked(spelling, item.through) for spelling in own]
        return found

    def spell_each(self, source: Source, iterated: ast.expr, path: tuple[int, ...], depth: int) -> Spellings:
        """What a loop's variable may be."""
        if isinstance(iterated, ast.Call) and path:
            last = iterated.func.attr if isinstance(iterated.func, ast.Attribute) else getattr(iterated.func, "id", "")
            if last == "enumerate" and iterated.args:
                return self.spell_each(source, iterated.args[0], path[1:], depth) if path[0] else []
            if last == "zip" and path[0] < len(iterated.args):
                return self.spell_each(source, iterated.args[path[0]], path[1:], depth)
            if last == "items" and isinstance(iterated.func, ast.Attribute):
                entries = self.pairs(source, iterated.func.value, depth)
                chosen = [key if path[0] == 0 else value for key, value in entries]
                return [one for item in chosen for one in self.selected(item, path[1:], depth)] or self.unknown(
                    source, iterated
                )
        return [
            one for item in self.items(source, iterated, depth) for one in self.selected(item, path, depth)
        ] or self.unknown(source, iterated)

    def selected(self, item: Item, path: tuple[int, ...], depth: int) -> Spellings:
        node = item.node
        if not path or node is None:
            return self.spell_items([item], depth)
        if isinstance(node, (ast.Tuple, ast.List)) and path[0] < len(node.elts):
            return self.selected(Item(item.source, node.elts[path[0]], item.through), path[1:], depth)
        return self.unknown(item.source, node)

    def items(self, source: Source, node: ast.expr, depth: int) -> list[Item]:
        """What iterating over `node` gives; a hole where that is not known."""
        unknown = [Item(source, None, spellings=tuple(self.unknown(source, node)))]
        if depth > DEEPEST:
            return unknown
        depth += 1
        match node:
            case ast.List() | ast.Tuple() | ast.Set():
                found = []
                for one in node.elts:
                    found += (
                        self.items(source, one.value, depth) if isinstance(one, ast.Starred) else [Item(source, one)]
                    )
                return found
            case ast.Dict():
                return [Item(source, key) for key in node.keys if key is not None]
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return [Item(source, node.elt)]
            case ast.IfExp():
                return [*self.items(source, node.body, depth), *self.items(source, node.orelse, depth)]
            case ast.BoolOp():
                return [item for value in node.values for item in self.items(source, value, depth)]
            case ast.BinOp(op=ast.Add()):
                return [*self.items(source, node.left, depth), *self.items(source, node.right, depth)]
            case ast.Name() | ast.Attribute():
                return self._held_items(source, node, depth) or unknown
            case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _ITERABLES:
                return self.items(source, first, depth)
            case ast.Call(func=ast.Attribute(value=base, attr="values" | "keys" as which), args=[]):
                pairs = self.pairs(source, base, depth)
                return [value if which == "values" else key for key, value in pairs] or unknown
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="split"), args=[]):
                return [Item(source, None, spellings=(plain(one),)) for one in text.split()]
            case ast.Subscript():
                found = []
                for item in self.entries(source, node, depth):
                    found += self.items(item.source, item.node, depth) if item.node is not None else [item]
                return found or unknown
            case ast.Await() | ast.NamedExpr():
                return self.items(source, node.value, depth)
        return unknown

    def _held_items(self, source: Source, node: ast.Name | ast.Attribute, depth: int) -> list[Item]:
        key = (source.file, id(node))
        if key in self.pending:
            self.cut = True
            return []
        self.pending.add(key)
        try:
            held, carrier = self.held(source, node)
            found: list[Item] = []
            for other, one in held:
                found += self._items_of(other, one, depth)
            if held and isinstance(node, ast.Name):
                found += self._appended(*held[0], node.id)
        finally:
            self.pending.discard(key)
        return [Item(item.source, item.node, item.through | {carrier}, item.spellings) for item in found]

    def _items_of(self, source: Source, one: Binding, depth: int) -> list[Item]:
        match one:
            case Binding("value" | "adds", ast.expr() as value, ()):
                return self.items(source, value, depth)
            case Binding("item", ast.expr() as value, ()):
                return [Item(source, value)]
            case Binding("each", ast.expr() as value, ()):
                inner = self.items(source, value, depth)
                return [
                    found
                    for item in inner
                    for found in (self.items(item.source, item.node, depth) if item.node is not None else [item])
                ]
            case Binding("parameter", ast.FunctionDef() | ast.AsyncFunctionDef() as function):
                return self._given_items(source, function, one.position, depth)
        return [Item(source, None, spellings=(UNKNOWN,))]

    def _given_items(self, source: Source, function: Function, place: tuple[int, int], depth: int) -> list[Item]:
        arguments = function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        one = next(a for a in (*positional, *arguments.kwonlyargs) if (a.lineno, a.col_offset) == place)
        owner = source.class_of(function)
        skipped = owner is not None and "staticmethod" not in decorators(function)
        number = positional.index(one) - skipped if one in positional else None
        default = default_of(arguments, one)
        found = self.items(source, default, depth) if default is not None and not is_none(default) else []
        for other, call, sure in self.family.uses_of(source, function, owner):
            argument = argument_of(call, one.arg, number) if isinstance(call, ast.Call) else None
            if argument is not None and sure:
                found += self.items(other, argument, depth)
            elif not isinstance(call, ast.Call):
                found.append(Item(source, None, spellings=(UNKNOWN,)))
        return found or [Item(source, None, spellings=(UNKNOWN,))]

    def _appended(self, source: Source, one: Binding, name: str) -> list[Item]:
        """What `names.append(…)` adds to a list."""
        found = []
        for node in source.nodes:
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=base), attr="append" | "add"), args=[value]):
                    if base == name:
                        assert isinstance(node.func, ast.Attribute)
                        self.read.add((source.file, node.func.value.lineno, node.func.value.col_offset))
                        found.append(Item(source, value))
        return found

    def pairs(self, source: Source, node: ast.expr, depth: int) -> list[tuple[Item, Item]]:
        """The keys and values of a mapping that the code writes down."""
        if isinstance(node, ast.Dict):
            return [
                (Item(source, key), Item(source, value))
                for key, value in zip(node.keys, node.values, strict=True)
                if key is not None
            ]
        if not isinstance(node, (ast.Name, ast.Attribute)) or depth > DEEPEST:
            return []
        held, carrier = self.held(source, node)
        found: list[tuple[Item, Item]] = []
        for other, one in held:
            if one.kind == "value" and isinstance(one.node, ast.expr) and not one.path:
                inner = self.pairs(other, one.node, depth + 1)
            elif one.kind == "item" and isinstance(one.node, ast.expr):
                inner = [(Item(other, None, spellings=(UNKNOWN,)), Item(other, one.node))]
            else:
                return []
            through = frozenset({carrier})
            found += [
                (
                    Item(k.source, k.node, k.through | through, k.spellings),
                    Item(v.source, v.node, v.through | through),
                )
                for k, v in inner
            ]
        return found

    def entries(self, source: Source, node: ast.Subscript, depth: int) -> list[Item]:
        """What `base[key]` may be: the entry of that key where it is known, else any."""
        pairs = self.pairs(source, node.value, depth)
        if isinstance(node.slice, ast.Constant) and pairs:
            exact = [v for k, v in pairs if isinstance(k.node, ast.Constant) and k.node.value == node.slice.value]
            return exact or [value for _, value in pairs]
        if pairs:
            self.spell(source, node.slice, depth)  # the key has been read for it
            return [value for _, value in pairs]
        if isinstance(node.value, (ast.Name, ast.Attribute, ast.List, ast.Tuple)):
            return self.items(source, node.value, depth)
        return []
