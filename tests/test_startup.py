"""What the fast paths must not import: start-up is most of what a hook costs."""

import subprocess
import sys

import pytest

POLICY = """
version: 1
databases: {zoe.db: {role: primary, path: /app/data/zoe.db}}
accessor: {roots: [.]}
"""
HEAVY = ("libcst", "rich", "jsonschema", "multiprocessing", "concurrent", "asyncio", "logging")
PROGRAM = """
import sys
from dbfold.cli import main
code = main(sys.argv[1:])
print(code, *sorted(sys.modules), file=sys.stderr)
"""


def modules_of(directory, *arguments, whole=False):
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    code, *modules = result.stderr.split("\n")[-2].split()
    assert code == "0", result.stdout
    return set(modules) if whole else {name.partition(".")[0] for name in modules}


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "dbfold.yaml").write_text(POLICY)
    (tmp_path / "clean.py").write_text("print(1)\n")
    (tmp_path / "named.py").write_text('"""Opens /srv/other.db for a person."""\nprint("zoe.db")\n')
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["audit", "."],
        ["rewrite", "--check", "clean.py"],
        ["rewrite", "--check", "named.py"],
        ["check", "."],
        ["check", "--stdin-filename", "clean.py"],
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(tree, arguments):
    assert modules_of(tree, *arguments).isdisjoint(HEAVY)


def test_a_clean_check_needs_no_catalogue(tree):
    (tree / "named.py").unlink()
    assert not {
        name for name in modules_of(tree, "check", ".", whole=True) if name.startswith("dbfold.rules.catalogue")
    }


HOOK = """
import sys
from dbfold.hooks.{name} import main
code = main(["clean.py"])
print(code, *sorted(sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("name", "needless"),
    [
        (
            "no_new_databases",
            {"yaml", "dbfold.policy.model", "dataclasses", "pathlib._local", "dbfold.rules", "dbfold.references.scan"},
        ),
        ("db_paths", {"libcst", "rich", "dbfold.rules", "dbfold.references.scan", "dbfold.codemods", "json"}),
    ],
)
def test_a_hook_on_a_clean_file_imports_little(tree, name, needless):
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    subprocess.run(["git", "add", "."], cwd=tree, check=True)
    program = HOOK.format(name=name)
    result = subprocess.run([sys.executable, "-c", program], cwd=tree, capture_output=True, text=True, check=True)
    code, *modules = result.stderr.split()
    assert code == "0", result.stdout
    assert needless.isdisjoint(modules)


def test_the_version_needs_no_package_of_ours(tree):
    assert modules_of(tree, "--version").isdisjoint({"yaml", "references", "codemods", "dbpolicy"})
