"""Which files are looked at: what git tracks or would track, or a walk; and names that are no ordinary names."""

from __future__ import annotations

import json
import os

import pytest

from dbfold.base.errors import UserError
from dbfold.policy.loading import load_policy
from dbfold.references.discovery import discover, require_files, shown_base

ODD_NAMES = [
    "with space.py",
    'it\'s "quoted".py',
    "back\\slash.py",
    "new\nline.py",
    "tab\there.py",
    "-dash.py",
    "größe.py",
    os.fsdecode(b"latin-\xe9.py"),
]


@pytest.fixture
def found(project):
    """What discovery finds below the given targets (by default the project), without the policy."""

    def run(*targets):
        paths = [project.root / target for target in targets] or [project.root]
        discovery = discover(paths, load_policy(project.root / "dbfold.yaml"), project.root)
        assert discovery.errors == ()
        return [file.shown for file in discovery.files]

    return run


# -- git ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(project):
    project.git("init", "-q")
    return project


def test_git_tracked_untracked_ignored_and_deleted(repository, found):
    for name in ("tracked.py", "deleted.py", "new.py", "ignored.py", "tracked_ignored.py", "sub/new.py"):
        repository.write(name)
    repository.write(".gitignore", "*ignored.py\n")
    repository.git("add", "tracked.py", "deleted.py")
    repository.git("add", "-f", "tracked_ignored.py")
    repository.git("commit", "-qm", "one")
    (repository.root / "deleted.py").unlink()
    assert found() == [".gitignore", "new.py", "sub/new.py", "tracked.py", "tracked_ignored.py"]


def test_git_without_a_commit(repository, found):
    repository.write("a.py")
    repository.write("b.py")
    repository.git("add", "a.py")
    assert found() == ["a.py", "b.py"]


def test_git_asked_in_a_directory_below_the_top(repository, found):
    repository.write("services/core/a.py")
    repository.write("services/core/b.py")
    repository.write("other.py")
    repository.write(".gitignore", "/services/core/b.py\n")
    assert found("services/core") == ["services/core/a.py"]


def test_a_directory_that_git_ignores_is_walked_when_it_is_the_target(repository, found):
    repository.write("build/a.py")
    repository.write(".gitignore", "/build/\n")
    assert found() == [".gitignore"]
    assert found("build") == ["build/a.py"]


def test_git_with_merge_conflicts_names_a_file_once(repository, found):
    repository.write("a.py", "one\n")
    repository.git("add", ".")
    repository.git("commit", "-qm", "one")
    repository.git("checkout", "-qb", "other")
    repository.write("a.py", "other\n")
    repository.git("commit", "-qam", "two")
    repository.git("checkout", "-q", "-")
    repository.write("a.py", "mine\n")
    repository.git("commit", "-qam", "three")
    with pytest.raises(Exception, match="merge"):
        repository.git("merge", "other")
    assert found() == ["a.py"]


def test_a_submodule_is_another_repository(repository, found, tmp_path):
    """Its files are found when it is the target itself."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "inner.py").write_text("x = 1\n")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        repository.git("-C", str(other), *arguments)
    repository.write("a.py")
    repository.git("submodule", "add", "-q", str(other), "vendor/other")
    assert found() == [".gitmodules", "a.py"]
    assert found("vendor/other") == ["vendor/other/inner.py"]


def test_a_worktree(repository, found):
    repository.write("a.py")
    repository.write("b.py")
    repository.git("add", "a.py")
    repository.git("commit", "-qm", "one")
    repository.git("worktree", "add", "-q", "tree")
    repository.write("tree/c.py")
    assert found("tree") == ["tree/a.py", "tree/c.py"]


def test_git_hooks_set_variables_that_do_not_mislead(repository, found, monkeypatch):
    """With GIT_DIR, git takes the current directory for the top of the work tree."""
    repository.write("services/a.py")
    repository.git("add", "services")
    monkeypatch.setenv("GIT_DIR", str(repository.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert found("services") == ["services/a.py"]


def test_a_broken_repository_is_walked(project, found):
    project.write(".git/config", "[core\n")
    project.write("a.py")
    assert found() == ["a.py"]


def test_no_git_program(repository, found, monkeypatch):
    repository.write("a.py")
    monkeypatch.setenv("PATH", "")
    assert found() == ["a.py"]


# -- walk -----------------------------------------------------------------------------------------------------------


def test_a_walk_heeds_gitignore_files(project, found):
    project.write(".gitignore", "*.log\n/build/\n!keep.log\n")
    project.write("sub/.gitignore", "!back.log\nlocal.py\n")
    for name in ("a.py", "a.log", "keep.log", "build/a.py", "sub/build/a.py"):
        project.write(name)
    for name in ("sub/back.log", "sub/gone.log", "sub/local.py", "sub/deeper/local.py", "other/local.py"):
        project.write(name)
    expected = ["a.py", "keep.log", "other/local.py", "sub/back.log", "sub/build/a.py"]
    walked = [name for name in found() if not name.endswith(".gitignore")]
    assert walked == expected
    project.git("init", "-q")
    assert [name for name in found() if not name.endswith(".gitignore")] == expected


def test_a_directory_named_gitignore(project, found):
    project.write(".gitignore/a.py")
    assert found() == [".gitignore/a.py"]


def test_a_walk_passes_over_what_is_never_the_application(project, found):
    for directory in ("node_modules", ".venv", "__pycache__", "sub/.tox", "application"):
        project.write(f"{directory}/a.py")
    assert found() == ["application/a.py"]


# -- links ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_git", [False, True])
def test_links_are_not_followed(project, found, in_git):
    if in_git:
        project.git("init", "-q")
    project.write("sub/a.py")
    (project.root / "link.py").symlink_to("sub/a.py")
    (project.root / "sub/loop").symlink_to(project.root)
    (project.root / "sub/self").symlink_to("self")
    (project.root / "gone.py").symlink_to("nowhere.py")
    assert found() == ["sub/a.py"]


def test_a_link_as_the_target_is_followed(project, found):
    project.write("sub/a.py")
    (project.root / "link.py").symlink_to("sub/a.py")
    assert found("link.py") == ["link.py"]


def test_a_file_is_looked_at_once_however_it_is_named(project, found):
    project.write("sub/a.py")
    (project.root / "link.py").symlink_to("sub/a.py")
    assert found("sub/a.py", "sub", ".", "sub/a.py") == ["sub/a.py"]
    assert found("link.py", "sub") == ["link.py"]
    assert len(found("sub", "link.py")) == 1


def test_a_project_reached_through_a_link(project, tmp_path):
    """The policy's patterns and roots hold there too."""
    project.write("services/core/a.py")
    (tmp_path / "link").symlink_to("project")
    done = project.dbfold("rewrite", tmp_path / "link" / "services", cwd=tmp_path)
    assert done.returncode == 0
    assert "1 reference: 1 rewritten" in done.stdout
    assert b"DATABASE_PATH" in project.read("services/core/a.py")


# -- targets --------------------------------------------------------------------------------------------------------


def test_a_file_target_is_looked_at_even_if_git_ignores_it(project, found):
    project.git("init", "-q")
    project.write(".gitignore", "a.py\n")
    project.write("a.py")
    assert found("a.py") == ["a.py"]


def test_excluded_files_are_counted_and_not_looked_at_even_as_targets(project):
    project.write("services/archive/a.py")
    project.write("services/b.py")
    policy = load_policy(project.root / "dbfold.yaml")
    for targets in ([project.services], [project.services / "b.py", project.services / "archive/a.py"]):
        discovery = discover(targets, policy, project.root)
        assert [file.shown for file in discovery.files] == ["services/b.py"]
        assert discovery.excluded == 1


def test_the_policy_itself_is_not_looked_at(project, found):
    project.write("a.py")
    assert found(".", "dbfold.yaml") == ["a.py"]


def test_a_target_outside_the_root(project, tmp_path):
    """No pattern of the policy names it, so what would be said of it means nothing."""
    (tmp_path / "elsewhere").mkdir()
    policy = load_policy(project.root / "dbfold.yaml")
    with pytest.raises(UserError, match=r"elsewhere: lies outside of the root .*such as --root"):
        discover([tmp_path / "elsewhere"], policy, project.root)
    stated = load_policy(project.root / "dbfold.yaml", root=tmp_path)
    assert discover([tmp_path / "elsewhere"], stated, tmp_path).files == ()


def test_a_directory_without_files_is_to_be_told(project):
    policy = load_policy(project.root / "dbfold.yaml")
    project.services.mkdir()
    file = project.write("services/archive/a.py")
    found = discover([project.services], policy, project.root)
    with pytest.raises(UserError, match=r"services: no file to look at \(1 excluded by dbfold.yaml\)"):
        require_files(found, [project.services], policy)
    require_files(discover([file], policy, project.root), [file], policy)


def test_a_target_that_went_away_is_the_users_error(project, found):
    with pytest.raises(UserError, match="no such file or directory; name a directory"):
        found("gone")


def test_the_common_directory_is_what_paths_are_shown_from(project):
    file = project.write("services/core/a.py")
    assert shown_base([file]) == file.parent
    assert shown_base([file, project.services / "core"]) == project.services / "core"
    (project.services / "auth").mkdir()
    assert shown_base([file, project.services / "auth"]) == project.services


# -- content and access ---------------------------------------------------------------------------------------------


def test_binary_files_are_not_looked_into(project):
    project.write("services/core/model.dat", b"\x7fELF\0\0/app/data/auth.db\0")
    project.write("services/core/auth.db", b"SQLite format 3\0/app/data/auth.db")
    project.write("services/core/run", "#!/usr/bin/env python3\nimport sqlite3\nsqlite3.connect('/app/data/auth.db')\n")
    result = json.loads(project.dbfold("audit", "--format", "json", "services").stdout)
    assert [found["file"] for found in result["references"]] == ["core/run"]
    assert result["references"][0]["verdict"] == "rewrite"


@pytest.mark.parametrize(("in_git", "tracked"), [(False, False), (True, False), (True, True)])
def test_a_directory_that_may_not_be_read_is_an_error_and_stops_nothing(project, unprivileged, in_git, tracked):
    hidden = project.write("services/core/hidden/a.py").parent
    project.write("services/core/b.py")
    if in_git:
        project.git("init", "-q")
        project.git("add", *(["."] if tracked else ["dbfold.yaml"]))
    with unprivileged.without_access(hidden):
        done = unprivileged.dbfold("rewrite", "--format", "json", "services")
    result = json.loads(done.stdout)
    assert done.returncode == 2
    expected = {"services/core/hidden", "services/core/hidden/a.py"} if in_git and tracked else {"services/core/hidden"}
    assert {error["file"] for error in result["errors"]} == expected
    assert all("cannot be read" in error["message"] for error in result["errors"])
    assert b"/app/data" not in project.read("services/core/b.py")


def test_a_gitignore_that_may_not_be_read(project, unprivileged):
    ignore = project.write("services/.gitignore", "*.log\n")
    project.write("services/core/b.py")
    with unprivileged.without_access(ignore):
        done = unprivileged.dbfold("audit", "services")
    assert done.returncode == 2
    assert "error: .gitignore: cannot be read (Permission denied); nothing was ignored by it" in done.stderr


# -- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_git", [False, True])
def test_odd_names_are_found(project, found, in_git):
    if in_git:
        project.git("init", "-q")
    for name in ODD_NAMES:
        project.write(f"services/core/{name}")
    assert found("services") == sorted(f"services/core/{name}" for name in ODD_NAMES)


@pytest.mark.parametrize(
    ("form", "encoding"),
    [("text", "utf-8:strict"), ("text", "ascii:strict"), ("json", "ascii:strict"), ("csv", "utf-8:strict")],
)
def test_odd_names_and_texts_are_reported(project, form, encoding):
    for name in ODD_NAMES:
        project.write(f"services/core/{name}", b'# coding: latin-1\nx = "/app/data/gr\xf6\xdfe.db"\n')
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = project.dbfold("audit", "--format", form, "services", env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("with space.py") == 1
    if form == "json":
        files = {found["file"] for found in json.loads(done.stdout)["references"]}
        assert files == {f"core/{name}" for name in ODD_NAMES}


def test_odd_names_are_rewritten(project):
    for name in ODD_NAMES:
        project.write(f"services/core/{name}")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii:strict"}
    done = project.dbfold("rewrite", "services", env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(b"/app/data" not in project.read(f"services/core/{name}") for name in ODD_NAMES)


def test_a_target_with_an_odd_name(project):
    project.write(f"services/{ODD_NAMES[-1]}/a.py")
    done = project.dbfold("rewrite", project.services / ODD_NAMES[-1])
    assert (done.returncode, done.stderr) == (0, "")
    missing = project.dbfold("rewrite", project.services / os.fsdecode(b"gone-\xe9"))
    assert missing.returncode == 2
    assert "no such file or directory" in missing.stderr
