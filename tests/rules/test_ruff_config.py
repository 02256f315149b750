"""`dbfold ruff-config`: ruff takes the settings, bans connections, and lets the files of the policy have theirs."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

CONNECTS = 'import sqlite3\n\nconnection = sqlite3.connect("x")  # noqa: DBF001\n'
RUFF = Path(sys.executable).with_name("ruff")


@pytest.fixture
def ruff(shop):
    """Writes the settings and runs ruff with them; returns the files in which it finds TID251."""

    def run(*options, name="pyproject.toml"):
        printed = shop.dbfold("ruff-config", *options)
        assert printed.returncode == 0, printed.stderr
        shop.write(name, printed.stdout.encode())
        command = [RUFF, "check", "--no-cache", "--output-format", "json", "--extend-select", "RUF100,TID251", "."]
        result = subprocess.run(command, cwd=shop.root, capture_output=True, text=True, check=False)
        assert result.returncode in (0, 1), result.stderr
        assert result.stderr == ""
        found = json.loads(result.stdout)
        assert {entry["code"] for entry in found} <= {"TID251"}
        return sorted(str(Path(entry["filename"]).relative_to(shop.root)) for entry in found)

    return run


FILES = [
    "services/shop/store.py",
    "services/shop/config/defaults.py",
    "tests/unit/test_a.py",
    "services/shop/migrate_old.py",
    "services/shop/db.py",
]


@pytest.fixture(autouse=True)
def files(shop):
    for name in FILES:
        shop.write(name, CONNECTS.encode())


def test_files_of_the_policy_may_connect(shop, ruff):
    with open(shop.root / "dbfold.yaml", "a") as stream:
        stream.write("review: [migrate_*.py]\n")
    assert ruff() == ["services/shop/db.py", "services/shop/store.py"]


def test_connect_in_decides_alone(shop, ruff):
    with open(shop.root / "dbfold.yaml", "a") as stream:
        stream.write("rules: {connect_in: [services/*/db.py, ./tests]}\n")
    allowed = {"services/shop/db.py", "tests/unit/test_a.py"}
    assert ruff() == sorted(set(FILES) - allowed)


def test_a_ruff_toml(ruff):
    assert "services/shop/store.py" in ruff("--ruff-toml", name="ruff.toml")


def test_other_drivers_and_the_message(shop, ruff):
    shop.write("services/shop/store.py", b"from aiosqlite import connect\n\nprint(connect)\n")
    assert "services/shop/store.py" in ruff()
    settings = tomllib.loads((shop.root / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    banned = settings["flake8-tidy-imports"]["banned-api"]
    assert banned["sqlite3.connect"]["msg"] == (
        "Only the files of config_files, temporary and review in dbfold.yaml open databases;"
        " paths come from database_config."
    )


def test_without_a_policy(tmp_path, shop):
    result = shop.dbfold("ruff-config", cwd=tmp_path)
    assert result.returncode == 2
    assert "no dbfold.yaml found" in result.stderr
