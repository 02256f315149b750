"""The rollback as a shell script. What it does is in test_move_command.py; here is what is written."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from pieces import policy_of

from dbfold.base.errors import UserError
from dbfold.datamove.safety.script import DEFAULT_PATH, script_text, write_script
from dbfold.policy.model import Services


def policy(tmp_path, **sections):
    return policy_of("a.db", source=tmp_path / "dbfold.yaml", **sections)


def test_it_is_written_beside_the_policy_and_can_be_run(tmp_path):
    path = write_script(policy(tmp_path))
    assert path == tmp_path / DEFAULT_PATH
    assert os.access(path, os.X_OK)
    assert 'cd "$(dirname "$0")"/..' in path.read_text()
    done = subprocess.run([path], capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stderr) == (2, f"rollback: no data directory; name it: DATA_DIR=... {path}\n")


def test_names_and_commands_are_quoted(tmp_path):
    services = Services(stop="echo 'stop it'", start="a; b", health=("curl 'x y'",))
    text = script_text(policy(tmp_path, services=services, data_dirs=("two words",)), None, Path("a dir"))
    assert "sh -c 'echo '\"'\"'stop it'\"'\"''" in text
    assert "sh -c 'a; b' || die" in text
    assert "for candidate in data 'two words'; do" in text
    assert "/'a dir'\n" in text
    assert "@" not in text.replace('"$@"', "")
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)


def test_a_directory_that_is_named_is_the_only_one(tmp_path):
    assert "for candidate in /srv/data; do" in script_text(policy(tmp_path), Path("/srv/data"), Path())


def test_a_place_where_it_cannot_be_written_is_said(tmp_path):
    (tmp_path / "scripts").touch()
    with pytest.raises(UserError, match=r"cannot be written .* name another file with --output"):
        write_script(policy(tmp_path))
    assert write_script(policy(tmp_path), output=tmp_path / "back.sh").exists()
