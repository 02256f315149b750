"""The policy's commands: stop, start, and ask whether it works."""

from __future__ import annotations

import itertools

import pytest
from pieces import policy_of

from dbfold.base.errors import UserError
from dbfold.datamove.results import Failure
from dbfold.datamove.safety import services
from dbfold.datamove.safety.services import health, run_command, start, stopped
from dbfold.policy.model import Services


@pytest.fixture
def policy(tmp_path):
    return lambda **commands: policy_of(source=tmp_path / "dbfold.yaml", services=Services(**commands))


@pytest.fixture
def said():
    return []


def test_a_command_that_fails_has_the_end_of_what_it_printed(tmp_path):
    assert run_command("test -d .", tmp_path) is None
    failure = run_command("seq 9; echo oops >&2; exit 3", tmp_path)
    assert failure == Failure("seq 9; echo oops >&2; exit 3", 3, "7 / 8 / 9 / oops")
    assert str(run_command("exit 4", tmp_path)) == "`exit 4` failed with exit code 4"


def test_a_command_runs_beside_the_policy_and_reads_nothing(tmp_path):
    assert run_command("pwd > where; cat > read", tmp_path) is None
    assert (tmp_path / "where").read_text().strip() == str(tmp_path)
    assert (tmp_path / "read").read_text() == ""


def test_services_are_stopped_for_the_block_and_started_whatever_happens(policy, said, tmp_path):
    one = policy(stop="echo stop >> log", start="echo start >> log")
    with pytest.raises(ZeroDivisionError), stopped(one, said.append):
        assert (tmp_path / "log").read_text() == "stop\n"
        raise ZeroDivisionError
    assert (tmp_path / "log").read_text() == "stop\nstart\n"
    assert said == ["stopping: echo stop >> log", "starting: echo start >> log"]


def test_services_that_do_not_stop_are_started_and_nothing_is_done(policy, said, tmp_path):
    one = policy(stop="exit 1", start="touch started")
    refused = pytest.raises(UserError, match=r"services\.stop: `exit 1` failed .* nothing has been changed")
    with refused, stopped(one, said.append):
        pytest.fail("they have not stopped")
    assert (tmp_path / "started").exists()


def test_services_that_do_not_start_are_a_matter_for_a_person(policy, said):
    with pytest.raises(UserError, match="start the services by hand"):
        start(policy(start="exit 1"), said.append)


def test_without_commands_nothing_runs(policy, said):
    with stopped(policy(), said.append):
        assert said == []
    assert health(policy(), said.append) == []


def test_health_is_asked_again_until_it_is_well_or_time_is_over(policy, said, tmp_path, monkeypatch):
    clock = itertools.count(0, 10)
    monkeypatch.setattr(services.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(services.time, "sleep", lambda seconds: None)
    slow = "echo x >> tries; test $(wc -l < tries) -ge 2"
    (failure,) = health(policy(health=(slow, "exit 7")), said.append)
    assert (failure.command, failure.code) == ("exit 7", 7)
    assert (tmp_path / "tries").read_text() == "x\nx\n"
    assert said == [f"health: {slow}: ok", "health: exit 7: failed"]
