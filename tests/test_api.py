"""dbfold as a library: what the commands do, as values, and nothing on the terminal."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from projects import AFTER

import dbfold
from dbfold.policy.loading import load_policy
from dbfold.policy.model import AccessorStyle
from dbfold.references import survey
from dbfold.references.model import Action


@pytest.fixture
def application(project, monkeypatch):
    """A project with one reference to a retired database, seen from its directory."""
    project.write("services/web/store.py")
    monkeypatch.chdir(project.root)
    return project


@pytest.fixture(autouse=True)
def nothing_is_printed(capfd):
    yield
    assert capfd.readouterr() == ("", "")


POLICIES = {
    "none": lambda root: None,
    "a text": lambda root: str(root / "dbfold.yaml"),
    "a path": lambda root: root / "dbfold.yaml",
    "relative": lambda root: "dbfold.yaml",
    "a policy": lambda root: load_policy(root / "dbfold.yaml"),
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_policy_in_every_form(application, policy):
    found = dbfold.audit(["services"], policy(application.root), jobs=1)
    assert [(one.file, one.span.line, one.database, one.verdict.action) for one in found.references] == [
        ("web/store.py", 5, "auth.db", Action.REWRITE)
    ]
    checked = dbfold.check(["services"], policy(application.root), jobs=1)
    assert [(one.file, one.code) for one in checked.findings] == [("services/web/store.py", "DBF002")]


def test_a_given_policy_is_taken_rather_than_the_nearest(application):
    policy = application.read("dbfold.yaml").decode().replace("auth.db: {role: retired, into: zoe.db}", "")
    other = application.write("other.yaml", policy)
    assert [one.code for one in dbfold.check(["services"], other, jobs=1).findings] == ["DBF006"]


def test_no_policy_anywhere(tmp_path):
    with pytest.raises(dbfold.UserError, match=r"dbfold\.yaml"):
        dbfold.audit([tmp_path])


def test_a_policy_that_is_not_there(application):
    with pytest.raises(dbfold.UserError, match=r"missing\.yaml"):
        dbfold.audit(["."], "missing.yaml")


@pytest.mark.parametrize("function", [dbfold.audit, dbfold.check, dbfold.rewrite], ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    ("paths", "message"), [([], "no path is given"), (["missing"], "missing: no such file or directory")]
)
def test_paths_that_are_none(application, function, paths, message):
    with pytest.raises(dbfold.UserError, match=message):
        function(paths, "dbfold.yaml")


def test_files_are_relative_to_the_current_directory_where_they_lie_below_it(application, monkeypatch, tmp_path):
    (found,) = dbfold.check([application.services / "web"], jobs=1).findings
    assert found.file == "services/web/store.py"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    (found,) = dbfold.check([application.services], jobs=1).findings
    assert found.file == "web/store.py"


def test_check_with_and_without_the_baseline(application):
    application.dbfold("check", "--write-baseline", ".")
    tolerating = dbfold.check(jobs=1)
    assert (tolerating.findings, tolerating.tolerated) == ((), 1)
    everything = dbfold.check(baseline=False, jobs=1)
    assert (len(everything.findings), everything.tolerated) == (1, 0)


def test_check_of_what_has_changed(application):
    application.git("init", "-q")
    application.git("add", "-A")
    application.git("commit", "-qm", "base")
    application.write("services/web/new.py")
    assert [one.file for one in dbfold.check(since="HEAD", jobs=1).findings] == ["services/web/new.py"]
    with pytest.raises(dbfold.UserError, match="no such git revision"):
        dbfold.check(since="nothing")


def test_rewrite_writes(application):
    rewritten = dbfold.rewrite(jobs=1)
    assert application.read("services/web/store.py").decode() == AFTER
    assert set(rewritten.written.files) == {"services/web/store.py", "services/web/database_config.py"}


def test_rewrite_without_write_leaves_everything(application):
    before = application.tree()
    rewritten = dbfold.rewrite(write=False, jobs=1)
    assert rewritten.written is None
    assert application.tree() == before
    assert [one.verdict.action for one in rewritten.prepared.scan.references] == [Action.REWRITE]


def test_rewrite_in_another_style_than_the_policys(application):
    dbfold.rewrite(style=AccessorStyle.INLINE, jobs=1)
    assert 'sqlite3.connect(os.environ["DATABASE_PATH"])' in application.read("services/web/store.py").decode()
    assert not (application.services / "web/database_config.py").exists()


RUNS = {
    "audit": lambda cached: dbfold.audit(cached=cached, jobs=1),
    "check": lambda cached: dbfold.check(cached=cached, jobs=1),
    "rewrite": lambda cached: dbfold.rewrite(cached=cached, write=False, jobs=1),
    "plan": lambda cached: dbfold.plan(cached=cached, jobs=1),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_the_cache_can_be_left_alone(application, run, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setattr(survey, "_WORTH_KEEPING", 0)
    run(False)
    assert not (application.root / ".dbfold_cache").exists()
    run(True)
    assert (application.root / ".dbfold_cache").exists()


# -- plan and move ----------------------------------------------------------------------------------------------------

CREATE = "CREATE TABLE sessions (id INTEGER PRIMARY KEY, user TEXT)"


@pytest.fixture
def estate(application):
    """Two databases, one of them retired, with a row to move."""
    (application.root / "data").mkdir()
    for name, statements in {
        "zoe.db": ["CREATE TABLE users (id INTEGER PRIMARY KEY)"],
        "auth.db": [CREATE, "INSERT INTO sessions VALUES (1, 'ann')"],
    }.items():
        with closing(sqlite3.connect(application.root / "data" / name)) as connection:
            for sql in statements:
                connection.execute(sql)
            connection.commit()
    return application


def rows(path):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT * FROM sessions").fetchall()


def test_plan(estate):
    overview = dbfold.plan("dbfold.yaml", Path("data"), jobs=1)
    by_name = {row.database: (row.becomes, row.references, row.tables) for row in overview.rows}
    assert by_name == {"zoe.db": ("primary", 0, 1), "auth.db": ("-> zoe.db", 1, 1)}
    assert not overview.is_open


def test_move(estate):
    with pytest.raises(dbfold.UserError, match=r"1 place in the project still names auth\.db"):
        dbfold.move("dbfold.yaml", Path("data"), dry_run=True)
    dbfold.rewrite(["."], "dbfold.yaml", jobs=1)
    before = estate.tree()
    dbfold.move("dbfold.yaml", Path("data"), dry_run=True)
    assert estate.tree() == before
    dbfold.move("dbfold.yaml", Path("data"))
    assert rows(estate.root / "data/zoe.db") == [(1, "ann")]
    assert not (estate.root / "data/auth.db").exists()


# -- the module -------------------------------------------------------------------------------------------------------


def test_every_name_is_there():
    assert set(dbfold.__all__) <= set(dir(dbfold))
    for name in dbfold.__all__:
        assert getattr(dbfold, name) is not None


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="module 'dbfold' has no attribute 'fold'"):
        dbfold.fold  # noqa: B018
    assert not hasattr(dbfold, "Policy")


def test_importing_it_imports_no_command():
    code = "import sys, dbfold; print(*sorted(name for name in sys.modules if name.startswith('dbfold')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["dbfold", "dbfold.base", "dbfold.base.version"]
