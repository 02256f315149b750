"""The report of a rewrite: a diff that git applies, and a summary that counts what was really written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dbfold.base.output.screen import PIPE
from dbfold.base.spans import Span
from dbfold.codemods.accessors import GeneratedFile
from dbfold.codemods.file import FileRewrite
from dbfold.codemods.report import Outcome, diff, report_of
from dbfold.codemods.run import Prepared
from dbfold.codemods.writing import Written
from dbfold.journey.guidance import NO_GUIDANCE
from dbfold.references.discovery import SourceFile
from dbfold.references.model import Action, FileError, Kind, Reference, Verdict
from dbfold.references.scan import Scan
from dbfold.references.verdicts import Examined

TOP = Path("/project")


def rewrite(name, old, new, statements=0, top=TOP):
    return FileRewrite(SourceFile(str(top / name), name, name), Examined(), old, new, statements=statements)


def prepared(*results, generated=(), references=(), errors=(), warnings=(), top=TOP):
    scan = Scan(tuple(references), (), 7, 0)
    return Prepared(tuple(results), (), NO_GUIDANCE, scan, tuple(errors), top, top, tuple(generated), tuple(warnings))


def reference(file, action, reason="hard-coded"):
    return Reference(file, Span(3, 5, 3, 9), "zoe.db", Kind.CONSTANT, "data/zoe.db", Verdict(action, reason))


CONTENTS = {
    "a usual file": ("a.py", b"a\nb\n", b"a\nc\n"),
    "no newline at the end": ("a.py", b"a\nb", b"a\nc"),
    "a newline comes": ("a.py", b"a", b"a\n"),
    "newlines of Windows": ("a.py", b"a\r\nb\r\n", b"a\r\nc\r\n"),
    "no UTF-8": ("a.py", b"# \xe9\nb\n", b"# \xe9\nc\n"),
    "a form feed": ("a.py", b"a\x0cb\nc\n", b"a\x0cb\nd\n"),
    "a name with a space": ("a b.py", b"a\n", b"b\n"),
    "a name with quotes": ('a"\\b.py', b"a\n", b"b\n"),
    "a name with a tab": ("a\tb.py", b"a\n", b"b\n"),
    "a name with letters beyond ASCII": ("größe.py", b"a\n", b"b\n"),
    "a new file": ("sub/new.py", None, b"a\n"),
}


@pytest.mark.parametrize(("name", "old", "new"), CONTENTS.values(), ids=CONTENTS)
def test_git_applies_the_diff(tmp_path, name, old, new):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    if old is None:
        run = prepared(generated=[GeneratedFile(path, None, new)], top=tmp_path)
    else:
        path.write_bytes(old)
        run = prepared(rewrite(name, old, new, top=tmp_path), top=tmp_path)
    patch = diff(run).encode("utf-8", "surrogateescape")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=tmp_path, input=patch, check=True)
    assert path.read_bytes() == new


def test_the_diff_has_generated_files_first_and_no_unchanged_ones():
    run = prepared(
        rewrite("a.py", b"a\n", b"b\n"),
        rewrite("b.py", b"x\n", None),
        generated=[GeneratedFile(TOP / "config.py", None, b"c\n")],
    )
    assert diff(run) == (
        "--- /dev/null\n+++ b/config.py\n@@ -0,0 +1 @@\n+c\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+b\n"
    )


RUN = prepared(
    rewrite("a.py", b"a\n", b"b\n", statements=1),
    rewrite("b.py", b"a\n", b"b\n", statements=2),
    generated=[GeneratedFile(TOP / "config.py", None, b"c\n")],
    references=[
        reference("a.py", Action.REWRITE),
        reference("b.py", Action.REWRITE),
        reference("b.py", Action.REVIEW, "a migration?"),
        reference("c.py", Action.LEAVE),
    ],
    warnings=["copy it"],
    errors=[FileError("d.py", "does not parse", 4)],
)


def summary(written, *, diff=False, check=False, run=RUN):
    return report_of(Outcome(run, written, diff, check, 1.25)).text(PIPE).splitlines()


def test_what_was_written():
    assert summary(Written(("config.py", "a.py", "b.py"), ())) == [
        "wrote config.py",
        "rewrote a.py",
        "rewrote b.py",
        "",
        "review: 1 for a person to decide",
        "  a migration? (1)",
        "    b.py:3:5 data/zoe.db",
        "warning: copy it",
        "",
        "errors:",
        "  d.py:4: does not parse",
        "",
        "4 references: 2 rewritten, 1 review, 1 left; 3 statements of SQL with new names; 2 of 7 files in 1.2 s",
    ]


def test_what_could_not_be_written_does_not_count():
    lines = summary(Written(("config.py", "a.py"), (FileError("b.py", "no space"),)))
    assert lines[:2] == ["wrote config.py", "rewrote a.py"]
    assert "  b.py: no space" in lines
    assert lines[-1] == (
        "4 references: 1 rewritten, 1 not written, 1 review, 1 left; 1 statement of SQL with new names;"
        " 1 of 7 files in 1.2 s"
    )


def test_a_check_says_what_would_be_done():
    lines = summary(Written((), ()), check=True)
    assert lines[:3] == ["would write config.py", "would rewrite a.py", "would rewrite b.py"]
    assert lines[-1].startswith("4 references: 2 to rewrite, 1 review, 1 left;")


def test_a_run_without_anything():
    expected = ["", "0 references: 0 rewritten, 0 review, 0 left; 0 of 7 files in 1.2 s"]
    assert summary(Written((), ()), run=prepared()) == expected


@pytest.mark.parametrize("with_diff", [True, False])
def test_json(with_diff):
    written = Written(("config.py", "a.py"), (FileError("b.py", "no space"),))
    found = report_of(Outcome(RUN, written, with_diff, False, 1.0)).document()
    assert {key: found[key] for key in ("statements", "changed", "generated", "written", "warnings")} == {
        "statements": 3,
        "changed": ["a.py", "b.py"],
        "generated": ["config.py"],
        "written": ["config.py", "a.py"],
        "warnings": ["copy it"],
    }
    assert [error["file"] for error in found["errors"]] == ["d.py", "b.py"]
    assert found.get("diff") == (diff(RUN) if with_diff else None)
