"""LibCST: two commands for its own codemod runner, one that looks at string literals and one that replaces them.

They are the least such a command can do: no import is added, no scope is asked for.
"""

import re

import libcst as cst
from libcst.codemod import VisitorBasedCodemodCommand

_LITERAL = re.compile(r"""[rRuUbB]?["'][^"'\s]*\.(db3?|sqlite3?)["']""")


class Look(VisitorBasedCodemodCommand):
    DESCRIPTION = "Report hardcoded database paths."

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        if _LITERAL.fullmatch(node.value):
            self.warn(f"hardcoded database path {node.value}")


class Replace(VisitorBasedCodemodCommand):
    DESCRIPTION = "Replace hardcoded database paths by a name."

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.BaseExpression:
        return cst.Name("DATABASE_PATH") if _LITERAL.fullmatch(original_node.value) else updated_node
