"""The open decisions in the policy, as comments to choose from."""

from __future__ import annotations

from dbfold.datamove.planning.plan import Problem
from dbfold.datamove.telling.decisions import write_decisions
from dbfold.policy.loading import load_policy

TEXT = "version: 1  # mine\ndatabases:\n  zoe.db: {role: primary, path: data/zoe.db}\n"
OPEN = Problem("a.db", "t", "differs", ("tables: {t: {on_conflict: keep-target}}", "rename: {a.db: {t: a_t}}"))
BROKEN = Problem("a.db", None, "is damaged")


def policy(tmp_path, text=TEXT):
    path = tmp_path / "dbfold.yaml"
    path.write_text(text, encoding="utf-8")
    return load_policy(path)


def test_choices_are_comments_at_the_end(tmp_path):
    one = policy(tmp_path)
    assert write_decisions(one, [OPEN, BROKEN]) == "dbfold.yaml: choices for 1 decision, at its end"
    written = one.source.read_text()
    assert written.startswith(TEXT)
    assert "# a.db: t: differs\n#   tables: {t: {on_conflict: keep-target}}\n" in written
    assert "damaged" not in written, "the data have to be mended, not the policy"
    assert load_policy(one.source).databases == one.databases


def test_they_are_replaced_and_what_was_chosen_stays(tmp_path):
    one = policy(tmp_path)
    write_decisions(one, [OPEN, OPEN])
    chosen = one.source.read_text().replace("#   rename: {a.db", "rename: {b.db", 1)
    one.source.write_text(chosen)
    assert write_decisions(one, [OPEN]).startswith("dbfold.yaml: choices for 1 decision,")
    written = one.source.read_text()
    assert written.count("differs") == 1
    assert written.count("\nrename: {b.db: {t: a_t}}\n") == 1


def test_nothing_open_leaves_nothing_behind(tmp_path):
    one = policy(tmp_path)
    write_decisions(one, [OPEN])
    assert write_decisions(one, [BROKEN]) == "dbfold.yaml: no decision is open"
    assert one.source.read_text().rstrip() == TEXT.rstrip()


def test_what_needs_no_change_is_not_written(tmp_path):
    one = policy(tmp_path)
    one.source.chmod(0o444)
    before = one.source.stat()
    write_decisions(one, [])
    assert (one.source.stat().st_mtime_ns, one.source.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
