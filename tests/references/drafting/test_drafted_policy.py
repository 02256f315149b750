"""What a tree says of its databases: names, the primary, its path and variables, directories and roots."""

from __future__ import annotations

import pytest

from dbfold.references.drafting.draft import DEFAULT_VARIABLE, UNKNOWN_PRIMARY, draft


@pytest.fixture
def drafted(tmp_path):
    """Drafts a policy for a tree of files, given as path → text."""

    def run(**files):
        return of_files({f"{name}.py": text for name, text in files.items()})

    def of_files(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return draft(tmp_path, tmp_path / "dbfold.yaml")

    run.of_files = of_files
    return run


def connects(*paths):
    return "import sqlite3\n" + "".join(f'sqlite3.connect("{path}")\n' for path in paths)


def test_a_tree_that_names_no_database_has_no_draft(drafted):
    assert drafted(a="x = 1\n") is None


def test_the_most_named_database_first(drafted):
    found = drafted(a=connects("data/b.db", "data/a.db"), b=connects("data/b.db", "data/c.db"))
    assert [(one.name, one.references, one.files) for one in found.databases] == [
        ("b.db", 2, 2),
        ("a.db", 1, 1),
        ("c.db", 1, 1),
    ]


PRIMARIES = {
    "the most named": ({"a.py": connects("a.db", "b.db", "b.db")}, "b.db"),
    "code before scripts": (
        {"a.py": connects("a.db"), "scripts/b.py": connects("b.db", "b.db")},
        "a.db",
    ),
    "scripts decide a tie": (
        {"a.py": connects("a.db", "b.db"), "scripts/b.py": connects("b.db")},
        "b.db",
    ),
    "tests do not count": (
        {"a.py": connects("a.db"), "tests/test_b.py": connects("b.db", "b.db")},
        "a.db",
    ),
    "a computed name is none": ({"a.py": 'import sqlite3\nsqlite3.connect(f"data/cache_{x}.db")\n'}, UNKNOWN_PRIMARY),
}


@pytest.mark.parametrize(("files", "primary"), PRIMARIES.values(), ids=PRIMARIES)
def test_primary(drafted, files, primary):
    assert drafted.of_files(files).primary == primary


def test_computed_names_are_patterns(drafted):
    found = drafted(a='import sqlite3\nsqlite3.connect(f"data/cache_{user}_{day}.db")\n' + connects("a.db"))
    assert [one.name for one in found.databases] == ["a.db", "cache_*_*.db"]


PATHS = {
    "the most frequent": (["data/a.db", "var/a.db", "var/a.db"], "var/a.db"),
    "an absolute one": (["data/a.db", "data/a.db", "/app/a.db"], "/app/a.db"),
    "no backup": (["/backups/a.db", "data/a.db"], "data/a.db"),
    "the name alone": (["a.db"], "a.db"),
}


@pytest.mark.parametrize(("paths", "expected"), PATHS.values(), ids=PATHS)
def test_path(drafted, paths, expected):
    assert drafted(a=connects(*paths)).path == expected


def default(variable, path):
    return f'os.getenv("{variable}", "{path}")\n'


VARIABLES = {
    "none": ("", DEFAULT_VARIABLE, ()),
    "its own": (default("ZOE", "a.db"), "ZOE", ()),
    "the most used one, and an alias": (default("A", "a.db") + default("B", "a.db") * 2, "B", ("A",)),
    "no alias that names another database too": (
        default("B", "a.db") * 3 + default("A", "a.db") + default("A", "b.db"),
        "B",
        (),
    ),
    "no name of Python's": (default("OPEN", "a.db"), DEFAULT_VARIABLE, ()),
    "of another database": (default("B", "b.db"), DEFAULT_VARIABLE, ()),
}


@pytest.mark.parametrize(("code", "env", "aliases"), VARIABLES.values(), ids=VARIABLES)
def test_variables(drafted, code, env, aliases):
    found = drafted(a="import os\n" + code + connects("a.db", "a.db"))
    assert (found.primary, found.env, found.aliases) == ("a.db", env, aliases)


def test_directories_of_the_primary_or_of_several_are_told_from_those_of_one_other(drafted):
    paths = ["data/a.db", "data/a.db", "shared/b.db", "shared/c.db", "own/b.db", "/tmp/a.db", "backup/b.db"]
    found = drafted(a=connects(*paths, "a.db"))
    assert (found.data_dirs, found.other_dirs) == ({"data": 2, "shared": 2}, {"own": 1})


ROOTS = {
    "no Dockerfile": ({"core/a.py": connects("a.db")}, (".",)),
    "a Dockerfile": ({"core/Dockerfile": "", "core/a.py": connects("a.db")}, ("core",)),
    "most of the code is elsewhere": (
        {"core/Dockerfile": "", "core/a.py": "", "b.py": connects("a.db"), "c.py": connects("a.db")},
        ("core", "."),
    ),
}


@pytest.mark.parametrize(("files", "roots"), ROOTS.values(), ids=ROOTS)
def test_roots(drafted, files, roots):
    assert drafted.of_files(files).roots == roots
