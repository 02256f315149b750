"""The whole source tree, checked against the plan before anything is written."""

from __future__ import annotations

from pathlib import Path

from estate.configuration import CONFIGURATION
from estate.files import encode, module_text
from estate.handwritten import HANDWRITTEN
from estate.plan import check
from estate.table import FILES, PECULIARITIES


def source_tree() -> dict[str, bytes]:
    """Path → bytes of every file but the databases and the policy, in the order of the paths.

    Raises EstateError if the tree does not name the databases as often as the plan says.
    """
    texts = CONFIGURATION | HANDWRITTEN | {file.path: module_text(file) for file in FILES}
    check(texts)
    return {path: encode(texts[path], PECULIARITIES.get(path)) for path in sorted(texts)}


def write_tree(output: Path, tree: dict[str, bytes]) -> None:
    """Write the files; scripts can be executed."""
    for path, content in tree.items():
        target = output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o755 if content.startswith(b"#!") else 0o644)
