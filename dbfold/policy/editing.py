"""New entries in the text of a policy: comments, order and style of what is there stay."""

from __future__ import annotations

import json

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from dbfold.base.errors import UserError


def with_entry(text: str, path: tuple[str, ...], value: str) -> str:
    """The text of a policy with `value`, a piece of YAML in one line, under the keys of `path`.

    Keys that are not there are added; a value in one line that is there is replaced. Raises UserError where something
    else is in the place.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, MappingNode):
        raise UserError("the policy is not a mapping of keys to values; run `dbfold init`")
    node, depth = root, 0
    while depth < len(path):
        found = _value_of(node, path[depth])
        if found is None:
            break
        if depth == len(path) - 1:
            if isinstance(found, yaml.CollectionNode) and not found.flow_style:
                raise UserError(f"{'.'.join(path)} is there already, over several lines; change it by hand")
            return text[: found.start_mark.index] + value + text[found.end_mark.index :]
        if isinstance(found, ScalarNode) and not found.value.strip():  # `rename:` with nothing behind it
            rest = _nested(path[depth + 1 :], value)
            return f"{text[: found.start_mark.index].rstrip(' ')} {{{rest}}}{text[found.end_mark.index :]}"
        if not isinstance(found, MappingNode):
            raise UserError(f"{'.'.join(path[: depth + 1])} is no mapping; write the entry by hand")
        node, depth = found, depth + 1
    entry = _nested(path[depth:], value)
    if node is root and not node.flow_style:
        inner = path[depth + 1 :]
        block = f"{_scalar(path[depth])}:\n  {_nested(inner, value)}\n" if inner else f"{entry}\n"
        return f"{text.rstrip()}\n\n{block}"
    if node.flow_style:
        end = node.end_mark.index - 1
        before = text[:end].rstrip()
        separator = "" if before.endswith("{") else " " if before.endswith(",") else ", "
        return f"{before}{separator}{entry}{text[end:]}"
    return _in_block(text, node, entry)


def _in_block(text: str, node: MappingNode, entry: str) -> str:
    """A line more, behind the last entry of a mapping in block style."""
    lines = text.splitlines(keepends=True)
    last = _last_line(node)
    indent = " " * node.value[0][0].start_mark.column
    if not lines[last].endswith("\n"):
        lines[last] += "\n"
    return "".join([*lines[: last + 1], f"{indent}{entry}\n", *lines[last + 1 :]])


def _last_line(node: Node) -> int:
    """The line of the end of what is written in a node; a block's own end is where the next thing begins."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1])
    end = node.end_mark
    return int(end.line - 1 if end.column == 0 and end.line > node.start_mark.line else end.line)


def _value_of(node: MappingNode, key: str) -> Node | None:
    return next((value for name, value in node.value if name.value == key), None)


def _nested(path: tuple[str, ...], value: str) -> str:
    """`a: {b: value}`."""
    for key in reversed(path[1:]):
        value = f"{{{_scalar(key)}: {value}}}"
    return f"{_scalar(path[0])}: {value}"


def _scalar(text: str) -> str:
    """A key in YAML, quoted only if it needs it."""
    plain = text.isprintable() and not set(text) & set("{}[],&*#?|<>=!%@`:\"' ")
    return text if plain and text and yaml.safe_load(text) == text else json.dumps(text)
