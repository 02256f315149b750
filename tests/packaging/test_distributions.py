"""The sdist and the wheel hold what is installed, all of it, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import zipfile

import pytest

from dbfold import __version__
from tools.distributions import PACKAGES, REPOSITORY, Distributions, export, installed_files, problems

pytestmark = pytest.mark.slow


def names_in(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_has_the_packages_and_nothing_else_at_its_top(built):
    tops = {name.partition("/")[0] for name in names_in(built.wheel)}
    assert tops == {*PACKAGES, f"dbfold-{__version__}.dist-info"}


def test_the_wheel_has_every_module_and_the_data(built):
    names = set(names_in(built.wheel))
    modules = {
        path.relative_to(REPOSITORY).as_posix() for room in PACKAGES for path in (REPOSITORY / room).rglob("*.py")
    }
    assert modules <= names
    assert {"dbfold/py.typed", "dbfold/policy/dbfold.schema.json"} <= names


def test_the_sdist_builds_the_packages_and_has_no_tests(built):
    with tarfile.open(built.sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    assert {"dbfold", "codemods", "pyproject.toml", "CHANGELOG.md", "LICENSE", "README.md"} <= tops
    assert tops.isdisjoint({"tests", "hooks", "rules", "tools", "docs", "examples", "benchmarks"})


def test_nothing_is_wrong(built):
    assert problems(built) == []


@pytest.fixture
def changed(built, tmp_path):
    """Copies of both, whose wheel can be changed."""

    class Changed:
        def __init__(self):
            self.built = Distributions(*(shutil.copy2(path, tmp_path / path.name) for path in built))

        def add(self, name, content):
            with zipfile.ZipFile(self.built.wheel, "a") as archive:
                archive.writestr(name, content)

        def replace(self, wanted, content):
            """Give one file, named as in the wheel or in its dist-info, another content, or leave it out."""
            with zipfile.ZipFile(built.wheel) as old, zipfile.ZipFile(self.built.wheel, "w") as new:
                for name in old.namelist():
                    text = old.read(name)
                    if name.removeprefix(f"dbfold-{__version__}.dist-info/") != wanted:
                        new.writestr(name, text)
                    elif content is not None:
                        new.writestr(name, content(text))

        def problems(self):
            return [line.partition(": ")[2] for line in problems(self.built)]

    return Changed()


@pytest.mark.parametrize("name", ["rules/__init__.py", "tests/conftest.py", "dbfold/notes.txt", "dbfold.pth"])
def test_what_does_not_belong_into_the_wheel(changed, name):
    changed.add(name, b"")
    assert changed.problems() == [f"has {name}, which does not belong there"]


@pytest.mark.parametrize("name", ["dbfold/py.typed", "dbfold/policy/dbfold.schema.json", "codemods/__init__.py"])
def test_what_is_missing_in_the_wheel(changed, name):
    changed.replace(name, None)
    assert changed.problems() == [f"lacks {name}"]


def test_an_entry_point_to_nowhere(changed):
    changed.replace("entry_points.txt", lambda text: text.replace(b"dbfold.cli:run", b"dbfold.nowhere:run"))
    assert changed.problems() == ["an entry point names dbfold.nowhere, which is not in it"]


def test_metadata_that_an_index_would_refuse(changed):
    changed.replace("METADATA", lambda text: text.replace(b"License-Expression: MIT", b"License-Expression: Ours"))
    (problem,) = changed.problems()
    assert problem.startswith("METADATA: 'Ours' is invalid for 'license-expression'")


def test_leftovers_of_other_builds_stay_out(tmp_path):
    """`build/` and an old list of sources are what setuptools would take up again; git does not know them."""
    repository = tmp_path / "repository"
    export(repository)
    (repository / ".gitignore").write_text("build/\n")
    for name in ("build/lib/dbfold/gone.py", "dbfold/build/gone.py"):
        (repository / name).parent.mkdir(parents=True)
        (repository / name).touch()
    subprocess.run(["git", "init", "-q"], cwd=repository, check=True)
    assert installed_files(repository) == installed_files()
    export(tmp_path / "exported", repository)
    assert not list((tmp_path / "exported").rglob("gone.py"))
