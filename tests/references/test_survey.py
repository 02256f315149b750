"""The survey: each file is looked at once, what a former run found is used for the same content and no other."""

from __future__ import annotations

import ast
import os
from dataclasses import replace

import pytest

from dbfold.base.cache import Cache
from dbfold.code import parsing
from dbfold.code.facts import ModuleFacts
from dbfold.references import survey as rooms
from dbfold.references.discovery import SourceFile
from dbfold.references.survey import Survey, look_at, may_hold_code, surveying

CONNECT = 'import sqlite3\n\nconnection = sqlite3.connect("/app/data/{}.db")\nconnection.execute("SELECT 1")\n'


@pytest.fixture
def make(tmp_path):
    """Makes files of the project; each is shown under another path than the policy's."""

    def files(**contents):
        made = []
        for name, content in contents.items():
            path = tmp_path / f"{name}.py"
            path.write_text(content, encoding="utf-8")
            made.append(SourceFile(str(path), f"shown/{name}.py", f"{name}.py"))
        return made

    return files


@pytest.fixture
def looked(monkeypatch):
    """The files that were looked at, in this process."""
    found = []

    def look(data, file, *, modules):
        found.append((file.in_policy, modules))
        return look_at(data, file, modules=modules)

    monkeypatch.setattr(rooms, "look_at", look)
    return found


@pytest.fixture
def keeping(tmp_path, monkeypatch):
    """A survey as a new run has it; small trees are worth keeping as well."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setattr(rooms, "_WORTH_KEEPING", 0)
    return lambda **options: surveying(tmp_path, 1, **options)


def databases(results):
    return [(file.in_policy, [site.text for site in detected.sites]) for file, detected in results]


# -- in one run -------------------------------------------------------------------------------------------------------


def test_the_files_that_hold_something_in_their_order(make):
    files = make(b=CONNECT.format("zoe"), empty="x = 1\n", a=CONNECT.format("log"))
    assert databases(Survey(jobs=1).detect(files)) == [("b.py", ["/app/data/zoe.db"]), ("a.py", ["/app/data/log.db"])]


def test_a_file_is_looked_at_once_in_a_run(make, looked):
    files = make(a=CONNECT.format("zoe"), b=CONNECT.format("log"))
    survey = Survey(jobs=1)
    first = survey.look(files)
    assert survey.look(files) == first
    assert databases(survey.detect(files)) == [("a.py", ["/app/data/zoe.db"]), ("b.py", ["/app/data/log.db"])]
    assert looked == [("a.py", True), ("b.py", True)]


def test_what_code_says_is_looked_for_where_only_its_databases_were_known(make, looked):
    files = make(a=CONNECT.format("zoe"))
    survey = Survey(jobs=1)
    survey.detect(files)
    ((_, facts),) = survey.look(files)
    assert facts.module.file == "a.py"
    assert looked == [("a.py", False), ("a.py", True)]


def test_a_file_that_changed_in_a_run_is_looked_at_again(make, looked):
    files = make(a=CONNECT.format("zoe"))
    survey = Survey(jobs=1)
    survey.detect(files)
    make(a=CONNECT.format("log"))
    assert databases(survey.detect(files)) == [("a.py", ["/app/data/log.db"])]
    assert len(looked) == 2


def test_the_same_content_in_two_places_is_looked_at_in_both(make, looked):
    """Facts name their file."""
    files = make(a=CONNECT.format("zoe"), b=CONNECT.format("zoe"))
    assert [facts.module.file for _, facts in Survey(jobs=1).look(files)] == ["a.py", "b.py"]
    assert len(looked) == 2


def test_the_same_file_shown_from_another_directory(make, looked):
    (file,) = make(a=CONNECT.format("zoe"))
    survey = Survey(jobs=1)
    survey.look([file])
    ((_, facts),) = survey.look([replace(file, shown="a.py")])
    assert facts.module.shown == "a.py"
    assert len(looked) == 1


def test_databases_and_facts_come_from_one_parse(make, monkeypatch):
    parsed = []
    parse = ast.parse

    def counted(source, *arguments, **options):
        parsed.append(source)
        return parse(source, *arguments, **options)

    files = make(a=CONNECT.format("zoe"), b="def f(connection):\n    connection.execute('SELECT 1')\n")
    monkeypatch.setattr(parsing.ast, "parse", counted)
    found = Survey(jobs=1).look(files)
    assert [len(facts.module.calls) > 0 for _, facts in found] == [True, True]
    assert len(parsed) == 2


def test_unreadable_files_are_named_and_stop_nothing(make, tmp_path):
    missing = SourceFile(str(tmp_path / "gone.py"), "gone.py", "gone.py")
    directory = SourceFile(str(tmp_path), "here", "here")
    survey = Survey(jobs=1)
    (file,) = make(a=CONNECT.format("zoe"))
    assert databases(survey.detect([missing, file, directory])) == [("a.py", ["/app/data/zoe.db"])]
    assert survey.unreadable == {
        missing.path: "cannot be read: No such file or directory",
        directory.path: "cannot be read: Is a directory",
    }


def test_a_file_that_goes_after_it_was_read_is_as_good_as_empty(make, keeping, monkeypatch):
    (file,) = make(a=CONNECT.format("zoe"))
    share_out = rooms.share_out

    def and_gone(looker, items, *rest):
        os.unlink(file.path)
        return share_out(looker, items, *rest)

    monkeypatch.setattr(rooms, "share_out", and_gone)
    with keeping() as survey:
        assert databases(survey.detect([file])) == [("a.py", [])]
    make(a=CONNECT.format("zoe"))
    monkeypatch.setattr(rooms, "share_out", share_out)
    with keeping() as survey:
        assert databases(survey.detect([file])) == [("a.py", ["/app/data/zoe.db"])]


def test_a_file_that_changes_after_it_was_read_is_not_kept_as_what_it_was(make, keeping, monkeypatch):
    (file,) = make(a=CONNECT.format("zoe"))
    share_out = rooms.share_out

    def and_changed(looker, items, *rest):
        make(a=CONNECT.format("log"))
        return share_out(looker, items, *rest)

    monkeypatch.setattr(rooms, "share_out", and_changed)
    with keeping() as survey:
        survey.detect([file])
    make(a=CONNECT.format("zoe"))
    monkeypatch.setattr(rooms, "share_out", share_out)
    with keeping() as survey:
        assert databases(survey.detect([file])) == [("a.py", ["/app/data/zoe.db"])]


def test_given_content_is_what_is_looked_at(make):
    (file,) = make(a=CONNECT.format("zoe"))
    staged = replace(file, content=CONNECT.format("log").encode())
    assert databases(Survey(jobs=1).detect([staged])) == [("a.py", ["/app/data/log.db"])]


# -- between runs -----------------------------------------------------------------------------------------------------


def test_what_a_former_run_found_is_used(make, keeping, looked):
    files = make(a=CONNECT.format("zoe"), b="def f(connection):\n    connection.execute('SELECT 1')\n")
    with keeping() as survey:
        first = survey.look(files)
    assert len(looked) == 2
    with keeping() as survey:
        assert survey.look(files) == first
        assert databases(survey.detect(files)) == [("a.py", ["/app/data/zoe.db"])]
    assert len(looked) == 2


def test_another_content_is_looked_at(make, keeping, looked):
    files = make(a=CONNECT.format("zoe"), b=CONNECT.format("auth"))
    with keeping() as survey:
        survey.detect(files)
    looked.clear()
    make(a=CONNECT.format("log"))
    with keeping() as survey:
        assert databases(survey.detect(files)) == [("a.py", ["/app/data/log.db"]), ("b.py", ["/app/data/auth.db"])]
    assert looked == [("a.py", False)]


def test_another_version_of_dbfold_looks_itself(make, keeping, looked, monkeypatch):
    files = make(a=CONNECT.format("zoe"))
    with keeping() as survey:
        survey.detect(files)
    monkeypatch.setattr(rooms, "own_digest", lambda: b"another")
    with keeping() as survey:
        survey.detect(files)
    assert len(looked) == 2


def test_without_the_cache(make, keeping, looked, tmp_path):
    files = make(a=CONNECT.format("zoe"))
    for _ in range(2):
        with keeping(cached=False) as survey:
            survey.detect(files)
    assert len(looked) == 2
    assert not (tmp_path / ".dbfold_cache").exists()


def test_a_small_tree_does_not_open_the_cache(make, keeping, tmp_path, monkeypatch):
    monkeypatch.setattr(rooms, "_WORTH_KEEPING", 1_000)
    with keeping() as survey:
        survey.detect(make(a=CONNECT.format("zoe")))
    assert not (tmp_path / ".dbfold_cache").exists()
    with keeping() as survey:
        survey.detect(make(a=CONNECT.format("zoe") + "#" * 1_000))
    assert (tmp_path / ".dbfold_cache").exists()


DAMAGED = [b"", b"{", b"[]", b"[1, 2]", b'{"a": 1}', b"[" * 100_000, b"\xff"]


@pytest.mark.parametrize(
    ("damaged", "value"), [("detected", b"null"), *((kind, one) for kind in ("detected", "module") for one in DAMAGED)]
)
def test_a_damaged_entry_is_looked_at_anew(make, keeping, looked, tmp_path, monkeypatch, damaged, value):
    files = make(a=CONNECT.format("zoe"))
    with keeping() as survey:
        first = survey.look(files)
    get = Cache.get
    keys = [rooms._key(damaged, one) for one in survey._read(files, may_hold_code, rooms.SILENT)]
    monkeypatch.setattr(Cache, "get", lambda keeps, key: value if key in keys else get(keeps, key))
    looked.clear()
    with keeping() as survey:
        assert survey.look(files) == first
    assert looked == [("a.py", True)]


def test_a_file_that_was_looked_at_for_databases_only_has_no_module_in_the_cache(make, keeping, looked):
    files = make(a=CONNECT.format("zoe"))
    with keeping() as survey:
        survey.detect(files)
    with keeping() as survey:
        ((_, facts),) = survey.look(files)
    assert isinstance(facts.module, ModuleFacts)
    assert looked == [("a.py", False), ("a.py", True)]


# -- what is worth a look ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.py", b"x = 1", False),
        ("a.py", b"run(sql)", False),
        ("a.py", b"/app/data/zoe.db", True),
        ("a.py", b'FIND = "SELECT id FROM events"', True),
        ("a.py", b"cursor.executemany(sql)", False),
        ("a.py", b"pandas.read_sql(sql)", True),
        ("a.md", b'"SELECT id FROM events"', False),
        ("a.md", b"/app/data/zoe.db", True),
        ("a", b'#!/usr/bin/env python3\nFIND = "SELECT id FROM events"', True),
    ],
)
def test_what_may_hold_a_reference_or_code_of_databases(name, data, expected):
    assert may_hold_code(SourceFile(name, name, name), data) is expected


def test_what_is_no_python_has_no_module(make):
    file = SourceFile("compose.yml", "compose.yml", "compose.yml", b"DATABASE_PATH: /app/data/zoe.db\n")
    ((_, facts),) = Survey(jobs=1).look([file])
    assert ([site.text for site in facts.detected.sites], facts.module) == (["/app/data/zoe.db"], None)


def test_the_digest_of_files_is_of_their_content_and_place(make, tmp_path):
    survey = Survey()
    one, two = make(a="first\n", b="second\n")
    found, size = survey.digest_of([one, two])
    assert size == len("first\n") + len("second\n")
    assert survey.digest_of([one, two]) == (found, size)
    others = [[one], [two, one], [one, replace(two, in_policy="c.py")], [one, replace(two, content=b"other")]]
    gone = replace(two, path=str(tmp_path / "gone.py"))
    digests = [survey.digest_of(files)[0] for files in [*others, [one, gone]]]
    assert len({found, *digests}) == 6
    assert survey.digest_of([gone])[1] == 0
