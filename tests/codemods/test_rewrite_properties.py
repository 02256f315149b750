"""Properties of the rewrite over random modules: same behaviour, nothing else touched, idempotent.

The modules are put together from statements that bind names, so that "same behaviour" needs no second opinion on
syntax: both modules are executed, with an accessor whose value is the literal path, and must bind equal values.
"""

import sys
import types
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbfold.codemods.run import prepare
from dbfold.codemods.writing import write
from dbfold.policy.loading import load_policy
from dbfold.references.model import Action
from dbfold.references.scan import scan

PRIMARY, SPECIALIZED = "/app/data/zoe.db", "/app/data/memory.db"
POLICY = f"""
version: 1
databases:
  zoe.db: {{role: primary, path: {PRIMARY}, env: DATABASE_PATH}}
  memory.db: {{role: specialized, path: {SPECIALIZED}, env: MEMORY_DATABASE_PATH}}
accessor: {{roots: [.]}}
"""

# Statements that bind a name (%N) and hold a path (%P) or a file name (%F) in the styles of real code; %q is a quote.
WITH_PATH = [
    "%N = %q%P%q",
    "%N: str = %q%P%q",
    "%N = ( %q%P%q )",
    "%N = %q/app/data%q %q/%F%q",
    "%N = r%q%P%q; %N_ = 1",
    "%N = [len(%q%P%q), %qü%q]",
    "%N = os.path.join(%q/app/data%q, %q%F%q)",
    "%N = os.getenv(%qNOT_SET%q, %q%P%q)",
    "%N = os.environ.get(%q%V%q) or %q%P%q",
    "%N = os.getenv(%q%V%q, %q%P%q)",
    "%N = pathlib.Path(%q/app/data%q) / %q%F%q",
    "%N = str(pathlib.Path(%q%P%q))",
    "%N = %qsqlite:///%P%q",
    "%N = %qsqlite+aiosqlite:///%P?timeout=5%q",
    "%N = 0 or %q%P%q",
    "%N = %q%P%q if os.sep else None",
    "%N = {%qdb_path%q: %q%P%q}",
    "def %N(path=%q%P%q, *, other: str = %q%P%q):\n    return path, other",
    "def %N():\n    %q%q%qUses %P.%q%q%q\n    return%q%P%q",
    "def %N():\n    DATABASE_PATH = %q%P%q\n    return DATABASE_PATH",
    "class %N:\n    path: str = %q%P%q\n    def where(self):\n        return self.path or %q%P%q",
    "%N = lambda path=%q%P%q: (\n    path\n)",
    "with open(os.devnull) as _, open(os.devnull) as __: %N = %q%P%q",
    "for %N in (%q%P%q).split(%q:%q): pass",
    "DATABASE_PATH = %q/app/data/zoe.db%q",
]
WITHOUT_PATH = [
    "# a comment about %P  ",
    "",
    "   ",
    "%N = 1  # ü €",
    "%N = %qnothing%q",
    "%N = %q%q%qtext\n  %P in prose\n%q%q%q",
    "import json",
    "from collections import OrderedDict as %N",
    "if True:\n\n    %N = 2  ",
]
HEADS = ["", '"""A module."""\n', "#!/usr/bin/env python3\n", '"""A module."""\nfrom __future__ import annotations\n']
IMPORTS = ["import os\nimport pathlib\n", "import os, pathlib\n", "import pathlib\n\nimport os\n\n"]
ENCODINGS = [("utf-8", ""), ("utf-8-sig", ""), ("latin-1", "# -*- coding: latin-1 -*-\n")]


@st.composite
def modules(draw):
    """The bytes of a module."""
    chosen = draw(st.lists(st.sampled_from(WITH_PATH + WITHOUT_PATH), min_size=1, max_size=12))
    statements = []
    for number, template in enumerate(chosen):
        path = draw(st.sampled_from([PRIMARY, SPECIALIZED]))
        variable = "DATABASE_PATH" if path == PRIMARY else "MEMORY_DATABASE_PATH"
        text = template.replace("%q", draw(st.sampled_from("'\""))).replace("%V", variable).replace("%P", path)
        text = text.replace("%F", path.rpartition("/")[2]).replace("%N", f"name{number}")
        statements.append(text)
    encoding, cookie = draw(st.sampled_from(ENCODINGS))
    head = cookie + draw(st.sampled_from(HEADS))
    imports = draw(
        st.sampled_from(["import os\nimport pathlib\n", "import os, pathlib\n", "import pathlib\n\nimport os\n\n"])
    )
    text = head + imports + "\n".join(statements) + draw(st.sampled_from(["", "\n"]))
    newlines = draw(st.lists(st.sampled_from(["\n", "\r\n"]), min_size=1, max_size=3))
    lines = text.split("\n")
    mixed = "".join(line + newlines[index % len(newlines)] for index, line in enumerate(lines[:-1])) + lines[-1]
    return mixed.replace("€", "" if encoding == "latin-1" else "€").encode(encoding)


def executed(data):
    """The values that a module binds, as comparable text; functions and classes are called."""
    namespace = {"__name__": "module"}
    exec(compile(data, "module.py", "exec"), namespace)  # the module is ours, made above
    values = {}
    for name, value in namespace.items():
        if name.startswith("name"):
            if isinstance(value, type) and value.__module__ == "module":
                value = value().where()
            elif isinstance(value, types.FunctionType):
                value = value()
            values[name] = (type(value).__name__, str(value))
    return values


def with_accessor(data):
    accessor = types.ModuleType("database_config")
    accessor.DATABASE_PATH, accessor.MEMORY_DATABASE_PATH = PRIMARY, SPECIALIZED
    sys.modules["database_config"] = accessor
    try:
        return executed(data)
    finally:
        del sys.modules["database_config"]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(module=modules())
def test_rewrite_keeps_behaviour_and_every_other_line(tmp_path: Path, module):
    (tmp_path / "dbfold.yaml").write_text(POLICY)
    file = tmp_path / "module.py"
    file.write_bytes(module)
    policy = load_policy(tmp_path / "dbfold.yaml")
    references = scan([file], policy, jobs=1).references
    prepared = prepare([file], policy, jobs=1)
    assert prepared.errors == ()
    assert write(prepared).failed == ()
    after = file.read_bytes()

    assert with_accessor(after) == executed(module)
    assert not any(found.verdict.action is Action.REWRITE for found in scan([file], policy, jobs=1).references)
    assert not prepare([file], policy, jobs=1).changes
    assert others(after, ()) == others(module, references)


def others(data, references):
    """The lines, newlines included, that no rewrite may touch: without those of rewritten statements and imports."""
    touched = {found.span.line for found in references if found.verdict.action is Action.REWRITE}
    return [
        line
        for number, line in enumerate(data.splitlines(keepends=True), 1)
        if number not in touched
        and line.strip()
        and not line.lstrip(b"\xef\xbb\xbf").startswith((b"import ", b"from "))
        and b"DATABASE_PATH" not in line
        and line.strip() not in (b"path", b")")
    ]
