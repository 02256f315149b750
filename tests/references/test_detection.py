"""What one file holds: by its kind, whether it is parsed for it, and what is known of a file that does not parse."""

from __future__ import annotations

import pytest

from dbfold.policy.accessor import accessor_source
from dbfold.policy.loading import load_policy
from dbfold.policy.model import AccessorStyle
from dbfold.references.detection import NOTHING, Detected, detect, detect_python, is_python
from dbfold.references.model import Kind

CONNECT = b'import sqlite3\nconnection = sqlite3.connect("/app/data/zoe.db")\n'


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("a.py", b"", True),
        ("a.pyi", b"", True),
        ("a.pyw", b"", True),
        ("a.pyx", b"", False),
        ("run", b"#!/usr/bin/env python3\nx = 1\n", True),
        ("run", b"#!/usr/bin/python", True),
        ("run", b"#!/bin/sh\npython a.py\n", False),
        ("run", b"# python\n", False),
        ("run", b"", False),
        ("run", b"#!/" + b"x" * 90 + b"python\n", False),
    ],
)
def test_python_by_suffix_or_first_line(path, data, expected):
    assert is_python(path, data) is expected


@pytest.mark.parametrize("data", [b"\0\0 /app/data/zoe.db", CONNECT + b"\0"])
def test_binary_files_hold_nothing(data):
    assert detect(data, "dump", "dump") == NOTHING


def texts(detected):
    return [(site.text, site.kind) for site in detected.sites]


def test_strings_come_before_comments():
    """Whatever their order in the file: the uses speak of the first `in_strings` of the sites."""
    detected = detect(b"# see /app/data/log.db\n" + CONNECT, "a.py", "a.py")
    assert texts(detected) == [
        ("/app/data/zoe.db", Kind.CONNECT_LITERAL),
        ("/app/data/log.db", Kind.COMMENT),
    ]
    assert (detected.in_strings, detected.is_python, detected.problem) == (1, True, None)


def test_other_files_have_sites_and_no_strings():
    detected = detect(b"DATABASE_PATH=/app/data/zoe.db\n", ".env", ".env")
    assert texts(detected) == [("/app/data/zoe.db", Kind.ENV_ASSIGNMENT)]
    assert (detected.in_strings, detected.is_python) == (0, False)


COMMENT = "# dbfold: ignore[DBF001] the reason"


@pytest.mark.parametrize(("path", "count"), [("a.py", 1), ("a.sh", 1), ("a.yml", 1), ("a.md", 0), ("docs/a.rst", 0)])
def test_prose_shows_ignore_comments_and_has_none(path, count):
    detected = detect(f"x = 1  {COMMENT}\n".encode(), path, path)
    assert len(detected.ignores) == count


@pytest.mark.parametrize("parse_always", [False, True])
def test_a_module_without_databases_is_parsed_if_asked(parse_always):
    detected, module = detect_python(b"def f():\n    return 1\n", parse_always=parse_always)
    assert detected == Detected(is_python=True)
    assert (module is not None) is parse_always
    if module is not None:
        assert (len(module.tree.body), dict(module.numbers)) == (1, {})


def test_the_module_numbers_the_sites_by_their_positions():
    detected, module = detect_python(b'a = "/app/data/zoe.db"\nb = "/app/data/log.db"\n')
    assert sorted((position[:2], number) for position, number in module.numbers.items()) == [((1, 4), 0), ((2, 4), 1)]
    assert [site.text for site in detected.sites] == ["/app/data/zoe.db", "/app/data/log.db"]


def test_what_does_not_parse_is_found_in_its_lines():
    detected, module = detect_python(CONNECT + b"def f(:\n" + COMMENT.encode() + b"\n")
    assert module is None
    assert texts(detected) == [("/app/data/zoe.db", Kind.UNPARSED)]
    assert (detected.in_strings, detected.line, detected.is_python) == (0, 3, True)
    assert "does not parse" in detected.problem
    assert len(detected.ignores) == 1


def test_what_does_not_parse_and_names_nothing_is_no_problem():
    """Nobody asked: another version's syntax, a template."""
    assert detect_python(b"def f(:\n") == (Detected(is_python=True), None)


def test_what_cannot_be_decoded_is_found_in_its_lines():
    detected, module = detect_python(b'# coding: utf-8\npath = "/app/data/zoe.db"  # \xff\n')
    assert module is None
    assert texts(detected) == [("/app/data/zoe.db", Kind.UNPARSED)]
    assert detected.problem.startswith("cannot be decoded: ")
    assert detected.problem.endswith("; save it in the encoding that it declares")
    assert detected.line is None


def test_nesting_beyond_the_parser_is_a_problem_not_a_crash():
    source = b'path = "/app/data/zoe.db"\nx = ' + b"-" * 100_000 + b"1\n"
    detected, module = detect_python(source)
    assert (texts(detected), module) == ([("/app/data/zoe.db", Kind.UNPARSED)], None)
    assert detected.problem


@pytest.mark.parametrize("style", [AccessorStyle.CONSTANT, AccessorStyle.FUNCTION])
@pytest.mark.parametrize("path", ["database_config.py", "database_config.txt"])
def test_a_generated_accessor_is_known_as_one(project, style, path):
    source = accessor_source(load_policy(project.root / "dbfold.yaml"), style)
    assert detect(source.encode(), path, path).generated
    assert not detect(b"# my own\n" + source.split("\n\n", 1)[1].encode(), path, path).generated
