"""The name of the generated module: one that the application does not have, where the policy gives none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from yaml.nodes import MappingNode, Node

from dbfold.policy.accessor import is_generated
from dbfold.policy.model import Policy


def module_names() -> Iterator[str]:
    """Names for the generated module, the best first."""
    yield from ("database_config", "database_paths", "dbfold_paths")
    number = 2
    while True:
        yield f"dbfold_paths_{number}"
        number += 1


def free_module(is_taken: Callable[[str], bool]) -> str:
    """The first of the names that the application has no module or package of."""
    return next(name for name in module_names() if not is_taken(name))


def with_free_module(policy: Policy, node: Node) -> Policy:
    """The policy with a module that none of its accessor roots has, unless `node`, what it was read from, names one.

    So the same files have the same answer, before the module is generated and after that. A module that names what an
    accessor defines is one, whoever wrote it.
    """
    if _gives_module(node):
        return policy
    roots = [root for pattern in policy.accessor.roots for root in _directories(policy.root, pattern)]
    names = tuple(name for one in policy.kept if one.env for name in (one.env.upper(), one.env.lower()))
    module = free_module(lambda name: any(_is_other(root, name, names) for root in roots))
    if module == policy.accessor.module:
        return policy
    return replace(policy, accessor=replace(policy.accessor, module=module))


def _gives_module(node: Node) -> bool:
    """Does the mapping have `accessor: {module: …}`?"""
    for wanted in ("accessor", "module"):
        pairs = node.value if isinstance(node, MappingNode) else ()
        found = [value for key, value in pairs if key.value == wanted]
        if not found:
            return False
        node = found[0]
    return True


def _directories(root: Path, pattern: str) -> Iterator[Path]:
    """The accessor roots that a pattern means. Those at any depth (`**`) are not looked for: that may take long."""
    plain = pattern.removeprefix("./").strip("/")
    if plain in ("", "."):
        yield root
    elif "**" not in plain:
        yield from (path for path in root.glob(plain) if path.is_dir())


def _is_other(directory: Path, name: str, defined: Sequence[str]) -> bool:
    """Is there a module or a package of this name that is no accessor, which has the names `defined`?"""
    path = directory / f"{name}.py"
    if (directory / name).is_dir():
        return True
    try:
        text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else None
    except OSError:
        return True
    return text is not None and not is_generated(text) and not any(one in text for one in defined)
