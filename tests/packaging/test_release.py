"""`make release` on copies of this repository: what it asks for, what it builds, what it prints."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from projects import GIT_ENV

from dbfold.base.version import VERSION
from tools.distributions import Distributions, export
from tools.release import ReleaseError, ask_twine, notes

HEADING = f"## [{VERSION}] - 2030-01-31"


@pytest.mark.parametrize(
    "text",
    [
        f"# Changelog\n\n{HEADING}\n\n### Added\n\n- One.\n\n## [0.0.9] - 2029-01-01\n\n- Old.\n",
        f"# Changelog\n\n{HEADING}\n### Added\n\n- One.\n",
    ],
    ids=["with an older one", "the only one"],
)
def test_the_notes_are_those_of_the_first_version(text):
    assert notes(text, VERSION) == "### Added\n\n- One.\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# Changelog\n", "no version"),
        (f"## [Unreleased]\n\n- New.\n\n{HEADING}\n", r"\[Unreleased\]"),
        (f"## [{VERSION}]\n\n- New.\n", rf"\[{VERSION}\];"),
        (f"## [99.0.0] - 2030-01-31\n\n- New.\n\n{HEADING}\n", r"\[99.0.0\] - 2030-01-31"),
    ],
    ids=["none", "unreleased", "no date", "another"],
)
def test_a_changelog_that_begins_with_something_else(text, found):
    with pytest.raises(ReleaseError, match=rf"begins with {found}"):
        notes(text, VERSION)


@pytest.fixture
def repository(tmp_path):
    """A copy of this repository whose changelog has the version, committed; `release` makes one from it."""

    class Repository:
        root = tmp_path / "repository"

        def __init__(self):
            export(self.root)
            changelog = self.root / "CHANGELOG.md"
            changelog.write_text(changelog.read_text().replace("## [Unreleased]", HEADING))
            self.git("init", "-q")
            self.git("add", "--all")
            self.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "one")

        def git(self, *arguments):
            subprocess.run(["git", *arguments], cwd=self.root, check=True, env=GIT_ENV)

        def release(self, path=os.environ["PATH"]):
            command = [sys.executable, "-m", "tools.release"]
            environment = {**GIT_ENV, "PATH": path}
            return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)

    return Repository()


def twine(directory, code):
    """A `twine` that says what it was asked; returns a PATH that has it."""
    directory.mkdir()
    program = directory / "twine"
    program.write_text(f'#!/bin/sh\necho "$@"\nexit {code}\n')
    program.chmod(0o755)
    return f"{directory}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.slow
def test_a_release(repository, tmp_path):
    (repository.root / "dist").mkdir()
    (repository.root / "dist/dbfold-0.0.1.tar.gz").touch()
    result = repository.release(twine(tmp_path / "bin", 0))
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("### Added\n\n- `dbfold.yaml`, the policy")
    names = [f"dbfold-{VERSION}-py3-none-any.whl", f"dbfold-{VERSION}.tar.gz"]
    assert result.stdout.splitlines()[-2:] == [f"dist/{name}" for name in names]
    assert sorted(path.name for path in (repository.root / "dist").iterdir()) == names
    assert result.stderr.startswith("check --strict ")
    assert all(name in result.stderr for name in names)
    repository.git("diff", "--exit-code")


def test_twine_has_a_veto(tmp_path, monkeypatch):
    built = Distributions(tmp_path / "a.tar.gz", tmp_path / "a.whl")
    monkeypatch.setenv("PATH", twine(tmp_path / "bin", 1))
    with pytest.raises(ReleaseError, match="twine refuses"):
        ask_twine(built)


def test_a_tree_with_changes_is_not_released(repository):
    (repository.root / "README.md").write_text("changed\n")
    (repository.root / "new.py").touch()
    result = repository.release()
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "no release: not committed:\n M README.md\n?? new.py\nCommit it, or put it away\n"
    assert not (repository.root / "dist").exists()


@pytest.mark.slow
def test_what_would_install_too_much_is_not_released(repository):
    project = repository.root / "pyproject.toml"
    project.write_text(
        project.read_text().replace('include = ["dbfold*", "codemods"]', 'include = ["dbfold*", "rules"]')
    )
    repository.git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qam", "two")
    result = repository.release()
    assert result.returncode == 1
    assert f"dbfold-{VERSION}-py3-none-any.whl: has rules/__init__.py, which does not belong there" in result.stderr
    assert f"dbfold-{VERSION}.tar.gz: lacks codemods/__init__.py" in result.stderr
