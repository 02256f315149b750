"""flake8: a plugin that reports a whole string literal that ends like a database file."""

import ast
import re
from collections.abc import Iterator

_VALUE = re.compile(r"""[^"'\s]*\.(db3?|sqlite3?)""")


class DatabasePath:
    name = "database-path"
    version = "1"

    def __init__(self, tree: ast.AST) -> None:
        self._tree = tree

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VALUE.fullmatch(node.value):
                yield node.lineno, node.col_offset, "DBX001 hardcoded database path", type(self)
