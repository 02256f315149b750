"""Where the accessor's import goes, which imports go, and which names a rewrite may use; else a person decides."""

import ast

import pytest

from dbfold.codemods.bindings import Bindings, unused_imports
from dbfold.codemods.run import prepare
from dbfold.policy.loading import load_policy

POLICY = """
version: 1
databases:
  zoe.db: {role: primary, path: /app/data/zoe.db, env: DATABASE_PATH}
  memory.db: {role: specialized, path: /app/data/memory.db, env: MEMORY_DATABASE_PATH}
accessor: {roots: [service], style: STYLE}
data_dirs: [/app/data, data]
"""


@pytest.fixture
def prepared(tmp_path):
    def run(before, style="constant", name="module.py"):
        (tmp_path / "dbfold.yaml").write_text(POLICY.replace("STYLE", style))
        (tmp_path / "service").mkdir(exist_ok=True)
        (tmp_path / "service" / "models.py").write_text("")
        file = tmp_path / "service" / name
        file.write_text(before)
        return prepare([file], load_policy(tmp_path / "dbfold.yaml"), jobs=1)

    return run


@pytest.fixture
def rewrite(prepared):
    def run(before, style="constant", name="module.py"):
        result = prepared(before, style, name)
        assert result.errors == ()
        [changed] = result.changed
        return changed.new.decode()

    return run


PREPARATIONS = {
    "dotenv": "load_dotenv()",
    "dotenv of a module": "dotenv.load_dotenv(override=True)",
    "a variable": 'os.environ["A"] = "b"',
    "a default": 'os.environ.setdefault("A", "b")',
    "an update": "os.environ.update(A='b')",
    "a variable deleted": 'del os.environ["A"]',
    "the module path": 'sys.path.insert(0, "/app")',
    "the module path replaced": "sys.path[:0] = ['/app']",
    "the directory": 'os.chdir("/app")',
    "under a condition": "if os.sep:\n    load_dotenv()",
    "in a function of the module": "def prepare():\n    load_dotenv()\nprepare()",
}


@pytest.mark.parametrize("statement", PREPARATIONS.values(), ids=PREPARATIONS)
def test_after_what_prepares_the_environment(rewrite, statement):
    before = f"import os\nimport sys\n\nfrom models import User\n\n{statement}\n"
    after = before + "\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\n"
    assert rewrite(before + '\nDB = "/app/data/zoe.db"\n') == after


def test_among_the_imports_that_follow_a_preparation(rewrite):
    before = 'import sys\nsys.path.append("/app")\n\nimport httpx\nfrom models import User\n\nDB = "/app/data/zoe.db"\n'
    assert rewrite(before) == (
        'import sys\nsys.path.append("/app")\n\nimport httpx\n'
        "from database_config import DATABASE_PATH\nfrom models import User\n\nDB = DATABASE_PATH\n"
    )


def test_a_preparation_after_the_first_use_is_too_late_anyway(rewrite):
    assert rewrite('import os\nDB = "/app/data/zoe.db"\nos.chdir("/")\n') == (
        'import os\n\nfrom database_config import DATABASE_PATH\nDB = DATABASE_PATH\nos.chdir("/")\n'
    )


FROM_OS = 'DB = getenv("DATABASE_PATH", "/app/data/zoe.db")\n'
GETENV = 'DB = os.getenv("DATABASE_PATH", "/app/data/zoe.db")\n'
PATH = 'B = Path("/app/data") / "zoe.db"\n'
KEPT = {
    "quoted annotation": f'import os\n{GETENV}def f(a: "os.PathLike[str] | None"): ...\n',
    "type comment": f"import os\n{GETENV}def f(a):\n    # type: (os.PathLike) -> None\n    pass\n",
    "noqa on the first line": f"from os import (  # noqa: F401\n    getenv,\n)\n{FROM_OS}",
    "a comment": f"import os  # for the variables\n{GETENV}",
    "a comment of the name": f"from os import (\n    getenv,  # for the variables\n    sep,\n)\n{FROM_OS}sep\n",
}


@pytest.mark.parametrize("before", KEPT.values(), ids=KEPT)
def test_an_import_that_may_have_another_use_stays(prepared, before):
    [change] = prepared(before).changed
    assert change.new.decode().startswith(before.partition("\nDB")[0])


@pytest.mark.parametrize("module", ["tools", ".os", "models"])
def test_an_import_of_another_package_stays(module):
    tree = ast.parse(f"from {module} import A\nx = A\n")
    value = tree.body[1].value
    found = unused_imports(tree, Bindings.of([tree]), [value], [], {"models"})
    assert found == []


def test_a_package_keeps_the_imports_that_others_may_use(rewrite):
    assert rewrite(f"import os\n{GETENV}", name="__init__.py").startswith("import os\n")
    assert not rewrite(f"import os\n{GETENV}").startswith("import os\n")


STARS = {
    "a star import after ours": (
        'import httpx\nDB = "/app/data/zoe.db"\nfrom tools import *\n',
        "import httpx\n\nfrom database_config import DATABASE_PATH as CONFIGURED_DATABASE_PATH\n"
        "DB = CONFIGURED_DATABASE_PATH\nfrom tools import *\n",
    ),
    "a star import before ours": (
        'from tools import *\n\nDB = "/app/data/zoe.db"\n',
        "from tools import *\n\nfrom database_config import DATABASE_PATH\n\nDB = DATABASE_PATH\n",
    ),
    "a name from a star import": (
        'from tools import *\n\nDB = "/app/data/zoe.db"\nprint(DATABASE_PATH)\n',
        "from tools import *\n\nfrom database_config import DATABASE_PATH as CONFIGURED_DATABASE_PATH\n\n"
        "DB = CONFIGURED_DATABASE_PATH\nprint(DATABASE_PATH)\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), STARS.values(), ids=STARS)
def test_star_imports(rewrite, before, after):
    assert rewrite(before) == after


TWO = 'A = "/app/data/memory.db"\nB = "/app/data/zoe.db"\n'


def test_inline_style_imports_os_once(rewrite):
    assert rewrite(TWO, "inline") == (
        'import os\n\nA = os.environ["MEMORY_DATABASE_PATH"]\nB = os.environ["DATABASE_PATH"]\n'
    )


@pytest.mark.parametrize("before", ["import os\ndef f(os):\n    A = 'x'\n", "import os\nos = None\n"])
def test_inline_style_and_another_os(prepared, before):
    [error] = prepared(before + TWO, "inline").errors
    assert "binds `os` to something else" in error.message


@pytest.mark.parametrize("names", ["(Z)", "Z", "(\n    Z,\n)", "Z as Y"])
def test_an_import_is_extended_by_two(rewrite, names):
    after = rewrite(f"from database_config import {names}\n\n{TWO}")
    assert after.count("import") == 1
    assert "DATABASE_PATH, MEMORY_DATABASE_PATH, Z" in after


CONSTRUCTORS = {
    "bound again": "from pathlib import Path\nfrom fastapi import Path\n",
    "assigned again": "from pathlib import Path\nPath = str\n",
    "conditional": "try:\n    from pathlib import Path\nexcept ImportError:\n    Path = str\n",
    "a star import": "from pathlib import Path\nfrom tools import *\n",
}


@pytest.mark.parametrize("imports", CONSTRUCTORS.values(), ids=CONSTRUCTORS)
def test_a_constructor_that_may_be_another(prepared, imports):
    result = prepared(f'{imports}from config import BASE\nDB = BASE / "/app/data/zoe.db"\n')
    assert not result.changes
    assert {reference.verdict.action for reference in result.scan.references} <= {"review"}


@pytest.mark.parametrize(
    ("before", "message"),
    [
        (
            'BASE = make() / "a"\nDB = BASE.parent / "/app/data" / "zoe.db"\nfrom pathlib import Path\n',
            "not imported before",
        ),
        ('from pathlib import Path\nB = Path("data")\ndef f(Path):\n    return B / "zoe.db"\n', "means something else"),
    ],
)
def test_a_constructor_out_of_reach(prepared, before, message):
    result = prepared(before)
    assert not result.changes
    assert all(message in error.message for error in result.errors)
    assert {reference.verdict.action for reference in result.scan.references} == {"review"}
