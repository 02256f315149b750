"""A file is the old one or the new one, whatever happens while it is written; and all but its content stays."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat

import pytest
from projects import AFTER, BEFORE

from dbfold.base.errors import UserError
from dbfold.base.writing import WriteError, replace_file
from dbfold.codemods.run import prepare
from dbfold.codemods.writing import write
from dbfold.policy.loading import load_policy

OLD, NEW = b"old\n", b"new\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "sub" / "a.py"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def names(path):
    return sorted(os.listdir(path.parent))


# -- one file -------------------------------------------------------------------------------------------------------


def test_a_file_is_replaced(file):
    replace_file(file, OLD, NEW)
    assert file.read_bytes() == NEW
    assert names(file) == ["a.py"]


def test_a_new_file_has_the_mode_that_any_program_gives(file):
    new = file.with_name("new.py")
    plain = file.with_name("plain.py")
    plain.write_bytes(NEW)
    replace_file(new, None, NEW)
    assert new.read_bytes() == NEW
    assert new.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o775, 0o4755, 0o640])
def test_the_mode_stays(file, mode):
    file.chmod(mode)
    replace_file(file, OLD, NEW)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_the_modification_time_is_that_of_the_write(file):
    """A build that compares times must see the change."""
    os.utime(file, (1, 1))
    replace_file(file, OLD, NEW)
    assert file.stat().st_mtime > 1_000_000


def test_the_owner_stays_where_root_rewrites(file, monkeypatch):
    """Only root may give files away; what it asks for is seen here also where the tests are not run by root."""
    owners = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda name, user, group: owners.append((user, group)))
    replace_file(file, OLD, NEW)
    assert owners == [(file.stat().st_uid, file.stat().st_gid)]


def test_a_link_stays_a_link(file, tmp_path):
    link = tmp_path / "link.py"
    link.symlink_to("sub/a.py")
    replace_file(link, OLD, NEW)
    assert os.readlink(link) == "sub/a.py"
    assert file.read_bytes() == NEW
    assert sorted(os.listdir(tmp_path)) == ["link.py", "sub"]


def test_a_name_of_greatest_length(tmp_path):
    for name in ("a" * 252 + ".py", "名" * 84 + ".py"):
        path = tmp_path / name
        path.write_bytes(OLD)
        replace_file(path, OLD, NEW)
        assert path.read_bytes() == NEW
    assert len(os.listdir(tmp_path)) == 2


def test_what_a_killed_run_left_is_removed(file):
    leftovers = [file.with_name(".a.py.x1y2z3.dbfold"), file.with_name(".b.py.x1y2z3.dbfold")]
    for path in leftovers:
        path.write_bytes(b"ne")
    replace_file(file, OLD, NEW)
    assert names(file) == [".b.py.x1y2z3.dbfold", "a.py"]  # that of another file waits for that file


# -- failures -------------------------------------------------------------------------------------------------------


def test_a_read_only_file_is_left_alone(file):
    file.chmod(0o444)
    with pytest.raises(WriteError, match=r"is read-only; make it writable \(chmod u\+w\)"):
        replace_file(file, OLD, NEW)
    assert file.read_bytes() == OLD
    assert names(file) == ["a.py"]


@pytest.mark.parametrize("now", [b"theirs\n", NEW, b""])
def test_a_file_that_changed_since_it_was_read_is_left_alone(file, now):
    file.write_bytes(now)
    with pytest.raises(WriteError, match="was changed by another program while dbfold was running; run dbfold again"):
        replace_file(file, OLD, NEW)
    assert file.read_bytes() == now
    assert names(file) == ["a.py"]


def test_a_file_that_changes_during_the_write_is_left_alone(file, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda descriptor: file.write_bytes(b"theirs\n"))
    with pytest.raises(WriteError, match="was changed by another program"):
        replace_file(file, OLD, NEW)
    assert file.read_bytes() == b"theirs\n"
    assert names(file) == ["a.py"]


def test_a_file_that_went_away_is_not_made_anew(file):
    file.unlink()
    with pytest.raises(WriteError, match="cannot be written: No such file or directory"):
        replace_file(file, OLD, NEW)
    assert names(file) == []


def test_a_file_that_appeared_is_left_alone(file):
    with pytest.raises(WriteError, match="appeared while dbfold was running; run it again"):
        replace_file(file, None, NEW)
    assert file.read_bytes() == OLD


@pytest.mark.parametrize("call", ["fsync", "replace", "utime"])
def test_an_error_of_the_system_leaves_the_old_file_and_nothing_else(file, monkeypatch, call):
    def fail(*arguments, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, fail)
    message = "cannot be written: No space left on device; the file is as it was: mend that and run dbfold again"
    with pytest.raises(WriteError, match=message):
        replace_file(file, OLD, NEW)
    assert file.read_bytes() == OLD
    assert names(file) == ["a.py"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_an_interrupt_leaves_the_old_file_and_nothing_else(file, monkeypatch, call):
    """Where signals cannot be held back, Ctrl-C may come anywhere."""

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, call, interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_file(file, OLD, NEW)
    assert file.read_bytes() == OLD
    assert names(file) == ["a.py"]


# -- a run ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def prepared(project):
    """A run over three files, worked out and not yet written."""
    for name in ("a.py", "b.py", "c.py"):
        project.write(f"services/core/{name}")
    return prepare([project.services], load_policy(project.root / "dbfold.yaml"), base=project.root)


def rewritten(project):
    return [name for name in ("a.py", "b.py", "c.py") if project.read(f"services/core/{name}") == AFTER.encode()]


def test_one_file_that_cannot_be_written_does_not_stop_the_others(project, prepared):
    project.write("services/core/b.py", "x = 1\n")
    done = write(prepared)
    assert done.files == ("services/core/database_config.py", "services/core/a.py", "services/core/c.py")
    assert [error.file for error in done.failed] == ["services/core/b.py"]
    assert project.read("services/core/b.py") == b"x = 1\n"
    assert rewritten(project) == ["a.py", "c.py"]


def test_without_its_accessor_no_file_of_a_root_is_written(project, prepared):
    """It would not import."""
    project.write("services/core/database_config.py", "mine = 1\n")
    before = project.tree()
    done = write(prepared)
    assert done.files == ()
    assert [error.file.rpartition("/")[2] for error in done.failed] == ["database_config.py", "a.py", "b.py", "c.py"]
    assert project.tree() == before


def test_an_interrupt_waits_for_the_file_at_hand_and_says_how_far_the_run_came(project, prepared, monkeypatch):
    """The signal comes in the middle of the second file's write, and is heard after it."""
    syncs = []

    def sync(descriptor):
        syncs.append(descriptor)
        if len(syncs) == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(os, "fsync", sync)
    message = "interrupted: 2 of 4 files are written, the last one services/core/a.py; none is half-written, "
    with pytest.raises(UserError, match=message + ".*run the command again to finish"):
        write(prepared)
    assert rewritten(project) == ["a.py"]
    assert not [name for name in project.tree() if name.endswith(".dbfold")]


def test_read_only_and_changed_files_through_the_command(project):
    project.write("services/core/a.py")
    project.write("services/core/b.py").chmod(0o444)
    done = project.dbfold("rewrite", "services")
    assert done.returncode == 2
    assert "services/core/b.py: is read-only; make it writable (chmod u+w)" in done.stdout
    assert "2 references: 1 rewritten, 1 not written, 0 review, 0 left; 1 of 2 files" in done.stdout
    assert project.read("services/core/a.py") == AFTER.encode()
    assert project.read("services/core/b.py") == BEFORE.encode()


def test_a_directory_that_may_not_be_written_to(project, unprivileged):
    directory = project.write("services/core/a.py").parent
    before = project.tree()
    with unprivileged.without_access(directory, 0o555):
        done = unprivileged.dbfold("rewrite", "services")
    assert done.returncode == 2
    assert (
        "services/core/database_config.py: cannot be written: Permission denied; the file is as it was" in done.stdout
    )
    assert project.tree() == before


def test_a_disk_that_is_full(project):
    """The limit on file sizes stands for it: the kernel refuses the write after some bytes have been taken."""
    small, large = BEFORE, BEFORE + "# " + "x" * 20_000 + "\n"
    project.write("services/core/a.py", small)
    project.write("services/core/b.py", large)

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    done = project.dbfold("rewrite", "services", preexec_fn=limit)
    assert done.returncode == 2
    assert "services/core/b.py: cannot be written: File too large; the file is as it was" in done.stdout
    assert project.read("services/core/a.py") == AFTER.encode()
    assert project.read("services/core/b.py") == large.encode()
    assert not [name for name in project.tree() if name.endswith(".dbfold")]
    assert project.dbfold("rewrite", "services").returncode == 0
    assert b"/app/data" not in project.read("services/core/b.py")


def test_standard_output_that_is_full(project):
    project.write("services/core/a.py")
    with open("/dev/full", "w") as full:
        done = project.dbfold("audit", "services", capture_output=False, stdout=full, stderr=-1)
    assert done.returncode == 2
    assert done.stderr == "dbfold: [Errno 28] No space left on device; mend that and run dbfold again\n"


# -- encodings and newlines -----------------------------------------------------------------------------------------

LATIN = "# -*- coding: latin-1 -*-\n# Größe\n"
LAYOUTS = {
    "plain": (BEFORE.encode(), AFTER.encode()),
    "byte order mark": (b"\xef\xbb\xbf" + BEFORE.encode(), b"\xef\xbb\xbf" + AFTER.encode()),
    "byte order mark and declaration": (
        b"\xef\xbb\xbf# coding: utf-8\n" + BEFORE.encode(),
        b"\xef\xbb\xbf# coding: utf-8\n" + AFTER.encode(),
    ),
    "CRLF": (BEFORE.replace("\n", "\r\n").encode(), AFTER.replace("\n", "\r\n").encode()),
    "CR": (BEFORE.replace("\n", "\r").encode(), AFTER.replace("\n", "\r").encode()),
    "byte order mark and CRLF": (
        b"\xef\xbb\xbf" + BEFORE.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + AFTER.replace("\n", "\r\n").encode(),
    ),
    "Latin-1": ((LATIN + BEFORE).encode("latin-1"), (LATIN + AFTER).encode("latin-1")),
    "Latin-1, CR": (
        (LATIN + BEFORE).replace("\n", "\r").encode("latin-1"),
        (LATIN + AFTER).replace("\n", "\r").encode("latin-1"),
    ),
    "no newline at the end": (BEFORE.rstrip().encode(), AFTER.rstrip().encode()),
    "blank lines at the end": (BEFORE.encode() + b"\n\n \n", AFTER.encode() + b"\n\n \n"),
    "form feed and trailing blanks": (
        BEFORE.encode() + b"\x0c\n\nx = 1  \n\ty = 2 # \n".replace(b"\t", b""),
        AFTER.encode() + b"\x0c\n\nx = 1  \ny = 2 # \n",
    ),
}


@pytest.mark.parametrize(("before", "after"), LAYOUTS.values(), ids=LAYOUTS)
def test_encoding_and_newlines_stay(project, before, after):
    project.write("services/core/a.py", before)
    policy = load_policy(project.root / "dbfold.yaml")
    write(prepare([project.services], policy))
    assert project.read("services/core/a.py") == after
    assert not prepare([project.services], policy).changes


def test_mixed_newlines_stay_where_they_are(project):
    tail = b'\n\r\ny = """\r\n\n\r"""\r'
    before = b'import sqlite3\r\n\nx = 1\rdef f():\r\n    return sqlite3.connect("/app/data/auth.db")' + tail
    project.write("services/core/a.py", before)
    write(prepare([project.services], load_policy(project.root / "dbfold.yaml")))
    after = project.read("services/core/a.py")
    inserted = b"\r\nfrom database_config import DATABASE_PATH\r\n"
    body = b"\nx = 1\rdef f():\r\n    return sqlite3.connect(DATABASE_PATH)" + tail
    assert after == b"import sqlite3\r\n" + inserted + body


def test_the_executable_bit_and_a_link_through_the_command(project):
    path = project.write("services/core/a.py", "#!/usr/bin/env python3\n" + BEFORE)
    path.chmod(0o755)
    (project.root / "link.py").symlink_to("services/core/a.py")
    policy = project.read("dbfold.yaml").replace(b'"services/*"', b'"."')
    project.write("dbfold.yaml", policy)
    assert project.dbfold("rewrite", "link.py").returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert os.readlink(project.root / "link.py") == "services/core/a.py"
    assert project.read("services/core/a.py").decode() == "#!/usr/bin/env python3\n" + AFTER
