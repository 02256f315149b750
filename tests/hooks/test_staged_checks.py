"""The policies of staged files, the rules on their staged content, and the codemod on the work tree's copies."""

from __future__ import annotations

import os

import pytest
from repositories import HARDCODED, POLICY, STRAY

from dbfold.base.errors import UserError
from dbfold.hooks.checking import check_staged, staged_baseline, staged_scope
from dbfold.hooks.fixing import fix_work_tree
from dbfold.hooks.policies import by_policy, relative, staged_content, staged_policy
from dbfold.hooks.staged import staged_files
from dbfold.policy.model import Role
from dbfold.rules.checking import scope_of
from dbfold.rules.fixing import write_baseline

OTHER = POLICY.replace("zoe.db", "other.db").replace("config", "paths")


@pytest.fixture
def work_tree(project, monkeypatch):
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    project.write("dbfold.yaml", POLICY.encode())
    project.git("init", "-q", "-b", "main")
    project.git("add", ".")
    project.git("commit", "-qm", "base")
    monkeypatch.chdir(project.root)
    return project


def stage(work_tree, name, text, on_disk=None):
    path = work_tree.write(name, text.encode())
    work_tree.git("add", "--", name)
    if on_disk is not None:
        path.write_text(on_disk)


def checked(**options):
    return check_staged(by_policy(staged_files(), **options))


def told(result):
    return [(one.file, str(one.code)) for one in result.findings]


# -- policies ---------------------------------------------------------------------------------------------------------


def test_each_file_has_the_nearest_policy_above_it(work_tree):
    stage(work_tree, "part/dbfold.yaml", OTHER)
    stage(work_tree, "part/deep/a.py", STRAY)
    stage(work_tree, "b.py", STRAY)
    grouped = {policy.source: [file.name for file in files] for policy, files in by_policy(staged_files())}
    root = work_tree.root
    assert grouped == {
        root / "dbfold.yaml": ["b.py"],
        root / "part/dbfold.yaml": ["part/dbfold.yaml", "part/deep/a.py"],
    }


def test_one_policy_for_all(work_tree):
    stage(work_tree, "part/dbfold.yaml", OTHER)
    stage(work_tree, "part/a.py", STRAY)
    ((policy, files),) = by_policy(staged_files(), "dbfold.yaml")
    assert (policy.source, len(files)) == (work_tree.root / "dbfold.yaml", 2)


def test_a_policy_is_what_the_commit_will_hold(work_tree):
    stage(work_tree, "dbfold.yaml", POLICY.replace("external}", "undecided}"), on_disk="nonsense: [")
    policy = staged_policy(work_tree.root / "dbfold.yaml")
    assert policy.databases["litellm.db"].role is Role.UNDECIDED


def test_a_directory_that_is_gone_from_the_work_tree(work_tree):
    stage(work_tree, "part/a.py", STRAY)
    (work_tree.root / "part/a.py").unlink()
    (work_tree.root / "part").rmdir()
    assert told(checked()) == [("part/a.py", "DBF006")]


def test_files_without_a_policy(work_tree, tmp_path):
    work_tree.git("rm", "-q", "--cached", "dbfold.yaml")
    (work_tree.root / "dbfold.yaml").unlink()
    stage(work_tree, "a.py", STRAY)
    files = staged_files(["a.py"])
    assert list(by_policy(files, required=())) == []
    for required in (None, files):
        with pytest.raises(UserError, match=r"dbfold\.yaml"):
            list(by_policy(files, required=required))


def test_content_that_git_knows_nothing_of(work_tree, tmp_path):
    (tmp_path / "outside.yaml").write_text("x")
    assert staged_content(work_tree.root / "missing.yaml") is None
    assert staged_content(tmp_path / "outside.yaml") is None


@pytest.mark.parametrize(("name", "expected"), [("a/b.py", "a/b.py"), ("../b.py", "../b.py"), ("a/../b.py", "b.py")])
def test_paths_as_patterns_see_them(work_tree, name, expected):
    policy = staged_policy(work_tree.root / "dbfold.yaml")
    assert relative(f"{work_tree.root}/{name}", policy) == expected


# -- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "on_disk", "expected"),
    [
        (STRAY, None, [("a.py", "DBF006")]),
        (STRAY, "x = 1\n", [("a.py", "DBF006")]),
        ("x = 1\n", STRAY, []),
    ],
)
def test_what_is_staged_is_checked(work_tree, text, on_disk, expected):
    stage(work_tree, "a.py", text, on_disk)
    assert told(checked()) == expected


def test_findings_of_several_policies_are_one_result(work_tree):
    stage(work_tree, "part/dbfold.yaml", OTHER)
    stage(work_tree, "part/a.py", HARDCODED)
    stage(work_tree, "b.py", STRAY)
    result = checked()
    assert told(result) == [("b.py", "DBF006"), ("part/a.py", "DBF006")]
    assert result.files == 2


def test_excluded_files_are_counted_with_the_policys_own(work_tree):
    stage(work_tree, "archive/a.py", STRAY)
    stage(work_tree, "dbfold.yaml", POLICY + "\n")
    stage(work_tree, "b.py", "x = 1\n")
    policy = staged_policy(work_tree.root / "dbfold.yaml")
    scope = staged_scope(policy, staged_files())
    assert [file.in_policy for file in scope.discovery.files] == ["b.py"]
    assert scope.discovery.excluded == 2


def test_a_baseline_counts_when_it_is_committed(work_tree):
    stage(work_tree, "a.py", STRAY)
    policy = staged_policy(work_tree.root / "dbfold.yaml")
    write_baseline(scope_of([work_tree.root], policy, cached=False), jobs=1)
    assert staged_baseline(policy) == ()
    assert told(checked()) == [("a.py", "DBF006")]
    work_tree.git("add", "dbfold-baseline.json")
    assert [entry.file for entry in staged_baseline(policy)] == ["a.py"]
    policy.baseline.write_text("nonsense")
    result = checked()
    assert (told(result), result.tolerated) == ([], 1)


# -- the codemod ------------------------------------------------------------------------------------------------------


def test_the_work_trees_copies_are_mended_and_nothing_is_staged(work_tree):
    stage(work_tree, "services/web/a.py", HARDCODED)
    stage(work_tree, "services/web/b.py", STRAY)
    index = work_tree.git("ls-files", "--stage").stdout
    fixed = fix_work_tree([], None)
    assert set(fixed.files) == {"services/web/a.py", "services/web/database_config.py"}
    assert told(fixed.left) == [("services/web/b.py", "DBF006")]
    assert b"/app/data" not in work_tree.read("services/web/a.py")
    assert work_tree.git("ls-files", "--stage").stdout == index


def test_the_work_trees_copy_is_what_is_judged(work_tree):
    """Another than the staged one: what was mended since is no finding, and what was added since is one."""
    stage(work_tree, "services/web/a.py", STRAY, on_disk="x = 1\n")
    stage(work_tree, "services/web/b.py", "x = 1\n", on_disk=STRAY)
    assert told(fix_work_tree([], None).left) == [("services/web/b.py", "DBF006")]


def test_only_the_named_files_are_mended(work_tree):
    for name in ("a", "b"):
        stage(work_tree, f"services/web/{name}.py", HARDCODED)
    assert "services/web/b.py" not in fix_work_tree(["services/web/a.py"], None).files
    assert work_tree.read("services/web/b.py").decode() == HARDCODED


def test_what_is_gone_from_the_work_tree_is_not_made_anew(work_tree):
    stage(work_tree, "services/web/a.py", HARDCODED)
    (work_tree.root / "services/web/a.py").unlink()
    fixed = fix_work_tree([], None)
    assert (fixed.files, fixed.left.findings, fixed.left.errors) == ((), (), ())


def test_a_file_that_does_not_parse_is_told_once(work_tree):
    stage(work_tree, "services/web/a.py", 'path = "/app/data/zoe.db"\ndef f(:\n')
    fixed = fix_work_tree([], None)
    assert fixed.files == ()
    assert [error.file for error in fixed.left.errors] == ["services/web/a.py"]
