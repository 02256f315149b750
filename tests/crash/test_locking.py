"""Beside others: who writes is kept out or loses nothing, who only has a file open is named, a plan disturbs nobody.

And files that cannot be moved: the answer names the file, and not a byte has changed.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from crash_estate import (
    NAMES,
    Child,
    Killer,
    check_new,
    child,
    contents,
    leftovers,
    look,
    make,
    move,
    policy,
    python,
    roll_back,
)

from dbfold import datamove
from dbfold.datamove.sources.locks import DatabaseFile

# Tells every row once it is committed, and why it cannot go on.
WRITER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
connection.execute(f"PRAGMA journal_mode = {sys.argv[2]}")
number = 0
while True:
    number += 1
    try:
        connection.execute("INSERT INTO log VALUES (?)", (f"live {number}",))
    except sqlite3.Error as error:
        print("error", error)
        break
    print(f"live {number}")
    time.sleep(0.002)
"""
IDLER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
print("open")
sys.stdin.read()
"""


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "estate")


@contextmanager
def beside(code, *arguments):
    """Another program, running once it has said its first word."""
    program = python(code, *arguments)
    try:
        assert program.stdout.readline()
        yield program
    finally:
        program.kill()
        program.wait()
        program.stdout.close()
        program.stdin.close()


def alone(root, **options):
    """A move that neither sees other processes, as from another container, nor waits long for them."""
    for name, module in list(sys.modules.items()):
        if name.startswith("dbfold.datamove.") and hasattr(module, "users_of"):
            module.users_of = lambda paths: []
    DatabaseFile.lock.__defaults__ = (0.5,)
    return move(root, **options)


def lines_of(rows):
    return {line for (line,) in (rows or {}).get("log", ())}


@pytest.mark.parametrize("mode", ["delete", "wal"])
@pytest.mark.parametrize("name", ["zoe.db", "chat.db"])
@pytest.mark.parametrize("blind", [False, True], ids=["seen", "unseen"])
def test_what_a_live_writer_committed_is_somewhere(root, name, mode, blind):
    with beside(WRITER, root / "data" / name, mode) as writer:
        time.sleep(0.1)
        outcome = child(lambda: (alone if blind else move)(root))
        time.sleep(0.2)
        writer.kill()
        said = ["live 1", *writer.stdout.read().split("\n")]
    committed = {line for line in said if line.startswith("live")}
    assert len(committed) > 3  # few on a busy machine, but some
    rows = look(root)
    assert outcome.is_clear, outcome.error
    assert committed <= lines_of(rows["zoe.db"]) | lines_of(rows[name])
    if outcome.error is None:
        assert any(line.startswith("error") for line in said)  # SQLite tells it that its file has gone
    else:
        assert f"pid {writer.pid})" in outcome.error or (blind and name in outcome.error)
        assert "stop" in outcome.error
        assert all(rows[each] for each in NAMES if (root / "data" / each).exists())
        assert not {"_dbfold_moves", "_dbfold_rows"} & rows["zoe.db"].keys()
    if not blind or mode == "wal":
        assert outcome.error is not None
    assert leftovers(root) == []
    outcome = child(lambda: move(root))
    assert outcome.error is None
    assert committed <= lines_of(look(root)["zoe.db"])


@pytest.mark.parametrize("name", ["zoe.db", "tasks.db", "auth.db"])
def test_who_has_a_database_open_is_named(root, name):
    before = contents(root)
    with beside(IDLER, root / "data" / name) as idler:
        for work in (move, alone):
            outcome = child(lambda work=work: work(root))
            if work is move or name == "auth.db":  # a connection that has a log open holds a lock
                assert outcome.kind == "user"
                named = f"pid {idler.pid})" in outcome.error and "python" in outcome.error
                assert named or (work is alone and name in outcome.error)
                now = contents(root)
                assert {name: data for name, data in now.items() if not name.endswith("-shm")} == before
            else:
                assert outcome.error is None
    if name == "auth.db":
        assert child(lambda: move(root)).error is None
    check_new(look(root)["zoe.db"])


def test_rollback_names_who_has_a_database_open(root):
    assert child(lambda: move(root)).error is None
    before = contents(root)
    with beside(IDLER, root / "data" / "zoe.db") as idler:
        outcome = child(lambda: roll_back(root))
    assert outcome.kind == "user"
    assert f"pid {idler.pid})" in outcome.error
    assert contents(root) == before
    assert child(lambda: roll_back(root)).error is None


class Waiting(Killer):
    """Says when it is at a stage, and stays there until it may go on."""

    def __init__(self, stage, here, go):
        super().__init__()
        self.at_stage, self.here, self.go = stage, here, go

    def stage(self, name, *args, **kwargs):
        if name == self.at_stage:
            self.here.touch()
            while not self.go.exists():
                time.sleep(0.01)


@contextmanager
def waiting_move(root, tmp_path, stage, **options):
    here, go = tmp_path / "here", tmp_path / "go"
    first = Child(lambda: move(root, Waiting(stage, here, go), **options))
    deadline = time.monotonic() + 20
    while not here.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    yield first
    go.touch()
    outcome = first.wait()
    assert outcome.error is None


@pytest.mark.parametrize("work", [move, roll_back])
def test_the_second_of_two_moves_is_refused(root, tmp_path, work):
    with waiting_move(root, tmp_path, "verify"):
        outcome = child(lambda: work(root))
        assert outcome.kind == "user"
        assert "another dbfold" in outcome.error
    check_new(look(root)["zoe.db"])
    assert leftovers(root) == []


def test_nobody_reads_or_writes_a_target_that_is_being_replaced(root, tmp_path):
    with (
        waiting_move(root, tmp_path, "verify"),
        closing(sqlite3.connect(root / "data" / "zoe.db", timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("SELECT * FROM log")
    check_new(look(root)["zoe.db"])


def test_a_move_leaves_the_scratch_files_of_a_plan_that_is_being_made(root, tmp_path):
    with waiting_move(root, tmp_path, "verify", dry_run=True):
        assert child(lambda: move(root)).error is None
        assert leftovers(root)
    assert leftovers(root) == []


# -- plans ------------------------------------------------------------------------------------------------------------


def plan(root):
    return [preview.problems for preview in datamove.plan(policy(root), root / "data")]


def rehearse(root):
    return move(root, dry_run=True)


def states_of_files(root):
    """Bytes and times of everything that is content."""
    data = root / "data"
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in data.iterdir()
        if path.is_file() and not path.name.endswith("-shm")
    }


@pytest.mark.parametrize("work", [plan, rehearse])
@pytest.mark.parametrize("variant", ["plain", "wal", "journal"])
def test_a_plan_changes_no_byte(tmp_path, variant, work):
    root = make(tmp_path / "estate", variant)
    before = states_of_files(root)
    outcome = child(lambda: work(root))
    assert outcome.error is None
    assert states_of_files(root) == before
    assert leftovers(root) == []
    assert not list((root / "data").glob("*-shm"))


@pytest.mark.parametrize("work", [plan, rehearse])
@pytest.mark.parametrize("mode", ["delete", "wal"])
@pytest.mark.parametrize("name", ["zoe.db", "chat.db"])
def test_a_plan_works_beside_a_live_writer(root, name, mode, work):
    others = {each: state for each, state in states_of_files(root).items() if not each.startswith(name)}
    with beside(WRITER, root / "data" / name, mode) as writer:
        for _ in range(3):
            outcome = child(lambda: work(root))
            assert outcome.error is None
        writer.kill()
        said = writer.stdout.read()
    assert "error" not in said
    now = states_of_files(root)
    assert {each: state for each, state in now.items() if not each.startswith(name)} == others
    committed = {line for line in said.split("\n") if line}
    assert committed <= lines_of(look(root)[name])
    assert leftovers(root) == []


@pytest.mark.parametrize("work", [plan, rehearse])
def test_a_plan_changes_no_byte_beside_one_who_reads(root, work):
    with beside(IDLER, root / "data" / "auth.db"):
        before = states_of_files(root)
        assert child(lambda: work(root)).error is None
        assert states_of_files(root) == before


# -- permissions ------------------------------------------------------------------------------------------------------


NOBODY = 65534


@pytest.fixture
def shared():
    """An estate where another user gets at it, owned by that user."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    place = Path(tempfile.mkdtemp())
    root = make(place / "estate")
    for path in (place, root, *root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    yield root
    shutil.rmtree(place)


def as_nobody(work):
    def done():
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return work()

    return child(done)


def test_a_directory_that_cannot_be_written(shared):
    before = states_of_files(shared)
    (shared / "data").chmod(0o555)
    assert as_nobody(lambda: plan(shared)).error is None
    assert as_nobody(lambda: rehearse(shared)).error is None
    outcome = as_nobody(lambda: move(shared))
    assert outcome.kind == "user"
    assert str(shared / "data") in outcome.error
    assert "not writable" in outcome.error
    assert states_of_files(shared) == before


@pytest.mark.parametrize("name", ["zoe.db", "auth.db", "chat.db"])
def test_a_file_that_cannot_be_written(shared, name):
    """Of no consequence: it is only read, and then another takes its place."""
    (shared / "data" / name).chmod(0o444)
    before = contents(shared)
    outcome = as_nobody(lambda: move(shared))
    assert outcome.error is None
    check_new(look(shared)["zoe.db"])
    assert as_nobody(lambda: roll_back(shared)).error is None
    assert contents(shared) == before
    assert (shared / "data" / name).stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("name", ["zoe.db", "auth.db", "auth.db-wal"])
@pytest.mark.parametrize("work", [plan, rehearse, move])
def test_a_file_that_cannot_be_read(shared, name, work):
    before = states_of_files(shared)
    (shared / "data" / name).chmod(0)
    outcome = as_nobody(lambda: work(shared))
    assert outcome.kind == "user", outcome.error
    assert name in outcome.error
    assert "as a user who may" in outcome.error
    assert states_of_files(shared) == before
    assert leftovers(shared) == []


def test_backups_that_cannot_be_made(shared):
    before = states_of_files(shared)
    (shared / "data" / "backup").write_text("a file")
    outcome = as_nobody(lambda: move(shared))
    assert outcome.kind == "user"
    assert "no backup can be made" in outcome.error
    (shared / "data" / "backup").unlink()
    assert states_of_files(shared) == before


# -- links ------------------------------------------------------------------------------------------------------------


def linked(root, name):
    """Move a database and its log elsewhere, and leave a link."""
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    for path in (root / "data").glob(f"{name}*"):
        path.rename(elsewhere / path.name)
    (root / "data" / name).symlink_to(Path("..", "elsewhere", name))
    return elsewhere


def files_in(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_source_that_is_a_link(root):
    elsewhere = linked(root, "auth.db")
    before, link = files_in(elsewhere), (root / "data" / "auth.db").readlink()
    assert child(lambda: move(root)).error is None
    check_new(look(root)["zoe.db"])
    assert not os.path.lexists(root / "data" / "auth.db")
    assert files_in(elsewhere) == before
    assert child(lambda: roll_back(root)).error is None
    assert (root / "data" / "auth.db").readlink() == link
    assert files_in(elsewhere) == before


@pytest.mark.parametrize("variant", ["plain", "wal", "journal"])
def test_a_target_that_is_a_link(tmp_path, variant):
    root = make(tmp_path / "estate", variant)
    elsewhere = linked(root, "zoe.db")
    before, link = files_in(elsewhere), (root / "data" / "zoe.db").readlink()
    assert child(lambda: move(root)).error is None
    assert (root / "data" / "zoe.db").readlink() == link
    assert files_in(elsewhere).keys() == {"zoe.db"}
    check_new(look(root)["zoe.db"])
    assert child(lambda: roll_back(root)).error is None
    assert (root / "data" / "zoe.db").readlink() == link
    assert files_in(elsewhere) == before


@pytest.mark.parametrize("how", ["symlink_to", "hardlink_to"])
@pytest.mark.parametrize("work", [plan, rehearse, move])
def test_a_source_that_is_the_target(root, work, how):
    source = root / "data" / "tasks.db"
    source.unlink()
    getattr(source, how)(root / "data" / "zoe.db")
    before = contents(root)
    outcome = child(lambda: work(root))
    assert outcome.kind == "user"
    assert "same file as zoe.db" in outcome.error
    assert str(source) in outcome.error
    assert contents(root) == before


def test_two_sources_that_are_one_file(root):
    """Its rows would be there twice."""
    source = root / "data" / "tasks.db"
    source.unlink()
    source.symlink_to("chat.db")
    before = contents(root)
    outcome = child(lambda: move(root))
    assert outcome.kind == "user"
    assert "tasks.db" in outcome.error
    assert "chat.db" in outcome.error
    assert contents(root) == before


def test_a_link_to_nothing(root):
    (root / "data" / "tasks.db").unlink()
    (root / "data" / "tasks.db").symlink_to("nowhere.db")
    outcome = child(lambda: move(root))
    assert outcome.is_clear, outcome.error
    assert look(root)["zoe.db"]["log"]


# -- damage -----------------------------------------------------------------------------------------------------------


def no_database(path):
    path.write_text("The quick brown fox jumps over the lazy dog.\n" * 500)


def encrypted(path):
    path.write_bytes(os.urandom(8192))


def encrypted_whole(path):
    """As SQLCipher writes it: random from the first byte, as large as the database."""
    path.write_bytes(os.urandom(path.stat().st_size))


def cut(path):
    os.truncate(path, path.stat().st_size // 2)


def cut_in_a_page(path):
    os.truncate(path, path.stat().st_size - 1000)


def page_lost(path):
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 4096 // 2 * 4096)
        stream.write(b"\xff" * 4096)


def newer_schema(path):
    with path.open("r+b") as stream:
        stream.seek(44)
        stream.write((9).to_bytes(4, "big"))


def newer_reader(path):
    with path.open("r+b") as stream:
        stream.seek(18)
        stream.write(b"\5\5")


def header_only(path):
    os.truncate(path, 50)


DAMAGES = [
    no_database,
    encrypted,
    encrypted_whole,
    cut,
    cut_in_a_page,
    page_lost,
    newer_schema,
    newer_reader,
    header_only,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", ["zoe.db", "tasks.db"])
def test_a_damaged_file_is_refused(root, name, damage):
    damage(root / "data" / name)
    before = states_of_files(root)
    for work in (move, rehearse):
        outcome = child(lambda work=work: work(root))
        assert outcome.kind == "user", outcome.error
        assert re.search(rf"\b{name}: (is |cannot be read).*; .*(restore|decrypt|newer)", outcome.error), outcome.error
        assert states_of_files(root) == before
        assert leftovers(root) == []
    outcome = child(lambda: plan(root))
    assert outcome.error is None
    assert [problem.database for problem in outcome.value[0]].count(name) == 1


def test_a_damaged_log_loses_nothing_more(root):
    """SQLite takes a log up to its first damaged frame; what is moved is what it reads."""
    log = root / "data" / "auth.db-wal"
    log.write_bytes(log.read_bytes()[:-10])
    readable = look(root)["auth.db"]
    assert child(lambda: move(root)).error is None
    users = {row[1] for row in look(root)["zoe.db"]["users"]}
    assert {row[1] for row in readable["users"]} <= users
