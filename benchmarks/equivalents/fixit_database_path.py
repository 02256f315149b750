"""Fixit: a rule that reports a whole string literal that ends like a database file."""

import re

import libcst as cst
from fixit import LintRule

_LITERAL = re.compile(r"""[rRuUbB]?["'][^"'\s]*\.(db3?|sqlite3?)["']""")


class DatabasePath(LintRule):
    MESSAGE = "hardcoded database path"

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        if _LITERAL.fullmatch(node.value):
            self.report(node, replacement=cst.Name("DATABASE_PATH"))
