"""What git says has changed, as values: ranges of lines, and which findings and files lie in them."""

from __future__ import annotations

import pytest

from dbfold.base.errors import UserError
from dbfold.base.spans import Span
from dbfold.policy.codes import Code
from dbfold.references.discovery import Discovery, SourceFile
from dbfold.rules.model import Checked, Finding
from dbfold.rules.since import Change, change_since, is_ignored


@pytest.fixture
def repository(project):
    project.git("init", "-q", "-b", "main")
    project.write("a.py", "1\n2\n3\n4\n5\n6\n")
    project.write(".gitignore", "*.log\n")
    project.git("add", ".")
    project.git("commit", "-qm", "before")
    return project


def changed(repository, revision="HEAD"):
    lines = change_since(revision, repository.root).lines
    root = repository.root.resolve()
    return {name.removeprefix(f"{root}/"): ranges for name, ranges in lines.items()}


@pytest.mark.parametrize(
    ("content", "ranges"),
    [
        ("1\n2\n3\n4\n5\n6\nnew\n", ((7, 7),)),
        ("new\nnew\n1\n2\n3\n4\n5\n6\n", ((1, 2),)),
        ("1\nx\n3\n4\ny\nz\n6\n", ((2, 2), (5, 6))),
        ("1\n2\n6\n", ()),
        ("1\n2\n3\n4\n5\n6", ((6, 6),)),
        ("1\n2\n3\n4\n5\n6\n@@ -1 +9,9 @@\ndiff --git a b\n", ((7, 8),)),
    ],
)
def test_the_lines_of_a_file(repository, content, ranges):
    repository.write("a.py", content)
    assert changed(repository) == {"a.py": ranges}


def test_new_files_are_whole_and_those_that_went_are_none(repository):
    (repository.root / "a.py").unlink()
    repository.write("ünd new.py", "1\n")
    repository.write("a.log", "1\n")
    assert changed(repository) == {"ünd new.py": None}


def test_nothing_has_changed(repository):
    assert changed(repository) == {}


@pytest.mark.parametrize("revision", ["nothing", "-v", "--output=x", "HEAD:a.py"])
def test_what_is_no_revision(repository, revision):
    with pytest.raises(UserError, match=f"--since {revision}: "):
        changed(repository, revision)
    assert not (repository.root / "x").exists()


def finding(line, end_line, code=Code.HARDCODED_PATH, path="a.py"):
    return Finding("shown.py", path, Span(line, 1, end_line, 2), code, "", "", False, "", f"{line}")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (finding(4, 4), False),
        (finding(5, 5), True),
        (finding(7, 7), True),
        (finding(8, 8), False),
        (finding(1, 5), True),
        (finding(1, 20), True),
        (finding(7, 9), True),
        (finding(1, 4), False),
        (finding(1, 1, Code.STALE_ACCESSOR), True),
        (finding(1, 1, path="new.py"), True),
        (finding(5, 5, path="other.py"), False),
        (finding(5, 5, path="services/../a.py"), True),
    ],
)
def test_findings_on_changed_lines(tmp_path, found, expected):
    change = Change({str(tmp_path / "a.py"): ((5, 7),), str(tmp_path / "new.py"): None})
    checked = change.findings_of(Checked((found,), tolerated=3, files=4), tmp_path)
    assert checked == Checked((found,) if expected else (), tolerated=3, files=4)


def test_only_changed_files_are_looked_at():
    one, two = (SourceFile(f"/p/{name}", name, name) for name in ("a.py", "b.py"))
    assert Change({"/p/b.py": ()}).files_of(Discovery((one, two), (), 5)) == Discovery((two,), (), 5)


def test_what_git_ignores(repository, tmp_path):
    assert is_ignored(repository.root / "a.log")
    assert not is_ignored(repository.root / "a.py")
    assert not is_ignored(tmp_path / "a.log")
