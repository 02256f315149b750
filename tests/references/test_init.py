"""`dbfold init`: the draft is a valid policy that says what the tree says, and nothing is overwritten."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from dbfold import cli
from dbfold.policy.loading import load_policy
from dbfold.policy.model import Role
from dbfold.references.drafting.text import scalar

EXAMPLE = Path(__file__).parents[2] / "examples" / "zoe" / "generate.py"
PYTHON = "import os, sqlite3\n"


@pytest.fixture
def tree(project, monkeypatch):
    """An application without a policy, and the current directory."""
    (project.root / "dbfold.yaml").unlink()
    monkeypatch.chdir(project.root)
    return project


def drafted(tree, *arguments, code=0):
    """The policy that `dbfold init` writes, as loaded."""
    assert cli.main(["init", *arguments]) == code
    return load_policy(tree.root / "dbfold.yaml")


def roles(policy):
    return {entry.name: str(entry.role) for entry in policy.databases.values()}


def lines(tree):
    return tree.read("dbfold.yaml").decode().splitlines()


def database(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a)")
    connection.close()


# -- nothing to write ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", ["print('hello')\n", "db = '/tmp/scratch.db'\n", "import glob\nglob.glob('*.db')\n"]
)
def test_a_tree_without_databases_gets_no_policy(tree, content, capsys):
    tree.write("app.py", content)
    assert cli.main(["init"]) == 1
    assert "no database is named" in capsys.readouterr().out
    assert list(tree.tree()) == ["app.py"]


def test_an_existing_policy_is_kept_unless_forced(tree, capsys):
    tree.write("app.py", 'DB = "data/shop.db"\n')
    tree.write("dbfold.yaml", "precious\n")
    assert cli.main(["init"]) == 2
    assert "dbfold.yaml exists; edit it, or write a new draft over it with --force" in capsys.readouterr().err
    assert tree.read("dbfold.yaml") == b"precious\n"
    assert drafted(tree, "--force").primary.name == "shop.db"
    assert sorted(tree.tree()) == ["app.py", "dbfold.yaml"]


def test_a_link_to_nowhere_is_an_existing_policy(tree):
    tree.write("app.py", 'DB = "data/shop.db"\n')
    (tree.root / "dbfold.yaml").symlink_to("gone.yaml")
    assert cli.main(["init"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone"], "not a directory; name the application's directory"),
        (["app.py"], "not a directory; name the application's directory"),
        (["--policy", "gone/dbfold.yaml"], "no such directory; create it"),
        (["--policy", "below"], "is a directory; name the file"),
        (["--policy", "below/dbfold.yaml"], "does not lie above"),
    ],
)
def test_what_cannot_work_is_said_before_the_scan(tree, arguments, message, capsys):
    tree.write("app.py", 'DB = "data/shop.db"\n')
    tree.write("below/module.py", "")
    before = tree.tree()
    assert cli.main(["init", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert tree.tree() == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written(tree, capsys):
    tree.write("app.py", 'DB = "data/shop.db"\n')
    tree.root.chmod(0o500)
    assert cli.main(["init"]) == 2
    tree.root.chmod(0o700)
    assert "cannot be written" in capsys.readouterr().err


# -- what is declared ---------------------------------------------------------------------------------------------


def test_the_most_used_database_is_primary_and_the_others_are_undecided(tree, capsys):
    tree.write("app.py", PYTHON + 'a = "data/b.db"\nb = sqlite3.connect("data/b.db")\nc = "data/a.db"\n')
    tree.write(
        "compose.yaml", "environment:\n  - CACHE=/srv/c.sqlite3\n  - OTHER=/srv/c.sqlite3\n  - MORE=/srv/c.sqlite3\n"
    )
    policy = drafted(tree)
    assert roles(policy) == {"b.db": "primary", "c.sqlite3": "undecided", "a.db": "undecided"}
    assert (policy.primary.path, policy.primary.env) == ("data/b.db", "DATABASE_PATH")
    assert "  b.db:  # 2 references in 1 file" in lines(tree)
    assert "  c.sqlite3: {role: undecided}  # 3 references in 1 file" in lines(tree)
    assert "primary: b.db at data/b.db, variable DATABASE_PATH" in capsys.readouterr().out


def test_prose_comments_tests_temporary_files_and_copies_declare_nothing(tree):
    tree.write("app.py", 'DB = "data/shop.db"  # was old.db\nprint("cannot open message.db")\nx = "/tmp/x.db"\n')
    tree.write("README.md", "`readme.db` and shop.db\n")
    tree.write(".gitignore", "ignored.db\n")
    tree.write("tests/test_app.py", 'DB = "fixture.db"\n')
    tree.write("test_more.py", 'DB = "more.db"\n')
    tree.write("backup_2024/app.py", 'DB = "copy.db"\n')
    policy = drafted(tree)
    assert roles(policy) == {"shop.db": "primary"}
    assert "  shop.db:  # 2 references in 2 files" in lines(tree)  # with the one in prose: the audit's number
    assert policy.temporary == ("/tmp", "tests/**")
    assert policy.exclude == ("backup_2024/**",)
    assert policy.review == ("test_*.py",)


def test_computed_names_become_patterns(tree):
    tree.write(
        "app.py", 'def f(user, a, b):\n    return "data/shop.db", f"data/cache_{user}.db", f"{a}.db", f"{a}_{b}.db"\n'
    )
    assert roles(drafted(tree)) == {"shop.db": "primary", "cache_*.db": "undecided"}
    assert '  "cache_*.db": {role: undecided}  # 1 reference in 1 file' in lines(tree)


def test_only_computed_names(tree):
    tree.write("app.py", 'def f(user):\n    return f"data/cache_{user}.db"\n')
    assert roles(drafted(tree)) == {"main.db": "primary", "cache_*.db": "undecided"}
    assert "  main.db:  # not found: every name is computed; write yours" in lines(tree)


def test_existing_files_are_declared_by_their_header(tree):
    tree.write("app.py", 'DB = "var/lib/deep/shop.db"\n')
    tree.write(".gitignore", "/data/\n*.db\n")
    tree.write("data/text.db", "not a database\n")
    for name in ("var/lib/deep/shop.db", "var/lib/deep/unnamed.db", "data/store.bin", ".coverage", "too/deep/x.db"):
        database(tree.root / name)
    assert roles(drafted(tree)) == {"shop.db": "primary", "store.bin": "undecided", "unnamed.db": "undecided"}
    assert "  shop.db:  # 1 reference in 1 file; var/lib/deep/shop.db, 8 kB" in lines(tree)
    assert "  store.bin: {role: undecided}   # not named in the code; data/store.bin, 8 kB" in lines(tree)


def test_a_series_of_files_is_one_pattern(tree):
    tree.write("app.py", 'DB = "data/shop.db"\n')
    for day in (1, 2, 3):
        database(tree.root / f"data/shop_2025010{day}.db")
    database(tree.root / "data/v1.db")
    assert roles(drafted(tree)) == {"shop.db": "primary", "shop_*.db": "undecided", "v1.db": "undecided"}
    assert any("3 files such as data/shop_20250101.db, 25 kB" in line for line in lines(tree))


def test_names_that_yaml_would_misread(tree):
    names = ["1e3.db", "on.db", "a b.db", "größe.db", "yes@x.db", "-x.db"]
    database(tree.root / "data" / "a b.db")
    tree.write("app.py", f"NAMES = {[f'data/{name}' for name in names]}\n".encode())
    assert set(drafted(tree).databases) == set(names)


@pytest.mark.parametrize(
    "text", ["on", "1", "null", "*.db", "a: b", "a #b", "~", " x", 'q"q', "[x]", "1.5", "2024-01-01"]
)
def test_scalars_mean_what_they_say(text):
    import yaml

    assert yaml.safe_load(f"{{{scalar(text)}: {scalar(text)}}}") == {text: text}


# -- the primary's path and variables -----------------------------------------------------------------------------


def test_an_absolute_path_comes_before_a_more_frequent_relative_one(tree):
    tree.write("app.py", 'A = "data/shop.db"\nB = "data/shop.db"\nC = "/app/data/shop.db"\nD = "/backup/shop.db"\n')
    policy = drafted(tree)
    assert policy.primary.path == "/app/data/shop.db"
    assert policy.data_dirs == ("data", "/app/data")


def test_variables(tree):
    tree.write(
        "app.py",
        PYTHON
        + 'A = os.getenv("APP_DB", "data/shop.db")\nB = os.environ.get("APP_DB") or "data/shop.db"\n'
        + 'C = os.getenv("OLD_DB", "data/shop.db")\nD = os.getenv("SHARED", "data/shop.db")\n'
        + 'E = os.getenv("SHARED", "data/other.db")\nF = os.getenv("APP_URL", "sqlite:///data/shop.db")\n',
    )
    tree.write("Dockerfile", "FROM python\nENV IMAGE_DB=/app/data/shop.db\n")
    tree.write("compose.yaml", "environment:\n  DATABASE_URL: sqlite:////app/data/shop.db\n")
    policy = drafted(tree)
    assert policy.primary.env == "APP_DB"
    assert policy.env_aliases == {"IMAGE_DB": "APP_DB", "OLD_DB": "APP_DB"}


def test_a_variable_whose_accessor_would_hide_a_function_of_python(tree):
    tree.write("app.py", PYTHON + 'A = os.getenv("OPEN", "data/shop.db")\n')
    assert drafted(tree).primary.env == "DATABASE_PATH"


def test_directories_of_one_other_database_are_only_mentioned(tree):
    tree.write(
        "app.py",
        'A = "data/shop.db"\nB = "data/shop.db"\nC = "spool/queue.db"\nD = "~/home.db"\nE = "/backups/shop.db"\n',
    )
    assert drafted(tree).data_dirs == ("data",)
    assert "  # - spool  # 1 reference" in lines(tree)


# -- the layout ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        (["app.py"], (".",)),
        (["Dockerfile", "app.py"], (".",)),
        (["api/Dockerfile", "api/app.py"], ("api",)),
        (["services/a/Dockerfile", "services/a/app.py"], ("services/a",)),
        (["services/a/Dockerfile", "services/a/app.py", "services/b/Dockerfile", "services/b/x/y.py"], ("services/*",)),
        (["services/a/Dockerfile", "services/a/app.py", "web/Dockerfile", "web/index.js"], ("services/a",)),
        (["docker/Dockerfile", "app.py"], (".",)),
        (["app/deployment/Dockerfile", "app/deployment/__init__.py"], (".",)),
        (["api/Dockerfile", "api/app.py", "a.py", "b.py"], ("api", ".")),
    ],
)
def test_roots_are_build_contexts_with_python(tree, files, roots):
    for name in files:
        tree.write(name, 'DB = "data/shop.db"\n' if name.endswith(".py") else "FROM python\n")
    assert drafted(tree).accessor.roots == roots


def test_patterns_name_what_exists(tree):
    tree.write("app/core.py", 'DB = "data/shop.db"\n')
    names = ["migrate_users.py", "scripts/run.py", "app/migrations/0001.py", "app/tests/test_core.py", "conftest.py"]
    names += ["docs/archive/old.md", "docs/archive/backups/old.md", "app/backup/__init__.py", "app/backup/x.py"]
    for name in names:
        tree.write(name, "")
    policy = drafted(tree)
    assert policy.review == ("migrate_*.py", "scripts/**", "**/migrations/**")
    assert policy.temporary == ("/tmp", "**/tests/**", "conftest.py")
    assert policy.exclude == ("docs/archive/**",)
    assert policy.config_files == ("**/database_config.py",)


def test_the_modules_name_is_free(tree):
    tree.write("app.py", 'DB = "data/shop.db"\n')
    tree.write("lib/database_config.py", "")
    policy = drafted(tree)
    assert policy.accessor.module == "database_paths"
    assert policy.config_files == ("**/database_paths.py",)


def test_after_a_rewrite_the_generated_module_keeps_its_name(tree):
    tree.write("app.py", 'DB = "data/shop.db"\n')
    tree.write("compose.yaml", "environment:\n  - APP_DB=/app/data/shop.db\n")
    drafted(tree)
    assert cli.main(["rewrite", "."]) == 0
    assert drafted(tree, "--force").accessor.module == "database_config"


@pytest.mark.parametrize("directory", ["a:b", "c\\d", "!e/backup", "new\nline", "f*", "~g"])
def test_directories_that_a_policy_cannot_name(tree, directory):
    tree.write("app.py", 'DB = "data/shop.db"\n')
    tree.write(f"{directory}/app.py", 'DB = "data/other.db"\n')
    tree.write(f"{directory}/Dockerfile", "FROM python\n")
    policy = drafted(tree)
    assert roles(policy) == {"other.db": "primary", "shop.db": "undecided"}
    assert (policy.accessor.roots, policy.exclude) == ((".",), ())


@pytest.mark.parametrize("directory", ["#a", "b, c", "[f]", "ü", "'g'", "- h", "{i}"])
def test_directories_that_yaml_would_misread(tree, directory):
    tree.write("app.py", f'DB = "data/shop.db"\nDB = "{directory}/shop.db"\n')
    tree.write(f"{directory}/backup/app.py", 'DB = "data/other.db"\n')
    assert roles(drafted(tree)) == {"shop.db": "primary"}


# -- the whole ----------------------------------------------------------------------------------------------------


def test_a_directory_and_a_policy_above_it(tree, capsys):
    tree.write("service one/Dockerfile", "FROM python\n")
    tree.write("service one/app.py", 'DB = "data/shop.db"\n')
    tree.write("service one/tests/test_app.py", 'DB = "test.db"\n')
    tree.write("elsewhere.py", 'DB = "other.db"\n')
    policy = drafted(tree, "service one", "--policy", "dbfold.yaml")
    assert roles(policy) == {"shop.db": "primary"}
    assert policy.accessor.roots == ("service one",)
    assert policy.temporary == ("/tmp", "**/tests/**")
    assert "dbfold audit 'service one' --policy dbfold.yaml" in capsys.readouterr().out


def test_a_file_that_does_not_parse_is_named_and_the_draft_written(tree, capsys):
    tree.write("app.py", 'print "data/shop.db"\n')
    assert roles(drafted(tree, code=2)) == {"shop.db": "primary"}
    assert "error: app.py:1: does not parse" in capsys.readouterr().err


def test_a_file_that_appears_meanwhile_is_kept(tree, monkeypatch, capsys):
    from dbfold.commands import init

    tree.write("app.py", 'DB = "data/shop.db"\n')
    text = init.draft_text
    monkeypatch.setattr(init, "draft_text", lambda found: tree.write("dbfold.yaml", "theirs\n") and text(found))
    assert cli.main(["init"]) == 2
    assert "appeared while dbfold was running" in capsys.readouterr().err
    assert tree.tree().keys() == {"app.py", "dbfold.yaml"}
    assert tree.read("dbfold.yaml") == b"theirs\n"


def test_two_runs_write_the_same(tree):
    tree.write("app.py", 'A = "data/a.db"\nB = "data/b.db"\nC = f"{A}/c_{B}.db"\n')
    drafted(tree)
    before = tree.tree()
    drafted(tree, "--force")
    assert tree.tree() == before


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    output = tmp_path_factory.mktemp("drafted") / "zoe"
    subprocess.run([sys.executable, "-B", str(EXAMPLE), str(output), "--git"], check=True, capture_output=True)
    shutil.move(output / "dbfold.yaml", output.parent / "by_hand.yaml")
    return output


def test_the_estate(estate, capsys):
    assert cli.main(["init", str(estate)]) == 0
    policy = load_policy(estate / "dbfold.yaml")
    by_hand = load_policy(estate.parent / "by_hand.yaml")
    assert len(policy.databases) == 19
    assert set(policy.databases) <= set(by_hand.databases)
    assert {entry.role for entry in policy.databases.values()} == {Role.PRIMARY, Role.UNDECIDED}
    assert policy.primary.name == "zoe.db"
    assert (policy.primary.path, policy.primary.env) == ("/app/data/zoe.db", "DATABASE_PATH")
    assert policy.env_aliases["ZOE_DB_PATH"] == "DATABASE_PATH"
    assert policy.accessor == by_hand.accessor
    assert policy.data_dirs == ("/app/data", "/home/pi/zoe/data", "data", "/data")
    text = (estate / "dbfold.yaml").read_text(encoding="utf-8")
    assert "zoe.db:  # 204 references in 52 files; data/zoe.db, " in text
    capsys.readouterr()
    assert cli.main(["audit", str(estate), "--summary"]) == 0
    assert "441 of these for databases of the policy, in 95 files" in capsys.readouterr().out
