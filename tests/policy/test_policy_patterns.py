from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbfold.policy.patterns import FilePatterns


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        (
            "migrate_*.py",
            ["migrate_a.py", "a/b/migrate_.py"],
            ["migrate_a.pyc", "xmigrate_a.py", "migrate_a/b.txt"],
        ),
        ("tests", ["tests", "tests/a.py", "a/tests/b/c.py"], ["tests.py", "mytests/a.py"]),
        ("tests/", ["tests/a.py", "a/tests/b.py"], ["latests/a.py"]),
        ("tests/**", ["tests/a.py", "tests/a/b.py"], ["a/tests/b.py", "tests"]),
        ("**/tests/**", ["tests/a.py", "a/b/tests/c.py"], ["a/b.py"]),
        ("./a.py", ["a.py"], ["b/a.py"]),
        ("a/*/c.py", ["a/b/c.py"], ["a/c.py", "a/b/b/c.py"]),
        ("a/**/c.py", ["a/c.py", "a/b/c.py", "a/b/b/c.py"], ["c.py", "b/a/c.py"]),
        ("a/**/**/c.py", ["a/c.py", "a/b/c.py"], ["c.py"]),
        ("**/**/c.py", ["c.py", "b/c.py"], []),
        ("**/config.py", ["config.py", "a/b/config.py"], ["aconfig.py"]),
        ("a?.py", ["ab.py", "x/ab.py"], ["a.py", "a/.py"]),
        ("a.py", ["a.py"], ["axpy"]),
        ("[ab].py", ["[ab].py"], ["a.py"]),
        ("**", ["a.py", "a/b.py"], []),
    ],
)
def test_pattern(pattern, matching, others):
    patterns = FilePatterns([pattern])
    assert [path for path in matching if patterns.matching(path) != pattern] == []
    assert [path for path in others if patterns.matching(path) is not None] == []


def test_no_patterns_match_nothing():
    assert not FilePatterns([])
    assert FilePatterns([]).matching("a.py") is None


def test_the_first_matching_pattern_is_named():
    assert FilePatterns(["b.py", "*.py", "a.*"]).matching("a.py") == "*.py"


def matches(pattern, path):
    """The rules of the module docstring, segment by segment, for patterns whose `**` stand alone."""
    wanted = pattern.removeprefix("./").strip("/").split("/")
    if "/" not in pattern.rstrip("/"):
        wanted = ["**", *wanted]
    return segments_match(wanted, path.split("/"))


def segments_match(wanted, parts):
    if not wanted:
        return True  # a directory's pattern matches what is below it
    if wanted == ["**"]:
        return bool(parts)
    if wanted[0] == "**":
        return any(segments_match(wanted[1:], parts[start:]) for start in range(len(parts) + 1))
    return bool(parts) and segment_matches(wanted[0], parts[0]) and segments_match(wanted[1:], parts[1:])


def segment_matches(wanted, part):
    if not wanted:
        return not part
    if wanted[0] == "*":
        return any(segment_matches(wanted[1:], part[start:]) for start in range(len(part) + 1))
    return bool(part) and wanted[0] in ("?", part[0]) and segment_matches(wanted[1:], part[1:])


names = st.text("ab.+", min_size=1, max_size=3)
segments = st.sampled_from(["*", "a*", "*b", "**", "**"]) | st.text("ab.+?", min_size=1, max_size=3)
patterns = st.builds(
    lambda prefix, parts, suffix: prefix + "/".join(parts) + suffix,
    st.sampled_from(["", "./", "/"]),
    st.lists(segments, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)


@settings(max_examples=300)
@given(patterns, st.lists(names, min_size=1, max_size=4).map("/".join))
def test_translation_agrees_with_a_naive_model(pattern, path):
    assert (FilePatterns([pattern]).matching(path) is not None) == matches(pattern, path)
