"""What a commit is about to hold: the staged content, wherever it is, and what is no file of it."""

from __future__ import annotations

import os

import pytest

from dbfold.base.errors import UserError
from dbfold.hooks import staged
from dbfold.hooks.staged import content, contents, is_tracked, staged_files


@pytest.fixture
def work_tree(project, monkeypatch):
    """A repository with one commit, and its directory as the current one."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    project.git("init", "-q", "-b", "main")
    for name in ("old.py", "services/web/store.py"):
        project.write(name, b"committed\n")
    project.git("add", ".")
    project.git("commit", "-qm", "base")
    monkeypatch.chdir(project.root)
    return project


def stage(work_tree, name, data, on_disk=None):
    """Stage `data`; the disk has the same, or `on_disk`, or with False nothing."""
    path = work_tree.write(name, data)
    work_tree.git("add", "--", name)
    if on_disk is False:
        path.unlink()
    elif on_disk is not None:
        path.write_bytes(on_disk)


def commit(*names, limit=-1):
    return {file.name: data for file, data in contents(staged_files(names), limit)}


@pytest.mark.parametrize("on_disk", [None, b"edited since\n", False])
@pytest.mark.parametrize("name", ["new.py", "old.py", "*.py", "ünd a\nname.py"])
def test_the_staged_content_wherever_the_work_tree_stands(work_tree, name, on_disk):
    stage(work_tree, name, b"staged\n", on_disk)
    assert commit() == {name: b"staged\n"}
    assert commit(name) == {name: b"staged\n"}
    assert content(str(work_tree.root / name)) == b"staged\n"


@pytest.mark.parametrize("on_disk", [None, b"edited since\n"])
def test_the_disk_is_read_where_it_has_the_staged_content(work_tree, on_disk):
    stage(work_tree, "new.py", b"staged\n", on_disk)
    (file,) = staged_files()
    assert (file.path, file.blob is None) == (str(work_tree.root / "new.py"), on_disk is None)


def test_what_is_not_of_the_commit(work_tree):
    work_tree.write("unstaged.py", b"x\n")
    work_tree.write("old.py", b"edited and not staged\n")
    work_tree.git("rm", "-q", "services/web/store.py")
    (work_tree.root / "link.py").symlink_to("old.py")
    work_tree.git("add", "link.py")
    assert commit() == {}
    (work_tree.root / "link.py").unlink()
    assert commit("link.py", "services/web/store.py", "nowhere.py") == {}


def test_a_name_that_git_does_not_know_is_read_from_the_disk(work_tree):
    work_tree.write("unstaged.py", b"x\n")
    assert commit("unstaged.py") == {"unstaged.py": b"x\n"}


@pytest.mark.parametrize(
    ("limit", "expected"), [(-1, b"x" * 9 + b"\n"), (0, b""), (4, b"xxxx"), (99, b"x" * 9 + b"\n")]
)
def test_the_first_bytes_of_each(work_tree, limit, expected):
    stage(work_tree, "a.py", b"x" * 9 + b"\n", b"other\n")
    stage(work_tree, "b.py", b"x" * 9 + b"\n", b"other\n")
    stage(work_tree, "c.py", b"x" * 9 + b"\n")
    assert commit(limit=limit) == dict.fromkeys(("a.py", "b.py", "c.py"), expected)


@pytest.mark.parametrize("data", [b"", b"\n", b"no newline", b"a\0b\n\n", b"1 2 3\nblob 5\n"])
def test_every_content_comes_back_whole(work_tree, data):
    stage(work_tree, "a.py", data, b"other")
    stage(work_tree, "b.py", b"behind\n", b"other")
    assert commit() == {"a.py": data, "b.py": b"behind\n"}


def test_many_files(work_tree, monkeypatch):
    monkeypatch.setattr(staged, "_MANY", 2)
    names = [f"{number}.py" for number in range(5)]
    for name in names:
        stage(work_tree, name, name.encode(), b"other")
    stage(work_tree, "else.py", b"x", b"other")
    assert commit(*names) == {name: name.encode() for name in names}


def test_names_are_those_of_the_directory(work_tree, monkeypatch):
    stage(work_tree, "services/web/store.py", b"staged\n", b"other\n")
    stage(work_tree, "new.py", b"above\n")
    monkeypatch.chdir(work_tree.root / "services")
    assert commit() == {"web/store.py": b"staged\n"}
    assert content(str(work_tree.root / "new.py")) == b"above\n"


def test_a_conflict_is_what_the_work_tree_has(work_tree):
    work_tree.git("checkout", "-qb", "other")
    work_tree.write("old.py", b"theirs\n")
    work_tree.git("commit", "-qam", "theirs")
    work_tree.git("checkout", "-q", "main")
    work_tree.write("old.py", b"ours\n")
    work_tree.git("commit", "-qam", "ours")
    with pytest.raises(Exception, match="merge"):
        work_tree.git("merge", "other")
    assert commit("old.py")["old.py"].startswith(b"<<<<<<<")


def test_what_is_tracked(work_tree):
    work_tree.write("unstaged.py", b"x\n")
    found = {name: is_tracked(str(work_tree.root / name)) for name in ("old.py", "unstaged.py", "*.py")}
    assert found == {"old.py": True, "unstaged.py": False, "*.py": False}


def test_outside_of_a_work_tree(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="run the hook inside a git work tree"):
        staged_files()


def test_without_git(work_tree, monkeypatch):
    monkeypatch.setenv("PATH", str(work_tree.root))
    with pytest.raises(UserError, match="git is not installed"):
        staged_files()
