"""Backups: complete or not there, and checked."""

from __future__ import annotations

import hashlib
import json
import subprocess

import pytest

from dbfold.base.errors import UserError
from dbfold.datamove.safety import backup as backups
from dbfold.datamove.sources.files import Snapshot, StoredFile
from dbfold.sqlite.engine import DatabaseError


def stored(path, suffix=""):
    content = path.read_bytes()
    return StoredFile(suffix, len(content), hashlib.sha256(content).hexdigest(), 0o640, 1_700_000_000_123_456_789)


def copied(directory, name, content=b"content", log=None, link=None):
    path = directory / name
    path.write_bytes(content)
    files = [stored(path)]
    if log is not None:
        path.with_name(f"{name}-wal").write_bytes(log)
        files.append(stored(path.with_name(f"{name}-wal"), "-wal"))
    return Snapshot(name, path, tuple(files), link)


@pytest.fixture
def make(tmp_path):
    """Makes a backup of these databases below `backup`."""

    def complete(*names, kind="move", absent=(), **options):
        partial = backups.begin(tmp_path / "backup")
        return backups.complete(partial, kind, [copied(partial, name, **options) for name in names], absent)

    return complete


def test_a_backup_is_read_as_it_was_made(make, tmp_path):
    made = make("zoe.db", "a.db", log=b"log", link="elsewhere/x.db", absent=["memory.db"])
    assert made == backups.find(tmp_path / "backup", made.name) == backups.find(tmp_path / "backup", None)
    assert [snapshot.name for snapshot in made.snapshots] == ["zoe.db", "a.db"]
    snapshot = made.snapshot("a.db")
    assert (snapshot.link, snapshot.files[1].suffix, snapshot.files[0].mtime_ns) == (
        "elsewhere/x.db", "-wal", 1_700_000_000_123_456_789,
    )  # fmt: skip
    assert (made.absent, made.size, made.snapshot("gone.db")) == (("memory.db",), 20, None)
    assert snapshot.path(snapshot.files[1]).read_bytes() == b"log"


def test_a_shell_can_check_it(make):
    made = make("zoe.db", "a b.db", absent=["memory.db"])
    done = subprocess.run(
        ["sha256sum", "-c", backups.CHECKSUMS], cwd=made.directory, capture_output=True, text=True, check=True
    )
    assert done.stdout == "zoe.db: OK\na b.db: OK\n"
    assert (made.directory / backups.ABSENT).read_text() == "memory.db\n"


def test_what_is_not_complete_is_no_backup(make, tmp_path):
    partial = backups.begin(tmp_path / "backup")
    snapshots = [copied(partial, "zoe.db")]
    directory = backups.seal(partial, "move", snapshots, ())
    assert backups.all_backups(tmp_path / "backup") == []
    assert backups.publish(partial, directory).directory == directory
    assert [one.directory for one in backups.all_backups(tmp_path / "backup")] == [directory]


def test_what_a_killed_run_left_is_removed_and_does_not_disturb(make, tmp_path):
    left = backups.begin(tmp_path / "backup") / "zoe.db"
    left.touch()
    backups.begin(tmp_path / "backup")
    assert not left.exists()
    backups.discard_partial(tmp_path / "backup")
    assert list((tmp_path / "backup").iterdir()) == []
    backups.discard_partial(tmp_path / "nowhere")


def test_a_copy_that_differs_is_found_before_anything_goes_on(make, tmp_path):
    made = make("zoe.db", "a.db")
    backups.check(made)
    (made.directory / "a.db").write_bytes(b"CONTENT")
    with pytest.raises(DatabaseError, match=r"a\.db: is not what was backed up"):
        backups.check(made)
    (made.directory / "a.db").unlink()
    with pytest.raises(DatabaseError, match=r"a\.db: is not what was backed up"):
        backups.check(made)
    partial = backups.begin(tmp_path / "backup")
    snapshot = copied(partial, "zoe.db")
    snapshot.stored.write_bytes(b"other")
    with pytest.raises(DatabaseError, match="is not what was backed up"):
        backups.seal(partial, "move", [snapshot], ())


def test_backups_of_one_second_have_names_of_their_own_in_order(make, tmp_path):
    made = [make("zoe.db") for _ in range(3)]
    assert len({one.name for one in made}) == 3
    assert [one.name for one in backups.all_backups(tmp_path / "backup")] == [one.name for one in made]


def test_the_last_one_of_a_move_is_the_one_to_go_back_to(make, tmp_path):
    moved = make("zoe.db")
    make("zoe.db", kind="rollback")
    assert backups.find(tmp_path / "backup", None) == moved
    assert backups.find(tmp_path / "backup", str(moved.directory)) == moved
    with pytest.raises(UserError, match="no such backup"):
        backups.find(tmp_path / "backup", "dbfold-gone")
    with pytest.raises(UserError, match="holds no backup of a move"):
        backups.find(tmp_path, None)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("created"),
        lambda document: document.update(absent=["../other.db"]),
        lambda document: document["databases"][0].update(name="/etc/passwd"),
        lambda document: document["databases"][0]["files"][0].pop("sha256"),
        lambda document: document.update(databases=7),
    ],
    ids=["no time", "a way out", "another file", "no checksum", "no databases"],
)
def test_a_manifest_that_is_damaged_or_leads_out_is_refused(make, tmp_path, change):
    made = make("zoe.db")
    manifest = made.directory / backups.MANIFEST
    document = json.loads(manifest.read_text())
    change(document)
    manifest.write_text(json.dumps(document))
    with pytest.raises(DatabaseError, match=r"manifest\.json: is damaged"):
        backups.find(tmp_path / "backup", made.name)


def test_a_place_where_none_can_be_made_is_said(tmp_path):
    (tmp_path / "backup").write_text("a file")
    with pytest.raises(UserError, match=r"no backup can be made there .* nothing has been changed"):
        backups.begin(tmp_path / "backup")
