"""`db-paths-fix`: it rewrites, fails so that a person looks, and passes once the rewrite is staged."""

import pytest
from repositories import CLEAN, HARDCODED, STRAY


@pytest.fixture(params=["pre-commit", "prek", "git"])
def repository(make_repository, request):
    made = make_repository(request.param, ("db-paths-fix",))
    made.base()
    return made


def test_it_rewrites_and_fails_then_passes(repository):
    repository.write("services/core/a.py", HARDCODED.encode())
    repository.run("git", "add", "services")
    output = repository.blocked()
    assert "wrote services/core/a.py" in output
    assert "wrote services/core/database_config.py" in output
    assert "look at `git diff`, and `git add` the files" in output
    assert repository.read("services/core/a.py") == CLEAN.encode()
    assert repository.run("git", "show", ":services/core/a.py").stdout == HARDCODED
    repository.run("git", "add", "services")
    repository.assert_passes()


def test_what_a_person_must_decide_is_reported(repository):
    repository.write("services/core/a.py", (HARDCODED + 'other = sqlite3.connect("/app/data/notes.db")\n').encode())
    repository.run("git", "add", "services")
    output = repository.blocked()
    assert "wrote services/core/a.py" in output
    assert "DBF006 notes.db is not declared in the policy" in output
    assert "DBF001" not in output
    repository.run("git", "add", "services")
    assert "wrote" not in repository.blocked()


def test_a_clean_commit_passes(repository):
    repository.write("services/core/a.py", CLEAN.encode())
    repository.run("git", "add", "services")
    repository.assert_passes()


def test_fixed_in_the_work_tree_but_not_staged(repository):
    repository.write("services/core/a.py", HARDCODED.encode())
    repository.run("git", "add", "services")
    repository.write("services/core/a.py", CLEAN.encode())
    assert "`git add` the files" in repository.blocked()


def test_staged_and_gone_from_the_work_tree(make_repository):
    repository = make_repository("git", ("db-paths-fix",))
    repository.base()
    repository.write("services/core/a.py", HARDCODED.encode())
    repository.run("git", "add", "services")
    (repository.root / "services/core/a.py").unlink()
    output = repository.blocked()
    assert "`git add` the files" in output
    assert not (repository.root / "services/core/a.py").exists()


def test_only_review(repository):
    repository.write("services/core/a.py", STRAY.encode())
    repository.run("git", "add", "services")
    assert "DBF006" in repository.blocked()
    assert repository.read("services/core/a.py") == STRAY.encode()
