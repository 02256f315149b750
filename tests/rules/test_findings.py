"""From what was seen in a file to findings: words, source lines, and fingerprints that stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dbfold.base.spans import Span
from dbfold.base.text import LineTable
from dbfold.policy.accessor import accessor_source
from dbfold.policy.codes import Code
from dbfold.policy.loading import load_policy
from dbfold.policy.model import Accessor, AccessorStyle, Rules
from dbfold.references.detection import detect
from dbfold.references.discovery import source_file
from dbfold.references.roots import Roots
from dbfold.references.verdicts import Judge
from dbfold.rules.findings import FileFindings, accessor_finding, findings_in


@pytest.fixture
def policy(shop):
    return load_policy(shop.root / "dbfold.yaml")


@pytest.fixture
def found(policy):
    """The findings in a text of a file of that name."""

    def findings(text, name="services/shop/store.py"):
        data = text.encode()
        file = source_file(str(policy.root / name), policy, policy.root)
        judge = Judge(policy, Roots(policy), policy.accessor.style)
        return findings_in(judge.examine(file, detect(data, file.path, file.in_policy)), data, file, policy)

    return findings


CONNECT = 'c = connect("/app/data/shop.db")\n'


def test_words_place_and_source(found):
    (one,) = found(f"x = 1\n{CONNECT}")
    assert (one.file, one.span, one.code) == ("services/shop/store.py", Span(2, 13, 2, 32), Code.HARDCODED_PATH)
    assert (one.source, one.fixable) == ('c = connect("/app/data/shop.db")', True)
    assert one.remedy == "use DATABASE_PATH (from database_config import DATABASE_PATH)"


def test_in_the_order_of_lines_and_columns(found):
    text = '# "/app/data/shop.db"  # dbfold: ignore[DBF004] no such thing here\n'
    text += 'a, b = connect("/app/data/notes.db"), connect("/app/data/shop.db")\n'
    assert [(one.span.line, one.code) for one in found(text)] == [
        (1, Code.UNUSED_IGNORE),
        (2, Code.UNDECLARED_DATABASE),
        (2, Code.HARDCODED_PATH),
    ]


def test_a_fingerprint_stays_where_the_line_moves_or_is_indented(found):
    (one,), (moved,) = found(CONNECT), found(f"if True:\n    {CONNECT}")
    assert moved.fingerprint == one.fingerprint


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (CONNECT, "services/shop/other.py"),
        (CONNECT.replace("c =", "d ="), "services/shop/store.py"),
        (CONNECT.replace("shop.db", "sessions.db"), "services/shop/store.py"),
    ],
)
def test_another_file_line_or_path_has_another_fingerprint(found, text, name):
    assert found(text, name)[0].fingerprint != found(CONNECT)[0].fingerprint


def test_equal_lines_are_told_apart_by_their_number(found):
    one, two = found(CONNECT + CONNECT)
    assert one.fingerprint != two.fingerprint
    assert one.fingerprint == found(CONNECT)[0].fingerprint


def test_two_paths_of_a_line_have_each_its_own_count(policy):
    """In whichever order they are met, and whether the other is accepted or not."""

    def fingerprints(*texts):
        findings = FileFindings(source_file(str(policy.root / "a.py"), policy, policy.root), policy, None)
        for text in texts:
            findings.add(Code.HARDCODED_PATH, Span(1, 1, 1, 2), "what", "do", about=text)
        return dict(zip(texts, (one.fingerprint for one in findings.found), strict=True))

    assert fingerprints("a.db", "b.db") == fingerprints("b.db", "a.db")
    assert fingerprints("a.db", "b.db")["b.db"] == fingerprints("b.db")["b.db"]


@pytest.mark.parametrize(
    ("comment", "code", "message", "remedy"),
    [
        ("ignore[DBF002]", Code.INVALID_IGNORE, "an ignore comment gives no reason", "write `dbfold: ignore[DBF001]"),
        ("ignore why", Code.INVALID_IGNORE, "an ignore comment names no code", "write `dbfold: ignore[DBF001]"),
        ("ignore[DBF002] why", Code.UNUSED_IGNORE, "the comment ignores no DBF002 here", "remove the comment"),
        ("ignore[DBF001, DBF002] why", Code.UNUSED_IGNORE, "no DBF002 here", "remove DBF002 from the comment"),
    ],
)
def test_ignore_comments(found, comment, code, message, remedy):
    (one,) = [one for one in found(f"{CONNECT.rstrip()}  # dbfold: {comment}\n") if one.code is not Code.HARDCODED_PATH]
    assert one.code is code
    assert message in one.message
    assert one.remedy.startswith(remedy)


def collected(policy, table, *, line=1, code=Code.HARDCODED_PATH):
    file = source_file(str(policy.root / "a.py"), policy, policy.root)
    findings = FileFindings(file, policy, table)
    findings.add(code, Span(line, 1, line, 2), "what", "do")
    return [one.source for one in findings.found]


@pytest.mark.parametrize(
    ("text", "line", "source"),
    [("a\r\nb\r\n", 1, "a"), ("a\n  b", 2, "  b"), ("a\n", 3, ""), ("", 1, "")],
)
def test_the_source_line(policy, text, line, source):
    assert collected(policy, LineTable(text), line=line) == [source]


def test_without_a_text_there_is_no_source(policy):
    assert collected(policy, None) == [""]


@pytest.mark.parametrize(
    "rules", [Rules(ignore=(Code.HARDCODED_PATH,)), Rules(per_file_ignores={"a.*": (Code.HARDCODED_PATH,)})]
)
def test_what_the_policy_accepts_is_none(policy, rules):
    accepting = replace(policy, rules=rules)
    assert collected(accepting, None) == []
    assert collected(accepting, None, code=Code.RETIRED_DATABASE) == [""]


# -- the accessor -----------------------------------------------------------------------------------------------------

CONSTANT, FUNCTION, INLINE = AccessorStyle
STALE = (Code.STALE_ACCESSOR, True, "database_config.py is not what dbfold.yaml says")
UNNEEDED = (Code.STALE_ACCESSOR, False, "database_config.py is not needed with accessor.style inline")
FOREIGN = (
    Code.STALE_ACCESSOR,
    False,
    "database_config.py is where the accessor belongs, and dbfold did not generate it",
)


@pytest.mark.parametrize(
    ("style", "written", "expected"),
    [
        (CONSTANT, CONSTANT, []),
        (FUNCTION, FUNCTION, []),
        (INLINE, "x = 1\n", []),
        (CONSTANT, FUNCTION, [STALE]),
        (INLINE, CONSTANT, [UNNEEDED]),
        (CONSTANT, "x = 1\n", [FOREIGN]),
        (CONSTANT, "", [FOREIGN]),
    ],
)
def test_an_accessor(policy, style, written, expected):
    source = accessor_source(policy, written) if isinstance(written, AccessorStyle) else written
    styled = replace(policy, accessor=Accessor(style=style))
    file = source_file(str(policy.root / "services/shop/database_config.py"), styled, policy.root)
    found = accessor_finding(source.encode(), file, styled)
    assert [(one.code, one.fixable, one.message) for one in found] == expected
    assert {one.span for one in found} <= {Span(1, 1, 1, 1)}
