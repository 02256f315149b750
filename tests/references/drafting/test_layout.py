"""What the names in a tree tell of tests, migrations, old copies and import roots."""

from __future__ import annotations

import pytest

from dbfold.references.drafting.layout import Layout

EXCLUDE = {
    "nothing": (("app/a.py",), ()),
    "copies by their usual names": (
        ("backup/a.py", "archived_2024/a.py", ".checkpoints/a.py", "src/_backups/a.py"),
        (".checkpoints/**", "archived_2024/**", "backup/**", "src/_backups/**"),
    ),
    "the outermost alone": (("backup/old/archive/a.py", "backup/a.py"), ("backup/**",)),
    "a longer word": (("backupper/a.py", "archivist/a.py"), ()),
    "a package that has only the name": (("backup/__init__.py", "backup/a.py"), ()),
    "a service that has only the name": (("backup/Dockerfile", "backup/a.py"), ()),
    "a copy within a package that has only the name": (
        ("backup/__init__.py", "backup/archive/a.py"),
        ("backup/archive/**",),
    ),
    "as many as are read": (tuple(f"s{n}/backup/a.py" for n in range(6)), tuple(f"s{n}/backup/**" for n in range(6))),
    "more than are read": (
        (*(f"s{n}/backup/a.py" for n in range(6)), "s/archive/a.py"),
        ("**/archive/**", "**/backup/**"),
    ),
}


@pytest.mark.parametrize(("files", "expected"), EXCLUDE.values(), ids=EXCLUDE)
def test_exclude(files, expected):
    assert Layout(files).exclude == expected


TEMPORARY = {
    "nothing": (("app/a.py",), ()),
    "at the top alone": (("tests/test_a.py",), ("tests/**",)),
    "not at the top": (("app/tests/test_a.py",), ("**/tests/**",)),
    "at the top and below": (("tests/a.py", "app/tests/a.py"), ("**/tests/**",)),
    "both names": (("tests/a.py", "test/a.py"), ("test/**", "tests/**")),
    "in an old copy": (("backup/tests/a.py",), ()),
    "pytest's file among the code": (("app/conftest.py",), ("conftest.py",)),
    "pytest's file among the tests": (("tests/conftest.py",), ("tests/**",)),
}


@pytest.mark.parametrize(("files", "expected"), TEMPORARY.values(), ids=TEMPORARY)
def test_temporary(files, expected):
    assert Layout(files).temporary == expected


REVIEW = {
    "nothing": (("app/a.py",), ()),
    "scripts at the top": (("scripts/a.py",), ("scripts/**",)),
    "scripts elsewhere are code": (("app/scripts/a.py",), ()),
    "migrations": (("app/migrations/a.py", "alembic/a.py"), ("alembic/**", "**/migrations/**")),
    "a migration among the code": (("app/migrate_users.py",), ("migrate_*.py",)),
    "tests among the code": (("app/test_a.py", "app/b_test.py"), ("test_*.py", "*_test.py")),
    "tests among the tests": (("tests/test_a.py",), ()),
}


@pytest.mark.parametrize(("files", "expected"), REVIEW.values(), ids=REVIEW)
def test_review(files, expected):
    assert Layout(files).review == expected


@pytest.mark.parametrize(
    ("file", "expected"), [("tests/a.py", True), ("app/test_a.py", True), ("app/a_test.py", True), ("app/a.py", False)]
)
def test_tests(file, expected):
    assert bool(Layout(("tests/a.py", "app/a.py")).tests.matching(file)) is expected


ROOTS = {
    "nothing is built": (("app/a.py",), ()),
    "the tree itself": (("Dockerfile", "app/a.py"), (".",)),
    "one service": (("core/Dockerfile", "core/a.py"), ("core",)),
    "other names of the file": (("a/Dockerfile.dev", "a/x.py", "b/api.Dockerfile", "b/x.py"), ("a", "b")),
    "no name of the file": (("a/Dockerfile_old", "a/x.py", "b/my_Dockerfile", "b/x.py"), ()),
    "two in one directory are its pattern": (
        ("services/a/Dockerfile", "services/a/x.py", "services/b/Dockerfile", "services/b/x.py"),
        ("services/*",),
    ),
    "one below another directory": (("services/a/Dockerfile", "services/a/x.py"), ("services/a",)),
    "without Python": (("web/Dockerfile", "web/a.js"), ()),
    "a package is imported from above": (("core/Dockerfile", "core/__init__.py"), ()),
    "an old copy": (("backup/core/Dockerfile", "backup/core/a.py"), ()),
    "of the tests": (("tests/core/Dockerfile", "tests/core/a.py"), ()),
}


@pytest.mark.parametrize(("files", "expected"), ROOTS.values(), ids=ROOTS)
def test_roots(files, expected):
    assert Layout(files).roots() == expected


MODULES = {
    "free": (("app/a.py",), "database_config"),
    "a module has it": (("app/database_config.py",), "database_paths"),
    "a package has it": (("database_config/a.py",), "database_paths"),
    "all usual ones are taken": (("database_config.py", "database_paths.py", "dbfold_paths.py"), "dbfold_paths_2"),
    "and the next": (
        ("database_config.py", "database_paths.py", "dbfold_paths.py", "dbfold_paths_2/a.py"),
        "dbfold_paths_3",
    ),
}


@pytest.mark.parametrize(("files", "expected"), MODULES.values(), ids=MODULES)
def test_module(files, expected):
    assert Layout(files).module() == expected
