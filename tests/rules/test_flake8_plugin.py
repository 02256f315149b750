"""The plugin inside flake8 itself: its options, `noqa`, its errors."""

import subprocess
import sys

import pytest

HARDCODED = 'import sqlite3\n\nconnection = sqlite3.connect("/app/data/shop.db")\n'
MESSAGE = "DBF001 hardcoded path of shop.db; use DATABASE_PATH (from database_config import DATABASE_PATH)"


@pytest.fixture
def flake8(shop):
    """Runs flake8 on the shop with the codes of dbfold alone; returns the completed process."""

    def run(*arguments, select="DBF", cwd=None, **options):
        command = [sys.executable, "-m", "flake8", "--isolated", f"--select={select}", "-j1", *arguments]
        return subprocess.run(
            command, cwd=cwd or shop.root, capture_output=True, encoding="utf-8", check=False, **options
        )

    return run


def test_it_is_found_and_reports(shop, flake8):
    shop.write("services/shop/a.py", HARDCODED.encode())
    assert "DBF" in flake8("--version").stdout or "dbfold" in flake8("--version").stdout
    result = flake8("services")
    assert result.stdout == f"services/shop/a.py:3:30: {MESSAGE}\n"
    assert result.returncode == 1


def test_noqa(shop, flake8):
    shop.write("services/shop/a.py", HARDCODED.replace(")\n", ")  # noqa: DBF001\n").encode())
    assert flake8("services").stdout == ""
    assert "DBF001" in flake8("--disable-noqa", "services").stdout


def test_ignore_comment(shop, flake8):
    shop.write("services/shop/a.py", HARDCODED.replace(")\n", ")  # dbfold: ignore[DBF001] why\n").encode())
    assert flake8("services").stdout == ""


def test_a_policy_by_option_and_by_configuration(shop, flake8):
    shop.write("services/shop/a.py", HARDCODED.encode())
    (shop.root / "dbfold.yaml").rename(shop.root / "other.yaml")
    assert flake8("services").stdout == ""
    assert MESSAGE in flake8("--dbfold-policy", "other.yaml", "services").stdout
    shop.write("setup.cfg", b"[flake8]\ndbfold-policy = other.yaml\nselect = DBF\n")
    command = [sys.executable, "-m", "flake8", "-j1", "services"]
    configured = subprocess.run(command, cwd=shop.root, capture_output=True, text=True, check=False)
    assert MESSAGE in configured.stdout


def test_a_policy_beside_the_files_needs_a_root(shop, flake8):
    shop.write("services/shop/a.py", HARDCODED.encode())
    (shop.root / "deploy").mkdir()
    (shop.root / "dbfold.yaml").rename(shop.root / "deploy/dbfold.yaml")
    result = flake8("--dbfold-policy", "deploy/dbfold.yaml", "services")
    assert result.returncode != 0
    assert "lies outside of the root" in result.stderr
    assert MESSAGE in flake8("--dbfold-policy", "deploy/dbfold.yaml", "--dbfold-root", ".", "services").stdout


def test_a_wrong_policy_is_told(shop, flake8):
    shop.write("services/shop/a.py", HARDCODED.encode())
    shop.write("dbfold.yaml", b"version: 1\n")
    result = flake8("services")
    assert result.returncode == 1
    assert "databases: missing" in result.stdout + result.stderr


def test_a_policy_that_is_not_there_is_told(shop, flake8):
    shop.write("services/shop/a.py", HARDCODED.encode())
    result = flake8("--dbfold-policy", "nowhere.yaml", "services")
    assert "nowhere.yaml: no such file" in result.stdout + result.stderr


def test_the_baseline(shop, flake8):
    shop.write("services/shop/a.py", HARDCODED.encode())
    assert shop.dbfold("check", "--write-baseline").returncode == 0
    assert flake8("services").stdout == ""
    shop.write("services/shop/b.py", HARDCODED.encode())
    assert flake8("services").stdout == f"services/shop/b.py:3:30: {MESSAGE}\n"


def test_standard_input(shop, flake8):
    (shop.root / "services/shop").mkdir(parents=True)
    result = flake8("--stdin-display-name", "services/shop/a.py", "-", input=HARDCODED)
    assert result.stdout == f"services/shop/a.py:3:30: {MESSAGE}\n"


def test_in_a_directory_below(shop, flake8):
    shop.write("services/shop/a.py", HARDCODED.encode())
    assert flake8("a.py", cwd=shop.root / "services/shop").stdout == f"a.py:3:30: {MESSAGE}\n"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HARDCODED,
        HARDCODED.replace("\n", "\r\n"),
        '# é\nü = "ü", "/app/data/shop.db"\n',
        'def f():\n\treturn "/app/data/shop.db"\n',
        "x = 1\n\x0c\n" + HARDCODED,
    ],
    ids=["mark", "windows", "wide", "tab", "form feed"],
)
def test_columns_and_lines_are_those_of_check(shop, flake8, text):
    shop.write("services/shop/a.py", text.encode())
    checked = shop.dbfold("check", "--format", "concise", "services").stdout.splitlines()[:-1]
    assert flake8("services").stdout.splitlines() == checked


def test_a_file_that_does_not_parse_is_flake8s_own(shop, flake8):
    shop.write("services/shop/a.py", b'print "/app/data/shop.db"\n')
    result = flake8("services", select="DBF,E9")
    assert "E999" in result.stdout
    assert "Traceback" not in result.stderr
