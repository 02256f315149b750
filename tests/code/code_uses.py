"""Modules as texts, and what they do with the paths in them."""

from __future__ import annotations

import ast

from dbfold.code.facts import ModuleFacts, SiteFact
from dbfold.code.following import follow
from dbfold.code.parsing import position
from dbfold.code.project import Project
from dbfold.code.walk import module_facts

IMPORTS = "import os, shutil, sqlite3\nfrom pathlib import Path\n"


def uses(**modules):
    """The uses of modules, in which every text that ends in `.db` is a site; and the texts of the sites."""
    known, texts = {}, {}
    for name, code in modules.items():
        tree = ast.parse(IMPORTS + code)
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and str(node.value).endswith(".db")]
        sites = tuple(SiteFact(node.value, node.lineno, node.col_offset) for node in nodes)
        texts |= {(f"{name}.py", node.lineno, node.col_offset): node.value for node in nodes}
        numbers = {position(node): number for number, node in enumerate(nodes)}
        known[f"{name}.py"] = module_facts(IMPORTS + code, tree, ModuleFacts(f"{name}.py", f"{name}.py"), numbers)
        known[f"{name}.py"].sites = sites
    return follow(Project(known)), texts
