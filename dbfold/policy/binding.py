"""Builds the dataclasses of `dbfold.policy.model` from YAML nodes, guided by their type hints alone.

A field with `metadata["help"]` is a key of the file. One without is filled in by the binder: `name` with the
key under which a dataclass stands in a mapping, others by the caller. Nodes are read instead of loaded values
because they carry line numbers, and show duplicate keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from dbfold.base.suggestions import closest_to, suggestion
from dbfold.policy.problems import KeyPath, Problems

INVALID: Final = object()
"""Stands for a value that could not be read; the problem has been noted."""

_YAML_TAG = "tag:yaml.org,2002:"
_MERGE = _YAML_TAG + "merge"
_NULL = _YAML_TAG + "null"
_TEXT = _YAML_TAG + "str"
_NUMBER = _YAML_TAG + "int"


def yaml_fields(model: type) -> dict[str, Field[Any]]:
    """The fields of a dataclass that are keys of the file, in order."""
    return {field.name: field for field in fields(model) if "help" in field.metadata}


def is_required(field: Field[Any]) -> bool:
    """True for a field that has no default."""
    return field.default is MISSING and field.default_factory is MISSING


def is_empty(node: Node) -> bool:
    """True for `key:` with nothing after it (YAML's null)."""
    return isinstance(node, ScalarNode) and node.tag == _NULL


def without_none(hint: Any) -> Any:
    """`X` for the hint `X | None`, since an optional key is left out, not written as null; else the hint."""
    if get_origin(hint) is not UnionType:
        return hint
    return next(option for option in get_args(hint) if option is not type(None))


class Binder:
    """Reads values from nodes. What cannot be read is noted in `problems` and becomes INVALID."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def read(self, hint: Any, node: Node, path: KeyPath, **given: Any) -> Any:
        """A value of type `hint`: str, int, a StrEnum, tuple[X, ...], Mapping[str, X], or a dataclass, whose
        fields that are no keys come from `given`."""
        hint = without_none(hint)
        if is_empty(node):
            return self._fail(node, path, f"empty; write {_expected(hint)}, or remove the key")
        if get_origin(hint) is tuple:
            return self._read_list(get_args(hint)[0], node, path)
        if get_origin(hint) is Mapping:
            return self._read_mapping(get_args(hint)[1], node, path)
        if is_dataclass(hint):
            return self.read_dataclass(hint, node, path, **given)
        if hint is int:
            return self._read_number(node, path)
        if hint is str:
            return self._read_text(node, path)
        return self._read_choice(hint, node, path)

    def read_dataclass(self, model: Any, node: Node, path: KeyPath, **given: Any) -> Any:
        """An instance of `model`. Unreadable keys keep their default; INVALID if a required one has none."""
        if not isinstance(node, MappingNode):
            return self._fail(node, path, f"expected {_expected(model)}, found {_kind(node)}")
        known = yaml_fields(model)
        hints = get_type_hints(model)
        values = dict(given)
        absent = {name for name, field in known.items() if is_required(field)}
        for key, value_node in self._entries(node, path):
            if key in known:
                values[key] = self.read(hints[key], value_node, (*path, key))
                absent.discard(key)
            else:
                absent.discard(self._report_unknown(key, list(known), path))
        for key in (name for name in known if name in absent):
            message = f"missing; write {_expected(hints[key])}: {known[key].metadata['help']}"
            self._problems.add((*path, key), message)
        readable = {key: value for key, value in values.items() if value is not INVALID}
        lost = any(is_required(field) and name not in readable for name, field in known.items())
        return INVALID if lost else model(**readable)

    def _report_unknown(self, key: str, known: list[str], path: KeyPath) -> str:
        """Note an unknown key; the key that was probably meant, or an empty text."""
        closest = closest_to(key, known)
        remedy = f"did you mean {closest!r}?" if closest else f"the keys here are {', '.join(known)}"
        self._problems.add((*path, key), f"unknown key; {remedy}")
        return closest or ""

    def _read_list(self, item: Any, node: Node, path: KeyPath) -> Any:
        if isinstance(node, ScalarNode):
            return self._fail(node, path, f'expected a list; write ["{node.value}"]')
        if not isinstance(node, SequenceNode):
            return self._fail(node, path, f"expected {_expected(tuple[item, ...])}, found {_kind(node)}")
        values = []
        for index, item_node in enumerate(node.value):
            item_path = (*path, f"[{index}]")
            self._problems.note_line(item_path, _line(item_node))
            values.append(self.read(item, item_node, item_path))
        return INVALID if INVALID in values else tuple(values)

    def _read_mapping(self, item: Any, node: Node, path: KeyPath) -> Any:
        """A dict of the readable entries: an entry with any problem is left out."""
        if not isinstance(node, MappingNode):
            return self._fail(node, path, f"expected {_expected(Mapping[str, item])}, found {_kind(node)}")
        values = {}
        for key, value_node in self._entries(node, path):
            problems_before = len(self._problems.found)
            value = self.read(item, value_node, (*path, key), name=key)
            if len(self._problems.found) == problems_before:
                values[key] = value
        return values

    def _read_text(self, node: Node, path: KeyPath) -> Any:
        if not isinstance(node, ScalarNode):
            return self._fail(node, path, f"expected text, found {_kind(node)}")
        if node.tag != _TEXT:
            message = f"expected text, found {_kind(node)}; put it in quotes: '{node.value}'"
            return self._fail(node, path, message)
        if not node.value.strip():
            return self._fail(node, path, "empty; write text, or remove the key")
        return node.value

    def _read_number(self, node: Node, path: KeyPath) -> Any:
        if isinstance(node, ScalarNode) and node.tag == _NUMBER and node.value.isdecimal():
            return int(node.value)
        return self._fail(node, path, f"expected a whole number without quotes, found {_kind(node)}")

    def _read_choice(self, choices: type[StrEnum], node: Node, path: KeyPath) -> Any:
        if not isinstance(node, ScalarNode):
            return self._fail(node, path, f"expected {_expected(choices)}, found {_kind(node)}")
        if node.value in list(choices):
            return choices(node.value)
        remedy = suggestion(node.value, map(str, choices), otherwise=f"; write {_expected(choices)}")
        return self._fail(node, path, f"unknown value {node.value!r}{remedy}")

    def _entries(self, node: MappingNode, path: KeyPath) -> Iterator[tuple[str, Node]]:
        """The keys and values of a mapping: its own first, then what its merge keys (`<<`) add."""
        seen: dict[str, int] = {}
        for key_node, value_node in _own_pairs(node):
            if not isinstance(key_node, ScalarNode):
                self._fail(key_node, path, f"expected text for a key, found {_kind(key_node)}")
                continue
            key, line = key_node.value, _line(key_node)
            if key in seen:
                self._problems.add((*path, key), f"duplicate key; it is already on line {seen[key]}", line)
                continue
            seen[key] = line
            self._problems.note_line((*path, key), line)
            yield key, value_node
        for key_node, value_node in self._merged_pairs(node, path):
            if isinstance(key_node, ScalarNode) and key_node.value not in seen:
                seen[key_node.value] = _line(key_node)
                self._problems.note_line((*path, key_node.value), _line(key_node))
                yield key_node.value, value_node

    def _merged_pairs(self, node: MappingNode, path: KeyPath) -> Iterator[tuple[Node, Node]]:
        """Pairs of merged mappings, the more important first. Each mapping counts once, so cycles end."""
        visited = {id(node)}
        pending = _merge_sources(node)
        while pending:
            source = pending.pop(0)
            if id(source) in visited:
                continue
            visited.add(id(source))
            if isinstance(source, MappingNode):
                yield from _own_pairs(source)
                pending[:0] = _merge_sources(source)
            else:
                self._fail(source, (*path, "<<"), f"expected an alias of a mapping, found {_kind(source)}")

    def _fail(self, node: Node, path: KeyPath, message: str) -> Any:
        self._problems.add(path, message, _line(node))
        return INVALID


def _own_pairs(node: MappingNode) -> Iterator[tuple[Node, Node]]:
    return ((key, value) for key, value in node.value if key.tag != _MERGE)


def _merge_sources(node: MappingNode) -> list[Node]:
    sources: list[Node] = []
    for key, value in node.value:
        if key.tag == _MERGE:
            sources.extend(value.value if isinstance(value, SequenceNode) else [value])
    return sources


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _kind(node: Node) -> str:
    """What a node is, for a message."""
    if isinstance(node, SequenceNode):
        return "a list"
    if isinstance(node, MappingNode):
        return "a mapping"
    names = {"str": "text", "int": "a number", "float": "a number with a fraction", "bool": "true or false"}
    return names.get(node.tag.removeprefix(_YAML_TAG), f"a {node.tag.removeprefix(_YAML_TAG)}")


def _expected(hint: Any) -> str:
    """What to write for a type, for a message."""
    hint = without_none(hint)
    if is_dataclass(hint):
        return f"a mapping such as {{{next(iter(yaml_fields(hint)))}: ...}}"  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        return "a list such as [a, b]"
    if get_origin(hint) is Mapping:
        return "a mapping such as {key: value}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return f"one of {', '.join(hint)}"
    return "a whole number" if hint is int else "text"
