"""How growth is measured: on parts of a tree whose files differ, by an exponent."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.append(str(BENCHMARKS))  # its modules are scripts, which find each other in their directory

import report  # noqa: E402
import trees  # noqa: E402
from results import Growth, exponent  # noqa: E402


def growth(seconds, command="dbfold audit", start_up=0.25):
    """What `seconds` for so many files look like when start-up comes to it."""
    return [
        Growth("t", command, files, 1.0, cpu_seconds=start_up + seconds(files), start_up=start_up, largest_mb=None)
        for files in (100, 200, 400, 800)
    ]


@pytest.mark.parametrize("start_up", [0.0, 0.25, 10.0])
@pytest.mark.parametrize("power", [0.5, 1.0, 1.55, 2.2])
def test_the_exponent_is_that_of_the_files(power, start_up):
    assert exponent(growth(lambda files: 0.003 * files**power, start_up=start_up)) == pytest.approx(power)


def test_the_table_has_the_exponent_beside_the_whole_tree():
    lines = list(report.growth([*growth(lambda files: files / 100), *growth(lambda files: files**2, "dbfold sql")]))
    assert lines[2] == "| dbfold audit | 100 | 1.25 | 10.0 | 1.00 | - |  |"
    assert [line.rsplit("|", 2)[1].strip() for line in lines[2:]] == ["", "", "", "1.00", "", "", "", "2.00"]


def test_parts_are_nested_and_their_files_differ(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for number in range(16):
        (source / f"module_{number:02}.py").write_text(f"NAME = 'data/{number}.db'\n")
    for number in range(4):
        (source / f"settings_{number}.env").write_text(f"DB=/data/{number}.db\n")
    whole = trees.copied("made", source, tmp_path)
    parts = [trees.part(whole, stride, tmp_path) for stride in (None, 8, 4, 2, 1)]
    assert [part.python_files for part in parts] == [0, 2, 4, 8, 16]
    assert [part.files for part in parts] == [1, 2 + 1 + 1, 4 + 1 + 1, 8 + 2 + 1, 16 + 4 + 1]
    names = [{path.name for path in part.path.glob("*.*")} for part in parts]
    assert names[0] < names[1] < names[2] < names[3] < names[4]
    assert all((part.path / "dbfold.yaml").read_bytes() == (whole.path / "dbfold.yaml").read_bytes() for part in parts)


@pytest.mark.parametrize("name", ["scaling.py", "compare.py", "hooks.py"])
def test_a_program_starts(name):
    """`hooks.py` has no options; the others say which they have."""
    arguments = ["-c", "import runpy; runpy.run_path('hooks.py')"] if name == "hooks.py" else [name, "--help"]
    result = subprocess.run([sys.executable, *arguments], cwd=BENCHMARKS, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def imports(path):
    """The modules that a module imports, by whatever way."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_no_circles():
    modules = {path.stem: path for path in BENCHMARKS.glob("*.py")}
    graph = {name: {other for other in imports(path) if other in modules} for name, path in modules.items()}
    assert set(TopologicalSorter(graph).static_order()) == set(modules)
