"""The root: which directory a policy speaks of, and what lies outside of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbfold.base.errors import UserError
from dbfold.policy.loading import load_policy
from dbfold.policy.rooting import described, require_below, require_root

MINIMAL = "version: 1\ndatabases: {zoe.db: {role: primary, path: /app/data/zoe.db}}\n"


def test_the_root_is_the_policys_directory_unless_another_is_stated(write_policy):
    path = write_policy(MINIMAL)
    own, stated = load_policy(path), load_policy(path, root=Path("/srv/app"))
    assert (own.root, own.baseline) == (path.parent, path.parent / "dbfold-baseline.json")
    assert (stated.root, stated.baseline) == (Path("/srv/app"), Path("/srv/app/dbfold-baseline.json"))
    assert described(own) == f"the root {path.parent} (the directory of dbfold.yaml)"
    assert described(stated) == "the root /srv/app (as stated)"


def test_the_root_is_no_key_of_the_file(write_policy):
    with pytest.raises(UserError, match="stated_root: unknown key"):
        load_policy(write_policy(MINIMAL + "stated_root: /srv\n"))


@pytest.mark.parametrize("path", [".", "services", "services/a.py"])
def test_what_lies_below(write_policy, path):
    policy = load_policy(write_policy(MINIMAL))
    require_below(policy, [policy.root / path])


@pytest.mark.parametrize("path", ["/", "/srv", "..", "../policy2"])
def test_what_does_not(write_policy, path):
    policy = load_policy(write_policy(MINIMAL))
    outside = (policy.root / path).resolve()
    with pytest.raises(UserError, match="lies outside of the root") as refused:
        require_below(policy, [policy.root, outside])
    assert str(refused.value).startswith(f"{outside}: ")
    assert f"--root {policy.root}" in str(refused.value)


def test_with_a_stated_root_the_remedy_is_another(write_policy):
    policy = load_policy(write_policy(MINIMAL), root=Path("/srv/app"))
    with pytest.raises(UserError, match="or state another --root"):
        require_below(policy, [policy.source])


def test_a_stated_root_is_a_directory(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    assert require_root(tmp_path / "link") == tmp_path.resolve()
    with pytest.raises(UserError, match="gone: no such directory"):
        require_root(tmp_path / "gone")
